"""What holds for every rule."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from shipwheel import verification
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


def test_every_check_of_a_family_is_in_the_catalogue():
    modules = (module.name for module in pkgutil.iter_modules(verification.__path__))
    families = {
        name: importlib.import_module(f"{verification.__name__}.{name}")
        for name in modules
        if name not in {"catalogue", "expected"}
    }
    told = {check for each in families.values() for check in getattr(each, "CHECKS", ())}
    assert told == set(CHECKS)
