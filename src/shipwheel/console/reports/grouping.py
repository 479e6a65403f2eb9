"""Findings that are the same on several Pythons or in several files, told once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from shipwheel.verification.report import Finding, Level, Report


class Told(msgspec.Struct, frozen=True):
    """A finding, the Pythons on which it was made, none where it has nothing to do with one, and its files.

    A file is a name, empty for the files together.
    """

    finding: Finding
    pythons: tuple[str, ...]
    files: tuple[str, ...]


def told_once(report: Report) -> tuple[Told, ...]:
    """Give the findings, errors first, those that differ in the Python alone as one."""
    return _told(report.findings, lambda finding: finding.file)


def told_together(report: Report) -> tuple[Told, ...]:
    """Give the findings, errors first, those that differ in the Python or the file alone as one.

    What is wrong with the metadata is wrong with each wheel's: forty times the same says no more.
    """
    return _told(report.findings, lambda _finding: "")


def _told(findings: Iterable[Finding], file_of: Callable[[Finding], str]) -> tuple[Told, ...]:
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for each in findings:
        key = (each.rule, each.level, each.message, each.hint, file_of(each))
        groups.setdefault(key, []).append(each)
    told = [
        Told(
            msgspec.structs.replace(group[0], python=None),
            tuple(dict.fromkeys(each.python for each in group if each.python is not None)),
            tuple(dict.fromkeys(each.file for each in group)),
        )
        for group in groups.values()
    ]
    return tuple(sorted(told, key=lambda each: each.finding.level is not Level.ERROR))
