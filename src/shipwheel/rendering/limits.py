"""What a provider takes at most, counted before a file is written: sharded above, refused above that.

GitHub: 256 jobs a matrix (docs.github.com, "Actions limits"). GitLab: 200 in `parallel:matrix`
(docs.gitlab.com/ci/yaml, `parallel:matrix`); its 50 `needs` a job are counted where GitLab's file is made,
for a job with more waits for whole stages instead. A workflow file of more than 500 KB is one that nobody reads.
"""

from __future__ import annotations

import msgspec

from shipwheel.errors import ConfigurationError
from shipwheel.rendering.pipeline import Lane, Pipeline, Provider
from shipwheel.rendering.rendered import RenderedFile

CONFIGURATIONS: dict[Provider, int] = {"github": 256, "gitlab": 200}
BYTES = 500_000
_FEWER = "fewer platforms ([tool.shipwheel.wheels] platforms) or Pythons ([tool.shipwheel] pythons)"


def shard(lane: Lane, limit: int) -> tuple[Lane, ...]:
    """Split a lane into `test`, `test-2` … of at most `limit` cells, in their order."""
    if len(lane.cells) <= limit:
        return (lane,)
    starts = range(0, len(lane.cells), limit)
    parts = [lane.cells[start : start + limit] for start in starts]
    return tuple(
        msgspec.structs.replace(
            lane,
            id=lane.id if number == 1 else f"{lane.id}-{number}",
            name=f"{lane.name} ({number} of {len(parts)})",
            cells=part,
            part_of=lane.part_of if number == 1 else lane.id,
        )
        for number, part in enumerate(parts, 1)
    )


def sharded(pipeline: Pipeline) -> Pipeline:
    """Give a pipeline no lane of which is above its provider's limit; what needs a lane needs its parts."""
    limit = CONFIGURATIONS[pipeline.provider]
    if all(len(lane.cells) <= limit for lane in pipeline.lanes):
        return pipeline
    parts = {lane.id: shard(lane, limit) for lane in pipeline.lanes}
    lanes = tuple(
        msgspec.structs.replace(
            part,
            needs=tuple(each.id for need in part.needs for each in parts[need]),
        )
        for lane in pipeline.lanes
        for part in parts[lane.id]
    )
    return msgspec.structs.replace(pipeline, lanes=lanes)


def check_limits(pipeline: Pipeline) -> None:
    """Refuse a pipeline that its provider would; raises ConfigurationError with the count."""
    limit = CONFIGURATIONS[pipeline.provider]
    seen: set[str] = set()
    for lane in pipeline.lanes:
        if len(lane.cells) > limit:
            raise _refused(
                f"the matrix {lane.id!r} has {len(lane.cells)} configurations,"
                f" and {pipeline.provider} takes {limit}",
                pipeline.filename,
            )
        if lane.id in seen:
            raise ConfigurationError(
                f"two jobs are called {lane.id!r}",
                where=pipeline.filename,
                hint=f"give your own another name: [tool.shipwheel.ci.jobs.{lane.id}]",
            )
        seen.add(lane.id)


def check_size(file: RenderedFile) -> None:
    """Refuse a file that is too large; raises ConfigurationError with its size."""
    size = len(file.body.encode("utf-8"))
    if size > BYTES:
        raise _refused(
            f"the file would have {size // 1000} KB, and {BYTES // 1000} is the most", file.path
        )


def _refused(what: str, where: str) -> ConfigurationError:
    return ConfigurationError(what, where=where, hint=f"ask for {_FEWER}")
