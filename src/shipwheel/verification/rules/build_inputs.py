"""What a build needs of an sdist: pyproject.toml as the standards have it, and the files that it names."""

from __future__ import annotations

import fnmatch
import posixpath
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.verification.check import Context, Problem, SdistCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts, SdistFacts
from shipwheel.verification.judging.build_system import backend_faults, dependency_faults
from shipwheel.verification.reading.build_script import lost_files, lost_sources
from shipwheel.verification.reading.headers import parse_headers
from shipwheel.verification.reading.includes import lost_includes
from shipwheel.verification.report import Level
from shipwheel.verification.rules.metadata import same_version

Table = Mapping[str, Any]
# a backend, and the file beside pyproject.toml without which it builds nothing
_BACKEND_FILES = {
    "mesonpy": ("meson.build",),
    "scikit_build_core.build": ("CMakeLists.txt",),
    "scikit_build_core.setuptools.build_meta": ("CMakeLists.txt",),
    "maturin": ("Cargo.toml",),
    "setuptools.build_meta:__legacy__": ("setup.py", "setup.cfg", "pyproject.toml"),
}
_CODE = (".py", ".pyx", ".pxd", ".pxi", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".rs", ".toml")
_MOST_LOST = 20  # of what setuptools listed; more were pruned on purpose


def pyproject_of(facts: SdistFacts) -> Table:
    """Give pyproject.toml's tables; empty where it is missing or does not parse."""
    try:
        return tomllib.loads(facts.texts.get("pyproject.toml", ""))
    except tomllib.TOMLDecodeError:
        return {}


def _table(tables: Table, *keys: str) -> Table:
    """Give a table within tables; empty where it is missing or something else."""
    found: Any = tables
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


class Pyproject(SdistCheck):
    """pyproject.toml parses, and its [build-system] is one that a frontend can use (PEP 517, PEP 518)."""

    id = "sdist-pyproject"
    hint = "mend pyproject.toml and build the sdist again"

    def applies(self, facts: SdistFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if "pyproject.toml" in facts.texts else "no pyproject.toml"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        try:
            tables = tomllib.loads(facts.texts["pyproject.toml"])
        except tomllib.TOMLDecodeError as error:
            yield f"pyproject.toml does not parse: {error}"
            return
        if "build-system" in tables:
            yield from _of_build_system(_table(tables, "build-system"), facts)
            yield from backend_faults(_table(tables, "build-system"))


def _of_build_system(table: Table, facts: SdistFacts) -> Iterator[str]:
    requires = table.get("requires")
    if not isinstance(requires, list):
        yield "[build-system] has no list `requires`"
    else:
        odd = [str(each) for each in requires if not _is_requirement(each)]
        if odd:
            yield f"[build-system] requires what is no requirement: {sample(odd)}"
    backend = table.get("build-backend")
    if backend is not None and not isinstance(backend, str):
        yield "[build-system] build-backend is no text"
    paths = table.get("backend-path")
    for path in paths if isinstance(paths, list) else ():
        if not _holds(str(path), facts.paths):
            yield f"[build-system] backend-path {path!r} is not in the sdist"


def _is_requirement(text: object) -> bool:
    try:
        Requirement(str(text))
    except InvalidRequirement:
        return False
    return isinstance(text, str)


def _holds(path: str, paths: frozenset[str]) -> bool:
    """Say whether a file or folder of that name is in the sdist."""
    plain = posixpath.normpath(path)
    return plain in {".", ""} or any(p == plain or p.startswith(f"{plain}/") for p in paths)


class SameAsPyproject(SdistCheck):
    """PKG-INFO says the name, version and dependencies that pyproject.toml says.

    The wheel is built from the one, and the index shows the other.
    """

    id = "sdist-metadata"
    hint = "build the sdist again; a part of it is from another commit"

    def applies(self, facts: SdistFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.metadata else "no PKG-INFO"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        project = _table(pyproject_of(facts), "project")
        name, version = project.get("name"), project.get("version")
        told = facts.metadata
        if isinstance(name, str) and canonicalize_name(name) != canonicalize_name(told.name):
            yield f"pyproject.toml's name is {name!r}, PKG-INFO's {told.name!r}"
        if isinstance(version, str) and not same_version(version, told.version):
            yield f"pyproject.toml's version is {version!r}, PKG-INFO's {told.version!r}"
        python = project.get("requires-python")
        if isinstance(python, str) and _parts(python) != _parts(told.requires_python):
            told_python = f"PKG-INFO's {told.requires_python!r}"
            yield f"pyproject.toml's requires-python is {python!r}, {told_python}"
        yield from dependency_faults(pyproject_of(facts), told, _backend(pyproject_of(facts)))
        for path, text in facts.texts.items():
            if path.endswith(".egg-info/PKG-INFO"):
                yield from _of_egg_info(path, text, told)


def _of_egg_info(path: str, text: str, told: MetadataFacts) -> Iterator[str]:
    """Compare the copy that setuptools keeps beside the packages."""
    headers = parse_headers(text.encode())
    version = "".join(headers.get("version", ())[:1])
    if version and not same_version(version, told.version):
        yield f"{path} says version {version!r}, PKG-INFO {told.version!r}"


def _parts(specifiers: str) -> set[str]:
    return {"".join(part.split()) for part in specifiers.split(",") if part.strip()}


class NamedFiles(SdistCheck):
    """Every file that pyproject.toml names is in the sdist.

    A build from the sdist reads them again: readme, licences, version files, sources of extensions.
    """

    id = "sdist-named-files"
    hint = (
        "add them to what the backend puts into the sdist (MANIFEST.in, or the backend's own table)"
    )

    def applies(self, facts: SdistFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if pyproject_of(facts) else "no pyproject.toml that parses"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str | Problem]:
        """See Check."""
        del context
        tables, there = pyproject_of(facts), facts.paths
        described = facts.metadata is not None and facts.metadata.description.strip()
        for key, path in _named(tables):
            if not _holds(path, there):
                # setuptools goes on without a readme; the sdist was made without it already
                alike = _backend(tables).startswith("setuptools") and not described
                level = Level.WARNING if alike and key == "[project] readme" else None
                told = f"{key} names {path!r}, which is not in the sdist"
                yield Problem(told, level=level)
        for pattern in _texts(_table(tables, "project").get("license-files")):
            if not any(fnmatch.fnmatchcase(path, pattern) for path in there):
                yield f"[project] license-files {pattern!r} matches nothing in the sdist"
        backend = _backend(tables)
        needed = _BACKEND_FILES.get(backend, ())
        # maturin looks below `rust/` and in other places too
        found = {posixpath.basename(path) for path in there} if backend == "maturin" else there
        if needed and not _elsewhere(tables) and found.isdisjoint(needed):
            yield f"{backend} needs {' or '.join(needed)}, which is not in the sdist"


def _elsewhere(tables: Table) -> bool:
    """Say whether the backend's own file lies in a folder that its table names."""
    tool = _table(tables, "tool")
    return bool(
        _table(tool, "maturin").get("manifest-path")
        or _table(tool, "scikit-build", "cmake").get("source-dir")
        or _table(tool, "scikit-build").get("cmake.source-dir")
    )


def _named(tables: Table) -> Iterator[tuple[str, str]]:
    """Give each key of pyproject.toml that names a file which every build reads, and the file."""
    project, tool = _table(tables, "project"), _table(tables, "tool")
    readme = project.get("readme")
    for path in _texts(readme.get("file") if isinstance(readme, Mapping) else readme):
        yield "[project] readme", path
    for path in _texts(_table(project, "license").get("file")):
        yield "[project] license", path
    if _backend(tables).startswith("setuptools"):  # another backend reads none of these
        yield from _named_to_setuptools(tool)
    version = _table(tool, "hatch", "version")
    if version.get("source", "regex") in {"regex", "code"}:
        yield from (("[tool.hatch.version] path", path) for path in _texts(version.get("path")))
    for key in ("manifest-path", "python-source"):
        for path in _texts(_table(tool, "maturin").get(key)):
            yield f"[tool.maturin] {key}", path


def _backend(tables: Table) -> str:
    """Give the backend's name; without one it is setuptools (PEP 517)."""
    return str(_table(tables, "build-system").get("build-backend", "setuptools.build_meta"))


def _named_to_setuptools(tool: Table) -> Iterator[tuple[str, str]]:
    for field, value in _table(tool, "setuptools", "dynamic").items():
        for path in _texts(value.get("file") if isinstance(value, Mapping) else None):
            yield f"[tool.setuptools.dynamic] {field}", path
    for module in _list(_table(tool, "setuptools").get("ext-modules")):
        for path in _texts(module.get("sources") if isinstance(module, Mapping) else None):
            yield "[tool.setuptools] ext-modules", path


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, str)]


class SetupFiles(SdistCheck):
    """What setup.py and the sources name is in the sdist: sources, headers, files that it opens.

    Seen in their text: what a build generates, or asks for under a condition, is left alone.
    """

    id = "sdist-sources"
    hint = "add them in MANIFEST.in (`recursive-include src *.h`), and build from the sdist in CI"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        script = facts.texts.get("setup.py", "")
        listed = frozenset(line for _, lines in _lists(facts) for line in lines)
        sources = sorted(set(lost_sources(script, facts.paths, listed)))
        if sources:
            yield Problem(f"setup.py's extensions need {sample(sources)}")
        opened = sorted(set(lost_files(script, facts.paths)))
        if opened:
            yield Problem(f"setup.py opens {sample(opened)}")
        lost = lost_includes(facts.texts, facts.paths)
        headers = [f"{name} (by {path})" for path, name in lost]
        if headers:
            yield Problem(f"headers that are nowhere: {sample(headers)}", level=Level.WARNING)


class Listed(SdistCheck):
    """What setuptools listed as the sdist's files is in it.

    It writes the list, SOURCES.txt, when it makes the sdist; what is missing went lost afterwards.
    """

    id = "sdist-listed"
    level = Level.WARNING
    hint = "build the sdist again, and do not take files out of it"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        there = facts.paths
        for path, listed in _lists(facts):
            lost = [each for each in listed if each not in there and _is_plain(each)]
            if 0 < len(lost) <= _MOST_LOST:
                yield Problem(f"{path} lists what is not there: {sample(lost)}")


def _lists(facts: SdistFacts) -> Iterator[tuple[str, list[str]]]:
    """Give each of setuptools' lists with its lines."""
    for path, text in facts.texts.items():
        if path.endswith("SOURCES.txt"):
            yield path, [line.strip() for line in text.splitlines() if line.strip()]


def _is_plain(path: str) -> bool:
    """Say whether a line names a file of code as it would lie in the sdist."""
    return path.endswith(_CODE) and posixpath.normpath(path) == path


CHECKS = (Pyproject, SameAsPyproject, NamedFiles, SetupFiles, Listed)
