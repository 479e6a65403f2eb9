"""Files between jobs: artifacts, by the Plan's names.

`dist-JOB` holds distributions and the record of the job that made them, at their places in the package's
folder; `records-JOB` the record of a job that made none; `report-JOB` what `verify` found, its record and logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import JobKind
from shipwheel.rendering.closing import TOLD
from shipwheel.rendering.github.fields import is_name, packages_of, takes_field
from shipwheel.rendering.github.matrix import Spread, stem_of
from shipwheel.rendering.github.model import Step, Value, action, lines
from shipwheel.rendering.pipeline import Lane, Pipeline, Tool

RECORDS = ".shipwheel/records"
MEASURED = ".shipwheel/cache/coverage"
_LOGS = ".shipwheel/logs/"
_LAST_COLUMN = re.compile(r"\$\{\{ (matrix\.[\w.-]+) \}\}$")  # a test's id ends with its platform
RELEASE_FILE = ".shipwheel/release.json"


def downloads(spread: Spread, pipeline: Pipeline, catalog: Catalog) -> Iterator[Step]:
    """Give the steps that fetch files with their records into each package's folder."""
    if spread.lane.takes == "measured":
        yield _get_measured(spread, catalog)
        return
    for package, directory in packages_of(pipeline).items():
        of = f" of {package}" if package else ""
        if spread.lane.takes == "all":
            yield from _get_all(spread, pipeline, catalog, package, directory)
            continue
        takes = spread.of(takes_field(package))
        if not takes:
            continue
        artifact = f"dist-{stem_of(package, takes)}"
        if _in_shards(spread.lane) and package == spread.of("package"):
            yield _with_earlier(spread, catalog, of, stem_of(package, takes), directory)
        elif all(is_name(row[takes_field(package)]) for row in spread.rows):
            yield _download(catalog, f"Get the files{of}", name=artifact, path=directory)
        else:
            yield _download(catalog, f"Get the files{of}", pattern=artifact, path=directory)


def _get_all(
    spread: Spread, pipeline: Pipeline, catalog: Catalog, package: str, directory: str
) -> Iterator[Step]:
    """Give the steps that fetch a package's files, and what else the job judges by."""
    of = f" of {package}" if package else ""
    every = stem_of(package, "*")
    yield _download(catalog, f"Get all files{of}", pattern=f"dist-{every}", path=directory)
    if spread.lane.kind is JobKind.VERIFY:
        return  # what is verified are files; the tests may still be running
    records = RECORDS if directory == "." else f"{directory}/{RECORDS}"
    yield _download(catalog, f"Get all other records{of}", pattern=f"records-{every}", path=records)
    if spread.lane.kind is JobKind.GATE and package == (pipeline.package or ""):
        report = f"report-{stem_of(package, JobKind.VERIFY.value)}"
        state = records.removesuffix("/records")
        yield _download(catalog, f"Get the report{of}", name=report, path=state)


def _get_measured(spread: Spread, catalog: Catalog) -> Step:
    """Give the step that fetches the coverage data of every cell, each to its job's folder."""
    pattern = f"coverage-{stem_of(spread.of('package'), '*')}"
    return _download(
        catalog, "Get what was measured", pattern=pattern, path=spread.path(f"{MEASURED}/")
    )


def _download(catalog: Catalog, title: str, **inputs: str) -> Step:
    if inputs.get("path") == ".":
        del inputs["path"]
    several: dict[str, Value] = {"merge-multiple": True} if "pattern" in inputs else {}
    return Step(
        name=title,
        uses=action(catalog, "actions/download-artifact"),
        inputs={**inputs, **several},
    )


def uploads(spread: Spread, pipeline: Pipeline, catalog: Catalog) -> Iterator[Step]:
    """Give the steps that hand on what a job made, and keep what a person may want to read."""
    lane, stem = spread.lane, spread.stem
    record = spread.path(f"{RECORDS}/{spread.of('job')}.json")
    if _in_shards(lane):
        yield _hand_on_finished(spread, catalog)
    elif lane.gives == "dist":
        made = "dist/*.whl" if lane.kind is JobKind.WHEELS else "dist/"  # beside it lies the sdist
        yield _upload(catalog, "Hand on the files", f"dist-{stem}", spread.path(made), record)
    elif lane.gives == "record":
        yield _upload(catalog, "Hand on the record", f"records-{stem}", record)
    elif lane.gives == "report":
        yield _hand_on_report(spread, catalog, record)
    elif lane.gives == "coverage":
        yield _hand_on_coverage(spread, catalog)
    elif lane.gives == "release":
        yield _upload(catalog, "Hand on the release", "release", *_release(spread, pipeline.tool))
    if any(cell.measured for cell in lane.cells):
        yield _hand_on_measured(spread, catalog)
    if lane.kind not in {
        None,
        JobKind.VERIFY,
        JobKind.GATE,
    }:  # the gate's log says all that there is
        logs = spread.path(_LOGS)
        yield _kept(catalog, "Keep the logs", "failure()", f"logs-{stem}", logs)


def _in_shards(lane: Lane) -> bool:
    return any(cell.wheels > 1 for cell in lane.cells)


def _with_earlier(spread: Spread, catalog: Catalog, of: str, taken: str, directory: str) -> Step:
    """Give the step that fetches also what a job of several wheels made before it failed: it is not made again."""
    pattern = f"dist-{{{taken},{spread.stem}}}"
    title = f"Get the files{of}, and what an earlier attempt made"
    return _download(catalog, title, pattern=pattern, path=directory)


def _hand_on_finished(spread: Spread, catalog: Catalog) -> Step:
    """Give the step for the wheels that are finished and their records: also where a later one failed."""
    paths = (spread.path("dist/*.whl"), spread.path(f"{RECORDS}/wheels-*.json"))
    step = _kept(catalog, "Hand on the files", "always()", f"dist-{spread.stem}", *paths)
    return msgspec.structs.replace(step, inputs={**step.inputs, "overwrite": True})


def _hand_on_measured(spread: Spread, catalog: Catalog) -> Step:
    """Give the step for a cell's coverage data: a failed test has measured too, a failed set-up nothing.

    The one folder that is named is the artifact's root, so that each job's keeps its name in it.
    """
    there = _on_platforms(spread)
    return _kept(
        catalog,
        "Hand on what was measured",
        f"${{{{ !cancelled() && {there} }}}}" if there else "${{ !cancelled() }}",
        f"coverage-{spread.stem}",
        spread.path(f"{MEASURED}/"),
    )


def _on_platforms(spread: Spread) -> str:
    """Give the condition for the platforms whose cells are measured, empty where all are."""
    cells = spread.lane.cells
    wanted = dict.fromkeys(str(cell.platform) for cell in cells if cell.measured)
    if all(cell.platform in wanted for cell in cells):
        return ""
    (last,) = _LAST_COLUMN.findall(spread.of("job"))
    said = [
        f"endsWith({last}, '-{each}')" if last == "matrix.job" else f"{last} == '{each}'"
        for each in wanted
    ]
    return said[0] if len(said) == 1 else f"({' || '.join(said)})"


def _hand_on_coverage(spread: Spread, catalog: Catalog) -> Step:
    """Give the step for the combined coverage: there too where it is below the project's threshold."""
    name = f"coverage-{spread.of('package')}" if spread.of("package") else "coverage"
    paths = (spread.path(f".shipwheel/coverage.{kind}") for kind in ("xml", "txt"))
    return _kept(catalog, "Hand on the coverage", "${{ !cancelled() }}", name, *paths)


def _hand_on_report(spread: Spread, catalog: Catalog, record: str) -> Step:
    """Give the step for what was found: a person wants it most where that failed the job."""
    found = (spread.path(f".shipwheel/{name}") for name in ("verify.json", "report.html", "logs/"))
    name = f"report-{spread.stem}"
    step = _kept(catalog, "Hand on the report", "always()", name, record, *found)
    return msgspec.structs.replace(step, inputs={**step.inputs, "overwrite": True})


def _release(spread: Spread, tool: Tool) -> Iterator[str]:
    yield spread.path("dist/")
    yield from (spread.path(each) for each in TOLD)
    yield tool.lock
    if tool.kind == "wheel":
        yield tool.value


def _upload(catalog: Catalog, title: str, artifact: str, *paths: str) -> Step:
    """Give a step without which the jobs that follow cannot work."""
    return Step(
        name=title,
        uses=action(catalog, "actions/upload-artifact"),
        inputs={
            "name": artifact,
            "path": lines(paths),
            "include-hidden-files": True,
            "if-no-files-found": "error",
        },
    )


def _kept(catalog: Catalog, title: str, condition: str, artifact: str, *paths: str) -> Step:
    """Give a step for a person: there may be nothing, where a job failed before its session."""
    return Step(
        name=title,
        condition=condition,
        uses=action(catalog, "actions/upload-artifact"),
        inputs={"name": artifact, "path": lines(paths), "include-hidden-files": True},
    )


def get_release(catalog: Catalog) -> Step:
    """Give the step that fetches what the gate handed on."""
    return Step(
        name="Get the release",
        uses=action(catalog, "actions/download-artifact"),
        inputs={"name": "release"},
    )
