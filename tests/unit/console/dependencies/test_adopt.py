from __future__ import annotations

import msgspec
import pytest

from shipwheel.console.dependencies.adopt import adopt_section, adopt_tables
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look
from shipwheel.deps.adopt.answer import Adopted, Locked, Taken, Told, Tried

FOUND = Adopted(
    project="demo",
    ok=True,
    environment="env",
    python="3.11.4",
    held=5,
    taken=(
        Taken(
            name="flask",
            version="3.0.0",
            requirement="Flask>=3.0.0",
            group="",
            because="a.py imports flask",
        ),
        Taken(
            name="ruff", version="1", requirement="ruff>=1", group="dev", because="a tool for lint"
        ),
    ),
    told=(Told(rule="unimported", name="gunicorn", level="note", message="nothing imports it"),),
    locks=(Locked(file="pylock.toml", packages=7),),
    diff='+  "Flask>=3.0.0",',
    written=True,
    tests=Tried(state="passed", why="61 passed"),
    seconds=1.2,
)


def text_of(found):
    lines = (line for table in adopt_tables(found) for line in plain_lines(table, Look()))
    return "\n".join(lines)


def test_what_is_declared_written_and_told():
    assert (
        text_of(FOUND)
        == """\
what demo needs of env (Python 3.11.4)
  package  version  declared as   for        because
  flask    3.0.0    Flask>=3.0.0  run time   a.py imports flask
  ruff     1        ruff>=1       group dev  a tool for lint
  written:
    +  "Flask>=3.0.0",
  pylock.toml: 7 packages, written
  tests with what is locked: passed (61 passed)
  env was read alone (1.2 s)
what to know of that environment
  what        name      why
  unimported  gunicorn  nothing imports it"""
    )
    assert adopt_section(FOUND).title == "adopt: 2 packages of 5 declared"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"written": False, "tests": None}, "pylock.toml: 7 packages, would be written"),
        ({"by_hand": "its dependencies are dynamic"}, "are dynamic; to add by hand:"),
        (
            {"tests": Tried(state="failed", why="1 failed", log="a.log")},
            "failed (1 failed)\n    a.log",
        ),
        ({"taken": (), "diff": "", "locks": ()}, "imports nothing of it"),
    ],
)
def test_each_outcome_has_its_words(changes, said):
    assert said in text_of(msgspec.structs.replace(FOUND, **changes))


def test_much_that_nothing_imports_is_one_line():
    idle = [msgspec.structs.replace(FOUND.told[0], name=f"idle{number}") for number in range(9)]
    found = msgspec.structs.replace(FOUND, told=tuple(idle))
    assert "unimported  9 packages  nothing imports them: not declared (idle0, idle1" in text_of(
        found
    )
