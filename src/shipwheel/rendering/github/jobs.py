"""Lanes as GitHub's jobs: when each runs, where, with which permissions, and its steps."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import JobKind
from shipwheel.rendering.github import artifacts, steps
from shipwheel.rendering.github.matrix import Spread, spread
from shipwheel.rendering.github.model import Grant, Job, Service, Step
from shipwheel.rendering.github.page import page_step
from shipwheel.rendering.pipeline import Event, Lane, Pipeline

_READ = Grant("contents", "read")
_IDENTITY = Grant("id-token", "write", "trusted publishing: an upload token for this run alone")
_WRITE = Grant("contents", "write", "the tag's release: makes it, and attaches files to it")
_READ_BACK = "--read-back"
_SELF_HOSTED = "self-hosted"
_CHECK = """\
jq --raw-output --arg skippable "$MAY_BE_SKIPPED" '
  ($skippable | split(" ")) as $skippable
  | map_values(.result)
  | with_entries(select(.value != "success"))
  | with_entries(select(.value != "skipped" or (.key | IN($skippable[]) | not)))
  | if . == {} then "Every job passed." else (tostring + "\\n" | halt_error(1)) end
' <<< "$NEEDS"
"""


def github_job(lane: Lane, pipeline: Pipeline, catalog: Catalog) -> Job:
    """Give a lane as a job of GitHub's."""
    cells = spread(lane, pipeline, catalog)
    condition, why = _condition(lane, pipeline)
    return Job(
        id=lane.id,
        name=cells.named("job") if lane.matrix else lane.name,
        why=lane.why,
        condition=condition,
        condition_why=why,
        needs=lane.needs,
        runs_on=cells.values["runner"],
        runs_on_why=_own_machines(cells),
        minutes=lane.minutes,
        matrix=cells.matrix,
        may_fail=_may_fail(cells),
        environment=lane.environment,
        permissions=_permissions(lane),
        services=_services(lane),
        steps=tuple(_steps(cells, pipeline, catalog)),
    )


def _own_machines(cells: Spread) -> str:
    """Give the comment that tells zizmor of a choice of the user's, who named these labels."""
    named = any(_SELF_HOSTED in (row["runner"], *row["runner"]) for row in cells.rows)
    return "zizmor: ignore[self-hosted-runner] as configured" if named else ""


def _may_fail(cells: Spread) -> str | bool:
    asked = cells.expression("may-fail")  # empty where a row does not say: that is no boolean
    return f"${{{{ {asked} || false }}}}" if asked else bool(cells.values["may-fail"])


def _permissions(lane: Lane) -> tuple[Grant, ...]:
    """Give what the job's token may do: read the source where there is any, ask who it is, write a release."""
    return (
        *((_READ,) if lane.checkout else ()),
        *((_IDENTITY,) if lane.oidc else ()),
        *((_WRITE,) if lane.page else ()),
    )


def _services(lane: Lane) -> dict[str, Service]:
    return {
        name: Service(
            image=service.image,
            environment=service.environment,
            ports=service.ports,
            options=service.options,
        )
        for name, service in lane.services
    }


# --- when -------------------------------------------------------------------------------------------


def _condition(lane: Lane, pipeline: Pipeline) -> tuple[str, str]:
    """Give a job's condition, and why; without one it runs when all of its needs passed.

    GitHub adds `success()` to a condition without a status function, and that is false as soon as a
    need was skipped, or the need of a need. Where skipping is right, the results are asked for one by one.
    """
    if _required(lane, pipeline):
        return "always()", "a skipped check counts as passed: this one is never skipped"
    if lane.unless_pr:
        return "github.event_name != 'pull_request'", ""
    if lane.kind is JobKind.PUBLISH:
        return "github.event_name == 'push'", "a tag; started by hand, everything else is tried"
    if lane.takes == "measured":
        ran = " || ".join(f"needs.{need}.result != 'skipped'" for need in lane.needs)
        there = _grouped(ran, len(lane.needs))
        return f"${{{{ !cancelled() && {there} }}}}", "a test that failed has measured too"
    skipped = tuple(need for need in lane.needs if _skips(need, pipeline))
    if not skipped:
        return _despite_ancestors(lane, pipeline)
    told = f"{_listed(skipped)} {'is' if len(skipped) == 1 else 'are'} skipped for pull requests;"
    return _despite(lane, skipped), f"{told} nothing else may be missing"


def _required(lane: Lane, pipeline: Pipeline) -> bool:
    return pipeline.event is Event.CI and lane.id == "gate"


def _skips(lane_id: str, pipeline: Pipeline) -> bool:
    return pipeline.lane(lane_id).unless_pr


def _despite_ancestors(lane: Lane, pipeline: Pipeline) -> tuple[str, str]:
    """Give the condition of a lane behind one that runs although what it waited for was skipped."""
    behind = (each for need in lane.needs for each in pipeline.lane(need).needs)
    if not any(_skips(each, pipeline) for each in behind):
        return "", ""
    passed = " && ".join(f"needs.{need}.result == 'success'" for need in lane.needs)
    why = f"a pull request skips some of what {_listed(lane.needs)} waited for"
    return f"${{{{ !cancelled() && {passed} }}}}", why


def _despite(lane: Lane, skipped: tuple[str, ...]) -> str:
    always = [f"needs.{need}.result == 'success'" for need in lane.needs if need not in skipped]
    more = " && ".join(f"needs.{need}.result == 'success'" for need in skipped)
    extra = f"(github.event_name == 'pull_request' || {_grouped(more, len(skipped))})"
    return "${{ " + " && ".join(("!cancelled()", *always, extra)) + " }}"


def _grouped(text: str, count: int) -> str:
    return f"({text})" if count > 1 else text


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- what -------------------------------------------------------------------------------------------


def _steps(cells: Spread, pipeline: Pipeline, catalog: Catalog) -> Iterator[Step]:
    lane = cells.lane
    if _required(lane, pipeline):
        yield _check(pipeline, lane)
    elif lane.page:
        yield artifacts.get_release(catalog)
        yield page_step(cells)
    elif not lane.checkout:
        yield from _closing(cells, pipeline, catalog)
    else:
        yield from _working(cells, pipeline, catalog)


def _working(cells: Spread, pipeline: Pipeline, catalog: Catalog) -> Iterator[Step]:
    lane = cells.lane
    yield steps.check_out(catalog, history=lane.history)
    yield from steps.set_up_pythons(cells, pipeline, catalog)
    yield from steps.packages(cells, pipeline)
    yield from steps.emulator(cells, catalog)
    yield from steps.install_tool(pipeline.tool)
    yield from artifacts.downloads(cells, pipeline, catalog)
    yield from steps.own_steps(lane.before, cells)
    if lane.own is not None:
        yield from steps.own_session(cells)
    else:
        yield steps.session(cells, pipeline)
    yield from steps.own_steps(lane.after, cells)
    yield from artifacts.uploads(cells, pipeline, catalog)


def _closing(cells: Spread, pipeline: Pipeline, catalog: Catalog) -> Iterator[Step]:
    """Give the steps of what sees no source: the release's files, the tools, and one command."""
    lane = cells.lane
    yield artifacts.get_release(catalog)
    yield from steps.set_up_pythons(cells, pipeline, catalog)
    yield from steps.install_released_tool(pipeline.tool)
    yield from steps.own_steps(lane.before, cells)
    # attestations (PEP 740) are made in here too, between the check of the hashes and the upload
    yield steps.publishing(
        cells, pipeline, *(() if lane.kind is JobKind.PUBLISH else (_READ_BACK,))
    )
    yield from steps.own_steps(lane.after, cells)


def _check(pipeline: Pipeline, lane: Lane) -> Step:
    """Give the one step of the required check: a truth table over what every job came to."""
    skippable = " ".join(need for need in lane.needs if _skips(need, pipeline))
    told = {"NEEDS": "${{ toJSON(needs) }}", "MAY_BE_SKIPPED": ""}
    if skippable:
        told["MAY_BE_SKIPPED"] = (
            f"${{{{ github.event_name == 'pull_request' && '{skippable}' || '' }}}}"
        )
    return Step(name="Ask every job", environment=told, run=_CHECK)
