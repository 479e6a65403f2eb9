"""The stable ABI: what a wheel for many Pythons calls is there in each of them (PEP 384, PEP 803)."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.compiled import Compiled, compiled_files
from shipwheel.verification.report import Level

_INTERPRETER = re.compile(r"cp3(\d+)")
_ABI_LIBRARY = re.compile(r"\.abi3\.(?:so|dll|dylib|\d)", re.IGNORECASE)  # not a module: a library
_STABLE = {"abi3", "abi3t"}


@cache
def stable_symbols() -> Mapping[str, tuple[int, int]]:
    """Give the stable ABI's symbols and the Python that first had each, as abi3audit knows them."""
    try:
        known = importlib.import_module(
            "abi3info"
        )  # takes a tenth of a second: not before it is needed
    except ImportError:
        return MappingProxyType({})
    return {
        symbol.name: (entry.added.major, entry.added.minor)
        for table in (known.DATAS, known.FUNCTIONS)
        for symbol, entry in table.items()
    }


def floor_of(facts: WheelFacts) -> tuple[int, int] | None:
    """Give the oldest Python of a wheel for the stable ABI, None for another wheel.

    Of several tags the newest counts, as abi3audit has it.
    """
    stable = [tag for tag in facts.file.tags if tag.abi in _STABLE]
    found = [_INTERPRETER.fullmatch(tag.interpreter) for tag in stable]
    return max(((3, int(match[1])) for match in found if match), default=None)


def judged(facts: WheelFacts) -> tuple[Compiled, ...]:
    """Give the modules that all Pythons load: those without a suffix for one of them."""
    modules = compiled_files(facts).modules
    return tuple(each for each in modules if each.suffix in {"", ".abi3", ".abi3t"})


def python_symbols(file: Compiled) -> frozenset[str]:
    """Give what a module takes from Python; symbols that may be absent are left out."""
    names = {name for slice_ in file.slices for name in slice_.imports - slice_.weak}
    return frozenset(name for name in names if name.startswith(("Py", "_Py")))


class _StableCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if floor_of(facts) is None:
            return "not for the stable ABI"
        if not judged(facts):
            return "no compiled module"
        return "" if stable_symbols() else "abi3info is not installed"


class Symbols(_StableCheck):
    """A wheel for the stable ABI calls nothing of Python's but that.

    Other functions come and go: the wheel installs on a later Python, and fails to load there.
    """

    id = "stable-abi-symbols"
    hint = "define Py_LIMITED_API for every source of the module, or build a wheel for each Python"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        shared = bool(facts.metadata and facts.metadata.requires_dist)
        for file in judged(facts):
            # another distribution's library may define what only sounds like Python's (shiboken's does)
            foreign = shared and any(_ABI_LIBRARY.search(need) for need in file.needs)
            strange = sorted(python_symbols(file) - stable_symbols().keys())
            strange = [name for name in strange if not name.startswith("PyInit_")]
            if strange:
                told = f"{file.name} uses {sample(strange)}, not of the stable ABI"
                yield Problem(told, level=Level.WARNING if foreign else None)


class Floor(_StableCheck):
    """A wheel for the stable ABI calls nothing that is newer than the Python in its name."""

    id = "stable-abi-floor"
    hint = (
        "define Py_LIMITED_API as that Python's version, or give the wheel the newer Python's tag"
    )

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        floor = floor_of(facts)
        assert floor is not None  # see applies
        known = stable_symbols()
        for file in judged(facts):
            newer = sorted(n for n in python_symbols(file) if known.get(n, floor) > floor)
            if newer:
                first = max(known[name] for name in newer)
                told = f"{file.name} uses {sample(newer)}: the stable ABI of {_text(first)}"
                yield f"{told}, the wheel is for {_text(floor)} and later"


def _text(version: tuple[int, int]) -> str:
    return f"Python {version[0]}.{version[1]}"


CHECKS = (Symbols, Floor)
