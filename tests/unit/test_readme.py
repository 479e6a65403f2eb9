"""What the README promises is what runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

_COMMAND = re.compile(r"^ {4}\$? ?(python3 -m venv .+)$", re.MULTILINE)


def test_two_commands_do_all_the_set_up() -> None:
    demo, tests = _COMMAND.findall(README)
    assert demo.endswith("nox -s demo")
    assert tests.endswith("nox -s tests")


def test_ci_calls_the_second_command() -> None:
    _, tests = _COMMAND.findall(README)
    assert tests in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_what_the_readme_points_to_is_there() -> None:
    local = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert [path for path in local if not (ROOT / path).exists()] == []
    assert "docs/demo.svg" in local


def test_the_starters_are_those_that_there_are() -> None:
    listed = re.findall(r"^\| \[[\w-]+\]\(templates/([\w-]+)\)", README, re.MULTILINE)
    there = [path.name for path in (ROOT / "templates").iterdir() if path.is_dir()]
    assert sorted(listed) == sorted(there)


def test_the_findings_of_other_generators_are_those_that_were_counted() -> None:
    rows = json.loads((ROOT / "docs" / "comparison.json").read_text(encoding="utf-8"))["rows"]
    ours = {
        row["name"]: sum(row["findings"].values()) for row in rows if "shipwheel" in row["name"]
    }
    others = [sum(row["findings"].values()) for row in rows if row["name"] not in ours]
    assert set(ours.values()) == {0}
    assert f"other generators' files have {min(others)} to {max(others)}]" in README
