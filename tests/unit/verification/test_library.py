"""`shipwheel.verify` as a library: what it takes, what it gives."""

from __future__ import annotations

import inspect
import runpy
import sys

import msgspec
import pytest
from tests.conftest import ROOT

import shipwheel
from shipwheel.errors import ConfigurationError
from shipwheel.verification.report import Report

EXAMPLE = ROOT / "docs" / "verify_library.py"


def without_times(report: Report) -> Report:
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in report.checks)
    return msgspec.structs.replace(report, checks=checks, steps=())


@pytest.mark.parametrize(
    "given",
    [
        str,
        lambda path: path,
        lambda path: [str(path)],
        lambda path: (path, path),
        lambda path: (each for each in [path]),
        lambda path: path.parent,
        lambda path: str(path.parent),
    ],
    ids=["text", "path", "list", "twice", "generator", "folder", "folder's text"],
)
def test_it_takes_a_path_or_several_as_text_or_path(make_wheel, given):
    path = make_wheel()
    one = shipwheel.verify([path], static=True)
    assert [file.filename for file in one.files] == [path.name]
    assert without_times(shipwheel.verify(given(path), static=True)) == without_times(one)


def test_the_plan_is_the_second_argument():
    names = list(inspect.signature(shipwheel.verify).parameters)
    assert names[:2] == ["paths", "plan"]


@pytest.mark.parametrize("nothing", [[], (), "nowhere", ["nowhere.whl"]])
def test_nothing_to_verify_is_an_error(nothing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError):
        shipwheel.verify(nothing, static=True)


def example(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    return ended.value.code


def test_the_documentations_example_runs(make_wheel, monkeypatch, capsys):
    assert example(monkeypatch, make_wheel()) == 0
    assert capsys.readouterr().out == ""
    bad = make_wheel(after=[("good/late.py", "")], folder="bad")
    monkeypatch.chdir(bad.parent.parent)
    assert example(monkeypatch, bad) == 1
    out = capsys.readouterr().out
    assert f"error: {bad.name}: record-unlisted: " in out
    good = make_wheel(folder="dist")
    assert good.parent.parent == bad.parent.parent
    assert example(monkeypatch) == 0  # `dist`, where nothing is named


def test_many_files_are_told_as_they_are_read_and_looked_at(make_wheel):
    first = make_wheel()
    for build in "123":
        path = first.with_name(f"good-1.0-{build}-py3-none-any.whl")
        path.write_bytes(first.read_bytes())
    seen = []
    shipwheel.verify(first.parent, static=True, emit=seen.append)
    for name in ("read", "look"):
        told = [(each.done, each.total) for each in seen if each.name == name]
        assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
