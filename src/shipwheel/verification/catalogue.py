"""Every check there is, in the order in which a person reads them; adding one is adding it here."""

from __future__ import annotations

from typing import Any

from shipwheel.verification import (
    archive,
    completeness,
    contents,
    entry_points,
    install,
    metadata,
    record,
    sdist,
    tags,
)
from shipwheel.verification.check import Check, Rule, Subject

CHECKS: tuple[type[Check[Any]], ...] = (
    *archive.CHECKS,
    *metadata.CHECKS,
    *entry_points.CHECKS,
    *record.CHECKS,
    *tags.CHECKS,
    *contents.CHECKS,
    *sdist.CHECKS,
    *completeness.CHECKS,
    *install.CHECKS,
)


def rules() -> tuple[Rule, ...]:
    """Give every rule: id, family, subject, level, title, hint and reason."""
    return tuple(check.rule() for check in CHECKS)


def of_subject(*subjects: Subject) -> tuple[type[Check[Any]], ...]:
    """Give the checks that look at one of these."""
    return tuple(check for check in CHECKS if check.subject in subjects)
