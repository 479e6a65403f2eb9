"""How a check of a file ended, as a reader wants it: a warning stands apart from what passed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from shipwheel.verification.report import CheckResult, CheckStatus


class State(StrEnum):
    """How a check ended, the worst first."""

    FAILED = "failed"
    WARNED = "warned"
    PASSED = "passed"
    SKIPPED = "skipped"


# never by colour alone: each state has its mark
MARKS = {State.FAILED: "✗", State.WARNED: "!", State.PASSED: "✓", State.SKIPPED: "-"}
ORDER = tuple(State)


def state_of(check: CheckResult) -> State:
    """Give the state of a check."""
    if check.status is CheckStatus.FAILED:
        return State.FAILED
    if check.status is CheckStatus.SKIPPED:
        return State.SKIPPED
    return State.WARNED if check.warnings else State.PASSED


def worst(states: Iterable[State]) -> State | None:
    """Give the worst of several states, None of none."""
    return min(states, key=ORDER.index, default=None)


def counts(checks: Iterable[CheckResult]) -> dict[State, int]:
    """Give how many checks ended in each state, the worst first."""
    found = dict.fromkeys(ORDER, 0)
    for check in checks:
        found[state_of(check)] += 1
    return found
