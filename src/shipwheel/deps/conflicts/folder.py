"""A folder of many packages: every pyproject.toml below it, or the wheels and sdists that lie in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from shipwheel.deps.conflicts.house import House, Resident
from shipwheel.deps.conflicts.released import read_required
from shipwheel.errors import ConfigurationError
from shipwheel.indexes.metadata import metadata_in, requires_python_in
from shipwheel.project.facts import Project
from shipwheel.project.names import normalize
from shipwheel.project.pyproject import read_toml, table
from shipwheel.project.read import read_project
from shipwheel.project.tree import Tree

_PASSED_BY = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist"})
_ENVIRONMENT = "pyvenv.cfg"  # what a virtual environment's folder holds
_MOST = 20_000  # packages of a folder
_PYPROJECT = "pyproject.toml"


class Settled(msgspec.Struct, frozen=True):
    """The packages of folders, and what is worth knowing of how they were read."""

    house: House
    notes: tuple[str, ...]


def read_folders(folders: Iterable[Path]) -> Settled:
    """Read the packages below folders; of a name that lies there twice the newest counts.

    Raises ConfigurationError where there is none, or one whose pyproject.toml cannot be read.
    """
    found: dict[str, Resident] = {}
    notes: list[str] = []
    for folder in folders:
        before = len(found)
        for resident in (*_projects(folder), *_distributions(folder)):
            other = found.get(resident.name)
            if other is None or _is_newer(resident, other):
                found[resident.name] = resident
            if other is not None:
                lost = other if found[resident.name] is resident else resident
                notes.append(
                    f"{lost.origin}: {lost.name} {lost.version} lies here twice, and is left out"
                )
        if len(found) == before:
            raise ConfigurationError(
                "there is no package below the folder",
                where=str(folder),
                hint=f"name a folder with a {_PYPROJECT} a package, or with wheels and sdists",
            )
    unknown = [each.name for each in found.values() if not each.version]
    if unknown:
        notes.append(
            f"only a build tells the version of {', '.join(unknown)}: what others ask of it does not count"
        )
    return Settled(House(dict(sorted(found.items()))), tuple(notes))


def resident_of(project: Project, origin: str = "") -> Resident:
    """Give a project as a resident; `origin` is its pyproject.toml among many."""
    groups = {f"group {name}": each for name, each in project.groups.value.items()}
    where = f"{origin}: " if origin else ""
    return Resident(
        name=normalize(project.name.value),
        version=_known(project.version.value),
        origin=origin or project.dependencies.origin,
        requires=project.dependencies.value,
        parts={**project.extras.value, **groups},
        origins={
            **{name: f"{where}the extra {name}" for name in project.extras.value},
            **{name: f"{where}the {name}" for name in groups},
        },
        requires_python=project.requires_python.value or "",
    )


def _projects(folder: Path) -> Iterator[Resident]:
    for place in sorted(_places(folder)):
        project = read_project(place, ask=False)
        if not project.name.weak:
            path = (place / _PYPROJECT).relative_to(folder).as_posix()
            yield resident_of(project, path)


def _places(folder: Path) -> Iterator[Path]:
    count = 0
    for name, folders, files in os.walk(folder):
        folders[:] = [
            each
            for each in folders
            if not each.startswith(".")
            and each not in _PASSED_BY
            and not (Path(name) / each / _ENVIRONMENT).is_file()
        ]
        if _PYPROJECT in files and _is_project(Path(name)):
            count += 1
            yield Path(name)
        if count > _MOST:
            raise ConfigurationError(
                f"there are more than {_MOST:,} packages below the folder",
                where=str(folder),
                hint="name the folders that are to be looked at together",
            )


def _is_project(place: Path) -> bool:
    """Say whether a pyproject.toml is a package's; others hold the settings of tools, or name a workspace."""
    tables = read_toml(Tree(place), _PYPROJECT) or {}
    return "project" in tables or "build-system" in tables or bool(table(tables, "tool", "poetry"))


def _distributions(folder: Path) -> Iterator[Resident]:
    for path in sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")])[:_MOST]:
        try:
            if path.suffix == ".whl":
                name, version, *_rest = parse_wheel_filename(path.name)
            else:
                name, version = parse_sdist_filename(path.name)
        except (InvalidVersion, ValueError):
            continue  # no distribution, or one from before the standards
        data = metadata_in(path)
        if data is None:
            raise ConfigurationError(
                "its metadata cannot be read", where=str(path), hint="take it out, or build it anew"
            )
        required = read_required(data)
        plain, parts = split_extras(required.requires, required.extras)
        yield Resident(
            name=normalize(name),
            version=str(version),
            origin=path.name,
            requires=plain,
            parts=parts,
            requires_python=requires_python_in(data) or "",
        )


def split_extras(
    requires: Iterable[str], extras: Iterable[str]
) -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """Tell a distribution's requirements from those of its extras, which are judged by their names alone."""
    plain: list[str] = []
    parts: dict[str, list[str]] = {each: [] for each in extras}
    here = {key: str(value) for key, value in default_environment().items()}
    for text in requires:
        try:
            parsed = Requirement(text)
        except InvalidRequirement:
            plain.append(text)  # told where it is asked about
            continue
        if parsed.marker is None or "extra" not in str(parsed.marker):
            plain.append(text)
            continue
        marker, parsed.marker = parsed.marker, None
        for extra, every in parts.items():
            if marker.evaluate({**here, "extra": extra}):
                every.append(str(parsed))
    return tuple(plain), {name: tuple(each) for name, each in parts.items()}


def _is_newer(one: Resident, other: Resident) -> bool:
    if not one.version or not other.version:
        return bool(one.version)
    return Version(one.version) > Version(other.version)


def _known(version: str | None) -> str:
    try:
        return str(Version(version or ""))
    except InvalidVersion:
        return ""
