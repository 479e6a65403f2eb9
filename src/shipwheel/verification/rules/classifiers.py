"""Classifiers: those that PyPI knows, letter for letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from shipwheel.verification.check import Context, MetadataCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_NUMBERED = re.compile(r" :: [\d.]+$")


class _ClassifierCheck(MetadataCheck):
    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        some = facts.metadata is not None and facts.metadata.classifiers
        return super().applies(facts, context) or ("" if some else "no classifiers")


@cache
def _known() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """Give PyPI's classifiers, and the deprecated ones with what replaces them."""
    import trove_classifiers as trove  # noqa: PLC0415  # a long table that few commands need

    deprecated = {old: tuple(new) for old, new in trove.deprecated_classifiers.items()}
    return frozenset(trove.classifiers), deprecated


class Known(_ClassifierCheck):
    """Every classifier is one that PyPI knows.

    PyPI refuses a file with any other. The list is trove-classifiers', which PyPI itself uses; a newer
    version of something that it knows may have come since.
    """

    id = "classifier-known"
    hint = "take one of https://pypi.org/classifiers/, letter for letter"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        assert facts.metadata is not None
        known, deprecated = _known()
        for each in facts.metadata.classifiers:
            if each in known or each in deprecated or each.lower().startswith("private ::"):
                continue
            newer = _NUMBERED.search(each) and any(
                one.startswith(_NUMBERED.sub(" :: ", each)) for one in known
            )
            near = get_close_matches(each, known, n=1)
            told = f"{each!r} is no classifier of PyPI's"
            meant = f"; meant is perhaps {near[0]!r}" if near else ""
            yield Problem(told + meant, level=Level.WARNING if newer else None)


class Deprecated(_ClassifierCheck):
    """No classifier is deprecated. PyPI refuses new files with one."""

    id = "classifier-deprecated"
    level = Level.WARNING
    hint = "take what replaces it"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert facts.metadata is not None
        _, deprecated = _known()
        level = Level.ERROR if context.releasing else None
        for each in facts.metadata.classifiers:
            if each in deprecated:
                instead = sample(deprecated[each]) or "nothing"
                yield Problem(f"{each!r} is deprecated, in its place: {instead}", level=level)


class Private(_ClassifierCheck):
    """The project is not marked private.

    Every index refuses classifiers that begin with `Private ::`; that is what they are for.
    """

    id = "classifier-private"
    level = Level.WARNING
    hint = "nothing to do where it shall never be published; otherwise remove the classifier"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        marks = [c for c in facts.metadata.classifiers if c.lower().startswith("private ::")]
        if marks:
            yield f"marked private: {sample(marks)}"


class Twice(_ClassifierCheck):
    """The classifiers do not contradict each other, and stand there once each."""

    id = "classifier-contradiction"
    level = Level.WARNING
    hint = "keep one of them"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        listed = facts.metadata.classifiers
        status = sorted({c for c in listed if c.startswith("Development Status ::")})
        if len(status) > 1:
            yield f"{len(status)} development statuses: {sample(status)}"
        only = "Programming Language :: Python :: 3 :: Only"
        older = [c for c in listed if c.startswith("Programming Language :: Python :: 2")]
        if only in listed and older:
            yield f"{only!r} beside {sample(older)}"


CHECKS = (Known, Deprecated, Private, Twice)
