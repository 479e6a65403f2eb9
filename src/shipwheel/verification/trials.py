"""What is tried rather than read: each wheel on each Python here, and a build from each sdist."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import cpu_count

from shipwheel.events import Emit
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.process import parallel
from shipwheel.verification.check import Subject
from shipwheel.verification.checking import Checking
from shipwheel.verification.facts import (
    BuildFacts,
    Distribution,
    InstallFacts,
    SdistFacts,
    WheelFacts,
)
from shipwheel.verification.trying.environment import try_wheel
from shipwheel.verification.trying.probing import Manner
from shipwheel.verification.trying.pythons import interpreters_for, newest_first
from shipwheel.verification.trying.rebuilding import Rebuild, rebuild


@dataclass(frozen=True, slots=True)
class Cell:
    """A wheel on a Python; `extras_untried` says why its extras are not tried there, empty where they are."""

    wheel: WheelFacts
    interpreter: Interpreter
    extras_untried: str = ""


def static_only(checking: Checking, distributions: Iterable[Distribution], reason: str) -> None:
    """Say of each file that nothing of it was tried."""
    for each in distributions:
        subject = Subject.INSTALL if each.file.kind == "wheel" else Subject.BUILD
        if each.file.kind in {"wheel", "sdist"}:
            checking.skip(subject, each.file.filename, reason)


def try_all(
    checking: Checking,
    distributions: Sequence[Distribution],
    machine: Machine,
    order: Rebuild,
    emit: Emit,
) -> None:
    """Try wheels and sdists side by side, then judge them in order."""
    wheels = [each.wheel for each in distributions if each.wheel is not None]
    sdists = [each.sdist for each in distributions if each.sdist is not None]
    cells = _cells(checking, wheels, machine)
    sysconfig.get_config_vars()  # filled once, and not safely where threads ask first
    processors = cpu_count() or 1
    pythons = [i for i in machine.interpreters if not i.emulator]
    if checking.context.plan is not None:
        planned = set(checking.context.plan.project.pythons)
        pythons = [each for each in pythons if each.target in planned]

    def tried(each: Cell | SdistFacts) -> InstallFacts | BuildFacts:
        if isinstance(each, Cell):
            untried = each.extras_untried
            manner = _manner(order.trial.manner, len(cells), first=not untried)
            trial = replace(order.trial, manner=manner)
            return try_wheel(each.wheel, each.interpreter, trial, untried, emit=emit)
        return rebuild(each, wheels, pythons, order, emit=emit)

    # builds take longest: first; a cell is mostly its own processes: one more than there are processors
    # keeps them busy
    work: list[Cell | SdistFacts] = [*sdists, *cells]
    facts = parallel(tried, work, workers=processors + 1)
    installs = [each for each in facts if isinstance(each, InstallFacts)]
    for each in with_supplied(installs):
        checking.run(Subject.INSTALL, each, each.wheel.file.filename, each.python)
    for built in facts:
        if isinstance(built, BuildFacts):
            checking.run(Subject.BUILD, built, built.sdist.file.filename)


def _manner(manner: Manner, cells: int, *, first: bool) -> Manner:
    """Give each of many cells fewer processes, and those after the first less time.

    In which order modules must be imported is the same on every Python.
    """
    workers = max(1, (cpu_count() or 1) // max(1, cells))
    return replace(manner, workers=workers, whole=manner.whole if first else manner.whole / 3)


def _cells(checking: Checking, wheels: Sequence[WheelFacts], machine: Machine) -> list[Cell]:
    found: list[Cell] = []
    for wheel in wheels:
        interpreters = interpreters_for(wheel, machine, checking.context.plan)
        found.extend(Cell(wheel, interpreter) for interpreter in interpreters)
        if not interpreters:
            name = wheel.file.filename
            checking.skip(Subject.INSTALL, name, "no Python here can load it")
        _say_absent(checking, wheel, machine)
    return with_extras_once(found)


def with_extras_once(cells: Sequence[Cell]) -> list[Cell]:
    """Have the extras of a project tried once: on the newest of the Pythons, with the wheel for it."""
    newest: dict[tuple[str, str], Cell] = {}
    for cell in sorted(cells, key=lambda each: newest_first(each.interpreter), reverse=True):
        newest.setdefault(_release(cell.wheel), cell)
    return [
        cell
        if newest[_release(cell.wheel)] is cell
        else replace(
            cell,
            extras_untried=f"tried on {newest[_release(cell.wheel)].interpreter.target}",
        )
        for cell in cells
    ]


def with_supplied(installs: Sequence[InstallFacts]) -> list[InstallFacts]:
    """Tell each wheel's facts what the extras bring, which was seen on one Python."""
    tried: Mapping[tuple[str, str], InstallFacts] = {
        _release(each.wheel): each for each in installs if each.extras is not None
    }
    return [
        replace(each, supplied=seen.supplied, mended=seen.mended)
        if (seen := tried.get(_release(each.wheel)))
        else each
        for each in installs
    ]


def _release(wheel: WheelFacts) -> tuple[str, str]:
    return wheel.file.name, wheel.file.version


def _say_absent(checking: Checking, wheel: WheelFacts, machine: Machine) -> None:
    """Say on which planned Pythons a wheel for all of them is not tried, since they are not here."""
    plan = checking.context.plan
    planned = plan.project.pythons if plan else ()
    for target in planned if wheel.pure_tags else ():
        if machine.interpreter(target) is None:
            reason = f"Python {target} is not on this machine"
            checking.skip(Subject.INSTALL, wheel.file.filename, reason, target)
