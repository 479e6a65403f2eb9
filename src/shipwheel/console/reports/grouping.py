"""Findings that are the same on several Pythons, told once."""

from __future__ import annotations

import msgspec

from shipwheel.verification.report import Finding, Level, Report


class Told(msgspec.Struct, frozen=True):
    """A finding and the Pythons on which it was made, none where it has nothing to do with one."""

    finding: Finding
    pythons: tuple[str, ...]


def told_once(report: Report) -> tuple[Told, ...]:
    """Give the findings, errors first, those that differ in the Python alone as one."""
    groups: dict[Finding, list[str]] = {}
    for finding in report.findings:
        same = Finding(
            rule=finding.rule,
            level=finding.level,
            file=finding.file,
            message=finding.message,
            hint=finding.hint,
        )
        pythons = groups.setdefault(same, [])
        if finding.python is not None and finding.python not in pythons:
            pythons.append(finding.python)
    told = [Told(finding, tuple(pythons)) for finding, pythons in groups.items()]
    return tuple(sorted(told, key=lambda each: each.finding.level is not Level.ERROR))
