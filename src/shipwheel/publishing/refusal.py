"""Why a release is refused: every reason at once, each with its rule and its mend."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shipwheel.errors import ShipwheelError


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason against a release: the rule's id, what is wrong, and what mends it."""

    rule: str
    message: str
    hint: str = ""

    def line(self) -> str:
        """Give the reason and its mend as text, the mend on a line of its own."""
        mend = f"\n    next: {self.hint}" if self.hint else ""
        message = self.message.replace("\n", "\n    ")
        return f"{self.rule}: {message}{mend}"


class Refused(ShipwheelError):  # noqa: N818 - a verdict, not a fault
    """A release that the gate does not let through; `reasons` are all of them, `index` the name of where to."""

    reference = "refused"
    index: str | None = None

    def __init__(self, reasons: Iterable[Reason], *, where: str | None = None) -> None:
        self.reasons = tuple(reasons)
        many = "1 reason" if len(self.reasons) == 1 else f"{len(self.reasons)} reasons"
        super().__init__(
            f"the release is refused, for {many}",
            where=where,
            evidence="\n".join(reason.line() for reason in self.reasons),
        )
