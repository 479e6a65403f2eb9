"""`lock`: what the project declares, locked for every Python and platform; `-- --check` looks alone."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence

from shipwheel.console.dependencies.lock import lock_section
from shipwheel.deps.lock.answer import Locking, State
from shipwheel.deps.lock.locking import lock
from shipwheel.deps.lock.wanted import (
    Wanted,
    later_pythons,
    lowest_python,
    wanted_locks,
)
from shipwheel.deps.lowest import declared_python
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit, Notice, Warned
from shipwheel.project.cooldown import cutoff
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.requirements import others_of, run_time_requirements
from shipwheel.sessions.jobrun import JobRun

CHECK, UPGRADE = "--check", "--upgrade"


def run(run: JobRun) -> Locking:
    """Write the locks; `--check` compares alone, `--upgrade` keeps no pin.

    Raises JobError where a check finds a lock out of date.
    """
    return answer_in_session(run, LOCK)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Locking:
    """Lock a project, or check its locks; raises ConfigurationError for other words than the two."""
    for word in words:
        if word not in {CHECK, UPGRADE}:
            raise _unknown(word)
    python = python_of(opened)
    declared = declared_python(opened.project.requires_python.value)
    if declared not in {"", python}:
        emit(Notice(f"requires-python admits {declared}; the locks begin with Python {python}"))
    tell_unknown(opened, emit)
    return lock(
        opened.project.name.value,
        wanted_of(opened),
        root=opened.workspace.root,
        python=python,
        later=later_pythons(python, opened.plan.project.pythons),
        check=CHECK in words,
        upgrade=UPGRADE in words,
        cutoff=cutoff_of(opened),
        emit=emit,
    )


def tell_unknown(opened: Opened, emit: Emit) -> None:
    """Warn where the files do not say all that the project depends on."""
    if opened.project.dependencies.weak:
        emit(Warned(f"not all dependencies are known: {opened.project.dependencies.origin}"))


def wanted_of(opened: Opened) -> tuple[Wanted, ...]:
    """Give the locks that a project is to have."""
    return wanted_locks(opened.project, run_time_requirements(opened), others_of(opened))


def python_of(opened: Opened) -> str:
    """Give the lowest Python that a project's locks serve."""
    return lowest_python(opened.project.requires_python.value, opened.plan.project.pythons)


def cutoff_of(opened: Opened) -> dt.datetime | None:
    """Give the moment after which a release is too new to be locked, None where none is."""
    text = opened.project.config.deps.exclude_newer
    return None if text is None else cutoff(text, dt.datetime.now(dt.UTC))


def _unknown(word: str) -> ConfigurationError:
    near = difflib.get_close_matches(word, (CHECK, UPGRADE), n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return ConfigurationError(
        f"`lock` does not know {word!r}",
        where="nox -s lock",
        hint=f"{guess}`{CHECK}` looks whether the locks are up to date, `{UPGRADE}` moves every package",
    )


def _failure(found: Locking, kept: str) -> JobError:
    wrong = [each for each in found.locks if each.state in {State.MISSING, State.OUTDATED}]
    names = ", ".join(each.file for each in wrong)
    missing = all(each.state is State.MISSING for each in wrong)
    said = "not there" if missing else "out of date"
    return JobError(
        f"{names} {'is' if len(wrong) == 1 else 'are'} {said}",
        where=kept,
        hint="`nox -s lock` (or `shipwheel deps lock`) writes what is declared; commit that",
    )


LOCK = Asked("lock", ask, lock_section, _failure)
