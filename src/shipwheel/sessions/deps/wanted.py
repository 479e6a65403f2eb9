"""What an install of the project is asked about: a Python of the Plan that is here, and extras."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import msgspec

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.machine.here import python_remedy
from shipwheel.machine.interpreter import Interpreter
from shipwheel.planning.support import check_exists
from shipwheel.planning.target import parse_target
from shipwheel.project.names import normalize
from shipwheel.sessions.context import Opened

_OPTIONS = ("--extra", "--minutes", "--rounds")


class Wanted(msgspec.Struct, frozen=True):
    """The words behind a question: a Python by the Plan's name (empty: the newest here), extras, and how long.

    `minutes` and `rounds` are 0 where nobody says.
    """

    python: str = ""
    extras: tuple[str, ...] = ()
    minutes: float = 0.0
    rounds: int = 0


def parse_words(words: Sequence[str], *, question: str) -> Wanted:
    """Read `[PYTHON] [--extra NAME]… [--minutes N] [--rounds N]`; raises ConfigurationError for anything else."""
    python, extras, left, minutes, rounds = "", [], list(words), 0.0, 0
    while left:
        word = left.pop(0)
        option, sign, value = word.partition("=")
        if option in _OPTIONS:
            if not sign and not left:
                raise _refused(f"{option} takes a value", question)
            value = value if sign else left.pop(0)
            if option == "--extra":
                extras.append(value)
            elif option == "--minutes":
                minutes = _number(value, option, question)
            else:
                rounds = max(1, int(_number(value, option, question)))
        elif word[:1].isdigit() or word.startswith("pypy"):
            python = parse_target(word, where=question).text
        else:
            raise _refused(f"{word!r} is no Python", question)
    return Wanted(python, tuple(dict.fromkeys(extras)), minutes, rounds)


def extras_of(opened: Opened, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give what these extras of the project require; raises ConfigurationError for one that it has not."""
    known = {normalize(name): needs for name, needs in opened.project.extras.value.items()}
    found = {}
    for name in names:
        if normalize(name) not in known:
            near = difflib.get_close_matches(name, known, n=1)
            guess = f"did you mean {near[0]}? " if near else ""
            has = ", ".join(known) or "none"
            raise ConfigurationError(
                f"{opened.project.name.value} has no extra {name!r}",
                where=opened.project.extras.origin,
                hint=f"{guess}its extras: {has}",
            )
        found[normalize(name)] = known[normalize(name)]
    return found


def interpreter_of(opened: Opened, python: str) -> Interpreter:
    """Give the interpreter that was named, else the newest that the project supports and that is here.

    Raises MachineError where there is none, ConfigurationError for one that there never was.
    """
    where = "the Python that is asked about" if python else opened.project.requires_python.origin
    pythons = opened.plan.project.pythons
    for text in [python] if python else sorted(pythons, key=_newest_first):
        found = opened.machine.interpreter(text)
        if found is not None:
            return found
    if python:
        check_exists(parse_target(python), load_catalog(), where=where)
    missing = python or " and ".join(pythons)
    raise MachineError(
        f"Python {missing} is not on this machine",
        where=where,
        hint=python_remedy(python or (pythons[-1] if pythons else "")),
    )


def _newest_first(text: str) -> tuple[bool, bool, tuple[int, ...]]:
    target = parse_target(text)
    return (
        target.implementation != "cpython",
        target.free_threaded,
        tuple(-part for part in target.version),
    )


def _number(text: str, option: str, question: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 24 * 60:
        raise _refused(f"{option} takes a number above 0, not {text!r}", question)
    return found


def _refused(what: str, question: str) -> ConfigurationError:
    return ConfigurationError(
        what,
        where=question,
        hint=f"`shipwheel deps {question} --help`; a Python is written as 3.13, 3.14t or pypy3.11",
    )
