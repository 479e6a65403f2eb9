"""Which DLLs every Windows has, and which each Python brings: delvewheel's lists, read as data."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import Any

from packaging.tags import Tag

# Windows' own since 10 (the system's DirectX, GDI+ and ICU), which delvewheel's lists lack
_LATER = {"d3d12.dll", "d3dcompiler_47.dll", "gdiplus.dll", "icu.dll", "icuuc.dll", "icuin.dll"}
_MACHINES = {"amd64": "AMD64", "win32": "I386", "arm64": "ARM64"}


@cache
def _lists() -> Any:
    """Give delvewheel's module of lists, None where it is not installed or has another form."""
    try:
        known = importlib.import_module("delvewheel._dll_list")
    except ImportError:
        return None
    parts = (
        "MachineType",
        "ignore_names",
        "ignore_regexes",
        "ignore_by_abi_platform",
        "ignore_abi3",
    )
    return known if all(hasattr(known, part) for part in (*parts, "vc_redist")) else None


def knows_windows() -> bool:
    """Say whether the lists are here."""
    return _lists() is not None


def is_there(library: str, machine: str, tag: Tag) -> bool:
    """Say whether a DLL (lower case) is on every Windows of a machine, or with the Pythons of a tag."""
    known = _lists()
    if known is None:
        return True
    kind = getattr(known.MachineType, _MACHINES.get(machine, ""), None)
    if library in known.ignore_names.get(kind, ()):
        return True
    if library in _LATER:
        return True
    if any(pattern.fullmatch(library) for pattern in known.ignore_regexes):
        return True
    return library in _of_python(tag)


@cache
def _of_python(tag: Tag) -> frozenset[str]:
    """Give the DLLs that the Pythons of a tag bring; where it names none, those that all bring."""
    known = _lists()
    stable = tag.abi in {"abi3", "abi3t"}
    tables = known.ignore_abi3 if stable else known.ignore_by_abi_platform
    name = tag.interpreter if stable else tag.abi
    if tag.abi == "none" or (stable and tag.platform == "win_arm64"):
        name = "cp312"  # there is no Python for Windows on arm64 that is older than 3.11
    key = f"{name}-{tag.platform}"
    return frozenset(
        library
        for pattern, libraries in tables.items()
        if re.fullmatch(pattern, key)
        for library in libraries
    )


def is_runtime(library: str) -> bool:
    """Say whether a DLL is of Microsoft's C and C++ runtimes, which are often but not always there."""
    known = _lists()
    return known is not None and known.vc_redist.fullmatch(library) is not None
