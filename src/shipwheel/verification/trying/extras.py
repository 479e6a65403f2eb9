"""A wheel's extras: each resolved from wheels alone, and what they bring to modules that need it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from shipwheel import process
from shipwheel.errors import JobError, MachineError, ShipwheelError
from shipwheel.machine.environment import create_environment
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.installer import Installation, command_for
from shipwheel.machine.variables import for_installer
from shipwheel.verification.facts import Attempt, InstallFacts
from shipwheel.verification.judging.judgement import Outcome, Task, is_meant, judge
from shipwheel.verification.seen import Extra
from shipwheel.verification.trying.installation import Place, told, wanted_here

_MOST = 12  # extras of a wheel
_WHOLE = 60.0  # seconds for all extras of a wheel
# uv's words, then pip's
_UNKNOWN = re.compile(
    r"[Tt]he package `(?P<uv>[^`]+)` does not have an extra named `(?P<uv_extra>[^`]+)`"
    r"|WARNING: (?P<pip>\S+ \S+) does not provide the extra '(?P<pip_extra>[^']+)'"
)


@dataclass(frozen=True, slots=True)
class _Failed:
    """Why an installation would not do; `late` says that there was no time to find out."""

    reason: str
    late: bool = False


def try_extras(facts: InstallFacts, place: Place) -> InstallFacts:
    """Resolve each extra on this Python, and install all where a module waits for what they bring."""
    metadata = facts.wheel.metadata
    names = metadata.extras if metadata else ()
    until = time.monotonic() + _WHOLE
    found: list[Extra] = []
    with place.trial.timeline.step("extras", facts.wheel.file.filename, facts.python):
        try:
            for name in names[:_MOST]:
                tried = _extra(place, name, until)
                if tried is None:
                    break
                found.append(tried)
            facts = replace(facts, extras=tuple(found), extras_untried=_left_out(names, found))
            return _with_all(facts, place, until)
        except MachineError as error:
            return replace(facts, extras=tuple(found), extras_untried=error.what)


def _left_out(names: Sequence[str], found: Sequence[Extra]) -> str:
    left = len(names) - len(found)
    return f"{left} of {len(names)} extras were not tried" if left else ""


def _extra(place: Place, name: str, until: float) -> Extra | None:
    """Resolve one; None where there is no time left."""
    unknown, failed = _resolve(place, wanted_here(place, (name,)), until)
    if failed is None:
        return Extra(name, unknown=unknown)
    if failed.late:
        return None
    loose = msgspec.structs.replace(wanted_here(place, (name,)), only_binary=False)
    _, still = _resolve(place, loose, until)
    return Extra(name, failure=failed.reason, solvable=still is None or still.late)


def _resolve(
    place: Place, wanted: Installation, until: float
) -> tuple[tuple[str, ...], _Failed | None]:
    """Ask the installer what it would do; give the extras that there are not, and why it would fail."""
    command = list(command_for(place.environment, wanted, place.trial.installer))
    command.insert(command.index("install") + 1, "--dry-run")
    done = _run(place, command, until)
    if done is None:
        return (), _Failed("", late=True)
    unknown = tuple(
        dict.fromkeys(
            f"{found['uv'] or found['pip']} has no extra {found['uv_extra'] or found['pip_extra']!r}"
            for found in _UNKNOWN.finditer(done.output)
        )
    )
    if done.ok:
        return unknown, None
    return unknown, _Failed(_reason(place, done, only_binary=wanted.only_binary))


def _run(place: Place, command: Sequence[str], until: float) -> process.Completed | None:
    """Run an installer's command; None where the time was over."""
    left = until - time.monotonic()
    if left <= 0:
        return None
    done = process.run(command, env=for_installer(os.environ), log=place.trial.log, timeout=left)
    return None if done.returncode == process.TIMED_OUT else done


def _reason(place: Place, done: process.Completed, *, only_binary: bool) -> str:
    """Give why an installer failed; raises MachineError where that is the machine's fault."""
    error: ShipwheelError = installation_failure(
        done.tail(200), python=place.python, only_binary=only_binary
    )
    if isinstance(error, JobError):
        return told(error)
    raise error


def _with_all(facts: InstallFacts, place: Place, until: float) -> InstallFacts:
    """Install all extras that can be, together, and try again what failed for want of something."""
    names = tuple(each.name for each in facts.extras or () if not each.failure)
    waiting = [
        each
        for each in facts.imports
        if judge(each, facts).outcome not in {Outcome.FINE, Outcome.EXCUSED} and not is_meant(each)
    ]
    if not names or (len(names) < 2 and not waiting):
        return facts
    if len(names) > 1:
        _, failed = _resolve(place, wanted_here(place, names), until)
        if failed is not None:
            return facts if failed.late else replace(facts, extras_together=failed.reason)
    if not waiting:
        return facts
    again = _tried_again(place, names, waiting, until)
    fine = {each.target for each in again if each.status == "ok"}
    supplied = {judge(each, facts).missing for each in waiting if each.target in fine} - {""}
    optional = {each.target for each in waiting if judge(each, facts).outcome is Outcome.OPTIONAL}
    return replace(
        facts,
        supplied=frozenset(supplied),
        mended=frozenset(fine),
        with_extras=tuple(each for each in again if each.target in optional),
    )


def _tried_again(
    place: Place, names: tuple[str, ...], waiting: Sequence[Attempt], until: float
) -> tuple[Attempt, ...]:
    trial = place.trial
    environment = create_environment(
        place.folder / "with-extras",
        place.environment.interpreter,
        installer=trial.installer,
        log=trial.log,
    )
    there = replace(place, environment=environment)
    done = _run(there, command_for(environment, wanted_here(there, names), trial.installer), until)
    if done is None or not done.ok:
        return ()
    tasks = [Task(at, each.target, label=each.target) for at, each in enumerate(waiting)]
    return there.probing("extras").attempt(tasks).attempts
