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


def check(name: str, file: str, status: CheckStatus = PASSED, **more: object) -> CheckResult:
    return CheckResult(id=name, file=file, status=status, **more)


def report(*checks: CheckResult, findings: tuple[Finding, ...] = (), **more: object) -> Report:
    return Report(ok=True, files=(SDIST, WHEEL), checks=checks, findings=findings, **more)


def lines(shown: Report, look: Look | None = None) -> list[str]:
    look = look or Look()
    return [line for table in report_tables(shown, look) for line in plain_lines(table, look)]


def wheels(count: int) -> tuple[VerifiedFile, ...]:
    return tuple(
        VerifiedFile(filename=f"a-{number}.whl", kind="wheel", sha256="0" * 64, size=1)
        for number in range(count)
    )


def error(rule: str, file: str, message: str = "broken", **more: str) -> Finding:
    return Finding(rule=rule, level=Level.ERROR, file=file, message=message, **more)


def test_a_line_a_file_and_the_sum_last() -> None:
    shown = report(
        check("metadata-fields", SDIST.filename),
        check("metadata-agrees", SDIST.filename),
        check("metadata-fields", WHEEL.filename),
        check("install", WHEEL.filename, python="3.11"),
        check("install", WHEEL.filename, FAILED, python="3.12"),
        check("install", WHEEL.filename, SKIPPED, python="3.14", reason="3.14 is not here"),
        check("set-complete", ""),
        scope="local",
    )
    assert lines(shown) == [
        "files, local scope",
        "     file                     size  checks    Pythons             sha256",
        "  ✓  a-1.0.tar.gz             2 kB  2 passed                      abababababab",
        "  ✗  a-1.0-py3-none-any.whl  12 kB  1 failed  3.11 3.12 (failed)  cdcdcdcdcdcd",
        "  -  1 check not run: 3.14 is not here (1)",
        "  ✓  2 files, 6 checks: nothing wrong found",
    ]


def test_of_many_files_those_with_something_wrong_are_listed() -> None:
    files = wheels(40)
    found = (
        error("record-hash", "a-7.whl"),
        Finding(rule="tags-linux", level=Level.WARNING, file="a-9.whl", message="linux"),
    )
    checks = (
        *(check("record-hash", file.filename) for file in files if file.filename != "a-7.whl"),
        check("record-hash", "a-7.whl", FAILED),
        check("tags-linux", "a-9.whl", warnings=1),
    )
    shown = lines(msgspec.structs.replace(report(*checks, findings=found), files=files))
    assert [line.split()[:2] for line in shown[2:4]] == [["✗", "a-7.whl"], ["!", "a-9.whl"]]
    assert shown[4] == "  the other 38 files: nothing wrong found"
    good = msgspec.structs.replace(report(), files=files)
    assert lines(good)[:2] == ["files", "  40 files: nothing wrong found"]


def test_findings_with_evidence_and_mend_errors_first() -> None:
    findings = (
        Finding(rule="foreign", level=Level.WARNING, file="", message="x.whl is not ours"),
        *(
            Finding(
                rule="import",
                level=Level.WARNING,
                file=WHEEL.filename,
                message="slow",
                python=python,
            )
            for python in ("3.12", "3.13")
        ),
        error(
            "install-failed",
            WHEEL.filename,
            "it does not install\nno matching distribution",
            hint="name it in dependencies\nor leave it out",
            python="3.12",
        ),
    )
    shown = lines(report(findings=findings, ignored={"long-name": "it has always been so"}))
    assert shown[shown.index("errors") :] == [
        "errors",
        "  ✗  install-failed: it does not install",
        "     | no matching distribution",
        "     in a-1.0-py3-none-any.whl, on Python 3.12",
        "     next: name it in dependencies",
        "     next: or leave it out",
        "warnings",
        "  !  foreign: x.whl is not ours",
        "     in the files together",
        "  !  import: slow",
        "     in a-1.0-py3-none-any.whl, on Python 3.12, 3.13",
        "  -  set aside: long-name: it has always been so",
        "  ✗  2 files, 0 checks: 1 error, 2 warnings",
    ]


def test_what_is_the_same_in_many_files_is_said_once() -> None:
    files = wheels(6)
    findings = tuple(error("metadata-fields", file.filename) for file in files)
    everywhere = msgspec.structs.replace(report(findings=findings), files=files)
    assert "     in all 6 files" in lines(everywhere)
    some = msgspec.structs.replace(everywhere, findings=findings[:4])
    assert "     in a-0.whl, a-1.whl and 2 more files" in lines(some)
    assert lines(some)[-1].endswith("1 error")


def test_a_flood_is_cut_short_and_says_so() -> None:
    findings = (
        *(error("record-hash", WHEEL.filename, f"{n}.py", hint="again") for n in range(300)),
        error("tags-pure", WHEEL.filename, "\n".join(map(str, range(99)))),
    )
    shown = lines(report(findings=findings))
    assert len(shown) < 40
    assert shown.count("     next: again") == 1
    assert any("record-hash: 295 more like these" in line for line in shown)
    assert "     | … 86 lines more" in shown
    assert shown[-1].endswith("301 errors")


def test_a_narrow_terminal_keeps_names_whole() -> None:
    narrow, wide = Look(rich=True, width=80), Look(rich=True, width=120)
    tables = [report_tables(report(), look)[0] for look in (narrow, wide, Look())]
    assert [table.columns[-1].head for table in tables] == ["Pythons", "sha256", "sha256"]


@pytest.mark.parametrize(
    ("status", "unicode", "mark"),
    [(PASSED, False, "ok"), (FAILED, False, "FAILED"), (PASSED, True, "✓"), (FAILED, True, "✗")],
)
def test_marks(status: CheckStatus, *, unicode: bool, mark: str) -> None:
    shown = lines(report(check("c", SDIST.filename, status)), Look(unicode=unicode))
    assert shown[2].split()[:2] == [mark, SDIST.filename]


def test_nothing_to_look_at_is_said() -> None:
    empty = Report(ok=True, files=(), checks=(), findings=())
    assert lines(empty) == [
        "files",
        "  none",
        "  ✓  0 files, 0 checks: nothing wrong found",
    ]


def test_a_static_look_says_what_it_left_out_and_why() -> None:
    skipped = (
        *(check("install", f"{n}", SKIPPED, reason="left out") for n in range(3)),
        *(check("install", "x", SKIPPED, reason=f"reason {n}") for n in range(6)),
        check("tags-pure", "x", SKIPPED, reason="for one platform"),
    )
    shown = lines(report(*skipped, static=True))
    assert shown[-4:] == [
        "  -  9 checks not run: left out (3), reason 0 (1), reason 1 (1), reason 2 (1), 3 other reasons (3)",
        "  -  1 check had nothing to look at (--json says why of each)",
        "  -  nothing was installed or imported: --static",
        "  ✓  2 files, 0 checks: nothing wrong found",
    ]
