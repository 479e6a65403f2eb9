"""What is audited: the versions of every group, from its lock, or from uv's resolution of today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from packaging.version import InvalidVersion, Version

from shipwheel.deps.audit.answer import Place
from shipwheel.deps.audit.synthetic import Pin
from shipwheel.errors import ConfigurationError
from shipwheel.project.names import normalize
from shipwheel.project.pylock import LockedPackage, locks_of, read_pylock

_NAME_LINE = re.compile(r"""\s*name\s*=\s*["'](?P<name>[^"']+)["']""")
_INLINE = re.compile(r"""[{,]\s*name\s*=\s*["'](?P<name>[^"']+)["']""")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A group and its versions: `group` is empty for what is needed at run time.

    `requirements` (PEP 508) are what the project declares for it, None where it declares no such group.
    `requires_python` is a specifier. `lock` is relative to the project, empty where uv resolved it now.
    """

    group: str
    requirements: tuple[str, ...] | None
    requires_python: str = ""
    lock: str = ""
    places: dict[Pin, Place] = {}
    set_aside: tuple[str, ...] = ()


def locked_scopes(
    root: Path, declared: Mapping[str, tuple[str, ...]], requires_python: str
) -> tuple[Scope, ...]:
    """Give a scope a lock in `root`; raises ConfigurationError for one that cannot be read."""
    return tuple(
        _locked(path, group, declared.get(group), requires_python)
        for group, path in locks_of(root).items()
    )


def _locked(
    path: Path, group: str, requirements: tuple[str, ...] | None, requires_python: str
) -> Scope:
    lock = read_pylock(path)
    lines = _lines(path)
    places: dict[Pin, Place] = {}
    aside: list[str] = []
    seen: dict[str, int] = {}
    for package in lock.packages:
        number = seen[package.name] = seen.get(package.name, 0) + 1
        pin = None if package.elsewhere else _pin(package)
        if pin is None:
            aside.append(package.name)
            continue
        known = lines.get(package.name, ())
        line = known[min(number, len(known)) - 1] if known else 1
        places.setdefault(pin, Place(group=group, lock=path.name, line=line))
    return Scope(
        group=group,
        requirements=requirements,
        requires_python=lock.requires_python or requires_python,
        lock=path.name,
        places=places,
        set_aside=tuple(dict.fromkeys(aside)),
    )


def resolved_scope(scope: Scope, pins: Iterable[Pin]) -> Scope:
    """Give a scope without a lock its versions."""
    places = {pin: Place(group=scope.group) for pin in pins}
    return msgspec.structs.replace(scope, places=places)


def _pin(package: LockedPackage) -> Pin | None:
    """Give an entry's version as advisories know it: public, without a local part (PEP 440)."""
    try:
        return Pin(package.name, Version(package.version).public)
    except InvalidVersion:
        return None


def _lines(path: Path) -> dict[str, tuple[int, ...]]:
    """Give the lines on which packages' entries begin, by normalized name: where a person looks.

    Read from the text, for a parser of TOML keeps no lines: an entry's name stands on a line of its own,
    or in an inline table.
    """
    found: dict[str, list[int]] = {}
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path.name} cannot be read",
            where=str(path),
            evidence=str(error),
            hint="`shipwheel deps lock` writes it anew",
        ) from error
    for number, line in enumerate(text.splitlines(), 1):
        match = _NAME_LINE.match(line) or _INLINE.search(line)
        if match:
            found.setdefault(normalize(match["name"]), []).append(number)
    return {name: tuple(numbers) for name, numbers in found.items()}
