"""Requires-Python: it admits the Pythons that the file is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from shipwheel.data.catalog import load_catalog
from shipwheel.verification.check import ArchiveCheck, Context, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts, SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_MICROS = range(31)
_MINORS = [(2, 6), (2, 7), *((3, minor) for minor in range(100))]
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (\d)\.(\d+)")


def specifiers_of(metadata: MetadataFacts | None) -> SpecifierSet | None:
    """Give Requires-Python; None where there is none or it does not parse (metadata-fields tells)."""
    try:
        return (
            SpecifierSet(metadata.requires_python)
            if metadata and metadata.requires_python
            else None
        )
    except InvalidSpecifier:
        return None


def admits(specifiers: SpecifierSet, major: int, minor: int) -> bool:
    """Say whether any release of a Python is admitted."""
    return any(
        specifiers.contains(f"{major}.{minor}.{micro}", prereleases=True) for micro in _MICROS
    )


class _RequiresPython(ArchiveCheck):
    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        del context
        found = specifiers_of(facts.metadata)
        return "no Requires-Python that can be read" if found is None else ""


class Sane(_RequiresPython):
    """Requires-Python admits Pythons that exist, all releases of them.

    `<=3.12` and `==3.12` exclude 3.12.1 and every later one; that is nearly never meant.
    """

    id = "requires-python"
    hint = "`>=3.10` says what is nearly always meant; an upper bound is `<3.13`, never `<=3.12`"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        found = specifiers_of(facts.metadata)
        assert found is not None
        if not any(admits(found, *version) for version in _MINORS):
            yield Problem(f"no Python meets {str(found)!r}")
            return
        known = [_version(each.version) for each in load_catalog().pythons]
        if not any(admits(found, *version) for version in _MINORS if version <= max(known)):
            yield Problem(f"no Python that is out meets {str(found)!r}")
        elif not any(admits(found, *_version(each.version)) for each in load_catalog().pythons):
            yield Problem(f"no Python that is supported meets {str(found)!r}", level=Level.WARNING)
        cut = [str(s) for s in found if s.operator in {"<=", "=="} and _only_minor(s.version)]
        if cut:
            told = f"{sample(cut)} excludes every release of that Python but its first"
            yield Problem(told, level=Level.WARNING)


def _only_minor(text: str) -> bool:
    return bool(re.fullmatch(r"[23]\.\d+", text))


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


class Classifiers(_RequiresPython):
    """The classifiers name no Python that Requires-Python excludes."""

    id = "requires-python-classifiers"
    level = Level.WARNING
    hint = "take the classifier away, or admit that Python in requires-python"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        found = specifiers_of(facts.metadata)
        assert found is not None
        assert facts.metadata is not None
        named = [m for c in facts.metadata.classifiers if (m := _CLASSIFIER.fullmatch(c))]
        out = [f"{m[1]}.{m[2]}" for m in named if not admits(found, int(m[1]), int(m[2]))]
        if out:
            yield f"classifiers name Python {sample(out)}, Requires-Python is {str(found)!r}"


CHECKS = (Sane, Classifiers)
