"""Faulty distributions: each is a good one, really built or released, in which one thing was changed.

A table of faults is a module of `faults/` with a tuple `FAULTS`:

    from faulty import Fault, Wheel

    def _no_metadata(wheel: Wheel) -> None:
        wheel.remove(wheel.metadata_name)

    FAULTS = (
        Fault("METADATA lost", "metadata-present", "itsdangerous-wheel", _no_metadata),
        Fault("a wheel twice", "set-versions", ("markupsafe-linux", "markupsafe-macos"), _change_a_set),
    )

With one base `change` gets an `Editable` (`EditableWheel`, `EditableSdist`: editable.py); with a tuple of
bases it gets `Files`. `known` gives what `verify` is told beside the files (`plan`, `project`, `scope`,
`machine`, `manifest`); the base must be silent with it as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from bases import BASES, base
from editable import Editable, EditableSdist, EditableWheel, open_editable

from shipwheel.machine.here import this_machine
from shipwheel.machine.interpreter import Machine
from shipwheel.verification.report import Finding, Report
from shipwheel.verification.run import verify

__all__ = [
    "BASES",
    "Editable",
    "EditableSdist",
    "EditableWheel",
    "Fault",
    "Files",
    "Sdist",
    "Wheel",
    "base",
    "base_report",
    "check_fault",
    "fault_report",
    "make_faulty",
    "open_editable",
    "this_machine_with",
]

Wheel = EditableWheel
Sdist = EditableSdist
Known = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and the rule that has to say so.

    `base` names a distribution of BASES, or several for a rule about sets. With `install` the files are
    installed too, on the Python `python`. `says` are words that the finding's message must hold: the
    evidence. `python` is one of this machine; where it is not here, the test is skipped.
    """

    name: str
    rule: str
    base: str | tuple[str, ...]
    change: Callable[[Any], None]
    level: str = "error"
    install: bool = False
    says: tuple[str, ...] = ()
    known: Known | None = None
    python: str = "3.12"

    @property
    def bases(self) -> tuple[str, ...]:
        """Give the names of the good files."""
        return (self.base,) if isinstance(self.base, str) else self.base


class Files:
    """A set of good distributions to change: `files["markupsafe-linux"]` is an `Editable`.

    `folder` is where they will lie: what is written there stays. What is opened is saved at the end.
    """

    def __init__(self, names: tuple[str, ...], folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, EditableWheel | EditableSdist] = {
            name: open_editable(base(name)) for name in names
        }

    def __getitem__(self, name: str) -> Any:
        return self._files[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._files.values())

    def add(self, name: str) -> Any:
        """Add a further distribution of BASES."""
        self._files[f"{name}, again" if name in self._files else name] = (
            added := open_editable(base(name))
        )
        return added

    def remove(self, name: str) -> None:
        """Leave a distribution out."""
        del self._files[name]

    def save(self) -> None:
        """Write every file into the folder."""
        for each in self._files.values():
            each.save(self.folder)


def make_faulty(fault: Fault, folder: Path) -> Path:
    """Write the fault's files into an empty folder; give the folder."""
    if isinstance(fault.base, str):
        changed = open_editable(base(fault.base))
        fault.change(changed)
        changed.save(folder)
    else:
        files = Files(fault.base, folder)
        fault.change(files)
        files.save()
    return folder


def fault_report(fault: Fault, folder: Path) -> Report:
    """Make the fault's files in `folder` and verify them."""
    return _verify([make_faulty(fault, folder)], fault)


def base_report(fault: Fault) -> Report:
    """Verify what the fault is put into, as it was."""
    return _verify([base(name) for name in fault.bases], fault)


def check_fault(fault: Fault, report: Report) -> Finding:
    """Give the finding by which the fault was found; raise AssertionError where there is none."""
    of_rule = [each for each in report.findings if each.rule == fault.rule]
    told = "\n".join(f"  {f.level} {f.rule}: {f.message}" for f in report.findings) or "  nothing"
    assert of_rule, f"{fault.name}: {fault.rule} says nothing; found was\n{told}"
    at_level = [each for each in of_rule if each.level.value == fault.level]
    assert at_level, f"{fault.name}: {fault.rule} is no {fault.level}; found was\n{told}"
    telling = [each for each in at_level if all(word in each.message for word in fault.says)]
    assert telling, f"{fault.name}: {fault.says} is not in\n{told}"
    assert all(each.hint for each in telling), f"{fault.rule} gives no hint"
    return telling[0]


@cache
def this_machine_with(python: str) -> Machine | None:
    """Give this machine with that Python alone; None where it is not here."""
    machine = this_machine()
    found = machine.interpreter(python)
    return None if found is None else msgspec.structs.replace(machine, interpreters=(found,))


def _verify(paths: list[Path], fault: Fault) -> Report:
    known = dict(fault.known()) if fault.known else {}
    if fault.install:
        known.setdefault("machine", this_machine_with(fault.python))
    return verify(paths, static=not fault.install, **known)
