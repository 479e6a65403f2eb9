"""Run the project's own tests in the overlay, against the installed wheel."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel.errors import JobError, MachineError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.machine.environment import Environment, environment_variables
from shipwheel.machine.installer import installed
from shipwheel.process import Completed, run
from shipwheel.project.facts import Project, Runner
from shipwheel.project.submodules import submodules_hint
from shipwheel.testing.command import (
    PYTHON_TOOLS,
    Argv,
    Command,
    Settings,
    adapt,
    is_python,
    measured_by_us,
    own_junit,
    read_command,
    with_args,
)
from shipwheel.testing.counts import (
    Counts,
    pytest_deselected,
    read_counts,
    stated_reason,
    telling_lines,
    uncollected,
)
from shipwheel.testing.coverage import clear_data, data_file
from shipwheel.testing.hook import clear_proofs
from shipwheel.testing.imports import import_all
from shipwheel.testing.junit import join_junit, read_junit, write_junit
from shipwheel.testing.outcome import TestOutcome, failure_of
from shipwheel.testing.overlay import Overlay
from shipwheel.testing.pytest_options import pytest_addopts
from shipwheel.testing.requirements import measures_coverage
from shipwheel.workspace import Workspace, job_stem

_TESTS_FAILED = 1  # exit code of pytest and unittest
_UNKNOWN_OPTION = "unrecognized arguments: --junitxml"


class _Run(msgspec.Struct, frozen=True):
    """A test run while it is prepared."""

    workspace: Workspace
    environment: Environment
    overlay: Overlay
    job_id: str
    settings: Settings
    variables: Mapping[str, str]
    emit: Emit
    log: Path
    timeout: float | None = None


class _Done(msgspec.Struct, frozen=True):
    """One finished command."""

    argv: Argv
    completed: Completed
    counts: Counts | None
    junit: Path | None
    fails: bool


def run_tests(
    workspace: Workspace,
    project: Project,
    environment: Environment,
    wheel: Path,
    overlay: Overlay,
    *,
    job_id: str,
    command: Sequence[str] | None = None,
    args: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    workers: int | None = None,
    timeout: float | None = None,
    emit: Emit = silent,
    log: Path | None = None,
) -> TestOutcome:
    """Run the project's test commands, or `command` instead, with `args` at the end of the last one.

    They run in the overlay, one after the other until one fails, with the project's variables and then
    `variables`. `workers` caps what pytest-xdist takes for `-n auto`; a command that takes longer than
    `timeout` seconds is stopped, and has failed. Afterwards the job's JUnit file is
    there, whatever the runner. Where no tests are known every module of the wheel is imported instead,
    with a warning. Raises TestsFailed, which holds the outcome, where a command fails and where tests
    are known but none ran; MachineError where a program is missing.
    """
    prepared = _Run(
        workspace=workspace,
        environment=environment,
        overlay=overlay,
        job_id=job_id,
        settings=_settings(project, environment, overlay),
        variables=environment_variables(
            environment, extra=_variables(project, overlay, variables or {}, workers)
        ),
        emit=emit,
        log=log or workspace.log(job_id),
        timeout=timeout,
    )
    clear_proofs(overlay.proofs)
    clear_data(workspace, job_id)
    if command is None and project.test.runner.value is Runner.NONE:
        emit(_no_tests_known())
        return import_all(
            wheel,
            environment,
            prepared.variables,
            junit=workspace.junit(job_id),
            job_id=job_id,
            emit=emit,
            log=prepared.log,
        )
    commands = [tuple(command)] if command is not None else list(project.test.commands.value)
    outcome = _outcome(prepared, _run_all(prepared, commands, args), narrowed=bool(args or command))
    failure = failure_of(outcome, job_id, args, prepared.log)
    if failure is not None:
        raise failure
    if outcome.counts is None:
        emit(Notice("the tests' runner tells no counts that are known here: its exit code counts"))
    return outcome


def _settings(project: Project, environment: Environment, overlay: Overlay) -> Settings:
    there = installed(environment)
    return Settings(
        addopts=pytest_addopts(overlay.root) or "",
        measure=measures_coverage(project),
        pytest_cov="pytest-cov" in there,
        coverage="coverage" in there,
    )


def _variables(
    project: Project, overlay: Overlay, given: Mapping[str, str], workers: int | None
) -> dict[str, str]:
    extra: dict[str, str] = {}
    if workers is not None:
        extra["PYTEST_XDIST_AUTO_NUM_WORKERS"] = str(workers)
    if measures_coverage(project):
        extra |= _measured_paths(overlay)
    return extra | project.test.environment.value | project.config.test.environment | dict(given)


def _measured_paths(overlay: Overlay) -> dict[str, str]:
    """Give PYTHONPATH with the source roots of a src layout, where the wheel's files stand as copies.

    What coverage is told to measure (`source = src`) is a folder of the tree, and what lies in
    site-packages it leaves out. The root itself is never put there: its modules would shadow others.
    """
    roots = {
        place.path[: -len(inner) - 1]
        for place in overlay.places
        if place.path.endswith("/" + (inner := place.name.replace(".", "/")))
    }
    if not overlay.copies or not roots:
        return {}
    return {"PYTHONPATH": os.pathsep.join(str(overlay.root / root) for root in sorted(roots))}


def _run_all(prepared: _Run, commands: Sequence[Argv], args: Sequence[str]) -> list[_Done]:
    read = [read_command(_resolve(prepared, argv)) for argv in commands]
    takes = with_args(read)
    done: list[_Done] = []
    for index, command in enumerate(read):
        if command.reports and len(read) > 1:
            words = " ".join(commands[index])
            prepared.emit(Notice(f"left to the coverage session: {words}"))
            continue
        done.append(_run_one(prepared, command, index, args if index == takes else ()))
        if done[-1].fails:
            break
    return done


def _run_one(prepared: _Run, command: Command, index: int, args: Sequence[str]) -> _Done:
    junit = _junit_part(prepared, index)
    junit.unlink(missing_ok=True)
    argv = adapt(command, prepared.settings, str(junit), args)
    completed = _start(prepared, argv, index)
    if not completed.ok and _UNKNOWN_OPTION in completed.output:
        # the project has put pytest's junitxml plug-in off
        argv = adapt(
            command, msgspec.structs.replace(prepared.settings, junit=False), str(junit), args
        )
        completed = _start(prepared, argv, index)
    if completed.returncode == _TESTS_FAILED and measured_by_us(command, prepared.settings):
        argv, completed = _unmeasured(prepared, command, index, args)
    own = own_junit(command)
    written = prepared.overlay.root / own if own else junit
    return _Done(
        argv=argv,
        completed=completed,
        counts=_counts(prepared, command, completed, written),
        junit=written if written.is_file() else None,
        fails=not completed.ok and not command.may_fail,
    )


def _unmeasured(
    prepared: _Run, command: Command, index: int, args: Sequence[str]
) -> tuple[Argv, Completed]:
    """Run a command that failed under coverage without it: that alone says whether the wheel is bad.

    A tracer costs depth of recursion and time, and is seen by tests that look at frames.
    """
    prepared.emit(Notice("tests failed while coverage was measured: once more without"))
    junit = _junit_part(prepared, index)
    junit.unlink(missing_ok=True)
    settings = msgspec.structs.replace(prepared.settings, measure=False)
    argv = adapt(command, settings, str(junit), args)
    completed = _start(prepared, argv, index)
    if completed.ok:
        prepared.emit(
            Warned(
                "tests that pass by themselves fail while coverage is measured",
                "the log names them; mark them so that they are left out where a tracer is set",
            )
        )
    return argv, completed


def _start(prepared: _Run, argv: Argv, index: int) -> Completed:
    first = str(prepared.environment.python) if argv[0] == "python" else argv[0]
    measured = data_file(prepared.workspace, prepared.job_id, index)
    return run(
        (first, *argv[1:]),
        cwd=prepared.overlay.root,
        env={**prepared.variables, "COVERAGE_FILE": str(measured)},
        log=prepared.log,
        emit=prepared.emit,
        timeout=prepared.timeout,
    )


def _counts(prepared: _Run, command: Command, completed: Completed, junit: Path) -> Counts | None:
    if command.runner == "pytest" and (counts := read_junit(junit)) is not None:
        return msgspec.structs.replace(counts, deselected=pytest_deselected(completed.output))
    return read_counts(completed.output, prepared.environment.interpreter.version)


def _resolve(prepared: _Run, argv: Argv) -> Argv:
    """Replace a command's first word by the program that it means, in the environment first."""
    dash = argv[0].startswith("-")
    word = argv[0].removeprefix("-")
    if not word:  # tox's dash stands as a word of its own
        return ("-", *_resolve(prepared, argv[1:]))
    program = _program(prepared, word)
    return (f"-{program}" if dash else program, *argv[1:])


def _program(prepared: _Run, word: str) -> str:
    environment = prepared.environment
    if "/" in word or os.sep in word:
        inside = prepared.overlay.root / word
        return str(inside) if inside.is_file() else word
    if is_python(word):
        return str(environment.python)
    found = shutil.which(word, path=str(environment.bin))
    if found is None and word in PYTHON_TOOLS:
        raise JobError(
            f"the test command needs {word}, which the test environment does not have",
            where=f"{word} …",
            hint=f'name it in `[tool.shipwheel.test] requires = ["{word}"]`',
            reference="test-tool-missing",
        )
    found = found or shutil.which(word, path=prepared.variables.get("PATH"))
    if found is None:
        raise MachineError(
            f"the test command's program {word!r} is not on this machine",
            hint=f"install {word}, or settle how tests run by `[tool.shipwheel.test] command`",
        )
    return found


def _outcome(prepared: _Run, done: Sequence[_Done], *, narrowed: bool) -> TestOutcome:
    junit = prepared.workspace.junit(prepared.job_id)
    counted = [each.counts for each in done if each.counts is not None]
    counts = sum(counted, Counts()) if counted else None
    failed = next((each for each in done if each.fails), None)
    seconds = sum(each.completed.seconds for each in done)
    shown = failed or (done[-1] if done else None)
    output = shown.completed.tail(4000) if shown else ""
    telling = telling_lines(output)
    parts = [each.junit for each in done if each.junit is not None]
    if not _gather_junit(junit, parts):
        write_junit(junit, prepared.job_id, counts, seconds, telling if failed else "")
    return TestOutcome(
        counts=counts,
        exit_code=failed.completed.returncode if failed else 0,
        seconds=seconds,
        junit=junit,
        commands=tuple(each.argv for each in done),
        telling=telling,
        narrowed=narrowed,
        folder=prepared.overlay.root,
        uncollected=uncollected(output) if failed else 0,
        reason=stated_reason(output) if failed and not counts else "",
        absent=submodules_hint(prepared.workspace.root) if failed else "",
    )


def _gather_junit(junit: Path, parts: Sequence[Path]) -> bool:
    if len(parts) == 1:
        shutil.copyfile(parts[0], junit)
        return True
    return join_junit(junit, parts)


def _junit_part(prepared: _Run, index: int) -> Path:
    folder = prepared.workspace.cache / "junit"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{job_stem(prepared.job_id)}-{index}.xml"


def _no_tests_known() -> Warned:
    return Warned(
        "no tests are known: every module of the wheel is imported instead",
        "`[tool.shipwheel.test] command` names the tests",
    )
