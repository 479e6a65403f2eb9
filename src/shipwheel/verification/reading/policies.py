"""What a manylinux or musllinux tag allows a compiled file to need: auditwheel's own policies, read as data.

They are JSON beside auditwheel's modules, none of which is imported for it: so they are the same on every
system, and reading them takes a millisecond.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shipwheel.dists.binaries.binary import Slice
from shipwheel.verification.reading.platforms import PlatformTag

_FILES = {"glibc": "manylinux-policy.json", "musl": "musllinux-policy.json"}
_NAME = re.compile(r"(?:many|musl)linux_(\d+)_(\d+)")
# musl's libc under the name that a linker writes for it, by machine (as `ldd` of musl names itself)
_MUSL_MACHINES = {"i686": "x86", "armv7l": "armv7"}
_LOADERS = ("ld-linux", "ld64.so.")
NOT_WITHOUT = "no policies of auditwheel's here"


@dataclass(frozen=True, slots=True)
class Policy:
    """What one tag allows on one machine.

    `version` is the C library's. `versions`: symbol versions by prefix (`GLIBC` -> `2.17`, …); a prefix
    that is not there is not judged. `libraries` may be needed from the system. `forbidden`: symbols by
    the library that has them only in later versions.
    """

    name: str
    version: tuple[int, int]
    versions: Mapping[str, frozenset[str]]
    libraries: frozenset[str]
    forbidden: Mapping[str, frozenset[str]]


@cache
def policies(libc: str, machine: str) -> tuple[Policy, ...]:
    """Give the policies of a C library (`glibc`, `musl`) on a machine, the oldest first.

    Empty where auditwheel is not installed, or knows nothing of the machine.
    """
    found = [
        _policy(row, libc, machine) for row in _rows(libc) if machine in row["symbol_versions"]
    ]
    return tuple(sorted(found, key=lambda policy: policy.version))


def policy_for(tag: PlatformTag) -> Policy | None:
    """Give what a tag allows; of a version between two that are known, the later's without its glibc.

    A tag newer than all that are known allows every version. None where nothing is known.
    """
    known = policies(tag.libc, *tag.machines) if tag.libc else ()
    wanted = (tag.version[0], tag.version[1]) if tag.libc else (0, 0)
    for policy in known:
        if policy.version == wanted:
            return policy
        if policy.version > wanted:
            return _limited(policy, wanted)
    return dataclasses.replace(known[-1], version=wanted, versions={}) if known else None


def is_loader(library: str) -> bool:
    """Say whether a library is glibc's loader, which is always there."""
    return library.startswith(_LOADERS)


def unmet_versions(policy: Policy, slice_: Slice) -> Iterator[str]:
    """Give each versioned symbol that a tag does not promise, as `GLIBC_2.34 of libc.so.6`."""
    for library, versions in slice_.versions:
        if not is_loader(library):
            for version in versions:
                prefix, _, number = version.partition("_")
                if prefix in policy.versions and number not in policy.versions[prefix]:
                    yield f"{version} of {library}"


def forbidden_symbols(policy: Policy, slice_: Slice) -> tuple[str, ...]:
    """Give the symbols that libraries of the tag's age do not have though it may need the libraries."""
    strong = slice_.imports - slice_.weak
    found: set[str] = set()
    for library, symbols in policy.forbidden.items():
        if library in slice_.needs:
            found |= symbols & strong
    return tuple(sorted(found))


@cache
def watched_symbols() -> frozenset[bytes]:
    """Give the symbols that some policy forbids: the reader of binaries is to keep them."""
    rows = [row for libc in _FILES for row in _rows(libc)]
    lists = (symbols for row in rows for symbols in row["blacklist"].values())
    return frozenset(symbol.encode() for symbols in lists for symbol in symbols)


@cache
def _rows(libc: str) -> tuple[dict[str, Any], ...]:
    spec = importlib.util.find_spec("auditwheel")  # finds it without running it
    if spec is None or spec.origin is None:
        return ()
    path = Path(spec.origin).parent / "policy" / _FILES[libc]
    if not path.is_file():
        return ()
    rows = json.loads(path.read_text("utf-8"))
    return tuple(row for row in rows if _NAME.fullmatch(row["name"]))


def _policy(row: dict[str, Any], libc: str, machine: str) -> Policy:
    match = _NAME.fullmatch(row["name"])
    assert match is not None  # _rows has seen to it
    libraries = frozenset(row["lib_whitelist"])
    if libc == "musl":
        own = f"libc.musl-{_MUSL_MACHINES.get(machine, machine)}.so.1"
        libraries |= {
            own
        }  # beside `libc.so`, as cross compilers write it: musl's loader takes both for itself
    versions = row["symbol_versions"][machine]
    return Policy(
        name=f"{row['name']}_{machine}",
        version=(int(match[1]), int(match[2])),
        versions={prefix: frozenset(numbers) for prefix, numbers in versions.items()},
        libraries=libraries,
        forbidden={library: frozenset(names) for library, names in row["blacklist"].items()},
    )


def _limited(policy: Policy, wanted: tuple[int, int]) -> Policy:
    glibc = policy.versions.get("GLIBC", frozenset())
    kept = frozenset(n for n in glibc if n[:1].isdigit() and _number(n) <= wanted)
    versions = {**policy.versions, "GLIBC": kept} if glibc else policy.versions
    return dataclasses.replace(policy, version=wanted, versions=versions)


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())
