"""A pipeline as the text of a GitHub workflow: events, concurrency, environment and its jobs."""

from __future__ import annotations

from typing import Any

from shipwheel.data.catalog import Catalog
from shipwheel.rendering.github.jobs import github_job
from shipwheel.rendering.github.model import Concurrency, Workflow, plain
from shipwheel.rendering.pipeline import Event, Pipeline
from shipwheel.rendering.yaml import Commented, Flow, dump

# empty where the workflow was started by hand: then everything is tried, and nothing sent
_TAG = "${{ github.event_name == 'push' && github.ref_name || '' }}"


def github_workflow(pipeline: Pipeline, catalog: Catalog) -> str:
    """Give the workflow file of a pipeline, without its header: line feeds, ending in one.

    Pure. Raises KeyError for an action that the Catalog does not have.
    """
    return dump(plain(_workflow(pipeline, catalog)))


def _workflow(pipeline: Pipeline, catalog: Catalog) -> Workflow:
    release = pipeline.event is Event.RELEASE
    return Workflow(
        name=pipeline.title,
        events=_release_events(pipeline) if release else _change_events(pipeline),
        concurrency=_one_release() if release else _one_run_a_change(),
        environment=({"SHIPWHEEL_TAG": _TAG} if release else {}) | pipeline.environment,
        jobs=tuple(github_job(lane, pipeline, catalog) for lane in pipeline.lanes),
    )


def _change_events(pipeline: Pipeline) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    if pipeline.paths:
        filters["paths"] = pipeline.paths
    if pipeline.paths_ignore:
        filters["paths-ignore"] = pipeline.paths_ignore
    change: Any = filters or None
    if filters:
        change = Commented(
            value=filters,
            above="A change that the paths leave out gets no Gate: do not require it.",
        )
    events: dict[str, Any] = {
        "push": {"branches": Flow(pipeline.branches), **filters},
        "pull_request": change,
        "merge_group": None,
        "workflow_dispatch": None,
    }
    if pipeline.schedules:
        events["schedule"] = [{"cron": cron} for cron in pipeline.schedules]
    return events


def _release_events(pipeline: Pipeline) -> dict[str, Any]:
    return {
        "push": Flow({"tags": pipeline.tags}),
        "workflow_dispatch": Commented(value=None, behind="a dry run: everything but the upload"),
    }


def _one_run_a_change() -> Concurrency:
    return Concurrency(
        # by number: branches of two forks may have the same name
        group="${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}",
        cancel=True,
        why="A newer commit of a pull request ends the run of the older one. Nothing else is ended:"
        " any other run is a group of its own.",
    )


def _one_release() -> Concurrency:
    return Concurrency(
        group="${{ github.workflow }}-${{ github.ref }}",
        cancel=False,
        why="A release is never cancelled by another run; one of the same tag waits.",
    )
