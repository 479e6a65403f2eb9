"""Dependencies declared in pyproject.toml, everything else as it was."""

from __future__ import annotations

import pytest

from shipwheel.deps.adopt.answer import Taken
from shipwheel.deps.adopt.declaring import declare, lines_of


def take(requirement, group=""):
    return Taken(name="x", version="1", requirement=requirement, group=group, because="")


TAKEN = (take("flask>=3"), take("a[b] @ https://x.invalid/a"), take("pytest>=8", "test"))
DECLARED = """\
dependencies = [
  "flask>=3",
  "a[b] @ https://x.invalid/a",
]
"""
GROUP = """\
[dependency-groups]
test = [
  "pytest>=8",
]
"""

GOOD = {
    "none at all": (
        None,
        f'[project]\nname = "demo"\nversion = "0"\nrequires-python = ">=3.11"\n{DECLARED}\n{GROUP}',
    ),
    "settings alone": (
        "[tool.ruff]\nline-length = 99 # so\n",
        (
            '[tool.ruff]\nline-length = 99 # so\n\n[project]\nname = "demo"\nversion = "0"\n'
            f'requires-python = ">=3.11"\n{DECLARED}\n{GROUP}'
        ),
    ),
    "a project with tables behind": (
        '[project]\nname = "demo" # mine\nclassifiers = [\n  "[a]",\n]\n\n# urls\n[project.urls]\na = "b"\n',
        (
            '[project]\nname = "demo" # mine\nclassifiers = [\n  "[a]",\n]\n'
            f'{DECLARED}\n# urls\n[project.urls]\na = "b"\n\n{GROUP}'
        ),
    ),
    "an empty list": (
        '[project]\nname = "demo"\ndependencies = [] # none\nversion = "1"\n',
        f'[project]\nname = "demo"\n{DECLARED}version = "1"\n\n{GROUP}',
    ),
    "other groups": (
        '[project]\nname = "demo"\n\n[dependency-groups]\ndocs = ["sphinx"]\n\n[tool.a]\n',
        (
            f'[project]\nname = "demo"\n{DECLARED}\n[dependency-groups]\ndocs = ["sphinx"]\n'
            'test = [\n  "pytest>=8",\n]\n\n[tool.a]\n'
        ),
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_was_there_stays(case):
    before, wanted = GOOD[case]
    assert declare(before, "demo", "3.11", TAKEN, described=False).text == wanted


def test_line_ends_stay():
    before = '[project]\r\nname = "demo"\r\n'
    text = declare(before, "demo", "3.11", TAKEN, described=False).text
    assert text is not None
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize(
    ("before", "described", "why"),
    [
        ('[project]\nname = "a"\ndynamic = ["dependencies"]\n', False, "dynamic"),
        (None, True, "does not describe"),
        ("[tool.poetry]\nname = 'a'\n", False, "does not describe"),
        ("project = { name = 'a' }\n", False, "for sure"),
        ("[project]\nname = 'a'\n[dependency-groups]\ntest = []\n", False, "has test already"),
        ("[project\n", False, "cannot be read"),
    ],
)
def test_what_only_a_person_can_write_is_told(before, described, why):
    found = declare(before, "demo", "3.11", TAKEN, described=described)
    assert found.text is None
    assert why in found.why


def test_the_lines_to_add_by_hand():
    assert lines_of(TAKEN).splitlines()[-3:] == ["group test = [", '  "pytest>=8",', "]"]
