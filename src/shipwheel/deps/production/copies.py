"""Libraries that an install holds more than once: vendored in packages, or compiled into several wheels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name

from shipwheel.deps.production.weighing import names
from shipwheel.verification.dependencies import Installed

_VERSION = re.compile(
    rb"""^\s*(?:__version__|version|VERSION)\s*(?::[^=\n]{0,40})?=\s*['"]([0-9][^'"\s]{0,40})['"]""",
    re.MULTILINE,
)
_READ = 1 << 16  # bytes of a module in which its version is looked for
_INFO = re.compile(r"([A-Za-z0-9._-]+?)-([0-9][^/-]*)\.dist-info")
# auditwheel puts a library into NAME.libs, or .libs, with eight digits of its hash; delvewheel likewise
_LIBRARY = re.compile(r"(?:[^/]+\.libs|[^/]+/\.dylibs)/(?P<name>[^/]+?)-[0-9a-f]{8,}[.\w-]*")


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One copy of a library: in whose distribution, where (below site-packages), and which version.

    `where` is empty for the distribution itself; `version` where nothing tells it. `size` is in bytes, of
    a compiled library's file.
    """

    owner: str
    where: str = ""
    version: str = ""
    size: int = 0


def vendored(installed: Mapping[str, Installed], site: Path) -> dict[str, tuple[Copy, ...]]:
    """Give each library of which there is more than one copy, vendored ones and the one that is installed."""
    found: dict[str, list[Copy]] = {}
    for name, each in installed.items():
        for library, copy in _vendored_in(name, each, site):
            found.setdefault(library, []).append(copy)
    for name, copies in found.items():
        if name in installed:
            copies.insert(0, Copy(owner=name, version=installed[name].version))
    return {name: tuple(copies) for name, copies in sorted(found.items()) if len(copies) > 1}


def compiled(installed: Mapping[str, Installed], site: Path) -> dict[str, tuple[Copy, ...]]:
    """Give each compiled library that the wheels of several distributions carry."""
    found: dict[str, list[Copy]] = {}
    for name, each in installed.items():
        for path in each.files:
            match = _LIBRARY.fullmatch(path)
            if match and ".." not in path:
                copy = Copy(owner=name, where=path, size=_size(site / path))
                found.setdefault(match["name"], []).append(copy)
    return {
        name: tuple(copies)
        for name, copies in sorted(found.items())
        if len({copy.owner for copy in copies}) > 1
    }


def _vendored_in(name: str, each: Installed, site: Path) -> Iterator[tuple[str, Copy]]:
    """Give the libraries below a package's folder of them; one that stands in two such folders comes twice."""
    places: dict[tuple[str, str], str] = {}
    versions: dict[tuple[str, str], str] = {}
    for path in each.files:
        parts = path.split("/")
        at = next((at for at, part in enumerate(parts[:-1]) if at and part in _folders()), None)
        if at is None or ".." in parts:
            continue
        folder, entry = "/".join(parts[: at + 1]), parts[at + 1]
        info = _INFO.fullmatch(entry)
        if info:
            versions[folder, canonicalize_name(info[1])] = info[2]
        elif path.endswith(".py") and (len(parts) > at + 2 or entry != "__init__.py"):
            library = entry.removesuffix(".py")
            if library.isidentifier():
                places.setdefault((folder, canonicalize_name(library)), f"{folder}/{entry}")
    for (folder, library), where in places.items():
        version = versions.get((folder, library)) or _version(site / where)
        yield library, Copy(owner=name, where=where, version=version)


def _folders() -> frozenset[str]:
    return frozenset(names().vendored)


def _version(path: Path) -> str:
    """Give the version that a module says of itself, nothing where it says none."""
    inside = ("__init__.py", "_version.py", "version.py", "__about__.py")
    for file in [path] if path.suffix == ".py" else [path / each for each in inside]:
        try:
            with file.open("rb") as opened:
                match = _VERSION.search(opened.read(_READ))
        except OSError:
            continue
        if match:
            return match[1].decode("ascii", "replace")
    return ""


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
