from __future__ import annotations

import pytest

from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.project.pyproject import parse_config, parse_toml, schema


def test_broken_toml_is_told_with_its_place():
    with pytest.raises(ConfigurationError) as caught:
        parse_toml('[project]\nname = "a"\nversion = 1.0.\n', "pyproject.toml")
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.where.startswith("pyproject.toml, line 3, column ")
    assert "version = 1.0." in caught.value.evidence


def test_toml_that_ends_too_early_names_its_last_line():
    with pytest.raises(ConfigurationError) as caught:
        parse_toml('a = 1\nb = "open', "pyproject.toml")
    assert "line 2" in caught.value.where


@pytest.mark.parametrize(
    ("raw", "what", "hint"),
    [
        ({"python": ["3.12"]}, "unknown key 'python' in tool.shipwheel", "'pythons'"),
        ({"allow_failure": []}, "unknown key 'allow_failure' in tool.shipwheel", "'allow-failure'"),
        ({"test": {"comand": ["x"]}}, "unknown key 'comand' in tool.shipwheel.test", "'command'"),
        (
            {"index": {"mine": {"upload": "u", "simple": "s", "uplod": "x"}}},
            "unknown key 'uplod' in tool.shipwheel.index.mine",
            "'upload'",
        ),
        ({"zzz": 1}, "unknown key 'zzz' in tool.shipwheel", "known keys: "),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(raw, what, hint):
    with pytest.raises(ConfigurationError) as caught:
        parse_config(raw, "pyproject.toml [tool.shipwheel]", prefix="tool.shipwheel")
    assert caught.value.what == what
    assert hint in caught.value.hint


def test_a_kind_of_index_is_told_with_the_nearest_when_the_settings_are_read():
    raw = {
        "good": {"upload": "u", "simple": "s", "kind": "nexus"},
        "bad": {"upload": "u", "simple": "s", "kind": "pypisever"},
    }
    with pytest.raises(ConfigurationError, match="no kind of index 'pypisever'") as caught:
        parse_config({"index": raw}, "pyproject.toml [tool.shipwheel]", prefix="tool.shipwheel")
    assert caught.value.where == "pyproject.toml [tool.shipwheel], index.bad.kind"
    assert caught.value.hint.startswith("did you mean 'pypiserver'? known are artifactory, ")


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ({"pythons": "3.12"}, "tool.shipwheel.pythons: a list is needed, not a string"),
        ({"pythons": [3.12]}, "tool.shipwheel.pythons[0]: a string is needed, not a number"),
        ({"test": 3}, "tool.shipwheel.test: a table is needed, not a whole number"),
        ({"test": {"command": []}}, "an empty list in test.command is no command"),
        ({"test": {"command": [[]]}}, "an empty list in test.command is no command"),
        ({"test": {"requires": ["a b"]}}, "'a b' in test.requires is no requirement"),
        (
            {"index": {"good": {"upload": "u", "simple": "s"}, "bad": {"upload": "u"}}},
            "tool.shipwheel.index.bad: 'simple' is missing",
        ),
        ({"pythons": ["three"]}, "'three' in pythons is no Python"),
        ({"pythons": ["4.1"]}, "'4.1' in pythons is no Python"),
        ({"allow-failure": ["3.x"]}, "'3.x' in allow-failure is no Python"),
        ({"kind": "wheel"}, "tool.shipwheel.kind: 'wheel' is none of its values"),
        (
            {"ci": {"providers": ["ci"]}},
            "tool.shipwheel.ci.providers[0]: 'ci' is none of its values",
        ),
    ],
)
def test_a_wrong_value_is_refused(raw, what):
    with pytest.raises(ConfigurationError) as caught:
        parse_config(raw, "here", prefix="tool.shipwheel")
    assert caught.value.what == what


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ({"pythons": "3.12"}, 'write pythons = ["3.12"]'),
        ({"test": {"command": "pytest -x"}}, 'write command = ["pytest", "-x"]'),
        ({"pythons": [3.12]}, 'write it in quotes: "3.12"'),
        ({"installer": "conda"}, "it is one of uv, pip"),
        ({"ci": {"providers": ["ci"]}}, "it is one of github, gitlab"),
        ({"index": {"bad": {"upload": "u"}}}, 'add a line: simple = "…"'),
        ({"verify": {"ignore": ["x"]}}, 'write ignore = { "RULE" = "why it does not count here" }'),
    ],
)
def test_a_wrong_value_is_told_as_it_is_written(raw, hint):
    with pytest.raises(ConfigurationError) as caught:
        parse_config(raw, "here", prefix="tool.shipwheel")
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("setting", "what", "hint"),
    [
        ('extras = ["tset"]', "the project has no extra 'tset'", "did you mean 'test'?"),
        (
            'groups = ["dev"]',
            "the project has no dependency group 'dev'",
            "it has none (there are none)",
        ),
    ],
)
def test_a_setting_that_names_what_the_project_has_not(read, setting, what, hint):
    text = f"""
[project]
name = "a"
version = "1"
optional-dependencies.test = ["pytest"]
[tool.shipwheel.test]
{setting}
"""
    with pytest.raises(ConfigurationError) as caught:
        read({"pyproject.toml": text})
    assert (caught.value.what, caught.value.hint) == (what, hint)


def test_one_command_or_several():
    one = parse_config({"test": {"command": ["pytest", "-x"]}}, "here", prefix="")
    several = parse_config({"test": {"command": [["a"], ["b", "c"]]}}, "here", prefix="")
    assert one.test.command == ("pytest", "-x")
    assert several.test.command == (("a",), ("b", "c"))


def test_the_schema_refuses_unknown_keys_too():
    found = schema()
    assert found["$defs"]["Config"]["additionalProperties"] is False
    assert "allow-failure" in found["$defs"]["Config"]["properties"]


def test_shipwheel_toml_counts_where_there_is_no_pyproject(read):
    files = {"setup.py": "from setuptools import setup\nsetup(name='a')\n"}
    assert read({**files, "shipwheel.toml": 'pythons = ["3.12"]\n'}).config.pythons == ("3.12",)


def test_no_project_says_where_it_looked(read):
    with pytest.raises(ConfigurationError) as caught:
        read({"README": "nothing"})
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.where.endswith("project")


def test_a_group_that_includes_itself_is_refused(read):
    text = """
    [project]
    name = "a"
    version = "1"
    [dependency-groups]
    a = [{include-group = "b"}]
    b = [{include-group = "a"}]
    """
    with pytest.raises(ConfigurationError, match="includes itself") as caught:
        read({"pyproject.toml": text})
    assert caught.value.evidence == "a -> b -> a"
