"""Which error leaves the question to uv's cache, and what is told where that does not know enough."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from shipwheel.deps.conflicts import asking
from shipwheel.deps.conflicts.answer import Conflicts
from shipwheel.deps.conflicts.asking import Question, conflicts
from shipwheel.deps.conflicts.house import House
from shipwheel.deps.conflicts.judge import Terms
from shipwheel.deps.conflicts.merging import merged
from shipwheel.errors import MachineError

QUESTION = Question(project="demo", links=(), house=House({}), cells=(("3.12", "linux"),))
FOUND = Conflicts(project="demo", ok=True, packages=0, requirements=0)


@pytest.mark.parametrize(
    ("reference", "cached", "offline", "ended"),
    [
        ("index", True, False, "answered"),
        ("index", False, False, "no index, and uv's cache does not hold what is needed to answer"),
        ("index-password", True, False, "no index"),
        ("disk", True, False, "no index"),
        ("index", True, True, "no index"),
    ],
)
def test_an_index_out_of_reach_alone_leaves_it_to_the_cache(
    monkeypatch: pytest.MonkeyPatch, reference: str, cached, offline, ended: str
) -> None:
    asked: list[bool] = []

    def searched(_question: Question, terms: Terms, _emit: object) -> Conflicts:
        asked.append(terms.offline)
        if len(asked) == 1 or not cached:
            raise MachineError("no index", evidence="refused", reference=reference)
        return msgspec.structs.replace(FOUND, offline=terms.offline)

    monkeypatch.setattr(asking, "_searched", searched)
    terms = Terms(root=Path(), python="3.12", offline=offline)
    if ended == "answered":
        assert conflicts(QUESTION, terms).offline
        return
    with pytest.raises(MachineError) as caught:
        conflicts(QUESTION, terms)
    assert (caught.value.what, caught.value.evidence) == (ended, "refused")
    assert caught.value.reference == reference


def test_answers_of_which_one_is_the_caches_are_marked_together() -> None:
    assert merged((FOUND, msgspec.structs.replace(FOUND, offline=True))).offline
    assert not merged((FOUND, FOUND)).offline
