"""The words behind `profile` and `production`."""

from __future__ import annotations

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.sessions.deps.wanted import Wanted, parse_words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], Wanted("", (), 10.0)),
        (["3.12"], Wanted("3.12", (), 10.0)),
        (["--extra", "a", "--extra=b", "--extra", "a"], Wanted("", ("a", "b"), 10.0)),
        (["--minutes", "2.5", "3.14t"], Wanted("3.14t", (), 2.5)),
    ],
)
def test_words(words: list[str], wanted: Wanted) -> None:
    assert parse_words(words, question="profile", minutes=10.0) == wanted


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
