"""How locks are shown."""

from __future__ import annotations

from shipwheel.console.dependencies.lock import lock_section
from shipwheel.deps.lock.answer import Change, Locking, LockState, State

MOVED = Change(package="urllib3", before=("1.26.20",), after=("2.6.3", "2.8.0"))


def locking(*locks: LockState, checked: bool = True, ok: bool = False) -> Locking:
    return Locking(project="demo", ok=ok, checked=checked, locks=locks, python="3.9")


def test_a_lock_that_is_out_of_date_is_named_with_what_differs():
    found = locking(
        LockState(
            file="pylock.toml", origin="p", state=State.OUTDATED, packages=3, changes=(MOVED,)
        ),
        LockState(file="pylock.x.toml", origin="p", state=State.OUTDATED, changes=(MOVED,)),
        LockState(file="pylock.y.toml", origin="p", state=State.MISSING),
    )
    section = lock_section(found)
    assert "pylock.toml, pylock.x.toml, pylock.y.toml out of date" in section.title
    assert not section.ok
    rows = [[cell.text for cell in row] for row in section.tables[1].rows]
    assert rows == [["urllib3", "1.26.20", "2.6.3, 2.8.0", "pylock.toml, pylock.x.toml"]]
    assert section.tables[0].rows[0][3].text == "out of date"


def test_a_package_for_other_environments_is_told_as_such():
    other = Change(package="a", before=("1",), after=("1",))
    gone = Change(package="b", before=("1",))
    bytes_of_another = Change(package="c", before=("1",), after=("1",), rehashed=True)
    found = locking(
        LockState(
            file="pylock.toml",
            origin="p",
            state=State.CHANGED,
            changes=(other, gone, bytes_of_another),
        ),
        checked=False,
        ok=True,
    )
    rows = [[cell.text for cell in row] for row in lock_section(found).tables[1].rows]
    assert rows == [
        ["a", "1", "1, in other environments", "pylock.toml"],
        ["b", "1", "-", "pylock.toml"],
        ["c", "1", "1, with another hash", "pylock.toml"],
    ]


def test_locks_that_are_as_they_were_need_one_table():
    found = locking(
        LockState(file="pylock.toml", origin="p", state=State.UNCHANGED, packages=3),
        LockState(file="pylock.old.toml", origin="nothing in the project", state=State.UNUSED),
        ok=True,
    )
    section = lock_section(found)
    assert len(section.tables) == 1
    assert any("pylock.old.toml: nothing" in each.text for each in section.tables[0].notes)
