from __future__ import annotations

import tomllib

import pytest

from shipwheel.cli.settings import own_text, pyproject_text, suggestions
from shipwheel.project.explain import Explanation


def fact(value: str, settle: str | None, *, weak: bool = True) -> Explanation:
    return Explanation(
        name="test commands", value=value, origin="nowhere", weak=weak, settle=settle
    )


COMMAND = "[tool.shipwheel.test] command"
WANTED = suggestions([fact("—", COMMAND), fact("none", "[tool.shipwheel] pythons")])
PROJECT = '[project]\nname = "small" # kept\n'


@pytest.mark.parametrize(
    ("row", "count"),
    [
        (fact("—", COMMAND), 1),
        (fact("pytest", COMMAND), 0),  # a guess that found something is only printed
        (fact("—", COMMAND, weak=False), 0),
        (fact("—", None), 0),
        (fact("—", "[tool.shipwheel] no-such-key"), 0),
    ],
)
def test_only_what_nobody_else_can_say_is_asked_for(row: Explanation, count: int) -> None:
    assert len(suggestions([row])) == count


def test_the_settings_are_added_at_the_end_and_as_comments() -> None:
    text = pyproject_text(PROJECT, WANTED)
    assert text is not None
    assert text.startswith(PROJECT)
    assert text.removeprefix(PROJECT).splitlines() == [
        "",
        "# shipwheel could not find this in the project's files: name it and take the # away",
        "[tool.shipwheel]",
        '# pythons = ["3.12", "3.13"]  # the Pythons to build for',
        "[tool.shipwheel.test]",
        '# command = ["pytest"]  # the command that runs the tests',
    ]
    assert tomllib.loads(text)["tool"] == {"shipwheel": {"test": {}}}
    assert pyproject_text(text, WANTED) is None


def test_the_examples_are_good_toml() -> None:
    text = pyproject_text(PROJECT, WANTED)
    assert text is not None
    tables = tomllib.loads(text.replace("# pythons", "pythons").replace("# command", "command"))
    assert tables["tool"]["shipwheel"] == {
        "pythons": ["3.12", "3.13"],
        "test": {"command": ["pytest"]},
    }


@pytest.mark.parametrize(
    "existing",
    [
        PROJECT + "[tool.shipwheel]\n",
        PROJECT + "[tool.shipwheel.test]\nextras = []\n",
        "tool = { other = 1 }\n",  # an inline table takes nothing after it
    ],
)
def test_an_author_who_knows_of_us_is_left_alone(existing: str) -> None:
    assert pyproject_text(existing, WANTED) is None


def test_line_ends_are_the_files_own() -> None:
    text = pyproject_text(PROJECT.rstrip("\n").replace("\n", "\r\n"), WANTED)
    assert text is not None
    assert "\n" not in text.replace("\r\n", "")
    assert tomllib.loads(text)["project"] == {"name": "small"}


def test_a_project_without_pyproject_has_a_file_of_ours() -> None:
    text = own_text(None, WANTED)
    assert text is not None
    assert tomllib.loads(text) == {"test": {}}
    assert own_text(text, WANTED) is None
    assert own_text(None, ()) is None
