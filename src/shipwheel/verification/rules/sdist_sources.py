"""Sources of an sdist: what becomes a wheel's module can be run, and finds what it imports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from shipwheel.dists.modules import module_of
from shipwheel.verification.check import Context, Problem, SdistCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts
from shipwheel.verification.judging.reach import Lost, Own, lost_imports
from shipwheel.verification.modules import is_package
from shipwheel.verification.reading.sdist_sources import import_path, is_aside
from shipwheel.verification.reading.syntax import EVERY
from shipwheel.verification.report import Level
from shipwheel.verification.rules.build_inputs import pyproject_of

_MOST = 20  # findings of one rule about one file
# of these a build makes a module of the same name
_ORIGIN = re.compile(
    r"\.(?:pyx|pyi|c|cc|cpp|cxx|m|rs|f|f90|zig|go|i|proto|g4|lark|ui|qrc)$|\.py\.\w+$|\.pyx\.\w+$"
)
_COMPILED = (
    *(".pyx", ".c", ".cc", ".cpp", ".cxx", ".rs", ".f90", ".zig", ".go"),
    *("meson.build", "CMakeLists.txt", "Cargo.toml"),
)
# what is written by builds as a rule
_GENERATED = re.compile(
    r"version|_pb2|generated|build_?info|(?:^|\.)_?(?:about|git|commit|revision)\w*$"
)
# code of the project's own that its build runs
_HOOK = re.compile(
    r"\[+tool\.(?:hatch|pdm|poetry)\.build[^\]\n]*(?:hook|custom)|run-setup|build = \"|generate-setup|build-script"
)
_BUILD_FILES = ("setup.py", "setup.cfg", "pyproject.toml")


class _SourceCheck(SdistCheck):
    def applies(self, facts: SdistFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.sources else "it holds no Python file of its own"


class SyntaxValid(_SourceCheck):
    """Python can parse the modules that are built from it, and its setup.py.

    Builds copy a module as it is: that it is broken shows at the import, to the user.
    """

    id = "sdist-syntax"
    hint = "mend the line, or leave the file out of the sdist where it is no module"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        own = own_of(facts)
        shipped = {own.files[name] for name in own.sources}
        told = 0
        for path, source in sorted(facts.sources.items()):
            sure = path in shipped or (path == "setup.py" and _runs_setup(facts))
            for python, fault in source.faults:
                if python == EVERY and told < _MOST and (sure or path == "setup.py"):
                    told += 1
                    level = None if sure else Level.WARNING
                    yield Problem(f"{path}, {fault}: no Python 3 takes it", level=level)


def _runs_setup(facts: SdistFacts) -> bool:
    """Say whether a build runs setup.py: setuptools does, and so do installers without a backend."""
    table = pyproject_of(facts).get("build-system")
    backend = table.get("build-backend", "setuptools") if isinstance(table, dict) else "setuptools"
    return str(backend).startswith("setuptools")


class OwnImports(_SourceCheck):
    """Modules that import each other are all in the sdist.

    What is missing here is missing in each wheel that is built from it. What builds make as a rule
    (versions, compiled modules) is left out.
    """

    id = "sdist-imports"
    hint = (
        "add it to what the backend puts into the sdist (MANIFEST.in, or the backend's own table)"
    )

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        own = own_of(facts)
        found: dict[str, list[str]] = {}
        for lost in lost_imports(own):
            if not _made(lost, facts):
                found.setdefault(lost.wanted, []).append(f"{lost.member} {lost.statement}")
        for wanted, told in sorted(found.items())[:_MOST]:
            yield Problem(f"{wanted} is not in the sdist: {sample(told, 3)}")


def _made(lost: Lost, facts: SdistFacts) -> bool:
    """Say whether a build may make what is not there."""
    files = (f"{lost.wanted.rpartition('.')[2]}.py", lost.wanted)
    texts = [facts.texts.get(name, "") for name in _BUILD_FILES]
    if _GENERATED.search(lost.wanted) or any(file in text for file in files for text in texts):
        return True
    compiled = any(path.endswith(_COMPILED) and not is_aside(path) for path in facts.paths)
    hooked = _HOOK.search(texts[-1]) is not None or "cmdclass" in texts[0]
    return compiled or hooked


class Initialized(SdistCheck):
    """The package that the project is named for has its `__init__.py`.

    Backends that look for packages pass by a folder without it, and what the package offers by its own
    name is gone.
    """

    id = "sdist-init"
    level = Level.WARNING
    hint = "add the `__init__.py` to what the backend puts into the sdist"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        whole = {path.rpartition("/")[0] for path in facts.paths if is_package(path)}
        loose = {path.rpartition("/")[0] for path in facts.sources if path.endswith(".py")} - whole
        for folder in sorted(loose):
            name = import_path(f"{folder}/x").removesuffix("/x")
            if folder and canonicalize_name(name) == facts.file.name:
                yield f"{folder}/ holds modules, but no __init__.py"


class Conflict(SdistCheck):
    """No file holds the marks of an unsettled merge."""

    id = "sdist-conflict"
    hint = "settle the merge and build again"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for path, text in sorted(facts.seen.items()):
            if text.conflict:
                # in a text about merging it may be an example
                level = None if path.endswith((".py", ".json", ".toml", ".cfg")) else Level.WARNING
                yield Problem(f"{path}, line {text.conflict}: `<<<<<<<`", level=level)


def own_of(facts: SdistFacts) -> Own:
    """Give the modules that a wheel built from the sdist holds, as far as that is plain.

    Of the top-level packages those count that bear the project's name, lie in the folder of all
    sources, or are the only one.
    """
    own, paths = Own(), facts.paths
    packages = {path.rpartition("/")[0] for path in paths if is_package(path)}
    tops = _tops(facts, packages)
    for path in paths:
        below = import_path(path)
        top = below.partition("/")[0].partition(".")[0]
        if top not in tops:
            continue
        own.add_folders(below)
        name = module_of(_ORIGIN.sub(".py", below))
        if name is None:
            continue
        if below.endswith(".py") and path in facts.sources and _packaged(path, packages):
            own.files[name] = path
            own.sources[name] = facts.sources[path]
        else:
            own.files.setdefault(name, path)
    own.tops = frozenset(tops)
    return own


def _tops(facts: SdistFacts, packages: set[str]) -> set[str]:
    """Give the names at the top that are the project's: packages, and modules of its name."""
    outer = {each for each in packages if each and not is_aside(f"{each}/")}
    places = {import_path(f"{each}/x").removesuffix("/x"): each for each in outer}
    names = {name: place for name, place in places.items() if "/" not in name and name != "x"}
    named = {name for name in names if canonicalize_name(name) == facts.file.name}
    inside = {name for name, place in names.items() if place.startswith("src/")}
    stem = facts.file.name.replace("-", "_")
    if {f"{stem}.py", f"src/{stem}.py"} & facts.paths:
        named.add(stem)
    return named | inside or (set(names) if len(names) == 1 else set())


def _packaged(path: str, packages: set[str]) -> bool:
    """Say whether a file lies in packages all the way up to the folder of all sources, or at its top."""
    folder = path.rpartition("/")[0]
    while "/" in folder:
        if folder not in packages:
            return folder in {"src", "lib", "python"}
        folder = folder.rpartition("/")[0]
    return folder in packages or import_path(f"{folder}/x") == "x" or not folder


CHECKS = (SyntaxValid, OwnImports, Initialized, Conflict)
