"""`shipwheel verify`: what it is called with, what it gives, and a workspace's reports joined."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from tests.unit.verification import conftest as distributions

from shipwheel.cli import main
from shipwheel.cli.verify import joined
from shipwheel.errors import ExitCode
from shipwheel.verification.catalogue import rules
from shipwheel.verification.report import Finding, Level, Report, Step, VerifiedFile

make_wheel = distributions.make_wheel


def report(name: str, *found: Level) -> Report:
    findings = tuple(
        Finding(rule="tags", level=level, file=name, message="m", hint="h") for level in found
    )
    file = VerifiedFile(filename=name, kind="wheel", sha256="0" * 64, size=1)
    return Report(
        ok=Level.ERROR not in found,
        files=(file,),
        checks=(),
        findings=findings,
        ignored={name: "why"},
    )


def test_one_package_is_its_own_report() -> None:
    assert joined([report("a.whl")]) == report("a.whl")


def test_one_package_that_fails_fails_all() -> None:
    found = joined([report("a.whl"), report("b.whl", Level.ERROR), report("c.whl", Level.WARNING)])
    assert not found.ok
    assert [each.filename for each in found.files] == ["a.whl", "b.whl", "c.whl"]
    assert [each.file for each in found.findings] == ["b.whl", "c.whl"]
    assert set(found.ignored) == {"a.whl", "b.whl", "c.whl"}


def test_one_package_is_verified_after_the_other() -> None:
    steps = (
        Step(name="read", file="", started=0.0, seconds=1.0),
        Step(name="look", file="", started=1.0, seconds=0.5),
    )
    each = msgspec.structs.replace(report("a.whl"), steps=steps)
    found = joined([each, each, report("b.whl")])
    assert [step.started for step in found.steps] == [0.0, 1.0, 1.5, 2.5]


def call(capsys, *words: str) -> tuple[int, str, str]:
    code = main.run(["verify", *words])
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return code, told.out, told.err


@pytest.fixture
def good(make_wheel, monkeypatch):
    """Give a good wheel's folder, and be in its parent."""
    folder = make_wheel().parent
    monkeypatch.chdir(folder.parent)
    return folder.name


@pytest.fixture
def poor(make_wheel, monkeypatch):
    """Give the folder of a wheel with a warning and no error, and be in its parent."""
    bare = {"good-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"}
    folder = make_wheel(bare, folder="poor").parent
    monkeypatch.chdir(folder.parent)
    return folder.name


def test_several_formats_at_once(good, capsys) -> None:
    forms = ("html", "junit", "sarif", "code-quality")
    words = [word for form in forms for word in (f"--{form}", f"out/{form}")]
    code, out, _ = call(capsys, good, "--static", "--json", "-", *words)
    assert code == ExitCode.DONE
    assert json.loads(out)["ok"] is True
    assert [bool(Path("out", form).read_bytes()) for form in forms] == [True] * 4
    assert json.loads(Path("out/code-quality").read_bytes()) == []


def test_one_format_alone_goes_to_standard_output(good, capsys) -> None:
    code, out, err = call(capsys, good, "--static", "--json", "--code-quality", "-")
    assert (code, out) == (ExitCode.USAGE, "")
    assert "--json and --code-quality cannot all go to standard output" in err
    code, out, _ = call(capsys, good, "--static", "--code-quality", "-")
    assert (code, json.loads(out)) == (ExitCode.DONE, [])


def test_strict_makes_warnings_errors_in_every_report(poor, capsys) -> None:
    code, out, _ = call(capsys, poor, "--static", "--json")
    assert code == ExitCode.DONE
    assert {each["level"] for each in json.loads(out)["findings"]} == {"warning"}
    code, out, _ = call(capsys, poor, "--static", "--strict", "--json")
    assert code == ExitCode.FOUND
    assert json.loads(out)["ok"] is False
    assert {each["level"] for each in json.loads(out)["findings"]} == {"error"}
    code, out, _ = call(capsys, poor, "--static", "--strict")
    assert code == ExitCode.FOUND
    assert out.rstrip().endswith(("1 error", "errors"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "there is no such file or folder"),
        (["empty"], "there is no distribution to verify"),
        (["empty/notes.txt"], "there is no distribution to verify"),
        (["--explain", "record-hsh"], "did you mean 'record-hash'?"),
        (["--explain", "record-hash", "dist"], "verify nothing: dist"),
        (["--list-rules", "--html", "x.html"], "verify nothing: --html"),
        (["--html", "empty"], "takes a file to write to, and 'empty' is a folder"),
        (["--sarif"], "--sarif"),
        (["--static", "--reproducible"], "--reproducible builds twice"),
        (["--no-such"], "--no-such"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(words, says, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").touch()
    code, out, err = call(capsys, *words)
    assert (code, out) == (ExitCode.USAGE, "")
    assert says in err


def test_the_rules_as_json(capsys) -> None:
    code, out, _ = call(capsys, "--list-rules", "--json")
    told = json.loads(out)
    assert (code, told["schema"]) == (ExitCode.DONE, 1)
    assert {each["id"] for each in told["rules"]} == {rule.id for rule in rules()}
    assert {"id", "family", "level", "title", "hint", "reason", "origin"} <= set(told["rules"][0])
    _, out, _ = call(capsys, "--explain", "record-hash", "--json")
    assert [each["id"] for each in json.loads(out)["rules"]] == ["record-hash"]


def test_a_rule_is_explained(capsys) -> None:
    code, out, _ = call(capsys, "--explain", "record-hash")
    assert code == ExitCode.DONE
    assert out.startswith("record-hash (error)\n  what holds  ")


def test_three_hundred_files_take_no_wall_of_text(make_wheel, monkeypatch, capsys) -> None:
    first = make_wheel()
    for number in range(300):
        shutil.copy(first, first.with_name(f"good-1.0-{number}-py3-none-any.whl"))
    first.unlink()
    monkeypatch.chdir(first.parent)
    code, out, _ = call(capsys, ".", "--static")
    assert "300 files, " in out.splitlines()[-1]
    assert len(out.splitlines()) < 60
    assert code in {ExitCode.DONE, ExitCode.FOUND}
