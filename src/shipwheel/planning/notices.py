"""What a user ought to know of a Plan that is none the less made."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.data.ageing import runner_notices
from shipwheel.data.catalog import Catalog, Platform
from shipwheel.planning.job import Job
from shipwheel.planning.matrix import Matrix
from shipwheel.planning.select import Selection
from shipwheel.planning.support import end_of_life_notices
from shipwheel.project.facts import Kind, Project


def notices(
    project: Project,
    catalog: Catalog,
    selection: Selection,
    matrix: Matrix,
    jobs: tuple[Job, ...],
    *,
    today: str,
) -> tuple[str, ...]:
    """Give the Plan's notices: what the facts noted, what is at its end, and what is tested nowhere."""
    platforms = dict.fromkeys(job.platform for job in jobs if job.platform)
    used = [each for each in catalog.platforms if each.id in platforms]
    found = [*project.notes, *end_of_life_notices(selection.targets, catalog, today)]
    labels = (label for each in used for label in _labels(each, project))
    found += runner_notices(labels, catalog, today)
    found += _untested(project, matrix)
    absent = [each.text for each in selection.targets if each not in selection.here]
    if absent and selection.here:
        found.append(f"not on this machine: Python {', '.join(absent)}")
    return tuple(found)


def _labels(platform: Platform, project: Project) -> tuple[str, ...]:
    """Give what a platform's jobs run on: the user's labels, which may be a hosted image's, or ours."""
    ci = project.config.ci
    own = ci.runners.get(platform.id) or ci.runners.get(platform.runner)
    if own is not None:
        return (own,) if isinstance(own, str) else own
    hosted = {"github": platform.runner, "gitlab": platform.gitlab}
    return tuple(label for each in ci.providers if (label := hosted[each]))


def _untested(project: Project, matrix: Matrix) -> Iterator[str]:
    """Say what CI tests nowhere: Pythons that no shipped wheel serves, or all of them."""
    if project.config.test.platforms == ():
        yield (
            "[tool.shipwheel.test] platforms is empty: CI tests on no platform,"
            " and `shipwheel render` writes no workflow for that"
        )
    elif project.kind.value is not Kind.PURE and matrix.unserved and not matrix.tests:
        yield (
            "CI has no tests of its own: no wheel ships for a platform that a hosted runner has"
            " Pythons for; cibuildwheel tests what it is told to"
        )
    elif matrix.tests and matrix.unserved:
        named = ", ".join(matrix.unserved)
        yield f"CI does not test Python {named}: no wheel that ships serves it on a platform that has it"
