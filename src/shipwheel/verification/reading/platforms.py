"""What a wheel's platform tag promises: system, C library, version and machines (PEP 425, 600, 656, 730, 738)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_LEGACY: dict[str, tuple[int, ...]] = {
    "manylinux1": (2, 5),
    "manylinux2010": (2, 12),
    "manylinux2014": (2, 17),
}
_LINUX = re.compile(r"(?P<kind>manylinux|musllinux)_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)")
_OLD_LINUX = re.compile(r"(?P<kind>manylinux1|manylinux2010|manylinux2014|linux)_(?P<machine>\w+)")
_MACOS = re.compile(r"macosx_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)")
_ANDROID = re.compile(r"android_(?P<major>\d+)_(?P<machine>\w+)")
_IOS = re.compile(
    r"ios_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+?)_(?:iphoneos|iphonesimulator)"
)
_WEB = re.compile(r"(?:emscripten|pyodide|pyemscripten|wasi)_\w+")
# systems that have wheels of their own making, of which nothing more is known here
_OTHER = re.compile(
    r"(?:freebsd|openbsd|netbsd|dragonfly|solaris|sunos|aix|cygwin|mingw|msys|haiku|gnu|zos)\w*"
)
_LINUX_MACHINES = frozenset(
    [
        "x86_64",
        "i686",
        "aarch64",
        "armv7l",
        "armv6l",
        "armv8l",
        "ppc64le",
        "ppc64",
        "s390x",
        "riscv64",
        "loongarch64",
        "mips64",
    ]
)
_MAC_MACHINES = {
    "x86_64": {"x86_64"},
    "arm64": {"arm64"},
    "universal2": {"x86_64", "arm64"},
    "intel": {"i386", "x86_64"},
    "i386": {"i386"},
    "ppc": {"ppc"},
    "ppc64": {"ppc64"},
    "fat": {"i386", "ppc"},
    "fat32": {"i386", "ppc"},
    "fat3": {"i386", "ppc", "x86_64"},
    "fat64": {"x86_64", "ppc64"},
    "universal": {"i386", "ppc", "x86_64", "ppc64"},
}
_WINDOWS = {"win32": "win32", "win_amd64": "amd64", "win_arm64": "arm64", "win_arm32": "armv7"}
_ANDROID_MACHINES = {
    "arm64_v8a": "aarch64",
    "x86_64": "x86_64",
    "armeabi_v7a": "armv7l",
    "x86": "i686",
}


@dataclass(frozen=True, slots=True)
class PlatformTag:
    """A platform tag understood. `os` is `any`, `linux`, `macos`, `windows`, `android`, `ios`, `web` or `other`.

    `libc` is `glibc` or `musl` where the tag names one. `version` is the oldest of that C library, of
    macOS, iOS or Android's API that the wheel promises to run on. `machines` are as `Slice.architecture`.
    """

    text: str
    os: str
    machines: frozenset[str] = frozenset()
    version: tuple[int, ...] = ()
    libc: str = ""


@cache
def read_platform(tag: str) -> PlatformTag | None:
    """Understand a platform tag; None for one that no installer accepts anywhere."""
    if tag == "any":
        return PlatformTag(tag, "any")
    if tag in _WINDOWS:
        return PlatformTag(tag, "windows", frozenset({_WINDOWS[tag]}))
    for reader in (_linux, _macos, _phone):
        found = reader(tag)
        if found is not None:
            return found
    if _WEB.fullmatch(tag):
        return PlatformTag(tag, "web")
    return PlatformTag(tag, "other") if _OTHER.fullmatch(tag) else None


def _linux(tag: str) -> PlatformTag | None:
    match = _LINUX.fullmatch(tag) or _OLD_LINUX.fullmatch(tag)
    if match is None or match["machine"] not in _LINUX_MACHINES:
        return None
    kind, named = match["kind"], match.groupdict()
    version: tuple[int, ...] = _LEGACY.get(kind, ())
    if "major" in named:
        version = (int(named["major"]), int(named["minor"]))
    libc = "" if kind == "linux" else "musl" if kind == "musllinux" else "glibc"
    return PlatformTag(tag, "linux", frozenset({match["machine"]}), version, libc)


def _macos(tag: str) -> PlatformTag | None:
    match = _MACOS.fullmatch(tag)
    if match is None or match["machine"] not in _MAC_MACHINES:
        return None
    version = (int(match["major"]), int(match["minor"]))
    # since macOS 11 installers look for `_0` alone: a minor version is never asked for
    if version[0] < 10 or (version[0] > 10 and version[1] != 0):
        return None
    if match["machine"] == "arm64" and version[0] < 11:  # no macOS before 11 ran on it
        return None
    return PlatformTag(tag, "macos", frozenset(_MAC_MACHINES[match["machine"]]), version)


def _phone(tag: str) -> PlatformTag | None:
    match = _ANDROID.fullmatch(tag)
    if match and match["machine"] in _ANDROID_MACHINES:
        machine = _ANDROID_MACHINES[match["machine"]]
        return PlatformTag(tag, "android", frozenset({machine}), (int(match["major"]),))
    match = _IOS.fullmatch(tag)
    if match and match["machine"] in {"arm64", "x86_64"}:
        version = (int(match["major"]), int(match["minor"]))
        return PlatformTag(tag, "ios", frozenset({match["machine"]}), version)
    return None


def platforms_of(tags: Iterable[str]) -> tuple[PlatformTag, ...]:
    """Give what is understood of platform tags, each once, sorted by text."""
    known = (read_platform(tag) for tag in sorted(set(tags)))
    return tuple(each for each in known if each is not None)
