"""Which wheels one job of CI makes: each by itself, or those of a platform together.

A job of CI costs its set-up (checkout, Python, tools, the container's image): half a minute or more. For
wheels that compile in seconds, a job each is mostly set-up; for those that take minutes, one after another
is a long wait. So what is quick shares a job, platform by platform. A change makes some of a release's
wheels: those of a tier share a job there, for a pull request waits for none that it does not test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import Job, Tier
from shipwheel.project.facts import Project

KEY = "[tool.shipwheel.wheels] shards"
# as many bytes of C as compile in some seconds on a hosted machine
_QUICK = 1_000_000
_TOGETHER, _EMULATED = 12, 4  # an emulated processor takes about ten times as long
_ALL = 1_000_000
_PREFIX = "wheels-"


class Sharding(msgspec.Struct, frozen=True):
    """How many wheels a job of CI makes at most, on an emulated processor too, and why."""

    most: int
    emulated: int
    why: str


def sharding_of(project: Project) -> Sharding:
    """Decide by the configuration, else by what the project compiles; what is not known is not quick."""
    wanted = project.config.wheels.shards
    if wanted is not None:
        most = (
            {"identifier": 1, "platform": _ALL}.get(wanted) if isinstance(wanted, str) else wanted
        )
        return Sharding(most or 1, most or 1, KEY)
    compiled = project.compiled.value if project.compiled is not None else None
    if compiled is None or (not compiled.crates and not compiled.weight):
        return Sharding(1, 1, "what it compiles is not known")
    if compiled.crates:
        return Sharding(1, 1, "Rust, which takes minutes to compile")
    if compiled.weight > _QUICK:
        return Sharding(1, 1, "more to compile than a few seconds' work")
    return Sharding(_TOGETHER, _EMULATED, "quick to compile")


def shard_arguments(shard: str) -> tuple[str, ...]:
    """Give the arguments with which the session `wheels` runs a shard."""
    return ("--only", shard.removeprefix(_PREFIX))


def with_shards(project: Project, catalog: Catalog, jobs: list[Job]) -> list[Job]:
    """Give the jobs of the shipped wheels with their shards: in a release, and for a change."""
    sharding = sharding_of(project)
    released = dict(_shards(sharding, catalog, jobs, {}))
    changes: dict[str, str] = {}
    for tier in Tier:
        there = [job for job in jobs if job.tier is tier]
        changes |= dict(_shards(sharding, catalog, there, released, f"-{tier.value}"))
    return [
        msgspec.structs.replace(job, shard=released.get(job.id), early_shard=changes.get(job.id))
        for job in jobs
    ]


def _shards(
    sharding: Sharding,
    catalog: Catalog,
    jobs: list[Job],
    others: Mapping[str, str],
    ending: str = "",
) -> Iterator[tuple[str, str]]:
    """Give the ids of jobs that share one with its name: the platform, numbered where it has several.

    A shard that is one of the `others` too has its name.
    """
    for platform in dict.fromkeys(str(job.platform) for job in jobs):
        known = catalog.platform(platform)
        most = sharding.emulated if known is not None and known.emulated else sharding.most
        there = [job.id for job in jobs if job.platform == platform]
        parts = -(-len(there) // most)
        for part in range(parts):
            ids = there[part * len(there) // parts : (part + 1) * len(there) // parts]
            number = f"-{part + 1}" if parts > 1 else ""
            name = _same(ids, others) or f"{_PREFIX}{platform}{ending}{number}"
            if len(ids) > 1:
                yield from ((each, name) for each in ids)


def _same(ids: list[str], others: Mapping[str, str]) -> str | None:
    name = others.get(ids[0])
    return name if [each for each in others if others[each] == name] == ids else None
