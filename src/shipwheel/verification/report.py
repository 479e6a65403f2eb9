"""Findings and the Report: what was looked at, what was found, what was not looked at."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec

from shipwheel.files import to_json, write_bytes


class Level(StrEnum):
    """How bad a finding is: an error fails, a warning fails under `--strict`."""

    ERROR = "error"
    WARNING = "warning"


class CheckStatus(StrEnum):
    """How a check of a file ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong: rule id, level, file (name, or empty for the set), message with evidence, hint."""

    rule: str
    level: Level
    file: str
    message: str
    hint: str = ""
    python: str | None = None


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """A check that was run (or not, and why) on a file, on a Python where it needs one.

    `warnings` counts its findings of that level; what has no others has passed.
    """

    id: str
    file: str
    python: str | None = None
    status: CheckStatus
    reason: str | None = None
    warnings: int = 0
    seconds: float = 0.0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that took time: `started` and `seconds` are seconds since verification began.

    `name` is what was done (`read`, `environment`, `install`, `import`, `extra test`, `build` …).
    """

    name: str
    file: str
    python: str | None = None
    started: float
    seconds: float


class VerifiedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was looked at."""

    filename: str
    kind: str  # sdist, wheel, other
    sha256: str
    size: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a verification. `ok` is false where any finding is an error."""

    schema: int = 1
    ok: bool
    files: tuple[VerifiedFile, ...]
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    static: bool = False
    scope: str | None = None  # local, release; None for files without a Plan
    ignored: dict[str, str] = {}
    steps: tuple[Step, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Give the findings that fail."""
        return tuple(each for each in self.findings if each.level is Level.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Give the findings that fail under `--strict` alone."""
        return tuple(each for each in self.findings if each.level is Level.WARNING)

    def installed_on(self, filename: str) -> tuple[str, ...]:
        """Give the Pythons on which the file was installed and no check of it failed."""
        ran = [
            check
            for check in self.checks
            if check.file == filename and check.python and check.status is not CheckStatus.SKIPPED
        ]
        failed = {check.python for check in ran if check.status is CheckStatus.FAILED}
        return tuple(dict.fromkeys(c.python for c in ran if c.python and c.python not in failed))


def strict(report: Report) -> Report:
    """Give the Report in which every warning is an error and its check has failed."""
    findings = tuple(msgspec.structs.replace(f, level=Level.ERROR) for f in report.findings)
    failed = {(f.rule, f.file, f.python) for f in findings}
    checks = tuple(
        msgspec.structs.replace(c, status=CheckStatus.FAILED)
        if (c.id, c.file, c.python) in failed
        else c
        for c in report.checks
    )
    return msgspec.structs.replace(report, ok=not findings, findings=findings, checks=checks)


def encode_report(report: Report) -> bytes:
    """Give the JSON of a Report, indented, with a line end."""
    return to_json(report)


def write_report(path: Path, report: Report) -> None:
    """Write a Report's JSON aside and rename it into place."""
    write_bytes(path, encode_report(report))


def read_report(path: Path) -> Report | None:
    """Read a Report; None where it is missing or is not one of ours."""
    try:
        report = msgspec.json.decode(path.read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError):
        return None
    return report if report.schema == 1 else None
