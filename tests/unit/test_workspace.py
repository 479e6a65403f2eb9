"""A job's files: their names stay inside our folders, whatever the job is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.workspace import Workspace, job_stem


@pytest.mark.parametrize(
    ("job_id", "stem"),
    [
        ("build", "build"),
        ("test-3.14t", "test-3.14t"),
        ("test-3.12-win_amd64", "test-3.12-win_amd64"),
        ("package:test-3.12", "package--test-3.12"),
    ],
)
def test_the_stem_of_a_planned_job_is_its_id(job_id: str, stem: str) -> None:
    assert job_stem(job_id) == stem


@pytest.mark.parametrize(
    "job_id",
    [
        "..",
        ".",
        "",
        "../../src",
        "..\\..\\src",
        "/etc/passwd",
        "C:\\Windows",
        ".hidden",
        "-flag",
        "tests(path='../data')",
        'tests(url="a?b*c")',
        "a\0b",
        "ä",
        "x" * 300,
    ],
)
def test_no_name_leads_out_of_our_folders(job_id: str, tmp_path: Path) -> None:
    stem = job_stem(job_id)
    assert not stem.startswith((".", "-"))
    assert 0 < len(stem) < 110
    assert not set(stem) & set("/\\:*?\"<>|\0' ")
    assert Workspace(tmp_path).record(job_id).parent == Workspace(tmp_path).records


def test_two_names_that_differ_in_unsafe_characters_alone_stay_apart() -> None:
    assert job_stem("tests(a='/')") != job_stem("tests(a='?')")
