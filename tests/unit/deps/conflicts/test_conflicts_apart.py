"""What of an extra's or a group's conflicts counts."""

from __future__ import annotations

import pytest

from shipwheel.console.dependencies.conflicts import conflicts_section
from shipwheel.deps.conflicts.answer import Conflict, Conflicts, Kind, Link
from shipwheel.deps.conflicts.apart import Scope, from_a_later_python, placed
from shipwheel.deps.conflicts.judge import Verdict
from shipwheel.deps.conflicts.searching import Outcome

LINK = Link(requirer="here", requirement="sphinx==9.1.0", origin="the group docs")
CELLS = (("3.10", "linux"), ("3.10", "win32"), ("3.11", "linux"), ("3.12", "linux"))
DOCS = Scope(part="group docs", links=(LINK,), everywhere=False)


class UvFrom:
    """Finds versions from a Python on."""

    def __init__(self, first: str) -> None:
        self.first = first

    def ask(self, links: object, python: str = "3.10") -> Verdict:
        return Verdict(ok=python >= self.first, named=frozenset({"sphinx"}))


def test_a_group_for_later_pythons_is_told_and_does_not_count() -> None:
    found = from_a_later_python(UvFrom("3.12"), (LINK,), DOCS, CELLS)
    (told,) = found.told
    assert (told.counts, told.bounds, told.part) == (False, (LINK,), "group docs")
    assert told.cells == ("3.10 on linux", "3.10 on win32", "3.11 on linux")
    answer = Conflicts(project="here", ok=True, packages=1, requirements=1, conflicts=(told,))
    section = conflicts_section(answer)
    notes = " ".join(each.text for each in section.tables[0].notes)
    assert section.ok
    assert len(section.tables) == 1  # nothing to relax
    assert "group docs: it holds together from a later Python on, not with 3.10, 3.11" in notes


def test_what_is_for_all_pythons_or_for_none_is_a_conflict() -> None:
    everywhere = Scope(part="", links=(LINK,))
    assert from_a_later_python(UvFrom("3.12"), (LINK,), everywhere, CELLS) is None
    assert from_a_later_python(UvFrom("3.13"), (LINK,), DOCS, CELLS) is None


@pytest.mark.parametrize(
    ("everywhere", "cells", "counts"),
    [(True, ("3.10 on linux",), True), (False, ("3.10 on linux",), False), (False, (), True)],
)
def test_some_pythons_of_a_group_do_not_count(
    *, everywhere: bool, cells: tuple[str, ...], counts: bool
) -> None:
    conflict = Conflict(kind=Kind.VERSIONS, package="a", bounds=(LINK,), cells=cells)
    scope = Scope(part="group docs", links=(LINK,), everywhere=everywhere)
    outcome = placed(Outcome((LINK,), (conflict,), (frozenset({LINK}),)), scope)
    assert [each.counts for each in outcome.told] == [counts]
    assert bool(outcome.counted) == counts
