"""The commands about dependencies, as far as they are alike."""

from __future__ import annotations

import importlib
import json

import click
import msgspec
import pytest

from shipwheel.cli.call import Call
from shipwheel.cli.deps import answering, deps
from shipwheel.console.layout import Table
from shipwheel.console.section import Section
from shipwheel.errors import ConfigurationError, JobError, MachineError
from shipwheel.planning.job import DEPENDENCY_KINDS
from shipwheel.sessions.deps.asked import Asked
from shipwheel.workspace import Workspace


class Found(msgspec.Struct, frozen=True):
    project: str
    ok: bool


def asked(*, ok: bool) -> Asked[Found]:
    section = Section("audit", "title", ok, (Table("what was found", empty="nothing"),))
    return Asked("audit", lambda *_: Found("demo", ok), lambda _: section, lambda *_: JobError("x"))


@pytest.fixture
def call(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "demo"\nversion = "1"\n')
    (tmp_path / "demo.py").write_text("")
    return Call(root=tmp_path)


@pytest.fixture(autouse=True)
def one_package(monkeypatch, tmp_path):
    opened = type("Opened", (), {"workspace": Workspace(tmp_path)})()
    monkeypatch.setattr(answering, "open_all", lambda _root, *, emit: (opened,))


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_tables_and_exit_code(call, capsys, ok, code):
    assert answering.answered(call, asked(ok=ok)) == code
    assert "what was found" in capsys.readouterr().out


def test_what_is_known_is_shown_and_kept_before_it_is_told_what_is_not(call, tmp_path, capsys):
    part = msgspec.structs.replace(asked(ok=False), unanswered=lambda _: MachineError("no index"))
    with pytest.raises(MachineError, match="no index"):
        answering.answered(call, part)
    assert "what was found" in capsys.readouterr().out
    assert (tmp_path / ".shipwheel" / "deps" / "audit.json").is_file()


def test_json_on_standard_output_is_alone_there(call, capsys):
    answering.answered(call, asked(ok=True), json_file="-")
    told = json.loads(capsys.readouterr().out)
    assert told["projects"] == [{"project": "demo", "ok": True}]


def test_a_page_in_a_file(call, tmp_path, capsys):
    answering.answered(call, asked(ok=True), html_file=str(tmp_path / "page.html"))
    assert "what was found" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "what was found" in capsys.readouterr().out


def test_each_question_has_a_command_and_a_session():
    context = click.Context(deps)
    names = deps.list_commands(context)
    assert names == [kind.value for kind in DEPENDENCY_KINDS]
    for name in names:
        command = deps.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert callable(importlib.import_module(f"shipwheel.sessions.deps.{name}").run)


def refusing(*names: str, reference: str) -> Asked[Found]:
    """Give a question that has an answer for all packages but the named ones."""

    def ask(opened, _words, _emit):
        if opened.workspace.root.name in names:
            raise ConfigurationError(f"not of {opened.workspace.root.name}", reference=reference)
        return Found(opened.workspace.root.name, ok=True)

    section = Section("patch", "title", ok=True, tables=(Table("what was found", empty="nothing"),))
    return Asked("patch", ask, lambda _: section, lambda *_: JobError("x"))


@pytest.fixture
def two_packages(monkeypatch, tmp_path):
    made = [type("Opened", (), {"workspace": Workspace(tmp_path / name)})() for name in "ab"]
    for each in made:
        each.workspace.root.mkdir()
    monkeypatch.setattr(answering, "open_all", lambda _root, *, emit: iter(made))


@pytest.mark.usefixtures("two_packages")
def test_a_package_of_several_that_has_not_what_is_asked_for_is_passed_over(call, capsys):
    answering.answered(call, refusing("a", reference="not-locked"), json_file="-")
    assert [each["project"] for each in json.loads(capsys.readouterr().out)["projects"]] == ["b"]


@pytest.mark.usefixtures("two_packages")
@pytest.mark.parametrize(
    ("names", "reference"), [("ab", "not-locked"), ("ab", "nothing-to-lock"), ("a", "else")]
)
def test_what_no_package_has_and_other_errors_are_raised(call, names, reference):
    with pytest.raises(ConfigurationError, match="not of a"):
        answering.answered(call, refusing(*names, reference=reference))
