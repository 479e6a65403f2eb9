"""Build: what somebody gets who builds a wheel from the sdist alone."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.verification.check import BuildCheck, Context, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import BuildFacts
from shipwheel.verification.report import Level


def _why_not(facts: BuildFacts) -> str:
    """Say why nothing was built: a record proves more, or it cannot be done here."""
    return facts.proven or facts.untried


class Builds(BuildCheck):
    """A wheel can be built from the sdist alone.

    In a clean folder, with nothing but what `[build-system]` names, and without git: as it is for
    whoever has no wheel, and for distributions of Linux. Where a wheel that ships was built from these
    very bytes, as a record says, it is not done again; where it needs a library, a compiler or a
    network that this machine lacks, it is skipped.
    """

    id = "build"
    hint = (
        "unpack the sdist elsewhere and run `python -m build --wheel`: put in what is missing there"
    )

    def applies(self, facts: BuildFacts, context: Context) -> str:
        """See Check."""
        del context
        return _why_not(facts)

    def problems(self, facts: BuildFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.failure:
            yield f"no wheel can be built from it on Python {facts.python}: {facts.failure}"


class Same(BuildCheck):
    """The wheel built from the sdist is the one that ships beside it.

    Modules, their bytes, requirements and entry points; of compiled modules the names. Else the wheel
    was made of something else than what is published as its source.
    """

    id = "build-same"
    hint = "build the wheel from the sdist (`python -m build` does both), and from the same commit"

    def applies(self, facts: BuildFacts, context: Context) -> str:
        """See Check."""
        del context
        if _why_not(facts) or facts.failure:
            return _why_not(facts) or "no wheel can be built from it"
        return "" if facts.ships else "no wheel beside it is for a Python here"

    def problems(self, facts: BuildFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        name = facts.ships.file.filename if facts.ships else ""
        for each in facts.differences:
            yield Problem(
                f"it gives another wheel than {name}: {each.message}",
                level=None if each.certain else Level.WARNING,
            )


class Reproducible(BuildCheck):
    """A second build gives the same bytes.

    On request. In another folder, later; times are set to the sdist's, as our builds do.
    """

    id = "build-reproducible"
    hint = "the page on reproducible builds in the documentation has the usual reasons, and their mends"

    def applies(self, facts: BuildFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.again is not None:
            return ""
        failed = "no wheel can be built from it" if facts.failure else ""
        return facts.untried or failed or "not asked for: --reproducible"

    def problems(self, facts: BuildFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        again = facts.again or ()
        # RECORD differs wherever anything does
        telling = [each for each in again if ".dist-info/RECORD:" not in each] or list(again)
        if telling:
            yield f"two builds differ: {sample(telling, 10)}"


CHECKS = (Builds, Same, Reproducible)
