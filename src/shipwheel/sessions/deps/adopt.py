"""`adopt`: from a running environment to declared dependencies, a lock and a first run of the tests."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from shipwheel.console.dependencies.adopt import adopt_section
from shipwheel.deps.adopt.answer import Adopted, Tried, is_well
from shipwheel.deps.adopt.asking import adopt, write
from shipwheel.deps.adopt.trying import first_run
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit
from shipwheel.machine.question import ask as ask_interpreter
from shipwheel.sessions.context import Opened, open_project
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.jobrun import JobRun

DRY, NO_TESTS = "--dry-run", "--no-tests"


def run(run: JobRun) -> Adopted:
    """Adopt the active environment, or the one that the argument names; `--dry-run` writes nothing.

    Raises JobError where something is left to do.
    """
    return answer_in_session(run, ADOPT)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Adopted:
    """Adopt an environment: declare, lock, and run the tests with it, unless `--no-tests`.

    Raises ConfigurationError for an unknown option or a project that declares its dependencies, and
    as `deps.adopt.asking.adopt` does.
    """
    unknown = [each for each in words if each.startswith("-") and each not in {DRY, NO_TESTS}]
    places = [each for each in words if not each.startswith("-")]
    if unknown or len(places) > 1:
        raise ConfigurationError(
            f"`adopt` does not know {(unknown or places[1:])[0]!r}",
            where="adopt",
            hint=f"one environment or Python, {DRY}, {NO_TESTS}",
        )
    made = adopt(opened.project, places[0] if places else None, emit)
    answer = made.answer
    if DRY in words or not made.files:
        return answer
    write(opened.workspace.root, made.files)
    # what is not declared yet no environment of ours would have
    left_out = NO_TESTS in words or bool(answer.by_hand)
    tests = None if left_out else _tried(opened, answer, emit)
    well = is_well(answer.told, answer.by_hand, tests)
    return msgspec.structs.replace(answer, written=True, tests=tests, ok=well)


def _tried(opened: Opened, answer: Adopted, emit: Emit) -> Tried:
    """Run the tests of the project as it is declared now, on the environment's own Python."""
    now = open_project(opened.workspace.root, machine=opened.machine, refresh=True, emit=emit)
    target = ".".join(answer.python.split(".")[:2])
    interpreter = opened.machine.interpreter(target)
    if interpreter is None:
        name = "python.exe" if os.name == "nt" else "bin/python"
        asked = ask_interpreter(os.path.join(answer.environment, name))  # noqa: PTH118
        if asked is None or not asked.target:
            return Tried(state="not run", why=f"Python {target} is not on this machine")
        interpreter = asked.interpreter(asked.executable, "the environment")
    return first_run(now.workspace, now.project, interpreter, emit)


def _failure(found: Adopted, kept: str) -> JobError:
    if found.by_hand:
        return JobError(
            "the dependencies have to be declared by hand",
            where=kept,
            evidence=found.by_hand,
            hint="add the lines that the table shows; the locks hold the versions already",
        )
    if found.tests is not None and found.tests.state != "passed":
        return JobError(
            f"the first run of the tests: {found.tests.state}",
            where=kept,
            evidence=found.tests.why,
            hint=f"its log: {found.tests.log}" if found.tests.log else None,
        )
    names = [each.name or each.rule for each in found.told if each.level == "warning"]
    return JobError(
        f"adopted, but look at {', '.join(names)}",
        where=kept,
        hint="the table says of each what to look at; what is declared and locked stays written",
    )


ADOPT = Asked("adopt", ask, adopt_section, _failure)
