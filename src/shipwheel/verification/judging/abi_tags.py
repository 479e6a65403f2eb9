"""Which Pythons take a tag, and which load a compiled module by its suffix (PEP 425, PEP 3149, PEP 384, PEP 703)."""

from __future__ import annotations

import re

from packaging.tags import Tag

from shipwheel.verification.reading.platforms import PlatformTag, read_platform

_INTERPRETER = re.compile(r"(?:py|cp|pp|ip|jy|graalpy|gr)\d+")
_CPYTHON = re.compile(r"cp(?P<version>\d{2,4})(?P<flags>t?d?m?u?)")
_PYPY = re.compile(r"pypy(?P<version>\d{2,3})_pp\d+|pypy_\d+")
_GRAAL = re.compile(r"graalpy\w+_native")
_SUFFIX = re.compile(
    r"\.(?:cpython-(?P<unix>\d{2,4})(?P<flags>[tdmu]*)(?:-(?P<triple>.+))?"
    r"|cp(?P<windows>\d{2,4})(?P<wflags>[td]*)-(?P<platform>\w+)"
    r"|(?P<stable>abi3t?))"
)
_FIRST_FREE_THREADED = 313
_FIRST_MUSL_SUFFIX = (3, 11)  # until then a Python on musl wrote `linux-gnu` too
_TRIPLE_MACHINES = {
    "i386": "i686",
    "arm": "armv7l",
    "powerpc64le": "ppc64le",
    "powerpc64": "ppc64",
}


def contradiction(tag: Tag) -> str:
    """Say why no Python takes a tag, empty where one may."""
    if read_platform(tag.platform) is None:
        return f"no installer knows the platform {tag.platform}"
    if not _INTERPRETER.fullmatch(tag.interpreter):
        return f"no installer knows the interpreter {tag.interpreter}"
    return _abi_contradiction(tag.interpreter, tag.abi)


def _abi_contradiction(interpreter: str, abi: str) -> str:
    if abi in {"abi3", "abi3t"}:
        stable = re.fullmatch(r"cp3\d+", interpreter)
        return "" if stable else f"the stable ABI is CPython's alone, not for {interpreter}"
    found = _CPYTHON.fullmatch(abi)
    pypy = _PYPY.fullmatch(abi)
    owner = f"cp{found['version']}" if found else interpreter
    if pypy and pypy["version"]:
        owner = f"pp{pypy['version']}"
    if interpreter != owner:
        return f"no Python is {interpreter} and has the ABI {abi}"
    if found and "t" in found["flags"] and int(found["version"]) < _FIRST_FREE_THREADED:
        return f"there is no free-threaded {interpreter}"
    known = abi == "none" or found or pypy or _GRAAL.fullmatch(abi)
    return "" if known else f"no installer knows the ABI {abi}"


def loads(suffix: str, tag: Tag, platform: PlatformTag | None) -> bool:
    """Say whether the Pythons of a tag look for a module with that suffix (`.cpython-312-darwin`, `.abi3`).

    What is not known to be wrong is taken for right.
    """
    match = _SUFFIX.fullmatch(suffix)
    if match is None:
        return True
    if match["stable"]:
        return _loads_stable(match["stable"], tag, platform)
    version = match["unix"] or match["windows"]
    threaded = "t" in (match["flags"] or match["wflags"] or "")
    if not _for_version(version, tag, threaded=threaded):
        return False
    if platform is None:
        return True
    if match["windows"]:
        return platform.os not in {"linux", "macos"} and match["platform"] == platform.text
    return _for_platform(match["triple"] or "", version, platform)


def _loads_stable(kind: str, tag: Tag, platform: PlatformTag | None) -> bool:
    if platform is not None and platform.os == "windows":
        return False  # Windows' Pythons look for `.pyd` there, with no `.abi3` before it
    flags = _CPYTHON.fullmatch(tag.abi)
    threaded = flags is not None and "t" in flags["flags"]
    if tag.interpreter.startswith("pp"):
        return False
    # a free-threaded Python has no `.abi3.so` in its list, and may have `.abi3t.so` since 3.15
    return kind == "abi3t" if threaded else True


def _for_version(version: str, tag: Tag, *, threaded: bool) -> bool:
    """Say whether the tag is for that one Python and for no other."""
    if tag.interpreter.startswith("py") and not tag.interpreter.startswith("pypy"):
        return False
    if tag.interpreter != f"cp{version}" or tag.abi in {"abi3", "abi3t"}:
        return False
    flags = _CPYTHON.fullmatch(tag.abi)
    return flags is None or ("t" in flags["flags"]) is threaded


def _for_platform(triple: str, version: str, platform: PlatformTag) -> bool:
    if platform.os == "macos" or triple == "darwin":
        return platform.os == "macos" and triple in {"darwin", ""}
    if platform.os != "linux":
        return platform.os != "windows"
    machine, _, system = triple.partition("-linux-")
    if not system:
        return True
    machine = _TRIPLE_MACHINES.get(machine, machine)
    if machine not in platform.machines:
        return False
    release = (int(version[0]), int(version[1:]))
    if platform.libc == "musl":
        return system.startswith("musl") or release < _FIRST_MUSL_SUFFIX
    return not (platform.libc == "glibc" and system.startswith("musl"))
