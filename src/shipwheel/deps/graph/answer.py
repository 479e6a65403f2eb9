"""The answer to `graph`, which is its JSON too."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Place(msgspec.Struct, frozen=True):
    """A line of the project's: `file` is relative to its root with `/`."""

    file: str
    line: int = 0


class When(StrEnum):
    """When an arrow holds, the strictest first."""

    ALWAYS = "always"  # names are taken when the module is imported; a requirement at run time
    WHOLE = "whole"  # a module is imported whole: Python allows that of one that is half loaded
    LATER = (
        "later"  # in a function or below a condition; a requirement of an extra, a group or a build
    )
    TYPES = "types"  # below `if TYPE_CHECKING:`


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """One module imports another, or one distribution requires another.

    `names` are what is imported, or the requirement; `said` is `extra test`, `group docs` or `build` for a
    requirement that does not hold at run time.
    """

    source: str
    target: str
    when: When = When.ALWAYS
    places: tuple[Place, ...] = ()
    names: tuple[str, ...] = ()
    said: str = ""
    there: int = (
        0  # the line of the target from which on all `names` are there, 0 where nobody knows
    )


class Level(StrEnum):
    """What goes round in a circle."""

    MODULES = "modules"
    PACKAGES = "packages"  # sub-packages, by the modules in them
    DISTRIBUTIONS = "distributions"


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """Members that lead to one another, all arrows among them, and the fewest that break every circle.

    `when` is the strictest for which the arrows that hold then make the circle. `proven`: no smaller cut exists; else it is a good one,
    found step by step. `error`: a fault of the project's own: an import may fail, depending on who is imported first.
    """

    level: Level
    members: tuple[str, ...]
    when: When
    arrows: tuple[Arrow, ...]
    cut: tuple[Arrow, ...]
    proven: bool
    error: bool


class Why(StrEnum):
    """What is wrong with an import or a requirement, the worst first."""

    UNDECLARED = "undeclared"  # nothing that is declared brings it: the import fails for users
    OPTIONAL = "undeclared-later"  # the same within a function, or below a condition
    MISPLACED = "misplaced"  # declared for development alone
    TRANSITIVE = "transitive"  # there as a dependency's own dependency alone
    UNUSED = "unused"  # required, and never imported


class Mismatch(msgspec.Struct, frozen=True, kw_only=True):
    """An import without a requirement, or a requirement without an import.

    `distributions` bring the module, as far as known; `through` requires them. `where` says which group or
    requirement it is.
    """

    why: Why
    module: str
    distributions: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    where: str = ""

    @property
    def error(self) -> bool:
        """Say whether users meet it as soon as they import the module."""
        return self.why is Why.UNDECLARED


class Private(msgspec.Struct, frozen=True, kw_only=True):
    """A name that belongs to somebody else (`pip._internal`) and the lines that use it."""

    name: str
    places: tuple[Place, ...]
    library: bool = False  # the standard library's


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    `modules` and `imports` are the project's own; `distributions` and `requirements` what was resolved
    for it, or the packages of a folder. `incomplete` says what could not be asked, and why.
    """

    project: str
    ok: bool
    modules: tuple[str, ...] = ()
    imports: tuple[Arrow, ...] = ()
    distributions: tuple[str, ...] = ()
    requirements: tuple[Arrow, ...] = ()
    circles: tuple[Circle, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    privates: tuple[Private, ...] = ()
    incomplete: tuple[str, ...] = ()
    seconds: float = 0.0


def is_ok(circles: tuple[Circle, ...], mismatches: tuple[Mismatch, ...]) -> bool:
    """Say whether nothing is an error."""
    return not (any(each.error for each in circles) or any(each.error for each in mismatches))
