"""What holds for every rule."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from shipwheel.verification import rules as modules_of_rules
from shipwheel.verification.catalogue import CHECKS, rules


def test_ids_are_unique():
    ids = [rule.id for rule in rules()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_tells_what_it_is_and_what_to_do(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
    assert 10 < len(rule.title) < 100
    assert not rule.title.endswith(".")
    assert "\n" not in rule.title
    assert len(rule.hint) > 10


def test_every_check_of_a_rules_module_is_in_the_catalogue():
    told = {
        check
        for module in pkgutil.iter_modules(modules_of_rules.__path__)
        for check in importlib.import_module(f"{modules_of_rules.__name__}.{module.name}").CHECKS
    }
    assert told == set(CHECKS)
