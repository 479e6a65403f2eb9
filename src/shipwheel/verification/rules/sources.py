"""Sources: every Python that the wheel is for can run its modules, and they find each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipwheel.data.import_names import import_names, release
from shipwheel.dists.modules import site_path
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.library_names import lost_names
from shipwheel.verification.judging.python_range import pythons_of, required_names
from shipwheel.verification.judging.reach import Own, own_modules, reached
from shipwheel.verification.judging.reach import lost_imports as find_lost
from shipwheel.verification.modules import is_test
from shipwheel.verification.reading.syntax import EVERY, HERE
from shipwheel.verification.report import Level

_MOST = 20  # findings of one rule about one file
# modules by whose name their authors say that they are for some Pythons alone
_VERSIONED = re.compile(r"(?:^|[._])(?:py|python|cpython|compat_?py)_?\d+")


class _SourceCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.sources else "it holds no Python file"


class SyntaxValid(_SourceCheck):
    """Every Python that the wheel is for can parse its modules.

    Installers compile each file and go on where that fails: it shows at the import, to the user.
    """

    id = "source-syntax"
    hint = "mend the line, or leave the file out of the wheel where it is no module"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        modules = {path for _, path in facts.modules}
        run = _run(facts)
        for member, source in sorted(facts.sources.items()):
            if not _is_module(member, modules) or _VERSIONED.search(_dotted(member)):
                continue
            for python, told in source.faults:
                if python == EVERY:
                    level = Level.WARNING if member.endswith(".pyi") else None
                    yield Problem(f"{member}, {told}: no Python 3 takes it", level=level)
                elif HERE in pythons_of(facts):
                    level = None if member in run else Level.WARNING
                    yield Problem(
                        f"{member}, {told}: Python {python} does not take it", level=level
                    )


class OldestPython(_SourceCheck):
    """The syntax is known to the oldest Python that installs the wheel.

    Installers go by `Requires-Python` and tags alone.
    """

    id = "source-python"
    hint = "raise requires-python, or write it as the oldest supported Python knows it"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        supported = pythons_of(facts)
        needing = {m: s.needs for m, s in facts.sources.items() if s.needs is not None}
        if not supported or not needing or not _stated(facts):
            return
        modules = {path for _, path in facts.modules}
        run = _run(facts)
        for member, (version, told) in sorted(needing.items()):
            if release(version) <= supported[0] or not _is_module(member, modules):
                continue
            if member not in run and _VERSIONED.search(_dotted(member)):
                continue
            level = None if member in run else Level.WARNING
            oldest = f"{supported[0][0]}.{supported[0][1]}"
            yield Problem(
                f"{member}, {told} needs Python {version}, the wheel installs on {oldest}",
                level=level,
            )


class OwnImports(_SourceCheck):
    """Modules that import each other are all in the wheel.

    A module, package or generated file that the backend did not collect is missed by those that import
    it. Only imports count that no `try`, `if` or function guards, of packages that are the wheel's own
    and make no modules while they run.
    """

    id = "source-imports"
    hint = "add the module to what the backend packs; tests that run in the checkout do not miss it"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        own = own_modules(facts)
        run = reached(facts, own)
        modules = dict(facts.modules)
        found: dict[str, list[str]] = {}
        certain = set()
        for lost in find_lost(own):
            if lost.module not in run and lost.module not in modules:
                continue  # a template, or data of some kind
            private = lost.wanted.rpartition(".")[2].startswith("_")
            if lost.module not in run and private and not facts.pure_tags:
                continue  # made by a build of another platform, for modules of that platform
            found.setdefault(lost.wanted, []).append(f"{lost.member} {lost.statement}")
            certain |= {lost.wanted} if facts.pure_tags or lost.module in run else set()
        for wanted, told in sorted(found.items())[:_MOST]:
            message = f"{wanted} is not in the wheel: {sample(told, 3)}"
            yield Problem(message, level=None if wanted in certain else Level.WARNING)


class Library(_SourceCheck):
    """The modules of the standard library that it imports are there in every Python it installs on.

    `distutils`, `imp`, `cgi` and others are gone, `tomllib` is new; so are names in them, such as
    `typing.Self`.
    """

    id = "source-stdlib"
    hint = "guard the import, depend on a backport, or narrow requires-python to the Pythons that have it"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        if not _stated(facts):
            return
        own = own_modules(facts)
        run = reached(facts, own)
        there = required_names(facts) | {facts.file.name}
        supported = pythons_of(facts)
        found: dict[str, list[str]] = {}
        public = {name for name, _ in facts.modules if name in own.sources and not _aside(name)}
        for module in sorted(run | public):
            source = own.sources[module]
            for name in {each.partition(".")[0] for each in source.imports} & _changing():
                if (
                    name not in {n.partition(".")[0] for n in source.guarded}
                    and name not in own.tops
                ):
                    found.setdefault(name, []).append(own.files[module])
        for name, members in sorted(found.items()):
            without = [p for p in supported if not import_names().in_library(name, p)]
            if without and not there & {name, *import_names().provided.get(name, ())}:
                pythons = ", ".join(f"{major}.{minor}" for major, minor in without)
                surely = any(own.files[module] in members for module in run)
                message = f"{sample(members, 3)}: import {name}, which Python {pythons} has not"
                yield Problem(message, level=None if surely else Level.WARNING)
        yield from _library_names(facts, own, run & set(own.sources))


def _library_names(facts: WheelFacts, own: Own, run: frozenset[str]) -> Iterator[Problem]:
    """Tell of names that modules which are surely run take out of the library in vain."""
    found: dict[tuple[str, str], list[str]] = {}
    for lost in lost_names({name: own.sources[name] for name in sorted(run)}, pythons_of(facts)):
        pythons = ", ".join(f"{major}.{minor}" for major, minor in lost.without)
        found.setdefault((lost.name, pythons), []).append(own.files[lost.importer])
    for (name, pythons), members in sorted(found.items()):
        yield Problem(f"{sample(members, 3)}: {name}, which Python {pythons} has not")


class Conflict(_SourceCheck):
    """No file holds the marks of an unsettled merge."""

    id = "source-conflict"
    hint = "settle the merge and build again"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for member, text in sorted(facts.texts.items()):
            if text.conflict:
                # in a text about merging it may be an example
                level = None if member.endswith((".py", ".json", ".toml")) else Level.WARNING
                yield Problem(f"{member}, line {text.conflict}: `<<<<<<<`", level=level)


def _aside(module: str) -> bool:
    """Say whether a module is none that users run: a test, or a build script that lies in a package."""
    return is_test(module) or module.endswith(".setup")


def _stated(facts: WheelFacts) -> bool:
    """Say whether anybody said for which Pythons the wheel is: else its oldest is no promise."""
    stated = facts.metadata is not None and facts.metadata.requires_python
    return bool(stated) or not all(tag.interpreter in {"py2", "py3"} for tag in facts.file.tags)


def _run(facts: WheelFacts) -> frozenset[str]:
    """Give the members that are surely run."""
    own = own_modules(facts)
    return frozenset(own.files[name] for name in reached(facts, own))


def _is_module(member: str, modules: set[str]) -> bool:
    return site_path(member) in modules or ".data/scripts/" in member or member.endswith(".pyi")


def _dotted(member: str) -> str:
    return member.rpartition(".")[0].replace("/", ".")


def _changing() -> set[str]:
    return {*import_names().added, *import_names().removed}


CHECKS = (SyntaxValid, OldestPython, OwnImports, Library, Conflict)
