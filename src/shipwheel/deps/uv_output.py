"""What uv's resolver wrote, read: the resolution, or which packages its refusal names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

import msgspec
from packaging.version import InvalidVersion, Version

from shipwheel.project.names import normalize
from shipwheel.redaction import redact

STAND_IN = "shipwheel"  # the local version of a wheel of ours that stands for a missing one

_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;#]+)[^#]*(?:#\s*via\s+(?P<via>.*))?"
)
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
# where uv's prose names a package: before a version, in a hint, after what asks for it
_NAMED = (
    re.compile(rf"(?:required|found wheels|no wheels) for `({_NAME})`"),
    re.compile(rf"(?<![\w./:-])({_NAME})(?:\[[^\]]*\])?(?:==|>=|<=|!=|~=|<|>)"),
    re.compile(rf"(?:you require|depends on|versions of) ({_NAME})"),
    re.compile(rf"({_NAME})(?:\[[^\]]*\])? (?:has|have) no "),
)
_NO_PACKAGE = frozenset({"python", "and", "all", "which", "that"})
_PINNED = re.compile(rf"(?<![\w./:-])({_NAME})(?:\[[^\]]*\])?==([0-9][^\s,)]*)")
_UNKNOWN = re.compile(rf"({_NAME}) was not found in (?:the|a) ")
_REFUSED = re.compile(r"invalid value '[^']*' for '--python-(?:version|platform)")
_NO_SOLUTION = re.compile(r"No solution found|unsatisfiable")
_LOCKED_OUT = "lack of valid authentication credentials"
_NOT_CACHED = ("network was disabled", "not found in the cache")
_LARGEST = 1 << 20  # characters of a refusal that are read: a stranger's versions can be many


class Resolved(msgspec.Struct, frozen=True):
    """A package of a resolution; `via` are the packages that require it. `missing`: a stand-in was taken."""

    name: str
    version: str
    via: tuple[str, ...] = ()
    missing: bool = False


class Refusal(StrEnum):
    """The kinds of refusals."""

    NO_SOLUTION = "no solution"
    REFUSED = "refused"  # uv does not know the Python or the platform
    FAILED = "failed"  # the index is out of reach, or anything else


def read_resolution(text: str) -> dict[str, Resolved]:
    """Read `uv pip compile --annotation-style line`; lines that are no pins are left out."""
    found: dict[str, Resolved] = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        version, _, local = match["version"].partition(f"+{STAND_IN}")
        name = normalize(match["name"])
        found[name] = Resolved(
            name,
            version,
            tuple(_via(match["via"] or "")),
            version != match["version"] or bool(local),
        )
    return found


def _via(text: str) -> Iterator[str]:
    for each in text.split(","):
        name = each.strip()
        if re.fullmatch(_NAME, name):
            yield normalize(name)


def kind_of(output: str) -> Refusal:
    """Tell the kinds of refusals apart."""
    if _REFUSED.search(output):
        return Refusal.REFUSED
    return Refusal.NO_SOLUTION if _NO_SOLUTION.search(output) else Refusal.FAILED


def is_not_cached(output: str) -> bool:
    """Say whether a refusal without the network is none about versions: uv's cache does not know enough."""
    told = _joined(output)
    return any(each in told for each in _NOT_CACHED)


def wants_password(output: str) -> bool:
    """Say whether a refusal rests on an index that lets us not in: it may have what uv did not find."""
    return _LOCKED_OUT in _joined(output)


def named_packages(output: str) -> tuple[str, ...]:
    """Give all words of a refusal that can be packages, normalized; the index tells which ones are."""
    told = _joined(output)
    words = (word for pattern in _NAMED for word in pattern.findall(told) if not _is_version(word))
    names = (normalize(word) for word in words)
    return tuple(dict.fromkeys(name for name in names if name not in _NO_PACKAGE))


def unknown_packages(output: str) -> tuple[str, ...]:
    """Give the packages of which uv says that no index has them."""
    return tuple(dict.fromkeys(normalize(name) for name in _UNKNOWN.findall(_joined(output))))


def pinned_versions(output: str) -> dict[str, tuple[str, ...]]:
    """Give the exact versions that a refusal names of each package."""
    found: dict[str, list[str]] = {}
    for name, version in _PINNED.findall(_joined(output)):
        found.setdefault(normalize(name), []).append(version.rstrip(".,"))
    return {name: tuple(dict.fromkeys(versions)) for name, versions in found.items()}


def told(output: str) -> str:
    """Give what uv says for a person: its errors and hints without warnings, in one bounded text.

    It is free of credentials: they are blanked before it is cut, for half a URL is not known as one.
    """
    lines = [line.strip() for line in output[:_LARGEST].splitlines() if line.strip()]
    first = next((at for at, line in enumerate(lines) if line.startswith("error:")), 0)
    return redact("\n".join(lines[first : first + 12]))[:2000]


def _is_version(word: str) -> bool:
    try:
        Version(word)
    except InvalidVersion:
        return False
    return True


def _joined(output: str) -> str:
    """Put uv's broken lines together: a sentence goes on in the next one."""
    return re.sub(r"\s+", " ", output[:_LARGEST])
