"""What the README promises is what runs."""

from __future__ import annotations

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
