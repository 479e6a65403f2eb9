"""Who brings what is imported: dotted names against the files of an environment's distributions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from shipwheel.verification.dependencies import Installed, applies, parsed
from shipwheel.verification.facts import InstallFacts
from shipwheel.verification.judging.judgement import is_elsewhere, is_own
from shipwheel.verification.modules import is_test, modules_of

_OF_PLATFORM = re.compile(r"sys_platform|platform_system|os_name|implementation")
Providers = Mapping[str, frozenset[str]]  # a dotted name -> normalized names of distributions


def providers(installed: Mapping[str, Installed]) -> Providers:
    """Give each importable dotted name, packages and namespaces among them, with who brings it."""
    found: dict[str, set[str]] = {}
    for name, each in installed.items():
        for module, _ in modules_of(each.files):
            parts = module.split(".")
            for depth in range(1, len(parts) + 1):
                found.setdefault(".".join(parts[:depth]), set()).add(name)
    return {module: frozenset(names) for module, names in found.items()}


def provider_of(name: str, known: Providers) -> frozenset[str]:
    """Give who brings a dotted name: of a namespace's parts the one that has most of the name."""
    parts = name.split(".")
    names = (".".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    return next((known[each] for each in names if each in known), frozenset())


def declared(facts: InstallFacts) -> frozenset[str]:
    """Give the normalized names that the wheel's metadata requires, for an extra too."""
    metadata = facts.wheel.metadata
    lines = metadata.requires_dist if metadata else ()
    extras = ("", *(metadata.extras if metadata else ()))
    return frozenset(
        canonicalize_name(line.name)
        for line in parsed(lines)
        if any(applies(line, facts.markers, extra) for extra in extras)
    )


def imported(facts: InstallFacts) -> Iterator[tuple[str, str]]:
    """Give each module of the wheel's that users import, with a foreign name that it cannot do without.

    Left out are tests, what belongs to another platform, and names of the standard library.
    """
    paths = {path: name for name, path in facts.wheel.modules}
    for member, source in facts.wheel.sources.items():
        module = paths.get(_below_site(member), "")
        if not module or is_test(module) or is_elsewhere(module, facts.platform):
            continue
        for name in source.imports:
            foreign = name.partition(".")[0] not in facts.stdlib and not is_own(name, facts.wheel)
            if foreign and name not in source.guarded and name.partition(".")[0]:
                yield module, name


def _below_site(member: str) -> str:
    first, _, rest = member.partition("/")
    return rest.partition("/")[2] if first.endswith(".data") else member


def has_others_elsewhere(facts: InstallFacts) -> bool:
    """Say whether the metadata requires something on other platforms, which may bring any module."""
    metadata = facts.wheel.metadata
    return any(
        line.marker is not None
        and _OF_PLATFORM.search(str(line.marker)) is not None
        and not applies(line, facts.markers)
        for line in parsed(metadata.requires_dist if metadata else ())
    )


def names_of_extras(facts: InstallFacts) -> Mapping[str, str]:
    """Give the distributions that extras alone require, with the extra's name."""
    metadata = facts.wheel.metadata
    found: dict[str, str] = {}
    for line in parsed(metadata.requires_dist if metadata else ()):
        for extra in metadata.extras if metadata else ():
            name = canonicalize_name(line.name)
            if applies(line, facts.markers, extra) and not applies(line, facts.markers):
                found.setdefault(name, extra)
    return found
