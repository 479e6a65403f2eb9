"""Wheels of one version held against each other: which of their Python files differ."""

from __future__ import annotations

import hashlib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from shipwheel.dists.bounds import MOST_TEXT
from shipwheel.dists.modules import site_path
from shipwheel.verification.facts import Distribution, Diverging, SetFacts, WheelFacts
from shipwheel.verification.reading.archives import BROKEN

_MOST = 200  # files that are read again; two commits seldom differ in more
_GRAFTED = b"delvewheel"  # it writes the names of the libraries into __init__.py
Group = tuple[str, str, str]


def set_facts(distributions: tuple[Distribution, ...]) -> SetFacts:
    """Give the facts of the set. Files whose hashes differ are read again, at most 200 of them."""
    found: list[Diverging] = []
    for wheels in groups(distributions).values():
        found.extend(_diverging(wheels))
    return SetFacts(distributions, tuple(found))


def groups(distributions: Iterable[Distribution]) -> Mapping[Group, list[WheelFacts]]:
    """Give the wheels of each name, version and system that are for a platform."""
    found: dict[Group, list[WheelFacts]] = defaultdict(list)
    for each in distributions:
        wheel = each.wheel
        if wheel is not None and wheel.file.name and not wheel.pure_tags:
            found[wheel.file.name, wheel.file.version, system_of(wheel)].append(wheel)
    return found


def system_of(wheel: WheelFacts) -> str:
    """Give the system that a wheel is for: `linux`, `macosx`, `win` and so on."""
    platform = min((tag.platform for tag in wheel.file.tags), default="")
    first = platform.partition("_")[0].rstrip("0123456789")
    return "linux" if first in {"manylinux", "musllinux"} else first


def _diverging(wheels: list[WheelFacts]) -> Iterator[Diverging]:
    if len(wheels) < 2:
        return
    by_path: dict[str, dict[str, list[WheelFacts]]] = defaultdict(lambda: defaultdict(list))
    for wheel in wheels:
        for member in wheel.payload:
            path = site_path(member.name)
            if path.endswith(".py") and member.sha256 and member.size <= MOST_TEXT:
                by_path[path][member.sha256].append(wheel)
    differing = [(path, forms) for path, forms in sorted(by_path.items()) if len(forms) > 1]
    for path, forms in differing[:_MOST]:
        read = _read_forms(path, list(forms.values()))
        if len(read) > 1:
            yield Diverging(path, tuple(sorted(read, key=len, reverse=True)))


def _read_forms(path: str, forms: list[list[WheelFacts]]) -> list[tuple[str, ...]]:
    """Give the filenames of each form of a file once line endings are one."""
    found: dict[str, list[str]] = defaultdict(list)
    for wheels in forms:
        text = _text(wheels[0], path)
        if text is None or _GRAFTED in text:
            continue
        digest = hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()
        found[digest].extend(wheel.file.filename for wheel in wheels)
    return [tuple(sorted(names)) for names in found.values()]


def _text(wheel: WheelFacts, path: str) -> bytes | None:
    name = next((m.name for m in wheel.payload if site_path(m.name) == path), "")
    try:
        with zipfile.ZipFile(wheel.file.path) as archive:
            return archive.read(name)
    except (*BROKEN, KeyError):  # told by archive-readable
        return None
