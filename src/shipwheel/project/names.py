"""Names of projects, requirements and extras, compared as the standards say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_RUNS = re.compile(r"[-_.]+")
_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\]]*)\])?(?P<rest>.*)",
    re.DOTALL,
)


def normalize(name: str) -> str:
    """Give a name as indexes compare it (PEP 503)."""
    return _RUNS.sub("-", name).lower()


def requirement_name(requirement: str) -> str | None:
    """Give the normalized name in a PEP 508 string, None where it has none (a bare URL)."""
    found = _REQUIREMENT.match(requirement)
    if found is None or found["rest"].startswith((":", "/", "+", "\\")):
        return None
    return normalize(found["name"])


def requirement_extras(requirement: str) -> tuple[str, ...]:
    """Give the normalized extras that a PEP 508 string asks for."""
    found = _REQUIREMENT.match(requirement)
    if found is None or not found["extras"]:
        return ()
    return tuple(normalize(each.strip()) for each in found["extras"].split(",") if each.strip())


def requirement_marker(requirement: str) -> str:
    """Give the marker of a PEP 508 string, empty where it has none."""
    _, separator, marker = requirement.partition(" ;" if " @ " in requirement else ";")
    return marker.strip() if separator else ""


def with_marker(requirement: str, marker: str) -> str:
    """Put a further marker to a PEP 508 string."""
    own = requirement_marker(requirement)
    if not marker:
        return requirement
    head = (
        requirement[: requirement.rindex(own)].rstrip().rstrip(";").rstrip() if own else requirement
    )
    both = f"({own}) and ({marker})" if own else marker
    return f"{head.rstrip()} ; {both}"


def names_of(requirements: Iterable[str]) -> set[str]:
    """Give the normalized names in PEP 508 strings."""
    return {name for each in requirements if (name := requirement_name(each))}


def merge(first: Iterable[str], *others: Iterable[str]) -> tuple[str, ...]:
    """Join requirements; of a project that `first` names already, the others' lines are left out."""
    merged = list(dict.fromkeys(first))
    for other in others:
        known = {requirement_name(each) for each in merged}
        merged += [
            each
            for each in dict.fromkeys(other)
            if each not in merged
            and (requirement_name(each) not in known or requirement_name(each) is None)
        ]
    return tuple(merged)


def resolve_extras(
    own_name: str, extras: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Give the extras with references to the project's own extras (`name[other]`) put in place."""
    by_name = {normalize(name): name for name in extras}

    def lines(name: str, seen: frozenset[str]) -> tuple[str, ...]:
        found: list[str] = []
        for requirement in extras[name]:
            if requirement_name(requirement) != normalize(own_name):
                found.append(requirement)
                continue
            marker = requirement_marker(requirement)
            for extra in requirement_extras(requirement):
                inner = by_name.get(extra)
                if inner is not None and inner not in seen:
                    found += [with_marker(each, marker) for each in lines(inner, seen | {inner})]
        return tuple(dict.fromkeys(found))

    return {name: lines(name, frozenset({name})) for name in extras}
