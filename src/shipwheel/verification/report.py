"""Findings and the Report: what was looked at, what was found, what was not looked at."""

from __future__ import annotations

from enum import StrEnum

import msgspec


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
    """A check that was run (or not, and why) on a file, on a Python where it needs one."""

    id: str
    file: str
    python: str | None = None
    status: CheckStatus
    reason: str | None = None
    seconds: float = 0.0


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
