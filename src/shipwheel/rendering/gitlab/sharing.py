"""What jobs of one kind say alike, said once: in a hidden job that they extend."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shipwheel.rendering.gitlab.model import Job

# what may be said once; the rest is a job's own
_SHARED = (
    "stage",
    "tags",
    "image",
    "services",
    "variables",
    "needs",
    "minutes",
    "environment",
    "before_script",
    "script",
    "artifacts",
)


def shared(
    jobs: Sequence[tuple[str, Job]],
) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
    """Give hidden jobs, and the jobs that extend them.

    Each job comes with the name of the hidden job that it may share, "" for none: it shares with those
    of the same name that run the same.
    """
    groups: dict[tuple[object, ...], list[Job]] = {}
    for name, job in jobs:
        groups.setdefault(_likeness(name, job), []).append(job)
    hidden: dict[tuple[object, ...], Job] = {}
    taken: set[str] = set()
    for key, alike in groups.items():
        if key[0] and len(alike) > 1:
            hidden[key] = _hidden(_free(str(key[0]), taken), alike)
    told = tuple(
        _extending(job, hidden[key]) if (key := _likeness(name, job)) in hidden else job
        for name, job in jobs
    )
    return tuple(hidden.values()), told


def _likeness(name: str, job: Job) -> tuple[object, ...]:
    return (name, job.extends[:-1], job.script, repr(job.artifacts), repr(job.notes))


def _free(name: str, taken: set[str]) -> str:
    free = next(
        each for each in (name, *(f"{name}-{n}" for n in range(2, 1000))) if each not in taken
    )
    taken.add(free)
    return free


def _hidden(name: str, alike: list[Job]) -> Job:
    first = alike[0]
    same = {
        field: getattr(first, field)
        for field in _SHARED
        if all(getattr(job, field) == getattr(first, field) for job in alike)
    }
    return Job(name=name, extends=first.extends[:-1], notes=first.notes, **same)


def _extending(job: Job, hidden: Job) -> Job:
    empty = Job(name=job.name)
    said = {
        field: getattr(empty, field)
        for field in _SHARED
        if getattr(hidden, field) == getattr(job, field)
    }
    return msgspec.structs.replace(job, extends=(hidden.name, job.extends[-1]), notes={}, **said)
