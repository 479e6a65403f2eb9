"""Coverage over all cells: their data gathered, combined, and mapped back to the tree."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel.errors import JobError, JobSkipped
from shipwheel.events import Emit, Warned, silent
from shipwheel.files import write_text
from shipwheel.machine.environment import (
    Environment,
    create_environment,
    environment_variables,
)
from shipwheel.machine.installer import Installation, install, installed
from shipwheel.machine.interpreter import Interpreter
from shipwheel.process import run
from shipwheel.project.facts import Project
from shipwheel.testing.command import read_command
from shipwheel.testing.pytest_options import pytest_addopts
from shipwheel.testing.requirements import measures_coverage, needed_requirements
from shipwheel.workspace import STATE, Workspace, job_stem

_DATA = "data-"
_THRESHOLD = re.compile(r"--(?:cov-)?fail-under[= ](?P<percent>[\d.]+)")

# Run by a Python that has the project's coverage and its plug-ins, in the tree: there coverage finds
# the project's configuration by itself. Exit code 1 tells of no data.
_PROGRAM = """
import io, json, os, sys
import coverage
from coverage.exceptions import CoverageException, NoDataError
with open(sys.argv[1], encoding="utf-8") as file:
    wanted = json.load(file)
measured = coverage.Coverage(data_file=wanted["data"])
paths = dict(measured.get_option("paths") or {})
measured.set_option("paths", {**wanted["paths"], **paths})
measured.set_option(
    "report:omit", [*(measured.get_option("report:omit") or []), wanted["apart"]]
)
answer = {"percent": None, "fail_under": 0.0, "text": "", "files": 0}
try:
    measured.combine(wanted["parts"], strict=True, keep=True)
    measured.save()
    answer["files"] = len(measured.get_data().measured_files())
    text = io.StringIO()
    answer["percent"] = measured.report(file=text, ignore_errors=True)
    answer["text"] = text.getvalue()
    answer["fail_under"] = float(measured.get_option("report:fail_under") or 0)
    measured.xml_report(outfile=wanted["xml"], ignore_errors=True)
except NoDataError as error:
    answer["text"] = str(error)
except CoverageException as error:
    answer["text"] = str(error)
with open(wanted["answer"], "w", encoding="utf-8") as file:
    json.dump(answer, file)
"""


class Coverage(msgspec.Struct, frozen=True):
    """Combined coverage: `percent` over `files` files, the report as text, the XML report's path.

    `cells` are the job ids whose data is in it; `threshold` is the project's own, 0 where it has none.
    """

    percent: float
    files: int
    text: str
    xml: Path
    cells: tuple[str, ...]
    threshold: float = 0.0


class _Answer(msgspec.Struct, frozen=True):
    """What the program in the environment tells."""

    percent: float | None
    fail_under: float
    text: str
    files: int


def data_folder(workspace: Workspace, job_id: str) -> Path:
    """Give the folder of a cell's coverage data; a CI job hands it over to the coverage job."""
    return workspace.cache / "coverage" / job_stem(job_id)


def data_file(workspace: Workspace, job_id: str, index: int) -> Path:
    """Give the data file of a cell's command; coverage's parallel mode adds to the name."""
    return data_folder(workspace, job_id) / f"{_DATA}{index}"


def clear_data(workspace: Workspace, job_id: str) -> None:
    """Forget what an earlier run of a cell measured."""
    folder = data_folder(workspace, job_id)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def combine(
    workspace: Workspace,
    project: Project,
    cells: Sequence[str],
    interpreter: Interpreter,
    *,
    job_id: str = "coverage",
    emit: Emit = silent,
    log: Path | None = None,
) -> Coverage:
    """Combine what the cells (job ids) measured, also where a cell failed, and report on the tree's files.

    Writes `coverage.xml` (Cobertura's form) and `coverage.txt` into `.shipwheel/`: beside the logs lies the
    job's JUnit file of that name. `interpreter` makes an environment with
    coverage where no cell's is here. Raises JobError where no cell measured anything, and where the
    total is below the project's own threshold (coverage's `fail_under`, `--cov-fail-under`).
    """
    parts = {cell: _parts(workspace, cell) for cell in cells}
    missing = [cell for cell, files in parts.items() if not files]
    if missing and len(missing) < len(parts):
        emit(Warned(f"no coverage data of {', '.join(missing)}", "run these cells first"))
    if len(missing) == len(parts) and not measures_coverage(project):
        raise JobSkipped(
            "the project configures coverage, but its tests neither use nor require it",
            where=project.test.coverage.origin,
            hint='`[tool.shipwheel.test] requires = ["coverage"]` lets every cell measure',
        )
    if len(missing) == len(parts):
        raise JobError(
            "no cell measured coverage",
            where=str(workspace.cache / "coverage"),
            hint="run the tests first: `nox -s test`",
        )
    environment = _measuring_environment(workspace, cells, interpreter) or _make_environment(
        workspace.environments / job_stem(job_id), project, interpreter, emit, log
    )
    wanted = _wanted(workspace, project, parts, data_folder(workspace, job_id))
    answer = _ask(environment, Path(project.root), wanted, emit, log)
    write_text(workspace.state / "coverage.txt", answer.text)
    coverage = Coverage(
        percent=answer.percent or 0.0,
        files=answer.files,
        text=answer.text,
        xml=_xml(workspace),
        cells=tuple(cell for cell, files in parts.items() if files),
        threshold=max(answer.fail_under, _threshold(project)),
    )
    _judge(answer, coverage)
    return coverage


def aliases(
    packages: Iterable[tuple[str, str]], root: str, cells: Sequence[str]
) -> dict[str, list[str]]:
    """Give coverage's `[paths]` for packages (import name, path in the tree): the first match counts.

    What was imported from an installed wheel, or from an overlay, on whatever machine, is the tree's.
    """
    overlays = [f"*/{STATE}/overlay/{job_stem(cell)}" for cell in cells]
    found: dict[str, list[str]] = {}
    for name, path in sorted(packages, key=lambda pair: -len(pair[0])):
        if not path or path.endswith(".py"):
            continue
        inner = name.replace(".", "/")
        found[f"shipwheel-{name}"] = [
            f"{root}/{path}",
            f"*/site-packages/{inner}",
            *(f"{overlay}/{path}" for overlay in overlays),
        ]
    found["shipwheel-modules"] = [root, "*/site-packages", *overlays]
    return found


def _parts(workspace: Workspace, cell: str) -> list[str]:
    return [str(path) for path in data_folder(workspace, cell).glob(f"{_DATA}*") if path.is_file()]


def _xml(workspace: Workspace) -> Path:
    return workspace.state / "coverage.xml"


def _measuring_environment(
    workspace: Workspace, cells: Sequence[str], interpreter: Interpreter
) -> Environment | None:
    """Give the environment of a cell of this Python, for it has coverage's plug-ins too."""
    for cell in cells:
        found = Environment(workspace.environments / job_stem(cell), interpreter)
        if found.python.exists() and "coverage" in installed(found):
            return found
    return None


def _make_environment(
    path: Path, project: Project, interpreter: Interpreter, emit: Emit, log: Path | None
) -> Environment:
    installer = project.config.installer
    made = create_environment(path, interpreter, installer=installer, emit=emit, log=log)
    needed = tuple(dict.fromkeys([*needed_requirements(project), "coverage"]))
    install(made, Installation(requirements=needed), installer=installer, emit=emit, log=log)
    return made


def _wanted(
    workspace: Workspace, project: Project, parts: Mapping[str, list[str]], folder: Path
) -> dict[str, object]:
    packages = ((each.name, each.path) for each in project.packages.value)
    return {
        "data": str(folder / "combined"),
        "parts": sorted(file for files in parts.values() for file in files),
        "paths": aliases(packages, Path(project.root).as_posix(), tuple(parts)),
        "xml": str(_xml(workspace)),
        "apart": f"*/{STATE}/*",  # files of the wheel that the tree does not have
        "answer": str(folder / "answer.json"),
    }


def _ask(
    environment: Environment,
    root: Path,
    wanted: Mapping[str, object],
    emit: Emit,
    log: Path | None,
) -> _Answer:
    """Run coverage in the tree; `wanted` is what the program takes."""
    told = Path(str(wanted["answer"]))
    for folder in (told.parent, Path(str(wanted["xml"])).parent):
        folder.mkdir(parents=True, exist_ok=True)
    for old in told.parent.iterdir():
        old.unlink()
    write_text(told.with_name("wanted.json"), json.dumps(wanted))
    command = [str(environment.python), "-c", _PROGRAM, str(told.with_name("wanted.json"))]
    done = run(command, cwd=root, env=environment_variables(environment), log=log, emit=emit)
    try:
        return msgspec.json.decode(told.read_bytes(), type=_Answer)
    except (OSError, msgspec.DecodeError) as error:
        raise JobError("the coverage cannot be combined", evidence=done.tail()) from error


def _threshold(project: Project) -> float:
    """Give the highest threshold in commands and options; the cells were run without."""
    commands = [argv for argv in project.test.commands.value if read_command(argv).tests]
    reports = [argv for argv in project.test.commands.value if read_command(argv).reports]
    texts = [*(" ".join(argv) for argv in (*commands, *reports)), _addopts(project)]
    found = (match["percent"] for text in texts for match in _THRESHOLD.finditer(text))
    return max((float(each) for each in found), default=0.0)


def _addopts(project: Project) -> str:
    return pytest_addopts(Path(project.root)) or ""


def _judge(answer: _Answer, coverage: Coverage) -> None:
    if answer.percent is None:
        raise JobError(
            "the cells' coverage data tell nothing of the project's files",
            evidence=answer.text,
            hint="look at coverage's `source` in the project's configuration",
        )
    if coverage.percent < coverage.threshold:
        raise JobError(
            f"coverage is {coverage.percent:.2f} %, below the project's {coverage.threshold:g} %",
            where=str(coverage.xml),
            evidence="\n".join(coverage.text.splitlines()[-15:]),
            hint="test what is not covered, or lower the project's own threshold",
        )
