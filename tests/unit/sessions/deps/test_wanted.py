"""The words behind `profile` and `production`."""

from __future__ import annotations

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.sessions.deps.wanted import Wanted, parse_words


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
