"""What a Python file of a distribution, or another text in it, says without being run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """What was seen in a text, of whatever language.

    `secrets` are the kinds of credentials found (`private key`, `GitHub token`), never the values.
    `conflict` is the line of an unsettled merge, 0 where there is none. `first` is the first line, with
    its end, of a script (of `.data/scripts`, or where it begins with `#!`); `content` the whole of what
    Python obeys at each start (`.pth`).
    """

    secrets: tuple[str, ...] = ()
    conflict: int = 0
    first: bytes = b""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file: `imports` are the absolute dotted names that it imports, in order of first use.

    `guarded` are those of them that stand indented alone (below `try`, `if`, within a function): the
    module may do without. `names` are what is taken unguarded out of modules, as (module, name):
    `from a.b import c` is (`a.b`, `c`). `relative` says which of `imports` were written with dots.

    `faults` are syntax errors by Python version (`3.9`, or `3` where no Python 3 takes it) with a
    sentence. `needs` is the oldest Python 3 that takes the file where that is newer than 3.8, as
    (`3.12`, the construct and its line). `bound` holds every name that the module's top level has, None
    where that was not looked at. `dynamic` says that it may make names while it runs, `hooked` that it
    may make modules, so that nothing is certain of what it has not. `submodules` are what an `__init__`
    takes from its own package and binds in no other way. A docstring alone, or nothing, makes
    it `empty`.
    """

    imports: tuple[str, ...] = ()
    guarded: frozenset[str] = frozenset()
    faults: tuple[tuple[str, str], ...] = ()
    empty: bool = False
    names: tuple[tuple[str, str], ...] = ()
    relative: frozenset[str] = frozenset()
    needs: tuple[str, str] | None = None
    bound: frozenset[str] | None = None
    dynamic: bool = False
    hooked: bool = False
    submodules: tuple[str, ...] = ()
    text: Text = Text()
