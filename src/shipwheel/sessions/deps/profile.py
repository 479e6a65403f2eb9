"""`profile`: where an install's time goes, and what was measured to shorten it."""

from __future__ import annotations

from collections.abc import Sequence

from shipwheel.console.dependencies.profile import profile_section
from shipwheel.deps.profile.answer import Profile
from shipwheel.deps.profile.asking import profile
from shipwheel.deps.profile.order import ROUNDS, Order
from shipwheel.deps.profile.unused import not_imported
from shipwheel.errors import JobError
from shipwheel.events import Emit, Notice
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.pylock import locks_of
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.requirements import run_time_requirements
from shipwheel.sessions.deps.wanted import Wanted, extras_of, interpreter_of, parse_words
from shipwheel.sessions.jobrun import JobRun

MINUTES = 10.0


def run(run: JobRun) -> Profile:
    """Measure, and show the tables; arguments: a Python, `--extra NAME`, `--minutes N`, `--rounds N`.

    Raises JobError where the project cannot be installed.
    """
    return answer_in_session(run, PROFILE)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Profile:
    """Measure the install of what a project requires, from its lock where it has one.

    Raises ConfigurationError for words that are none of the above.
    """
    wanted = parse_words(words, question="profile")
    order = _order(opened, wanted, interpreter_of(opened, wanted.python))
    opened.workspace.prepare()
    opened.workspace.cache.mkdir(parents=True, exist_ok=True)
    if order.lock is None and (opened.workspace.root / "pylock.toml").is_file():
        emit(Notice("an extra is asked about: versions are resolved, and pylock.toml is not used"))
    return profile(order, folder=opened.workspace.cache, emit=emit)


def _order(opened: Opened, wanted: Wanted, interpreter: Interpreter) -> Order:
    project, root = opened.project, opened.workspace.root
    extras = extras_of(opened, wanted.extras)
    requirements = (
        *run_time_requirements(opened),
        *(each for needs in extras.values() for each in needs),
    )
    paths = [root / each.path for each in project.packages.value if each.path]
    return Order(
        project=project.name.value,
        root=root,
        requirements=tuple(dict.fromkeys(requirements)),
        interpreter=interpreter,
        platform=opened.machine.platform,
        installer=project.config.installer,
        lock=None if extras else locks_of(root).get(""),
        unused=lambda installed: not_imported(paths, installed),
        minutes=wanted.minutes or MINUTES,
        rounds=wanted.rounds or ROUNDS,
    )


def _failure(found: Profile, kept: str) -> JobError:
    return JobError(
        f"the install of {found.project} could not be measured",
        where=kept,
        hint="what stopped it is told above; `shipwheel deps profile --minutes 60` gives it longer",
    )


PROFILE = Asked("profile", ask, profile_section, _failure)
