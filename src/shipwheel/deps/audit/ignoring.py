"""Which advisories the project ignores, and which of its reasons have had their day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from shipwheel.deps.audit.answer import Advisory, Ignored


class Ignoring(msgspec.Struct, frozen=True):
    """The entries of `ignore-advisories` that hold today, and those whose `until` has passed."""

    holding: tuple[Ignored, ...] = ()
    expired: tuple[Ignored, ...] = ()

    def of(self, advisory: Advisory) -> Ignored | None:
        """Give the entry for an advisory, by any of its names; None where it counts."""
        names = {name.upper() for name in advisory.names}
        return next((each for each in self.holding if each.id.upper() in names), None)

    def counting(self, advisories: Iterable[Advisory]) -> tuple[Advisory, ...]:
        """Give those that count."""
        return tuple(each for each in advisories if self.of(each) is None)

    def unmet(self, advisories: Sequence[Advisory]) -> tuple[str, ...]:
        """Give the entries that fit none of the advisories that were found."""
        names = {name.upper() for each in advisories for name in each.names}
        every = (*self.holding, *self.expired)
        return tuple(each.id for each in every if each.id.upper() not in names)


def ignoring(entries: Iterable[Ignored], today: dt.date) -> Ignoring:
    """Tell the entries that hold from those that ended before today; the last day itself still counts."""
    every = tuple(entries)
    over = tuple(
        each for each in every if each.until is not None and each.until < today.isoformat()
    )
    return Ignoring(tuple(each for each in every if each not in over), over)
