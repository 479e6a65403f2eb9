"""Which Pythons of this machine a wheel is tried on."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, platform_tags

from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.planning.plan import Plan
from shipwheel.verification.facts import WheelFacts


def interpreters_for(
    wheel: WheelFacts, machine: Machine, plan: Plan | None
) -> tuple[Interpreter, ...]:
    """Give the interpreters here that the wheel is for: by its tags, its Requires-Python, the Plan.

    One for each target; of several patch versions the machine's own choice.
    """
    targets = dict.fromkeys(each.target for each in machine.interpreters)
    if plan is not None:
        targets = dict.fromkeys(text for text in plan.project.pythons if text in targets)
    found = (machine.interpreter(target) for target in targets)
    return tuple(each for each in found if each is not None and is_for(wheel, each))


def is_for(wheel: WheelFacts, interpreter: Interpreter) -> bool:
    """Say whether an installer under that interpreter would take the wheel."""
    requires = wheel.metadata.requires_python if wheel.metadata else ""
    try:
        admitted = SpecifierSet(requires).contains(interpreter.version, prereleases=True)
    except InvalidSpecifier:
        admitted = True  # metadata-fields tells it
    return admitted and not wheel.file.tags.isdisjoint(supported_tags(interpreter))


def newest_first(interpreter: Interpreter) -> tuple[bool, bool, tuple[int, ...]]:
    """Give what interpreters are ordered by, the greatest first: CPython with the GIL, then the newest."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", interpreter.version)[:2])
    return interpreter.implementation == "cpython", not interpreter.free_threaded, numbers


@cache
def supported_tags(interpreter: Interpreter) -> frozenset[Tag]:
    """Give the tags of the wheels that the interpreter loads, on this machine."""
    return frozenset(_tags(interpreter))


def _tags(interpreter: Interpreter) -> Iterator[Tag]:
    version = tuple(int(part) for part in re.findall(r"\d+", interpreter.target)[:2])
    platforms = _platforms(interpreter)
    if interpreter.implementation == "cpython":
        yield from cpython_tags(version, abis=[interpreter.tag], platforms=platforms)
    else:
        # PyPy: pypy311-pp73-x86_64-linux-gnu, of which the tag holds the first two parts
        abi = "_".join(interpreter.soabi.split("-")[:2])
        yield from generic_tags(interpreter.tag, [abi] if abi else [], platforms)
    yield from compatible_tags(version, interpreter=interpreter.tag, platforms=platforms)


def _platforms(interpreter: Interpreter) -> list[str]:
    """Give the platform tags, best first; a 32-bit Python on 64-bit Windows has its own."""
    if sys.platform == "win32":
        return [re.sub(r"[-.]", "_", interpreter.platform)]
    return list(platform_tags())
