"""What the session `patch` reads behind `--`."""

from __future__ import annotations

import pytest

from shipwheel.deps.lock.answer import Change
from shipwheel.deps.patch.answer import CellResult, PatchedLock, Patching
from shipwheel.errors import ConfigurationError
from shipwheel.sessions.deps.lock import LOCK
from shipwheel.sessions.deps.patch import _failure, _read


@pytest.mark.parametrize(
    ("words", "package", "pythons", "tests"),
    [
        (["urllib3"], "urllib3", (), True),
        (["--no-tests", "urllib3==2"], "urllib3==2", (), False),
        (["a", "--python", "3.11", "--python", "3.12"], "a", ("3.11", "3.12"), True),
    ],
)
def test_words_are_read(words, package, pythons, tests):
    said = _read(words)
    assert (said.package, said.pythons, said.tests) == (package, pythons, tests)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([], "wants to know which package"),
        (["a", "b"], "moves one package"),
        (["a", "--fast"], "does not know '--fast'"),
        (["a", "--python"], "does not know '--python'"),
    ],
)
def test_other_words_are_refused(words, what):
    with pytest.raises(ConfigurationError) as caught:
        _read(words)
    assert what in caught.value.what


def test_lock_refuses_other_words_with_the_nearest():
    with pytest.raises(ConfigurationError) as caught:
        LOCK.ask(None, ["--chek"], lambda _event: None)  # type: ignore[arg-type]
    assert (caught.value.hint or "").startswith("did you mean --check?")


def test_failing_tests_say_how_the_locks_are_taken_back():
    found = Patching(
        project="demo",
        ok=False,
        package="a",
        before=("1",),
        after=("2",),
        locks=(PatchedLock(file="pylock.toml", changes=(Change(package="a"),)),),
        tests=(CellResult(job="test-3.11", state="failed", said="1 test failed"),),
    )
    error = _failure(found, "kept.json")
    assert error.what == "a 2 is locked, and the tests fail with it"
    assert error.evidence == "test-3.11: 1 test failed"
    assert "`shipwheel deps patch a==1 --no-tests` takes it back" in (error.hint or "")
