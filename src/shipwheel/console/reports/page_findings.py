"""The findings of a page, and the rules that it speaks of."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from shipwheel.console.reports.grouping import Told, told_together
from shipwheel.console.reports.markup import Html, element, prose
from shipwheel.console.rule_pages import IGNORE_TABLE, address, how_to_ignore
from shipwheel.verification.check import Rule
from shipwheel.verification.report import Level, Report

_SEVERAL = 3  # files that are named beside a finding; more are folded away


def anchors(report: Report) -> dict[tuple[str, str, str | None], str]:
    """Give the anchor of the first finding of each rule, file and Python."""
    found: dict[tuple[str, str, str | None], str] = {}
    for number, told in enumerate(told_together(report), 1):
        for file, python in itertools.product(told.files, told.pythons or (None,)):
            found.setdefault((told.finding.rule, file, python), f"finding-{number}")
    return found


def findings_section(
    report: Report, known: Mapping[str, Rule], numbers: Mapping[str, str]
) -> Iterator[Html]:
    """Give the findings, errors first; `numbers` gives each file's."""
    told = told_together(report)
    if not told:
        return
    cards = (_card(number, each, known, numbers) for number, each in enumerate(told, 1))
    none = element("p", "No finding fits the filters.", class_="dim", id="no-finding", hidden=True)
    yield element("section", element("h2", "Findings"), none, *cards, id="findings")


def _card(number: int, told: Told, known: Mapping[str, Rule], numbers: Mapping[str, str]) -> Html:
    finding = told.finding
    error = finding.level is Level.ERROR
    rule = known.get(finding.rule)
    head = element(
        "h3",
        element("span", f"{'✗' if error else '!'} {finding.level}", class_="badge"),
        " ",
        element("a" if rule else "span", finding.rule, href=_place(rule), class_="mono"),
    )
    body = [head, *_where(told), element("p", prose(finding.message), class_="evidence")]
    if finding.hint:
        body.append(element("p", element("b", "Next: "), prose(finding.hint), class_="hint"))
    return element(
        "article",
        *body,
        class_=f"finding {'failed' if error else 'warned'}",
        id=f"finding-{number}",
        data_level=finding.level.value,
        data_status="failed" if error else "warned",
        data_family=rule.family if rule else "other",
        data_files=" ".join(numbers.get(file, "set") for file in told.files),
    )


def _place(rule: Rule | None) -> str | None:
    return f"#rule-{rule.id}" if rule else None


def _where(told: Told) -> Iterator[Html]:
    names = [file or "the files together" for file in told.files]
    on = f" · Python {', '.join(told.pythons)}" if told.pythons else ""
    if len(names) <= _SEVERAL:
        yield from (element("p", f"{name}{on}", class_="where") for name in names)
        return
    items = (element("li", name) for name in names)
    summary = element("summary", f"{len(names)} files{on}")
    yield element("details", summary, element("ul", *items), class_="where")


def rules_section(report: Report, known: Mapping[str, Rule]) -> Iterator[Html]:
    """Explain each rule that was run: the page is all that its reader may have."""
    ids = sorted({check.id for check in report.checks} & known.keys())
    if not ids:
        return
    way = element("code", how_to_ignore("RULE"))
    aside = element("p", "To set one aside, in ", element("code", IGNORE_TABLE), ": ", way)
    summary = element("summary", element("h2", f"Rules ({len(ids)})"))
    explained = (_rule(known[each]) for each in ids)
    yield element("section", element("details", summary, aside, *explained), id="rules")


def _rule(rule: Rule) -> Html:
    more = address(rule)
    link = element("a", "its page", href=more, rel="noopener noreferrer") if more else ""
    body = (
        element("h3", rule.id, class_="mono"),
        element("p", prose(f"{rule.title}. {' '.join(rule.reason.split())}")),
        element("p", element("b", "If not: "), prose(rule.hint), ". " if link else "", link),
    )
    return element("article", *body, class_="rule", id=f"rule-{rule.id}", data_family=rule.family)
