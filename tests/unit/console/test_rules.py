"""The rules as a person reads them, and what is known of each."""

from __future__ import annotations

import dataclasses

import pytest

from shipwheel.console.layout import plain_lines
from shipwheel.console.rule_pages import address, example_of, examples, how_to_ignore
from shipwheel.console.rules import LOOKS_AT, rule_table, rules_tables
from shipwheel.console.terminal import Look
from shipwheel.verification.catalogue import rules
from shipwheel.verification.check import Rule, Subject
from shipwheel.verification.ignore import known_rules
from shipwheel.verification.report import Level

RULE = Rule(
    id="acme-licence",
    family="acme",
    subject=Subject.WHEEL,
    level=Level.WARNING,
    title="It has a licence",
    hint="give it one",
    reason="Somebody\nasks.",
    origin="acme-rules 1.2",
)


def lines(*tables) -> list[str]:
    return [line for table in tables for line in plain_lines(table, Look())]


def test_rules_by_family_and_whose_they_are():
    own = dataclasses.replace(RULE, id="record-hash", family="record", origin="", level=Level.ERROR)
    assert lines(*rules_tables([own, RULE])) == [
        "record",
        "  record-hash   error    It has a licence",
        "acme (from acme-rules 1.2)",
        "  acme-licence  warning  It has a licence",
        "  2 rules, 1 of them a warning",
        "  `shipwheel verify --explain RULE` says more of one",
    ]


def test_a_rule_explained():
    assert lines(rule_table(RULE)) == [
        "acme-licence (warning)",
        "  what holds  It has a licence.",
        "  why         Somebody asks.",
        "  looks at    every wheel",
        "  if not      give it one",
        "  set aside   [tool.shipwheel.verify]",
        '              ignore = { "acme-licence" = "why it does not count here" }',
        "  from        acme-rules 1.2",
    ]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_has_an_address_and_a_way_to_set_it_aside(rule):
    assert address(rule).endswith(f".md#{rule.id}")
    assert how_to_ignore(rule.id).startswith(f'ignore = {{ "{rule.id}" = ')
    assert known_rules({rule.id: "why"})
    assert rule.subject in LOOKS_AT


def test_every_example_is_of_a_rule_that_there_is():
    assert examples().keys() <= {rule.id for rule in rules()}


def test_an_example_is_shown():
    for name, example in list(examples().items())[:1]:
        rule = next(rule for rule in rules() if rule.id == name)
        assert example_of(name) is example
        assert any(f"changed: {example.fault}" in line for line in lines(rule_table(rule)))
