"""`patch`: one package moved in the locks, and the project's tests run with it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from shipwheel.console.dependencies.patch import patch_section
from shipwheel.deps.lock.wanted import later_pythons
from shipwheel.deps.patch.answer import CellResult, Patching
from shipwheel.deps.patch.patching import patch
from shipwheel.deps.patch.target import read_target
from shipwheel.deps.sources import Listings, configured_sources
from shipwheel.errors import ConfigurationError, JobError, JobSkipped, ShipwheelError
from shipwheel.events import Emit, Notice
from shipwheel.planning.job import Job, JobKind
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.lock import cutoff_of, python_of, wanted_of
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.picking import cells_here
from shipwheel.sessions.specs import session_specs

NO_TESTS, PYTHON = "--no-tests", "--python"


class _Words(msgspec.Struct, frozen=True):
    """What was said: the package, the Pythons to test on (none: all that are here), or no tests."""

    package: str
    pythons: tuple[str, ...]
    tests: bool


def run(run: JobRun) -> Patching:
    """Move the package that the arguments name, and test.

    Raises JobError where it cannot move, or the tests fail.
    """
    return answer_in_session(run, PATCH)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Patching:
    """Patch a project's locks; the tests run where something moved. Raises as `patch` does."""
    said = _read(words)
    cells = tuple(_cells(opened, said.pythons)) if said.tests else ()
    python = python_of(opened)
    found = patch(
        opened.project.name.value,
        read_target(said.package),
        wanted_of(opened),
        root=opened.workspace.root,
        python=python,
        later=later_pythons(python, opened.plan.project.pythons),
        lookup=Listings(configured_sources(opened.workspace.root, emit), emit).of,
        cutoff=cutoff_of(opened),
        emit=emit,
    )
    if not found.moved or not cells:
        return found
    tests = tuple(_tested(opened, cells, emit))
    passed = all(each.state != "failed" for each in tests)
    return msgspec.structs.replace(found, tests=tests, ok=found.ok and passed)


def _read(words: Sequence[str]) -> _Words:
    packages: list[str] = []
    pythons: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == PYTHON and left:
            pythons.append(left.pop(0))
        elif word.startswith("-") and word != NO_TESTS:
            raise ConfigurationError(
                f"`patch` does not know {word!r}",
                where="nox -s patch",
                hint=f"`{NO_TESTS}` runs no tests, `{PYTHON} 3.12` those of one Python",
            )
        elif word != NO_TESTS:
            packages.append(word)
    if len(packages) != 1:
        raise ConfigurationError(
            "patch moves one package" if packages else "patch wants to know which package",
            where="nox -s patch",
            hint="name it: `nox -s patch -- urllib3`, or `-- urllib3==2.5.0` for one version",
        )
    return _Words(packages[0], tuple(pythons), NO_TESTS not in words)


def _cells(opened: Opened, pythons: Iterable[str]) -> Iterator[Job]:
    """Give the test jobs of this machine, of all Pythons or of those that are named."""
    every = {job.python: job for job in cells_here(opened.plan, JobKind.TEST)}
    for python in pythons:
        if python not in every:
            raise ConfigurationError(
                f"the Plan tests on no Python {python!r}",
                where=f"patch {PYTHON}",
                hint=f"it is one of {', '.join(str(each) for each in every)}",
            )
    yield from (job for python, job in every.items() if not pythons or python in {*pythons})


def _tested(opened: Opened, cells: Sequence[Job], emit: Emit) -> Iterator[CellResult]:
    """Run test jobs, each after what it needs, as nox would; their progress goes to standard error."""
    from shipwheel.sessions.dispatch import run_job  # noqa: PLC0415 - it imports this module's like

    done: set[str] = set()
    with contextlib.redirect_stdout(sys.stderr):
        for cell in cells:
            emit(Notice(cell.id))
            try:
                for job in (*_needed(opened, cell), cell):
                    if job.id not in done:
                        run_job(opened, job)
                        done.add(job.id)
            except JobSkipped as skipped:
                yield CellResult(job=cell.id, state="skipped", said=skipped.what)
            except ShipwheelError as error:
                yield CellResult(job=cell.id, state="failed", said=error.what)
            else:
                yield CellResult(job=cell.id, state="passed")


def _needed(opened: Opened, cell: Job) -> tuple[Job, ...]:
    """Give the jobs that a session's job needs before it, the first ones first."""
    specs = {each.name: each for each in session_specs(opened.plan)}
    found: dict[str, Job] = {}

    def add(name: str) -> None:
        spec = specs[name]
        for each in (*spec.first, *spec.requires):
            if each in specs:
                add(each)
        if spec.job is not None and spec.job != cell.id:
            found[spec.job] = opened.plan.job(spec.job)

    add(cell.session)
    return tuple(found.values())


def _failure(found: Patching, kept: str) -> JobError:
    if not found.moved:
        return JobError(
            f"{found.package} was not moved",
            where=kept,
            evidence=found.held,
            hint="loosen the bound that is named, then run it again",
        )
    failed = [each for each in found.tests if each.state == "failed"]
    old = found.before[0] if len(found.before) == 1 else "OLD"
    return JobError(
        f"{found.package} {', '.join(found.after)} is locked, and the tests fail with it",
        where=kept,
        evidence="\n".join(f"{each.job}: {each.said}" for each in failed),
        hint=f"the locks keep it, to mend the project with; `shipwheel deps patch {found.package}=={old}"
        f" {NO_TESTS}` takes it back",
    )


PATCH = Asked("patch", ask, patch_section, _failure)
