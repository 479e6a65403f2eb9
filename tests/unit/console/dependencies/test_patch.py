"""How a patch is shown."""

from __future__ import annotations

from shipwheel.console.dependencies.patch import patch_section
from shipwheel.deps.lock.answer import Change
from shipwheel.deps.patch.answer import CellResult, PatchedLock, Patching

URLLIB3 = Change(package="urllib3", before=("1.26.4",), after=("2.5.0",), why="asked for")
ALONG = Change(package="requests", before=("2.25",), after=("2.32",), why="to fit urllib3")


def patching(
    *changes: Change, ok: bool = True, held: str = "", wanted: str = "", **more
) -> Patching:
    return Patching(
        project="demo",
        ok=ok,
        package="urllib3",
        before=("1.26.4",),
        after=("2.5.0",) if changes else ("1.26.4",),
        locks=(PatchedLock(file="pylock.toml", changes=changes),),
        held=held,
        wanted=wanted,
        **more,
    )


def test_what_moved_has_a_row_with_the_reason():
    section = patch_section(patching(URLLIB3, ALONG))
    [table] = section.tables
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["urllib3", "1.26.4", "2.5.0", "asked for", "pylock.toml"],
        ["requests", "2.25", "2.32", "to fit urllib3", "pylock.toml"],
    ]
    assert section.title == "patch: urllib3 1.26.4 -> 2.5.0, 1 package with it, in pylock.toml"


def test_tests_that_failed_are_named():
    tests = (
        CellResult(job="test-3.11", state="passed"),
        CellResult(job="test-3.12", state="failed", said="2 tests failed"),
    )
    section = patch_section(patching(URLLIB3, ok=False, tests=tests))
    assert section.title.endswith(
        "urllib3 1.26.4 -> 2.5.0, nothing else, in pylock.toml; test-3.12 failed"
    )
    assert [row[2].text for row in section.tables[1].rows] == ["", "2 tests failed"]


def test_what_holds_a_package_is_told_with_its_chain():
    found = patching(ok=False, held="2.5.0 does not fit\nerror: because of requests")
    section = patch_section(found)
    assert section.tables[0].notes[0].text == (
        "urllib3 stays: 2.5.0 does not fit\n  | error: because of requests"
    )
    assert section.title == "patch: urllib3 is at 1.26.4"


def test_a_package_that_is_there_already_is_told():
    assert patch_section(patching(wanted="1.26.4")).title == "patch: urllib3 is at 1.26.4 already"
    assert "nothing newer is there" in patch_section(patching()).title
