"""What was seen in an environment beside the wheel itself: records, each small."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning that Python raised: its class, text, file and line (from 1).

    `path` is the file's in the environment; once it is known to be the wheel's, relative to site-packages.
    """

    category: str
    message: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that the wheel and others (`NAME VERSION`) install at the same place.

    `same`: the wheel's bytes are those that are there, so that nobody lost anything.
    """

    path: str
    others: tuple[str, ...]
    same: bool


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra that was tried: `failure` is why it cannot be installed from wheels alone.

    `solvable`: with sdists it can. `unknown` are extras that it asks of distributions which do not
    have them, as sentences.
    """

    name: str
    failure: str = ""
    solvable: bool = False
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """How a wheel built from the sdist differs from the one that ships, as a sentence.

    `certain`: it cannot come of the machine, the time or the tools.
    """

    message: str
    certain: bool = True
