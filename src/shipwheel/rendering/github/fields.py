"""What a workflow has to know of a cell: its fields, in the order in which a row is read."""

from __future__ import annotations

from typing import Any, TypeAlias

from shipwheel.data.catalog import Catalog
from shipwheel.rendering.pipeline import Cell, Lane, Pipeline

Row: TypeAlias = dict[str, Any]

NOTHING = "none"  # names no job: what a cell takes of a package that it takes nothing of
_MANY = 3  # so many jobs of one package are named; of more, all files made so far are taken
_ONLY = "--only"  # what a wheel's session is told
_X86 = frozenset({"win32"})  # platforms whose Python is not the machine's


def fields_of(cell: Cell, lane: Lane, pipeline: Pipeline, catalog: Catalog) -> Row:
    """Give a cell's fields; one that it does not have is empty.

    `job` and `session` are without their package; `takes` (in a workspace `takes-PACKAGE`) names the job
    whose files are taken, several as `{a,b}` or `*`; `runner` is a label or several.
    """
    platform = catalog.platform(cell.platform or "")
    python = _python(cell, pipeline)
    return {
        "package": cell.package or "",
        "job": _bare(cell, cell.job),
        "only": cell.args[1] if cell.args[:1] == (_ONLY,) else "",
        "session": _bare(cell, cell.session),
        "python": python,
        "architecture": "x86" if cell.platform in _X86 and python else "",
        "runner": runs_on(cell, pipeline, catalog),
        **_takes(cell, lane, pipeline),
        "emulated": platform is not None and platform.emulated,
        "may-fail": cell.allow_failure,
        "directory": cell.directory,
    }


def _bare(cell: Cell, text: str) -> str:
    return text.removeprefix(f"{cell.package}:") if cell.package else text


def _python(cell: Cell, pipeline: Pipeline) -> str:
    """Give the one Python that a cell is for; with several, or none, the lane says which."""
    if len(cell.pythons) == 1:
        return cell.pythons[0]
    own = _bare(cell, cell.session) == f"test-{pipeline.tool.python}"
    return pipeline.tool.python if own and not cell.pythons else ""


def runs_on(cell: Cell, pipeline: Pipeline, catalog: Catalog) -> str | tuple[str, ...]:
    """Give the label of a cell's machine, or several: the user's, or the Catalog's."""
    for key in (cell.platform, cell.runner):
        if key in pipeline.runners:
            return _one(pipeline.runners[key])
    known = catalog.runner(cell.runner)
    return _one(known.labels if known else cell.runner)


def _one(labels: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return labels[0] if isinstance(labels, tuple) and len(labels) == 1 else labels


def system_of(cell: Cell, catalog: Catalog) -> str:
    """Give the operating system of a cell's machine; one that is not known is taken for Linux."""
    platform, runner = catalog.platform(cell.platform or ""), catalog.runner(cell.runner)
    if platform is not None:
        return platform.os
    return runner.os if runner is not None else "linux"


def packages_of(pipeline: Pipeline) -> dict[str, str]:
    """Give the packages whose files are in a pipeline with their folders; the name is empty for one alone."""
    return {
        cell.package or "": cell.directory
        for lane in pipeline.lanes
        for cell in lane.cells
        if lane.gives != "none"
    }


def takes_field(package: str) -> str:
    """Give the field that says what is taken of a package."""
    return f"takes-{package}" if package else "takes"


def _takes(cell: Cell, lane: Lane, pipeline: Pipeline) -> Row:
    if lane.takes != "its":
        return {}
    found: Row = {}
    for package in packages_of(pipeline):
        patterns = {_pattern(_taken(each, package)) for each in lane.cells} - {NOTHING}
        if len(patterns) == 1:  # a cell that needs none of it is not told apart for that
            (found[takes_field(package)],) = patterns
        elif patterns:
            found[takes_field(package)] = _pattern(_taken(cell, package))
    return found


def _taken(cell: Cell, package: str) -> list[str]:
    """Give the jobs of a package, without its name, whose files a cell takes."""
    split = (job.rpartition(":") for job in cell.takes)
    return [job for of, _, job in split if of == package]


def _pattern(jobs: list[str]) -> str:
    if len(jobs) > _MANY:
        return "*"
    if len(jobs) > 1:
        return "{" + ",".join(jobs) + "}"
    return jobs[0] if jobs else NOTHING


def is_name(takes: str) -> bool:
    """Say whether what is taken is one job: then its artifact is fetched by name, and must be there."""
    return not takes.startswith(("{", "*")) and takes != NOTHING
