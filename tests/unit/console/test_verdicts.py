from __future__ import annotations

import msgspec
import pytest

from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look
from shipwheel.console.verdicts import report_tables
from shipwheel.verification.report import (
    CheckResult,
    CheckStatus,
    Finding,
    Level,
    Report,
    VerifiedFile,
)

SDIST = VerifiedFile(filename="a-1.0.tar.gz", kind="sdist", sha256="ab" * 32, size=2300)
WHEEL = VerifiedFile(filename="a-1.0-py3-none-any.whl", kind="wheel", sha256="cd" * 32, size=12000)
PASSED, FAILED, SKIPPED = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.SKIPPED


def check(name: str, file: str, status: CheckStatus = PASSED, **more: str) -> CheckResult:
    return CheckResult(id=name, file=file, status=status, **more)


def report(*checks: CheckResult, findings: tuple[Finding, ...] = (), **more: object) -> Report:
    return Report(ok=True, files=(SDIST, WHEEL), checks=checks, findings=findings, **more)


def lines(shown: Report, look: Look | None = None) -> list[str]:
    look = look or Look()
    return [line for table in report_tables(shown, look) for line in plain_lines(table, look)]


def test_files_and_checks_by_files() -> None:
    shown = report(
        check("metadata-fields", SDIST.filename),
        check("metadata-agrees", SDIST.filename),
        check("metadata-fields", WHEEL.filename),
        check("metadata-agrees", WHEEL.filename),
        check("install", WHEEL.filename, python="3.11"),
        check("install", WHEEL.filename, FAILED, python="3.12"),
        check("install", WHEEL.filename, SKIPPED, python="3.14", reason="3.14 is not here"),
        check("complete", ""),
        scope="local",
    )
    assert lines(shown) == [
        "files, local scope",
        "     file                     size  sha256",
        "  1  a-1.0.tar.gz             2 kB  abababababab",
        "  2  a-1.0-py3-none-any.whl  12 kB  cdcdcdcdcdcd",
        "checks",
        "            1    2    set  Pythons",
        "  metadata  ✓ 2  ✓ 2",
        "  install        ✗         3.11 3.12 (failed)",
        "  complete            ✓",
        "  2 files, 7 checks: nothing wrong found",
        "  1 check not run: 3.14 is not here",
    ]


def test_many_files_are_counted() -> None:
    files = tuple(
        VerifiedFile(filename=f"a-{number}.whl", kind="wheel", sha256="0" * 64, size=1)
        for number in range(11)
    )
    checks = (
        *(check("record", file.filename) for file in files[1:]),
        check("record", files[0].filename, FAILED),
        check("complete", ""),
    )
    shown = lines(msgspec.structs.replace(report(), files=files, checks=checks))
    assert shown[13:17] == [
        "checks",
        "            files                set  Pythons",
        "  record    10 passed, 1 failed",
        "  complete                       ✓",
    ]


def test_findings_by_file_with_evidence_and_mend() -> None:
    findings = (
        Finding(
            rule="install-failed",
            level=Level.ERROR,
            file=WHEEL.filename,
            message="it does not install\nno matching distribution",
            hint="name it in dependencies",
            python="3.12",
        ),
        Finding(
            rule="import",
            level=Level.WARNING,
            file=WHEEL.filename,
            message="slow",
            python="3.12",
        ),
        Finding(
            rule="import",
            level=Level.WARNING,
            file=WHEEL.filename,
            message="slow",
            python="3.13",
        ),
        Finding(rule="foreign", level=Level.WARNING, file="", message="x.whl is not ours"),
    )
    shown = lines(report(findings=findings, ignored={"long-name": "it has always been so"}))
    assert shown[shown.index("findings") :] == [
        "findings",
        "  the files together",
        "    warning foreign: x.whl is not ours",
        "  a-1.0-py3-none-any.whl",
        "    error install-failed on 3.12: it does not install",
        "      | no matching distribution",
        "      next: name it in dependencies",
        "    warning import on 3.12, 3.13: slow",
        "  ignored: long-name: it has always been so",
        "  2 files, 0 checks: 1 error, 3 warnings",
    ]


@pytest.mark.parametrize(
    ("status", "unicode", "mark"),
    [(PASSED, False, "ok"), (FAILED, False, "FAILED"), (SKIPPED, True, "-"), (FAILED, True, "✗")],
)
def test_marks(status: CheckStatus, *, unicode: bool, mark: str) -> None:
    shown = lines(report(check("c", SDIST.filename, status)), Look(unicode=unicode))
    assert shown[shown.index("checks") + 2].split() == ["c", mark]


def test_nothing_to_look_at_is_said() -> None:
    empty = Report(ok=True, files=(), checks=(), findings=())
    assert lines(empty) == [
        "files",
        "  none",
        "checks",
        "  none was run",
        "  0 files, 0 checks: nothing wrong found",
    ]


def test_a_static_look_says_what_it_left_out() -> None:
    shown = report(check("install", WHEEL.filename, SKIPPED, reason="left out"), static=True)
    assert lines(shown)[-2:] == [
        "  nothing was installed or imported: --static",
        "  1 check not run: left out",
    ]
