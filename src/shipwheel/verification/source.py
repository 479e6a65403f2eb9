"""What a Python file of a distribution says, without running it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file: `imports` are the absolute dotted names that it imports, in order of first use.

    `guarded` are those of them that stand below `try`, `if` or within a function: the module may do
    without. `faults` are syntax errors by Python version (`3.9` -> sentence). `docstring` alone, or
    nothing, makes it `empty`.
    """

    imports: tuple[str, ...] = ()
    guarded: frozenset[str] = frozenset()
    faults: tuple[tuple[str, str], ...] = ()
    empty: bool = False
