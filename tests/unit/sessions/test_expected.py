"""`wheels` goes on though one of its wheels cannot be made, and tells all of them at its end."""

from __future__ import annotations

import pytest

from shipwheel.errors import JobError, MachineError
from shipwheel.events import Event, Warned
from shipwheel.planning.job import Job, JobKind
from shipwheel.sessions.expected import run_each

JOBS = tuple(Job(id=each, kind=JobKind.WHEELS, session="wheels") for each in ("a", "b", "c"))


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ((), None),
        (("b",), "b is broken"),
        (("a", "c"), "2 wheels could not be made: a, c"),
    ],
)
def test_a_wheel_that_fails_costs_only_itself(broken, told) -> None:
    ran: list[str] = []
    events: list[Event] = []

    def run(job: Job) -> None:
        ran.append(job.id)
        if job.id in broken:
            raise JobError(f"{job.id} is broken", hint="mend it")

    if told is None:
        run_each(JOBS, run, events.append)
    else:
        with pytest.raises(JobError, match=told) as caught:
            run_each(JOBS, run, events.append)
        assert "mend it" in caught.value.hint
    assert ran == ["a", "b", "c"]
    assert [each.text for each in events if isinstance(each, Warned)] == [
        f"{each} failed: {each} is broken" for each in broken
    ]


def test_what_the_machine_lacks_all_would_lack() -> None:
    ran: list[str] = []

    def run(job: Job) -> None:
        ran.append(job.id)
        raise MachineError("no container engine is here")

    with pytest.raises(MachineError):
        run_each(JOBS, run, lambda _event: None)
    assert ran == ["a"]
