"""What `init` found and did, as a record and as tables."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shipwheel.cli.noxfile import State
from shipwheel.cli.workflows import Workflows
from shipwheel.console.explained import guess_lines
from shipwheel.console.layout import Cell, Table
from shipwheel.console.tables import project_line
from shipwheel.console.terminal import Tone
from shipwheel.project.explain import Explanation
from shipwheel.project.facts import Runner
from shipwheel.rendering.rendered import Drift
from shipwheel.sessions.context import Opened

_TONES = {
    State.NEW: Tone.GOOD,
    State.UNCHANGED: Tone.DIM,
    State.REWRITTEN: Tone.GOOD,
    State.ADDED: Tone.GOOD,
    State.DIFFERS: Tone.WARN,
}


class InitFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that `init` looked at; `text` is what it writes (adds, for `added to`), None for nothing."""

    path: str
    state: State
    text: str | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What `init` did: the files, what is left to the user, and the facts with their origin.

    `add` are the lines for a noxfile of the user's own, `clashes` the names of its sessions that are
    ours too; `command` runs the main job; `header`: the noxfile's header has to name shipwheel;
    `rename`: sessions of it that need another name, for they would hide the tests of the wheel.
    """

    schema: int = 1
    dry_run: bool
    files: tuple[InitFile, ...]
    add: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
    command: str = "nox"
    header: bool = False
    rename: tuple[str, ...] = ()
    problem: str = ""
    dist_ignored: bool = True
    workflows: Workflows | None = None
    facts: tuple[Explanation, ...] = ()


def outcome_tables(outcome: Outcome, *every: Opened) -> Iterator[Table]:
    """Give what was found of each package, each file with its state, what is left to do, and the guesses."""
    for opened in every:
        yield Table(title=project_line(opened.plan.project), notes=tuple(_found(opened)))
    yield Table(title="files", notes=tuple(_file_lines(outcome)))
    if outcome.workflows is not None:
        yield Table(title="workflows", notes=tuple(_workflow_lines(outcome.workflows)))
    if outcome.add:
        yield Table(title="noxfile.py is yours, and left alone", notes=tuple(_add_lines(outcome)))
    guesses = guess_lines(outcome.facts)
    if guesses:
        yield Table(title="guesses", notes=guesses)
    yield Table(title="next", notes=tuple(_next_lines(outcome)))


def _found(opened: Opened) -> Iterator[Cell]:
    tests = opened.project.test
    if tests.runner.value is Runner.NONE:
        yield Cell("tests: none known, so that only an import is checked", Tone.WARN)
        yield Cell("       next: if there are some, set [tool.shipwheel.test] command")
    else:
        commands = "; ".join(" ".join(command) for command in tests.commands.value)
        yield Cell(f"tests: {commands or tests.runner.value} ({tests.commands.origin})")
    targets = opened.plan.project.pythons
    absent = [target for target in targets if opened.machine.interpreter(target) is None]
    here = [target for target in targets if target not in absent]
    yield Cell(f"here:  Python {', '.join(here)}" if here else "here:  none of these Pythons")
    if absent:
        yield Cell(
            f"       not {', '.join(absent)}: `shipwheel doctor` says what brings them", Tone.DIM
        )


def _file_lines(outcome: Outcome) -> Iterator[Cell]:
    for file in outcome.files:
        state = f"would be {file.state}" if outcome.dry_run and file.text else file.state.value
        yield Cell(f"{file.path}: {state}", _TONES[file.state])
        for line in (file.text or "").splitlines():
            yield Cell(f"  + {line}".rstrip(), Tone.DIM)


def _workflow_lines(found: Workflows) -> Iterator[Cell]:
    if found.reason:
        yield Cell(f"none written: {found.reason}", Tone.WARN)
    for file in found.files:
        if file.drifts == (Drift.LOCK,):
            continue  # what is next says it
        fresh = Drift.ABSENT in file.drifts
        word = "new" if fresh else "rewritten"
        done = {"written": word, "pending": f"would be {word}"}
        tone = Tone.WARN if file.action in {"refused", "yours"} else Tone.GOOD
        yield Cell(f"{file.path}: {done.get(file.action, file.action)}", tone)
        if file.action in {"refused", "yours"}:
            yield Cell(f"  {file.message}")


def _add_lines(outcome: Outcome) -> Iterator[Cell]:
    if outcome.problem:
        yield Cell(outcome.problem, Tone.BAD)
    if outcome.clashes:
        yield Cell(
            f"it defines sessions that shipwheel has too: {', '.join(outcome.clashes)}", Tone.WARN
        )
        yield Cell("`skip` keeps yours, which ours do not rely on; rename yours to have both")
    for name in outcome.rename:
        yield Cell(
            f"its session {name!r} has for each Python the name of one that tests the built wheel",
            Tone.WARN,
        )
        yield Cell(f'give it another: @nox.session(name="own-{name}", …)')
    alone = len(outcome.add) == 1
    yield Cell(
        "its call of register has to become:" if alone else "add these two lines at its end:"
    )
    for line in outcome.add:
        yield Cell(f"    {line}", Tone.STRONG)
    if outcome.header:
        yield Cell('and "shipwheel" to the `dependencies` in the header at its top')


def _next_lines(outcome: Outcome) -> Iterator[Cell]:
    if outcome.add:
        yield Cell("add the lines above to noxfile.py, then:")
    if outcome.dry_run:
        yield Cell("`shipwheel init` without --dry-run writes these files")
    if _lacks_lock(outcome.workflows):
        yield Cell("`shipwheel render --lock` resolves what CI installs, by hash: commit it too")
    if not outcome.dist_ignored:
        yield Cell(
            "add `dist/` to .gitignore: what is built lies there (.shipwheel/ ignores itself)"
        )
    yield Cell(
        f"`{outcome.command}` builds the project, tests the built wheel on every Python here, and verifies it"
    )
    if outcome.command != "nox":
        yield Cell("a bare `nox` runs your own sessions")


def _lacks_lock(found: Workflows | None) -> bool:
    return found is not None and any(Drift.LOCK in file.drifts for file in found.files)
