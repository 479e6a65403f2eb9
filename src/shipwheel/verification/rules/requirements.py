"""Dependencies: each can be met, from an index, by those who ask for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.verification.check import Context, MetadataCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts, SdistFacts, WheelFacts
from shipwheel.verification.judging.markers import holds_somewhere
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_EXTRA = re.compile(r"""\bextra\s*(?:==|in)\s*['"]([^'"]+)['"]|['"]([^'"]+)['"]\s*==\s*extra\b""")


class _DependencyCheck(MetadataCheck):
    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        some = facts.metadata is not None and facts.metadata.requires_dist
        return super().applies(facts, context) or ("" if some else "no dependencies")


def requirements_of(metadata: MetadataFacts | None) -> tuple[Requirement, ...]:
    """Give the dependencies that parse; metadata-fields tells of the others."""
    return _parsed(metadata.requires_dist) if metadata else ()


@lru_cache(maxsize=16)  # every rule of this family asks for them
def _parsed(texts: tuple[str, ...]) -> tuple[Requirement, ...]:
    found = []
    for text in texts:
        try:
            found.append(Requirement(text))
        except (InvalidRequirement, RecursionError):
            continue
    return tuple(found)


def extras_asked(requirement: Requirement) -> frozenset[str]:
    """Give the extras that a dependency's marker names, normalized."""
    found = _EXTRA.findall(str(requirement.marker)) if requirement.marker else []
    return frozenset(canonicalize_name(one or other) for one, other in found)


class DirectUrl(_DependencyCheck):
    """No dependency is a direct URL.

    PyPI refuses the file, and installers do not look there for newer versions.
    """

    id = "dependency-url"
    level = Level.WARNING
    hint = "depend on a released version by name, and keep the URL for development"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        found = requirements_of(facts.metadata)
        direct = [str(each) for each in found if each.url is not None]
        if direct:
            local = [each for each in direct if re.search(r"@\s*file:", each)]
            level = Level.ERROR if context.releasing or local else None
            yield Problem(f"dependencies by URL: {sample(direct)}", level=level)


class LocalDependency(_DependencyCheck):
    """No dependency asks for a local version or for a development release alone.

    `==1.0+g1234` is on no public index (PEP 440), and a development release is not kept.
    """

    id = "dependency-local"
    level = Level.WARNING
    hint = "depend on a released version"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        level = Level.ERROR if context.releasing else None
        for each in requirements_of(facts.metadata):
            pins = [s for s in each.specifier if s.operator in {"==", "==="}]
            odd = [s for s in pins if "+" in s.version or _is_dev(s.version)]
            if odd:
                yield Problem(f"{each}: {odd[0]} is no version of a public index", level=level)


def _is_dev(text: str) -> bool:
    try:
        return Version(text.removesuffix(".*")).is_devrelease
    except InvalidVersion:
        return False


class Unsatisfiable(_DependencyCheck):
    """Some version of each dependency meets all that is asked of it.

    `>=2,<1` installs nowhere, as do two lines that exclude each other.
    """

    id = "dependency-unsatisfiable"
    hint = "mend the versions in [project] dependencies; no installer can meet them"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        together: dict[tuple[str, str], list[Requirement]] = defaultdict(list)
        for each in requirements_of(facts.metadata):
            together[canonicalize_name(each.name), str(each.marker or "")].append(each)
        for lines in together.values():
            alone = [each for each in lines if nothing_meets(each.specifier)]
            for each in alone:
                yield f"no version meets {each}"
            specifiers = SpecifierSet(",".join(str(each.specifier) for each in lines))
            if not alone and len(lines) > 1 and nothing_meets(specifiers):
                yield f"no version meets both {sample([str(each) for each in lines])}"


def nothing_meets(specifiers: SpecifierSet) -> bool:
    """Say whether no version at all is within the specifiers."""
    told = getattr(specifiers, "is_unsatisfiable", None)  # since packaging 26.1
    if told is not None:
        return bool(told())
    return not any(specifiers.contains(each, prereleases=True) for each in _around(specifiers))


def _around(specifiers: SpecifierSet) -> Iterator[Version]:
    """Give the versions at and about each bound: where there is one that fits, one of these does."""
    for each in specifiers:
        base = each.version.removesuffix(".*")
        for text in (base, f"{base}.dev0", f"{base}.post0", f"{base}.0.1", f"{base}.1"):
            try:
                yield Version(text)
            except InvalidVersion:
                continue
    yield from (Version("0.dev0"), Version("999999"))


class NeverHolds(_DependencyCheck):
    """Each dependency's marker holds somewhere.

    `sys_platform == "windows"` and `python_version == "3"` are never true: the dependency is dropped
    without a word.
    """

    id = "dependency-marker"
    hint = 'compare with `sys_platform == "win32"`, `platform_system == "Windows"`, `python_version >= "3"`'

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        for each in requirements_of(facts.metadata):
            if each.marker and not holds_somewhere(str(each.marker)):
                yield f"{each.name} is never required: no environment has {each.marker}"


class OfItself(_DependencyCheck):
    """The project does not depend on itself, but for its own extras.

    An installer takes it for met, or, where the versions exclude the file's own, fails.
    """

    id = "dependency-self"
    level = Level.WARNING
    hint = "take the project's own name out of its dependencies"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        assert facts.metadata is not None
        name = facts.file.name or canonicalize_name(facts.metadata.name)
        version = facts.metadata.version or facts.file.version
        for each in requirements_of(facts.metadata):
            if canonicalize_name(each.name) != name:
                continue
            if not _admits(each, version):
                yield Problem(f"{each} excludes the file's own version {version}", Level.ERROR)
            elif not each.extras:
                yield Problem(f"it depends on itself: {each}")


def _admits(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


class Extras(MetadataCheck):
    """Every extra that is spoken of is provided, once.

    `pip install good[fast]` warns and installs nothing more where `fast` is not provided, and two
    spellings of one name are one extra (PEP 685).
    """

    id = "dependency-extra"
    level = Level.WARNING
    hint = "correct the names in [project.optional-dependencies]"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        provided: dict[str, list[str]] = defaultdict(list)
        for extra in facts.metadata.extras:
            provided[canonicalize_name(extra)].append(extra)
        for spellings in provided.values():
            if len(spellings) > 1:
                yield f"one extra is provided {len(spellings)} times: {sample(spellings)}"
        own = facts.file.name or canonicalize_name(facts.metadata.name)
        for each in requirements_of(facts.metadata):
            asked = extras_asked(each) - set(provided)
            if asked:
                told = sample(tuple(asked))
                yield f"{each.name} is required by the extra {told}, which is not provided"
            named = {str(canonicalize_name(extra)) for extra in each.extras} - set(provided)
            if named and canonicalize_name(each.name) == own:
                told = sample(tuple(named))
                yield f"{each} asks for an extra of its own that is not provided: {told}"


CHECKS = (DirectUrl, LocalDependency, Unsatisfiable, NeverHolds, OfItself, Extras)
