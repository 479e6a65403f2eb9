"""`production`: what a production install holds beside what the project declares."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

from shipwheel.console.dependencies.production import production_section
from shipwheel.deps.production.answer import Production
from shipwheel.deps.production.asking import Order, production
from shipwheel.deps.production.judging import TOOLS_RULE
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit, Notice
from shipwheel.project.pylock import locks_of
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.wanted import extras_of, interpreter_of, parse_words
from shipwheel.sessions.dispatch import run_job
from shipwheel.sessions.jobrun import JobRun, made_file
from shipwheel.sessions.replay import making_command
from shipwheel.sessions.siblings import makers_of, siblings_for


def run(run: JobRun) -> Production:
    """Install, and show the tables; arguments: a Python, `--extra NAME`.

    Raises JobError where a tool for tests or development is in it.
    """
    return answer_in_session(run, PRODUCTION)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Production:
    """Build the project's wheel unless nothing changed, install it as production does, and look.

    Raises ConfigurationError for words that are none of the above.
    """
    wanted = parse_words(words, question="production")
    project, root = opened.project, opened.workspace.root
    extras = tuple(extras_of(opened, wanted.extras))
    interpreter = interpreter_of(opened, wanted.python)
    wheel = _built(opened, interpreter.target)
    lock = locks_of(root).get("")
    if lock is not None and extras:
        emit(Notice("an extra is asked about: versions are resolved, and pylock.toml is not used"))
        lock = None
    order = Order(
        project=project.name.value,
        root=root,
        wheel=wheel,
        interpreter=interpreter,
        platform=opened.machine.platform,
        extras=extras,
        lock=lock,
        siblings=siblings_for(opened, interpreter.target),
        ignored=project.config.verify.ignore.get(TOOLS_RULE, ""),
    )
    return production(order, folder=opened.workspace.cache, emit=emit)


def _built(opened: Opened, python: str) -> Path:
    """Give the wheel for a Python, from the jobs that make it: an unchanged project builds nothing."""
    file_id, makers = makers_of(opened.plan, python)
    if not makers:
        raise ConfigurationError(
            f"the project has no wheel for Python {python}",
            where=opened.project.requires_python.origin,
            hint=f"it has wheels for {', '.join(opened.plan.project.pythons)}",
        )
    maker = makers[0]
    # what these jobs show is no part of an answer that may go to standard output
    with contextlib.redirect_stdout(sys.stderr):
        for job in dict.fromkeys(["build", maker.id]):
            run_job(opened, opened.plan.job(job))
    made = made_file(opened.workspace, maker.id, file_id, making_command(maker, opened.package))
    return opened.workspace.dist / made.filename


def _failure(found: Production, kept: str) -> JobError:
    wrong = [each.message for each in found.found if each.level == "error"]
    return JobError(
        f"a production install of {found.project} is not what it should be: {wrong[0]}"
        if wrong
        else f"a production install of {found.project} is not what it should be",
        where=kept,
        evidence="\n".join(wrong[1:]),
        hint=next((each.hint for each in found.found if each.level == "error" and each.hint), None),
    )


PRODUCTION = Asked("production", ask, production_section, _failure)
