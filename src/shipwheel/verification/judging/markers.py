"""Environment markers: whether there is any environment in which one holds (PEP 508).

A marker that never holds drops a dependency without a word. Tried are all that packaging has values for;
what a marker compares with machines, releases and implementations that nobody can list is taken as
possible.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

_VALUE = re.compile(r"""['"]([^'"]*)['"]""")
_VERSION = re.compile(r"[23]\.\d+(\.\d+)*")
_WORD = re.compile(r"[a-z_]+(?:\.[a-z_]+)?")
# sys.platform, platform.system(), os.name of one system each
_SYSTEMS = (
    ("linux", "Linux", "posix"),
    ("linux2", "Linux", "posix"),
    ("darwin", "Darwin", "posix"),
    ("win32", "Windows", "nt"),
    ("cygwin", "CYGWIN_NT-10.0", "posix"),
    ("emscripten", "Emscripten", "posix"),
    ("wasi", "", "posix"),
    ("ios", "iOS", "posix"),
    ("android", "Android", "posix"),
    ("freebsd14", "FreeBSD", "posix"),
    ("openbsd7", "OpenBSD", "posix"),
    ("netbsd10", "NetBSD", "posix"),
    ("sunos5", "SunOS", "posix"),
    ("aix", "AIX", "posix"),
    ("java", "Java", "java"),
)
# sys.platform carries a version on these
_VERSIONED = re.compile(r"(freebsd|openbsd|netbsd|dragonfly|sunos|aix|hp-ux|gnu|haiku|java)\d*.*")
_IMPLEMENTATIONS = (("cpython", "CPython"), ("pypy", "PyPy"), ("graalpy", "GraalVM"))
_PYTHONS = tuple(
    [(f"2.{minor}", f"2.{minor}.18") for minor in (6, 7)]
    + [(f"3.{minor}", f"3.{minor}.{micro}") for minor in range(3, 31) for micro in (0, 1, 12)]
)
_MOST = 60_000  # environments of one marker


def holds_somewhere(text: str) -> bool:
    """Say whether a marker holds in some environment; what cannot be evaluated is taken to hold."""
    return _holds(text)


@lru_cache(maxsize=4096)  # the same markers stand in every wheel of a release
def _holds(text: str) -> bool:
    try:
        marker = Marker(text)
        return any(marker.evaluate(each) for each in itertools.islice(_environments(text), _MOST))
    except (ValueError, UndefinedComparison, UndefinedEnvironmentName, RecursionError):
        return True


def _environments(text: str) -> Iterator[dict[str, str]]:
    """Give environments that differ in what the marker asks for, and in nothing else."""
    words, values = set(_WORD.findall(text)), _VALUE.findall(text)
    pythons = _PYTHONS if words & {"python_version", "python_full_version"} else _PYTHONS[-1:]
    systems = _SYSTEMS if words & {"sys_platform", "platform_system", "os_name"} else _SYSTEMS[:1]
    named = tuple((v, "Linux", "posix") for v in values if _VERSIONED.fullmatch(v))
    known = {"platform_python_implementation", "implementation_name"}
    implementations = _IMPLEMENTATIONS if words & known else _IMPLEMENTATIONS[:1]
    others = {"platform_machine", "platform_release", "platform_version", "implementation_version"}
    free = ("", *values) if words & others else ("",)
    extras = ("", *values) if "extra" in words else ("",)
    exact = tuple((".".join(v.split(".")[:2]), v) for v in values if _VERSION.fullmatch(v))
    for (short, full), (platform, system, os_name), (name, long), other, extra in itertools.product(
        (*pythons, *exact), (*systems, *named), implementations, free, extras
    ):
        yield {
            "python_version": short,
            "python_full_version": full,
            "sys_platform": platform,
            "platform_system": system,
            "os_name": os_name,
            "implementation_name": name,
            "platform_python_implementation": long,
            "implementation_version": other or full,
            "platform_machine": other,
            "platform_release": other,
            "platform_version": other,
            "extra": extra,
        }
