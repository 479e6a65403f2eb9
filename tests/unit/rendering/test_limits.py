"""Lanes above a provider's limit are split so that nothing is lost and everything is waited for."""

from __future__ import annotations

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.project.facts import Kind
from shipwheel.rendering.gitlab.assembly import gitlab_pipeline
from shipwheel.rendering.limits import (
    BYTES,
    CONFIGURATIONS,
    check_limits,
    check_size,
    shard,
    sharded,
)
from shipwheel.rendering.pipeline import Cell, Event, Lane, Pipeline, Tool
from shipwheel.rendering.rendered import RenderedFile

TOOL = Tool(kind="index", value="shipwheel==1", lock="lock.txt", python="3.14")


def lane(name: str, cells: int, needs: tuple[str, ...] = ()) -> Lane:
    made = tuple(Cell(job=f"{name}-{number}", session=name, runner="r") for number in range(cells))
    return Lane(id=name, kind=None, name=name.capitalize(), cells=made, needs=needs)


def pipeline(*lanes: Lane, provider="github") -> Pipeline:
    return Pipeline(
        event=Event.CI, provider=provider, title="CI", filename="ci.yml", tool=TOOL, lanes=lanes
    )


@given(st.integers(1, 700), st.integers(1, 300))
def test_a_lane_in_parts_is_the_lane(cells: int, limit: int) -> None:
    whole = lane("test", cells)

    parts = shard(whole, limit)

    assert tuple(cell for part in parts for cell in part.cells) == whole.cells
    assert all(0 < len(part.cells) <= limit for part in parts)
    assert [part.id for part in parts] == ["test", *(f"test-{n}" for n in range(2, len(parts) + 1))]
    assert [part.part_of for part in parts] == [None, *["test"] * (len(parts) - 1)]
    assert len(parts) == -(-cells // limit)


@settings(max_examples=50)
@given(
    st.sampled_from(["github", "gitlab"]),
    st.lists(st.tuples(st.integers(1, 600), st.sets(st.integers(0, 5))), min_size=1, max_size=6),
)
def test_what_needs_a_lane_needs_all_its_parts(provider, shape) -> None:
    lanes = [
        lane(f"lane{n}", cells, tuple(f"lane{need}" for need in sorted(needs) if need < n))
        for n, (cells, needs) in enumerate(shape)
    ]
    before = pipeline(*lanes, provider=provider)

    after = sharded(before)

    check_limits(after)
    parts = {each.id: [p for p in after.lanes if each.id in {p.id, p.part_of}] for each in lanes}
    for each in lanes:
        wanted = {part.id for need in each.needs for part in parts[need]}
        assert all(set(part.needs) == wanted for part in parts[each.id])
    assert sum(map(len, parts.values())) == len(after.lanes)
    assert sum(len(each.cells) for each in after.lanes) == sum(len(each.cells) for each in lanes)


def test_what_is_below_the_limit_stays_as_it_is() -> None:
    small = pipeline(lane("build", 1), lane("test", 256, ("build",)))

    assert sharded(small) is small


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_a_matrix_above_the_limit_is_refused_with_the_count(provider) -> None:
    limit = CONFIGURATIONS[provider]

    with pytest.raises(ConfigurationError, match=f"has {limit + 1} configurations.*takes {limit}"):
        check_limits(pipeline(lane("test", limit + 1), provider=provider))


def test_two_jobs_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="two jobs are called 'test-2'"):
        check_limits(sharded(pipeline(lane("test", 300), lane("test-2", 1))))


def test_a_file_too_large_is_refused_with_its_size() -> None:
    file = RenderedFile(path="ci.yml", role="whole", kind="github", body="x" * BYTES)
    check_size(file)

    with pytest.raises(ConfigurationError, match="500 KB, and 500 is the most"):
        check_size(msgspec.structs.replace(file, body=file.body + "é"))


def runs(job: dict) -> int:
    """Count the jobs that a GitLab job becomes."""
    matrix = job.get("parallel", {}).get("matrix", [{}]) if isinstance(job, dict) else [{}]
    count = 0
    for row in matrix:
        product = 1
        for value in row.values():
            product *= len(value) if isinstance(value, list) else 1
        count += product
    return count


def test_gitlab_takes_the_needs_of_a_large_project(member, pipelines_of) -> None:
    many = [
        member(name, name, kind=Kind.EXTENSION, requires=">=3.9")
        for name in ("one", "two", "three")
    ]
    changes, *releases = (sharded(each) for each in pipelines_of(*many, provider="gitlab"))
    assert sum(len(each.cells) for each in changes.lanes) > 50, "no large project"

    jobs = yaml.safe_load(gitlab_pipeline(changes, releases, load_catalog()))

    for name, job in jobs.items():
        needs = job.get("needs") or ()
        names = [need["job"] if isinstance(need, dict) else need for need in needs]
        assert sum(runs(jobs[each]) for each in names) <= 50, name
        assert runs(job) <= 200, name
