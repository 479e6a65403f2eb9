"""The reports of a workspace's packages, joined."""

from __future__ import annotations

from shipwheel.cli.verify import joined
from shipwheel.verification.report import Finding, Level, Report, VerifiedFile


def report(name: str, *found: Level) -> Report:
    findings = tuple(
        Finding(rule="tags", level=level, file=name, message="m", hint="h") for level in found
    )
    file = VerifiedFile(filename=name, kind="wheel", sha256="0" * 64, size=1)
    return Report(
        ok=Level.ERROR not in found,
        files=(file,),
        checks=(),
        findings=findings,
        ignored={name: "why"},
    )


def test_one_package_is_its_own_report() -> None:
    assert joined([report("a.whl")]) == report("a.whl")


def test_one_package_that_fails_fails_all() -> None:
    found = joined([report("a.whl"), report("b.whl", Level.ERROR), report("c.whl", Level.WARNING)])
    assert not found.ok
    assert [each.filename for each in found.files] == ["a.whl", "b.whl", "c.whl"]
    assert [each.file for each in found.findings] == ["b.whl", "c.whl"]
    assert set(found.ignored) == {"a.whl", "b.whl", "c.whl"}
