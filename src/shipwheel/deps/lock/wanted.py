"""Which locks a project is to have, and the requirements of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from shipwheel.deps.lowest import declared_python, resolvable_python
from shipwheel.project.facts import Project
from shipwheel.project.names import normalize, requirement_name, resolve_extras
from shipwheel.project.pylock import lock_path

_LONGEST = 100  # characters of a lock's name: it is a file's too
# pip-tools' sources by their usual names: requirements.in, requirements-dev.in, dev-requirements.in
_SOURCE = re.compile(
    r"(?:requirements(?:[-_.](?P<after>[^.]+))?|(?P<before>[^.]+)[-_]requirements)\.in"
)
_RUN_TIME = frozenset({"", "base", "main", "prod", "production", "requirements"})


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A lock that there should be: `name` is empty for that of the run time, else a group's or an extra's.

    `requirements` are PEP 508 strings; or `file`, relative to the root, holds them as pip reads it.
    """

    name: str
    origin: str
    requirements: tuple[str, ...] = ()
    file: str = ""

    @property
    def lock(self) -> str:
        """Give the name of its file."""
        return lock_path(Path(), self.name).name


def wanted_locks(
    project: Project, run_time: Sequence[str], siblings: Iterable[str] = ()
) -> tuple[Wanted, ...]:
    """Give the locks of a project: one for the run time, one a dependency group and extra.

    An extra is installed with what the project always needs, so its lock holds that too; a group is
    installed alone, with the extras of the project that it names. A group and an extra of one name share a
    lock. Where the project declares nothing to run with, `requirements.in` and its like say it, and where
    there is none, what pip-tools compiled. `siblings` are packages of the same repository, which no index
    has.
    """
    own = frozenset({normalize(project.name.value), *siblings})
    main = _others(run_time, own)
    found: dict[str, Wanted] = {}
    if main:
        found[""] = Wanted(name="", origin=project.dependencies.origin, requirements=main)
    else:
        found = {each.name: each for each in _sources(Path(project.root))}
    for name, lines in (*_groups(project), *_extras(project, main)):
        wanted = _others(lines, own)
        if wanted and _is_name(name):
            origin = (
                project.groups.origin if name in project.groups.value else project.extras.origin
            )
            before = found.get(normalize(name))
            joined = (*(before.requirements if before else ()), *wanted)
            found[normalize(name)] = Wanted(
                name=normalize(name), origin=origin, requirements=tuple(dict.fromkeys(joined))
            )
    return tuple(found.values())


def compiled_pins(root: Path, wanted: Iterable[Wanted]) -> tuple[Path, ...]:
    """Give the files that pip-tools compiled from the sources: their pins are kept in a first lock."""
    files = (root / each.file for each in wanted if each.file.endswith(".in"))
    return tuple(path for each in files if (path := each.with_suffix(".txt")).is_file())


def lowest_python(requires_python: str | None, pythons: Sequence[str]) -> str:
    """Give the lowest Python that a lock has to serve: `3.9`.

    That of requires-python, but none that is older than what uv resolves for without a warning: the
    oldest that projects are tested on. Without requires-python the lowest of the Plan's.
    """
    declared = declared_python(requires_python)
    if declared:
        return resolvable_python(declared)
    return next(iter(later_pythons("3.0", pythons)), "3.11")


def later_pythons(python: str, pythons: Sequence[str]) -> tuple[str, ...]:
    """Give those of the Plan's Pythons that come after one, the lowest first."""
    plain = {each[0] for each in map(re.compile(r"3\.\d+").match, pythons) if each}
    later = (each for each in plain if _parts(each) > _parts(python))
    return tuple(sorted(later, key=_parts))


def _parts(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))


def _groups(project: Project) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each group's requirements, with those of an extra in place of `demo[extra]`."""
    for name, lines in project.groups.value.items():
        beside = {**project.extras.value, "": lines}
        yield name, resolve_extras(project.name.value, beside)[""]


def _extras(project: Project, main: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, lines in project.extras.value.items():
        if lines:
            yield name, (*main, *lines)


def _others(lines: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    return tuple(each for each in lines if normalize(requirement_name(each) or "") not in own)


def _sources(root: Path) -> Iterator[Wanted]:
    """Give what pip-tools' sources say, by their usual names; else its compiled `requirements.txt`."""
    places = [*sorted(root.glob("*.in")), *sorted((root / "requirements").glob("*.in"))]
    found: dict[str, Wanted] = {}
    for path in places:
        name = _source_name(path)
        if name is not None and name not in found and path.is_file():
            file = path.relative_to(root).as_posix()
            found[name] = Wanted(name=name, origin=file, file=file)
    if not found and (root / "requirements.txt").is_file():
        found[""] = Wanted(name="", origin="requirements.txt", file="requirements.txt")
    yield from (found[name] for name in sorted(found))


def _source_name(path: Path) -> str | None:
    name = path.stem if path.parent.name == "requirements" else None
    if name is None:
        match = _SOURCE.fullmatch(path.name)
        if match is None:
            return None
        name = match["after"] or match["before"] or ""
    if name in _RUN_TIME:
        return ""
    return normalize(name) if _is_name(name) else None


def _is_name(name: str) -> bool:
    """Say whether a lock can be named so: PEP 751 allows no dot, and a file's name is bounded."""
    return bool(re.fullmatch(r"[a-z0-9-]+", normalize(name))) and len(name) <= _LONGEST
