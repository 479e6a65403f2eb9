"""Rules that a project ignores, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

from shipwheel.errors import ConfigurationError
from shipwheel.verification.catalogue import checks, nearest
from shipwheel.verification.gate_rules import GATE_RULES

_KEY = "[tool.shipwheel.verify] ignore"


def known_rules(ignore: Mapping[str, str]) -> dict[str, str]:
    """Give the ignored rules of `verify`; raises ConfigurationError for an id that is none, or without a reason.

    The gate's stand in the same table, and are the gate's to apply.
    """
    ids = [*(check.id for check in checks()), *GATE_RULES]
    for rule, reason in ignore.items():
        if rule not in ids:
            raise ConfigurationError(
                f"there is no rule {rule!r}", where=_KEY, hint=nearest(rule, ids)
            )
        if not reason.strip():
            raise ConfigurationError(
                f"the rule {rule!r} is ignored without a reason",
                where=_KEY,
                hint=f'write it as {rule} = "why it does not count here"',
            )
    return {rule: reason for rule, reason in ignore.items() if rule not in GATE_RULES}
