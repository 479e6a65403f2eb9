"""Nothing is told of the newest files of much-used projects, but what was looked at and is right.

The files are pinned in tests/harness/good_files.toml, what is right in good_files_reviewed.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

import good_files
import pytest
from good_files import GoodFile, fetch_all, told_of
from released import project_of

pytestmark = [pytest.mark.integration, pytest.mark.real]

FILES = good_files.good_files()
PROJECTS_AT_LEAST = 60
KINDS = {
    *("pure", "sdist", "Linux (glibc), CPython", "Linux (glibc), abi3", "Linux (glibc), PyPy"),
    *(
        "Linux (glibc), free-threaded",
        "Linux (musl), CPython",
        "macOS, CPython",
        "Windows, CPython",
    ),
}


@dataclass(frozen=True)
class Reviewed:
    """A warning that is right: of the files that `files` matches, by `rule`, for this reason."""

    files: str
    rule: str
    reason: str

    def covers(self, filename: str, level: str, rule: str) -> bool:
        """Say whether a finding is this one."""
        return level == "warning" and rule == self.rule and fnmatchcase(filename, self.files)


def _reviewed() -> tuple[Reviewed, ...]:
    path = Path(good_files.__file__).with_name("good_files_reviewed.toml")
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Reviewed(**each) for each in read.get("finding", []))


REVIEWED = _reviewed()
BY_PROJECT = {
    project: tuple(files)
    for project, files in groupby(
        sorted(FILES, key=lambda file: project_of(file.filename)),
        key=lambda file: project_of(file.filename),
    )
}


def test_the_files_are_of_many_projects_and_of_every_kind() -> None:
    assert len(BY_PROJECT) >= PROJECTS_AT_LEAST
    assert {each.kind for each in FILES} >= KINDS
    assert sum(each.size for each in FILES) < 350e6


@pytest.mark.parametrize("files", BY_PROJECT.values(), ids=BY_PROJECT)
def test_nothing_is_told_but_what_is_right(files: tuple[GoodFile, ...]) -> None:
    told = [
        (level, rule, name, message)
        for name, found, _ in map(told_of, fetch_all(files))
        for level, rule, message in found
        if not any(each.covers(name, level, rule) for each in REVIEWED)
    ]
    assert told == []


@pytest.mark.parametrize("reviewed", REVIEWED, ids=lambda each: f"{each.rule}: {each.files}")
def test_what_was_reviewed_is_still_told(reviewed: Reviewed) -> None:
    assert reviewed.reason
    pinned = good_files.good_files(everything=True)
    matching = [each for each in pinned if fnmatchcase(each.filename, reviewed.files)]
    assert matching, f"no file is like {reviewed.files}"
    for name, found, _ in map(told_of, fetch_all(each for each in matching if each.ci)):
        assert any(reviewed.covers(name, level, rule) for level, rule, _ in found), name
