"""Which of a binary's many names are kept: those that a rule may ask for, within a budget."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from shipwheel.dists.binaries.window import MalformedError

# Python's C API, and the functions by which Python starts a module (PEP 3121, PEP 489, PEP 793; PyPy's cffi)
_PREFIXES = (b"Py", b"_Py", b"_cffi_pypyinit_")
MOST_SYMBOLS = 2_000_000  # of one file; the largest libraries have about 400,000
_BUDGET = 24 << 20  # bytes that the names of one archive's binaries may take; numpy's take 0.1 MB
_EACH = 100  # bytes that a name takes beside its characters


@dataclass(slots=True)
class Wanted:
    """Says which symbols to keep: Python's own and `others`; keeps count over the files of an archive."""

    others: Collection[bytes] = frozenset()
    left: int = field(default=_BUDGET)

    def keep(self, name: bytes) -> bool:
        """Say whether to keep a symbol, and count it if so; raises as `take` does."""
        if not name.startswith(_PREFIXES) and name not in self.others:
            return False
        self.take(len(name))
        return True

    def take(self, size: int) -> None:
        """Count a name of so many bytes; raises MalformedError once there are more than anyone needs."""
        self.left -= size + _EACH
        if self.left < 0:
            raise MalformedError(
                "the names in the compiled files take more memory than is given to them"
            )


@dataclass(slots=True)
class Symbols:
    """What was kept of a file's symbols so far."""

    wanted: Wanted
    imports: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)
    exports: set[str] = field(default_factory=set)

    def add(self, name: bytes, *, defined: bool, weak: bool = False) -> None:
        """Keep a symbol if it is wanted."""
        if self.wanted.keep(name):
            text = name.decode("utf-8", "backslashreplace")
            (self.exports if defined else self.imports).add(text)
            if weak and not defined:
                self.weak.add(text)
