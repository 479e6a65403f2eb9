"""The rules of `verify`: all of them by family, and one of them explained."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.rule_pages import IGNORE_TABLE, address, example_of, how_to_ignore
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted
from shipwheel.verification.check import Rule, Subject
from shipwheel.verification.families import FAMILIES
from shipwheel.verification.report import Level

LOOKS_AT = {
    Subject.FILE: "every file, also one that cannot be read",
    Subject.ARCHIVE: "every wheel and sdist",
    Subject.WHEEL: "every wheel",
    Subject.SDIST: "every sdist",
    Subject.SET: "all files together",
    Subject.INSTALL: "every wheel, installed on each Python here (not with --static)",
    Subject.BUILD: "every sdist, from which a wheel is built (not with --static)",
}


def rules_tables(rules: Sequence[Rule]) -> tuple[Table, ...]:
    """Give a table a family, and in it a row a rule: its id, its level, what holds where it is silent."""
    families: dict[str, list[Rule]] = {family: [] for family in FAMILIES}
    for rule in rules:
        families.setdefault(rule.family, []).append(rule)
    warnings = sum(rule.level is Level.WARNING for rule in rules)
    total = f"{counted(len(rules), 'rule')}, {warnings} of them a warning"
    more = "`shipwheel verify --explain RULE` says more of one"
    notes = (Cell(total), Cell(more, Tone.DIM))
    # one width of the first columns over all families
    width = max((len(rule.id) for rule in rules), default=0)
    tables = [_family(name, each, width) for name, each in families.items() if each]
    return (*tables, Table(title="", notes=notes))


def _family(name: str, rules: Sequence[Rule], width: int) -> Table:
    origins = sorted({rule.origin for rule in rules if rule.origin})
    title = f"{name} (from {', '.join(origins)})" if origins else name
    return Table(
        title=title,
        columns=(Column("", keep=True), Column("", keep=True), Column("")),
        rows=tuple(_row(rule, width) for rule in rules),
    )


def _row(rule: Rule, width: int) -> tuple[Cell, ...]:
    tone = Tone.WARN if rule.level is Level.WARNING else Tone.PLAIN
    return (Cell(rule.id.ljust(width)), Cell(f"{rule.level.value:7}", tone), Cell(rule.title))


def rule_table(rule: Rule) -> Table:
    """Explain a rule: what holds, why, what it looks at, what to do, an example, how to set it aside."""
    rows = itertools.chain(_explained(rule), _shown(rule), _further(rule))
    return Table(
        title=f"{rule.id} ({rule.level.value})",
        columns=(Column("", keep=True), Column("")),
        rows=tuple((Cell(head, Tone.DIM), Cell(text)) for head, text in rows),
    )


def _explained(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "what holds", f"{rule.title}."
    if rule.reason:
        yield "why", " ".join(rule.reason.split())
    yield "looks at", LOOKS_AT[rule.subject]
    yield "if not", rule.hint


def _shown(rule: Rule) -> Iterator[tuple[str, str]]:
    example = example_of(rule.id)
    if example is not None:
        yield "example", f"{example.level}: {example.message}"
        yield "", f"in {example.file}, changed: {example.fault}"


def _further(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "set aside", f"{IGNORE_TABLE}\n{how_to_ignore(rule.id)}"
    if rule.origin:
        yield "from", rule.origin
    if address(rule):
        yield "more", address(rule)
