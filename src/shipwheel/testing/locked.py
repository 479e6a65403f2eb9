"""Which locks hold for a test environment, and their pins for it (PEP 751)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel.errors import JobError
from shipwheel.events import Emit, Warned
from shipwheel.files import write_text
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Project
from shipwheel.project.names import normalize
from shipwheel.project.pylock import LockedPackage, Pylock, locks_of, read_pylock

_WITH_ENVIRONMENT = frozenset({"pip", "setuptools", "wheel"})  # virtualenv puts them there
_STRONG = ("sha256", "sha384", "sha512")


class Lock(msgspec.Struct, frozen=True):
    """A lock that holds for an environment, by its file's name."""

    file: str
    content: Pylock


class Pins(msgspec.Struct, frozen=True):
    """What locks pin in one environment, by normalized name."""

    packages: Mapping[str, LockedPackage]

    def text(self, *, hashes: bool) -> str:
        """Give them as a requirements file; uv and pip then take no file of another hash."""
        return "".join(f"{_line(each, hashes=hashes)}\n" for each in self.packages.values())

    def hashed(self) -> Pins:
        """Give those that have a hash: pip takes all of a file's requirements so, or none."""
        return Pins({name: each for name, each in self.packages.items() if _hashes(each)})


def locks_for_tests(project: Project, interpreter: Interpreter, emit: Emit) -> tuple[Lock, ...]:
    """Give the locks that the tests' environment is installed from, that of the run time first.

    Of groups and extras, it is those that the tests need. One that was made for other Pythons is left
    out, with a warning. Raises ConfigurationError for one that cannot be read.
    """
    there = locks_of(Path(project.root))
    found: list[Lock] = []
    for name in ("", *_needed(project, there)):
        if name not in there:
            continue
        lock = Lock(there[name].name, read_pylock(there[name]))
        if lock.content.serves(interpreter.version):
            found.append(lock)
        else:
            emit(_not_served(lock, interpreter))
    return tuple(found)


def pins_for(
    locks: Iterable[Lock], values: Mapping[str, str], leave_out: Iterable[str] = ()
) -> Pins:
    """Give the pins for an environment with these marker values; the first lock that has a package counts.

    What comes from a folder or a repository is no pin, nor are the packages that are named.
    """
    aside = {normalize(each) for each in leave_out}
    found: dict[str, LockedPackage] = {}
    for lock in locks:
        for each in lock.content.selected(values):
            if each.version and not each.elsewhere and each.name not in aside:
                found.setdefault(each.name, each)
    return Pins(found)


def write_pins(path: Path, pins: Pins, *, hashes: bool) -> tuple[str, ...]:
    """Write pins as a requirements file and give its path, nothing where there are none."""
    if not pins.packages:
        return ()
    write_text(path, pins.text(hashes=hashes))
    return (str(path),)


def told(
    locks: Sequence[Lock], pins: Pins, installed: Iterable[str], own: Iterable[str] = ()
) -> str:
    """Say in words which locks were used, and what was installed that they do not have."""
    names = {*installed} - {normalize(each) for each in own}
    free = sorted(names - {*pins.packages, *_WITH_ENVIRONMENT})
    count = len(names & {*pins.packages})
    said = f"installed from {_files(locks)}: {count} package{'' if count == 1 else 's'}"
    return f"{said}; not locked: {', '.join(free)}" if free else said


def locked_out(error: JobError, locks: Sequence[Lock]) -> JobError:
    """Give an installer's error with the locks named, for they may be why nothing could be installed."""
    if not locks:
        return error
    return JobError(
        error.what,
        where=error.where,
        evidence=error.evidence,
        hint=f"{_files(locks)} {'holds' if len(locks) == 1 else 'hold'} the versions: "
        "`nox -s lock -- --check` says whether that still fits what is declared",
        reference=error.reference,
    )


def _files(locks: Sequence[Lock]) -> str:
    return ", ".join(each.file for each in locks)


def _needed(project: Project, there: Iterable[str]) -> Sequence[str]:
    """Name the groups and extras with a lock that the tests need.

    The facts tell requirements, not where they stood: so it is the groups that they hold whole; where
    there is none (linters are left out of some), those that they hold in part.
    """
    test = project.test
    needed = {*test.requirements.value, *project.config.test.requires}
    groups = {normalize(name): {*lines} for name, lines in project.groups.value.items() if lines}
    named = [normalize(each) for each in (*test.extras.value, *(project.config.test.groups or ()))]
    whole = [name for name, lines in groups.items() if lines <= needed]
    part = [name for name, lines in groups.items() if lines & needed]
    return [name for name in dict.fromkeys((*named, *(whole or part))) if name in {*there}]


def _not_served(lock: Lock, interpreter: Interpreter) -> Warned:
    return Warned(
        f"{lock.file} is for Python {lock.content.requires_python}: {interpreter.version} takes what"
        " is newest instead",
        "the lock follows requires-python: `nox -s lock` after a change of that",
    )


def _line(package: LockedPackage, *, hashes: bool) -> str:
    lines = [f"{package.name}=={package.version}"]
    if hashes:
        lines += [f"--hash={each}" for each in _hashes(package)]
    return " \\\n    ".join(lines)


def _hashes(package: LockedPackage) -> tuple[str, ...]:
    found = (each for each in package.hashes if each.partition(":")[0] in _STRONG)
    return tuple(dict.fromkeys(found))
