"""Two locks compared by what environments install from them, however their markers are written."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from shipwheel.data.catalog import load_catalog
from shipwheel.deps.lock.answer import Change
from shipwheel.project.pylock import LockedPackage, Pylock

Values = Mapping[str, str]

# sys_platform, platform_system, os_name, platform_machine: where wheels are commonly made for
_SYSTEMS = (
    ("linux", "Linux", "posix", "x86_64"),
    ("linux", "Linux", "posix", "aarch64"),
    ("darwin", "Darwin", "posix", "x86_64"),
    ("darwin", "Darwin", "posix", "arm64"),
    ("win32", "Windows", "nt", "AMD64"),
    ("win32", "Windows", "nt", "ARM64"),
    ("emscripten", "Emscripten", "posix", "wasm32"),
)


def changes(before: Pylock, after: Pylock) -> tuple[Change, ...]:
    """Give the packages of which an environment of `after`'s Pythons installs something else, by name.

    So are those of which a file has another hash in both: an index gives a file's name once.
    """
    old, new = _taken(before, after), _taken(after, after)
    rehashed = _rehashed(before, after)
    return tuple(
        Change(
            package=name,
            before=_versions(old.get(name, {})),
            after=_versions(new.get(name, {})),
            rehashed=name in rehashed,
        )
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name) or name in rehashed
    )


def _rehashed(before: Pylock, after: Pylock) -> frozenset[str]:
    """Name the packages of which the locks have one file with two hashes of a kind."""
    known = {each: value for _name, each, value in _hashes(before)}
    return frozenset(
        name for name, each, value in _hashes(after) if known.get(each, value) != value
    )


def _hashes(lock: Pylock) -> Iterator[tuple[str, tuple[str, str], str]]:
    """Give each hash with its package, and its file's name and kind."""
    for package in lock.packages:
        for file in package.files:
            for kind, value in file.hashes.items():
                yield package.name, (file.filename, kind), value.lower()


@functools.lru_cache(maxsize=16)
def environments(requires_python: str) -> tuple[Values, ...]:
    """Give marker values of the environments that a lock is compared in."""
    releases = dict.fromkeys(each.version for each in load_catalog().pythons)
    made = (
        _values(release, system, implementation)
        for release in releases
        for system in _SYSTEMS
        for implementation in ("cpython", "pypy")
    )
    only = Pylock(packages=(), requires_python=requires_python)
    return tuple(each for each in made if only.serves(each["python_full_version"]))


def _values(release: str, system: tuple[str, str, str, str], implementation: str) -> Values:
    platform, name, os_name, machine = system
    full = f"{release}.9"
    return {
        "python_version": release,
        "python_full_version": full,
        "implementation_version": full,
        "implementation_name": implementation,
        "platform_python_implementation": "CPython" if implementation == "cpython" else "PyPy",
        "sys_platform": platform,
        "platform_system": name,
        "os_name": os_name,
        "platform_machine": machine,
        "platform_release": "",
        "platform_version": "",
    }


def _taken(lock: Pylock, like: Pylock) -> dict[str, dict[int, str]]:
    """Give each package's version by the environment, as a number, that takes it."""
    groups = frozenset(lock.default_groups)
    everywhere = environments(like.requires_python)
    holds: dict[str, tuple[int, ...]] = {}
    found: dict[str, dict[int, str]] = {}
    for each in lock.packages:
        if each.marker not in holds:
            holds[each.marker] = tuple(_where(each, everywhere, groups))
        for place in holds[each.marker]:
            found.setdefault(each.name, {})[place] = each.version
    return found


def _where(
    package: LockedPackage, everywhere: tuple[Values, ...], groups: frozenset[str]
) -> Iterator[int]:
    return (place for place, each in enumerate(everywhere) if package.applies(each, groups))


def _versions(taken: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(taken.values()))
