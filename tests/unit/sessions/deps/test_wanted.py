"""The words behind `profile` and `production`."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.sessions.deps.wanted import Wanted, interpreter_of, parse_words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], Wanted()),
        (["3.12"], Wanted("3.12")),
        (["--extra", "a", "--extra=b", "--extra", "a"], Wanted("", ("a", "b"))),
        (["--minutes", "2.5", "3.14t"], Wanted("3.14t", (), 2.5)),
        (["--rounds=1"], Wanted(rounds=1)),
    ],
)
def test_words(words: list[str], wanted: Wanted) -> None:
    assert parse_words(words, question="profile") == wanted


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--extra"], "--extra takes a value"),
        (["--minutes", "soon"], "--minutes takes a number above 0, not 'soon'"),
        (["--minutes=-1"], "--minutes takes a number above 0, not '-1'"),
        (["--minutes=nan"], "--minutes takes a number above 0, not 'nan'"),
        (["--fast"], "'--fast' is no Python"),
        (["numpy"], "'numpy' is no Python"),
    ],
)
def test_words_that_are_none(words: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        parse_words(words, question="profile")
    assert error.value.what == said


@pytest.mark.parametrize(
    ("python", "kind", "where"),
    [
        ("9.9", ConfigurationError, "the Python that is asked about"),
        ("3.14", MachineError, "the Python that is asked about"),
        ("", MachineError, "pyproject.toml [project] requires-python"),
    ],
)
def test_a_python_that_is_not_here_is_told_by_whoever_named_it(python, kind, where):
    fact = SimpleNamespace(origin="pyproject.toml [project] requires-python")
    opened = SimpleNamespace(
        project=SimpleNamespace(requires_python=fact),
        plan=SimpleNamespace(project=SimpleNamespace(pythons=("3.13",))),
        machine=SimpleNamespace(interpreter=lambda _text: None),
    )
    with pytest.raises(kind) as caught:
        interpreter_of(opened, python)
    assert caught.value.where == where
