"""Rules of third parties: what is taken, what is refused by name, and what a broken one does."""

from __future__ import annotations

import sys
import types
from importlib.metadata import EntryPoint

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.verification import catalogue, plugins
from shipwheel.verification.check import Problem, WheelCheck
from shipwheel.verification.ignore import known_rules
from shipwheel.verification.report import CheckStatus, Level
from shipwheel.verification.run import verify


class Named(WheelCheck):
    """A wheel is called good."""

    id = "acme-named"
    hint = "call it good"

    def applies(self, facts, context):
        return "it is the best" if facts.file.name == "best" else ""

    def problems(self, facts, context):
        if facts.file.name != "good":
            yield Problem(f"it is called {facts.file.name}", level=Level.WARNING)


class Broken(Named):
    """A rule that fails at work."""

    id = "acme-broken"

    def problems(self, facts, context):
        yield "one thing"
        raise KeyError("x")


class Clumsy(Broken):
    """A rule that fails before it works."""

    id = "acme-clumsy"

    def applies(self, facts, context):
        raise ValueError("no")


class NoHint(WheelCheck):
    """It says nothing of what to do."""

    id = "acme-hint"

    def problems(self, facts, context):
        yield from ()


class Ours(Named):
    """It takes an id that is not its own."""

    id = "record-named"


class Untold(Named):
    id = "acme-untold"


Untold.__doc__ = None


@pytest.fixture
def bring(monkeypatch):
    """Let an installed distribution bring something as rules."""

    def bring(value, *, name="acme", broken=""):
        module = types.ModuleType("acme_module")
        module.RULES = value
        monkeypatch.setitem(sys.modules, "acme_module", module)
        entry = EntryPoint(name, f"acme_module:{broken or 'RULES'}", plugins.GROUP)
        monkeypatch.setattr(
            plugins, "entry_points", lambda group: [entry] * (group == plugins.GROUP)
        )
        plugins.brought.cache_clear()

    yield bring
    plugins.brought.cache_clear()


@pytest.mark.parametrize("value", [Named, (Named,), [Named]], ids=["class", "tuple", "list"])
def test_a_check_is_taken_with_its_family_and_origin(bring, value):
    bring(value)
    rule = catalogue.rule_named("acme-named")
    assert (rule.family, rule.title, rule.hint) == (
        "acme",
        "A wheel is called good",
        "call it good",
    )
    assert rule.origin == "an unknown distribution"
    assert known_rules({"acme-named": "not here"}) == {"acme-named": "not here"}
    assert not any(each.origin for each in catalogue.rules() if each.family != "acme")


def test_it_runs_beside_ours(bring, make_wheel):
    bring(Named)
    assert [f.rule for f in verify(make_wheel(), static=True).findings] == []
    names = {"filename": "better-1.0-py3-none-any.whl"}
    found = verify(str(make_wheel(**names)), static=True).findings
    assert [(f.rule, f.level, f.message) for f in found if f.rule.startswith("acme")] == [
        ("acme-named", "warning", "it is called better")
    ]
    skipped = verify([make_wheel(filename="best-1.0-py3-none-any.whl")], static=True).checks
    assert [c.reason for c in skipped if c.id == "acme-named"] == ["it is the best"]


@pytest.mark.parametrize(
    ("value", "how", "said"),
    [
        (Ours, {}, "'record-named' is not of the form acme-WHAT"),
        (Named, {"name": "record"}, "'record' is the family of others' rules"),
        (Named, {"broken": "LOST"}, "it cannot be imported"),
        ((Named, Named), {}, "brings the rule 'acme-named' twice"),
        (NoHint, {}, "NoHint lacks hint"),
        (WheelCheck, {}, "WheelCheck lacks id, hint"),
        (Untold, {}, "Untold has no docstring"),
        ("a text", {}, "'a' is no subclass of"),
        (Named(), {}, "is no subclass of"),
        (None, {}, "None is no subclass of"),
    ],
)
def test_what_is_no_rule_is_refused_by_name(bring, make_wheel, value, how, said):
    bring(value, **how)
    with pytest.raises(ConfigurationError) as caught:
        verify(make_wheel(), static=True)
    assert said in caught.value.what
    assert "acme_module" in caught.value.where
    assert "shipwheel.rules" in caught.value.where


@pytest.mark.parametrize("check", [Broken, Clumsy])
def test_a_rule_that_fails_is_told_and_hides_nothing(bring, make_wheel, check):
    bring(check)
    report = verify(make_wheel({"tests/__init__.py": ""}), static=True)
    (own,) = (f for f in report.findings if "itself failed" in f.message)
    assert (own.rule, own.level) == (check.id, Level.ERROR)
    assert ("KeyError: 'x'" if check is Broken else "ValueError: no") in own.message
    assert "an unknown distribution" in own.hint
    assert {c.status for c in report.checks if c.id == check.id} == {CheckStatus.FAILED}
    assert len(report.checks) > 20


def test_a_wrong_id_names_the_nearest(bring):
    bring(Named)
    with pytest.raises(ConfigurationError) as caught:
        catalogue.rule_named("acme-name")
    assert "did you mean 'acme-named'?" in caught.value.hint
