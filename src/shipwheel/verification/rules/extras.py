"""Extras: each installs, and what it brings is enough for the modules that it is for."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.verification.check import Context, InstallCheck, Problem
from shipwheel.verification.facts import InstallFacts
from shipwheel.verification.judging.development import FOR_DEVELOPERS_ALONE
from shipwheel.verification.judging.judgement import Outcome, is_private, judge
from shipwheel.verification.report import Level


class _ExtrasCheck(InstallCheck):
    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.failure:
            return "it does not install"
        if not (facts.wheel.metadata and facts.wheel.metadata.extras):
            return "no extras"
        return "" if facts.extras else facts.extras_untried or "no extra was tried"

    def note(self, facts: InstallFacts) -> str:
        """See Check."""
        return facts.extras_untried


class Resolves(_ExtrasCheck):
    """Each extra installs, from wheels alone.

    On the newest of the Pythons on which the wheel is tried. Extras that only developers use
    (`test`, `docs`, `dev` …) are held to less: they may need a build, and all else is a warning.
    """

    id = "extras-install"
    hint = "correct the requirement that the lines name in [project.optional-dependencies]"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for each in facts.extras or ():
            theirs = each.name in FOR_DEVELOPERS_ALONE
            if each.failure and not (each.solvable and theirs):
                mild = each.solvable or theirs
                how = "needs a build" if each.solvable else "cannot be installed"
                yield Problem(
                    f"the extra {each.name!r} {how}: {each.failure}",
                    level=Level.WARNING if mild else Level.ERROR,
                )


class Known(_ExtrasCheck):
    """An extra asks no dependency for an extra that it does not have."""

    id = "extras-known"
    level = Level.WARNING
    hint = "see the dependency's own metadata for the extras that it has today"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        base = frozenset(_asked_by_all(facts))
        for each in facts.extras or ():
            for unknown in each.unknown:
                if unknown not in base:
                    yield f"the extra {each.name!r}: {unknown}"


def _asked_by_all(facts: InstallFacts) -> Iterator[str]:
    """Give what is said with every extra: it is the plain requirements' matter, and told there."""
    extras = facts.extras or ()
    common = set.intersection(*(set(each.unknown) for each in extras)) if len(extras) > 1 else set()
    yield from common


class Together(_ExtrasCheck):
    """All extras can be installed together.

    Two that exclude each other may be meant; whoever asks for both gets an error.
    """

    id = "extras-together"
    level = Level.WARNING
    hint = "widen the requirements, or say in the documentation which extras exclude each other"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.extras_together:
            yield facts.extras_together


class Suffices(_ExtrasCheck):
    """A module that fails without its extra imports with it."""

    id = "extras-import"
    hint = "import it in an environment with the extra, and add to the extra what is missing there"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        own = context.project is not None
        for attempt in facts.with_extras:
            judgement = judge(attempt, facts)
            told = attempt.after_others or (not own and is_private(attempt.target))
            if judgement.outcome is Outcome.BROKEN and not told:
                yield Problem(
                    f"`import {attempt.target}` with every extra: {judgement.reason}",
                    level=None if own else Level.WARNING,  # it may be meant for something else
                )


CHECKS = (Resolves, Known, Together, Suffices)
