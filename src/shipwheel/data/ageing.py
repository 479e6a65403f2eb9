"""What of the Catalog a project should not build upon any more: runners past their end, or near it."""

from __future__ import annotations

from collections.abc import Iterable

from shipwheel.data.catalog import Catalog, RunnerImage


def ended(runner: RunnerImage, today: str) -> bool:
    """Say whether jobs on a runner fail by now; `today` is an ISO date.

    An end that is a day is the first one without the image; one that is a month passes with it.
    """
    if runner.end is None:
        return False
    return runner.end <= today if _is_day(runner.end) else runner.end < today[: len(runner.end)]


def runner_notices(runner_ids: Iterable[str], catalog: Catalog, today: str) -> list[str]:
    """Say which runners are deprecated or past their end, with the date and what there is instead.

    A sentence each, in the order of `runner_ids`, none twice; ids that the Catalog does not know
    (self-hosted ones) are passed over.
    """
    known = (catalog.runner(each) for each in dict.fromkeys(runner_ids))
    return [
        f"{said}{_instead(runner, catalog, today)}"
        for runner in known
        if runner is not None and (said := _said(runner, today))
    ]


def _said(runner: RunnerImage, today: str) -> str:
    if ended(runner, today):
        return f"the runner {runner.id} reached its end {_when(runner)}: jobs on it fail"
    if runner.status != "deprecated":
        return ""
    until = f" and ends {_when(runner)}" if runner.end else ""
    return f"the runner {runner.id} is deprecated{until}"


def _when(runner: RunnerImage) -> str:
    return f"{'on' if _is_day(runner.end or '') else 'in'} {runner.end}"


def _is_day(end: str) -> bool:
    return len(end) == len("2026-11-02")


def _instead(runner: RunnerImage, catalog: Catalog, today: str) -> str:
    """Name the runners of the same provider, system and processor that are there to stay."""
    names = [
        each.id
        for each in catalog.runners
        if (each.provider, each.os, each.arch) == (runner.provider, runner.os, runner.arch)
        and each.status == "available"
        and not ended(each, today)
    ]
    return f"; there is {', '.join(names)}" if names else ""
