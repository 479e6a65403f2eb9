"""The pages of the rules are what the rules say, and what leads to them arrives."""

from __future__ import annotations

import importlib.util
import re

import pytest
from tests.conftest import ROOT

from shipwheel.console.rule_pages import address, examples
from shipwheel.verification.catalogue import CHECKS, rules
from shipwheel.verification.families import FAMILIES

_PATH = ROOT / "docs" / "rule_pages.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("rule_pages", _PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_pages_are_what_the_rules_say(script):
    there = {path.name: path.read_text("utf-8") for path in script.FOLDER.glob("*.md")}
    wanted = script.pages()
    differs = [name for name in {*there, *wanted} if there.get(name) != wanted.get(name)]
    assert differs == [], "run `python docs/rule_pages.py`"


def test_every_rule_has_the_section_that_its_address_names(script):
    pages = script.pages()
    for rule in rules():
        page, _, anchor = address(rule).rpartition("/")[2].partition("#")
        assert f"\n## {anchor}\n" in pages[page]
        assert f"]({page}#{anchor})" in pages["index.md"]


def test_every_rule_belongs_to_a_family_that_a_person_looks_for():
    strange = {rule.family for rule in rules()} - FAMILIES.keys()
    assert strange == set(), "add the module to FAMILIES in verification/families.py"
    stems = {check.__module__.rpartition(".")[2] for check in CHECKS}
    assert {stem for stems in FAMILIES.values() for stem in stems} == stems


def test_nothing_of_a_rule_is_taken_for_html(script):
    for name, text in script.pages().items():
        plain = re.sub(r"```.*?```|`[^`]*`|<!--.*?-->", "", text, flags=re.DOTALL)
        assert "<" not in plain, f"{name}: {plain[plain.index('<') :][:60]}"


def test_most_rules_have_an_example():
    """Made by `python docs/rule_examples.py`; where the machine lacked something, a rule has none."""
    assert len(examples()) >= 0.9 * len(rules())
