"""Undeclared: what the wheel's modules import certainly, and nothing that it requires can bring."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from shipwheel.data.import_names import import_names
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.python_range import pythons_of, required_names
from shipwheel.verification.judging.reach import Own, own_modules, reached
from shipwheel.verification.report import Level


class Undeclared(WheelCheck):
    """What the wheel's modules import in every case, something that it requires can bring.

    Whoever develops the project has it, and does not see that users don't. Only modules count that are
    surely run, and imports that no `try`, `if` or function guards. Where the wheel requires others,
    these may bring it by chance: then only well-known names are told. What an extra brings is declared.
    """

    id = "source-undeclared"
    hint = "add it to `dependencies`, or import it in try and except ImportError"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.metadata is None:
            return "no metadata"
        if not pythons_of(facts):
            return "no Python that is known installs it"
        return "" if facts.sources else "it holds no Python file"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        own = own_modules(facts)
        stated = required_names(facts)
        names = import_names()
        unsaid = names.unsaid.get(facts.file.name, ())
        for name, members in sorted(_foreign(facts, own).items()):
            known = names.owners.get(name, ())
            bringing = {canonicalize_name(name), *known, *names.provided.get(name, ())}
            if name in unsaid or bringing & stated or any(_near(name, each) for each in stated):
                continue
            told = f"{sample(members, 3)}: import {name}"
            if not stated:
                # a program that nobody here knows may bring it to a stranger's plug-in
                sure = known or context.project is not None
                level = Level.ERROR if sure else Level.WARNING
                yield Problem(f"{told}, and the wheel requires nothing", level=level)
            elif known:
                message = f"{told}, and {known[0]} is not among what it requires"
                yield Problem(message, level=Level.WARNING)


def _foreign(facts: WheelFacts, own: Own) -> dict[str, list[str]]:
    """Give the top-level names of others' that are surely imported, with the members that do it."""
    anywhere = {part for path in facts.importable for part in path.split(".")[0].split("/")}
    names = import_names()
    others = {name.partition(".")[0] for name in names.shared} | {"__main__", ""}
    pythons = pythons_of(facts)
    found: dict[str, list[str]] = {}
    for module in sorted(reached(facts, own)):
        source = own.sources[module]
        tops = {each.partition(".")[0] for each in source.imports if each not in source.guarded}
        for name in sorted(tops - anywhere - others - set(names.hosts)):
            if not any(_in_library(name, each) for each in pythons):
                found.setdefault(name, []).append(own.files[module])
    return found


def _in_library(name: str, python: tuple[int, int]) -> bool:
    return import_names().in_library(name, python) or name in import_names().removed


def _near(name: str, required: str) -> bool:
    """Say whether a distribution may bring a module by their names (`python-dateutil`, `pyyaml`)."""
    plain = name.casefold().replace("_", "-").strip("-")
    return plain in required or required in plain


CHECKS = (Undeclared,)
