from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from shipwheel.console.steps import Steps
from shipwheel.console.terminal import Look
from shipwheel.errors import JobError
from shipwheel.events import Event, Notice, Output, Progress, StepDone, StepStarted, Warned

PLAIN = Look()
RICH = Look(rich=True, width=40)
GITHUB = Look(github=True)


def printed(*events: Event, look: Look = PLAIN, verbose: bool = False) -> str:
    stream = io.StringIO()
    steps = Steps(stream, look=look, verbose=verbose)
    for event in events:
        steps.emit(event)
    return stream.getvalue()


def test_a_step_begins_and_ends_with_its_seconds() -> None:
    text = printed(
        StepStarted("build the sdist", "python -m build"),
        StepDone("build the sdist", 1.26, "a-1.0.tar.gz"),
    )
    assert text.splitlines() == [
        "  → build the sdist  python -m build",
        "  ✓ build the sdist  a-1.0.tar.gz  (1.3 s)",
    ]


def test_a_trial_that_failed_has_no_check_mark() -> None:
    text = printed(StepStarted("try", "2: the floors"), StepDone("try", 2, "failed", well=False))
    assert "✗ try  failed  (2.0 s)" in text
    assert "✓" not in text


def test_a_step_within_a_step_is_told_when_asked_for() -> None:
    events = (
        StepStarted("verify"),
        StepStarted("install"),
        StepDone("install", 1),
        StepDone("verify", 2),
    )
    assert printed(*events).splitlines() == ["  → verify", "  ✓ verify  (2.0 s)"]
    assert printed(*events, verbose=True).splitlines() == [
        "  → verify",
        "  → install",
        "  ✓ install  (1.0 s)",
        "  ✓ verify  (2.0 s)",
    ]


def test_a_step_of_another_thread_is_not_within() -> None:
    stream = io.StringIO()
    steps = Steps(stream, look=PLAIN)
    steps.emit(StepStarted("verify"))
    thread = threading.Thread(target=steps.emit, args=(StepStarted("install"),))
    thread.start()
    thread.join()
    assert stream.getvalue().splitlines() == ["  → verify", "  → install"]


def test_paths_are_told_from_the_working_directory(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    inside = StepDone("sdist", 1, str(tmp_path / "dist" / "a.tar.gz"))
    outside = StepDone("sdist", 1, f"{tmp_path}-other")
    assert printed(inside) == f"  ✓ sdist  {Path('dist', 'a.tar.gz')}  (1.0 s)\n"
    assert f"{tmp_path}-other" in printed(outside)


def test_notices_and_warnings() -> None:
    text = printed(Notice("3.14 is not here"), Warned("no tests", "name them"), Progress("x", 1, 2))
    assert text.splitlines() == [
        "  · 3.14 is not here",
        "  ! warning: no tests",
        "      next: name them",
    ]


def test_output_is_hidden_unless_asked_for() -> None:
    assert printed(Output("collecting"), verbose=False) == ""
    assert printed(Output("\x1b[32mcollecting\x1b[0m"), verbose=True) == "    | collecting\n"


def test_a_bar_of_a_tool_is_its_last_state() -> None:
    assert printed(Output("10 %\r50 %\r100 %\r"), verbose=True) == "    | 100 %\n"


def test_on_a_terminal_the_end_of_a_step_replaces_its_beginning() -> None:
    text = printed(StepStarted("tests", "x" * 100), StepDone("tests", 2.0), look=RICH)
    begun, ended = text.split("\r\x1b[K")
    assert "\n" not in begun
    assert "…" in begun
    assert begun.count("x") < 34
    assert ended.startswith("  \x1b[32m✓\x1b[0m tests")


def test_a_failure_names_the_open_steps_and_shows_the_last_lines() -> None:
    stream = io.StringIO()
    steps = Steps(stream, look=PLAIN)
    steps.emit(StepStarted("install"))
    steps.emit(Output("of another step"))
    steps.emit(StepDone("install", 1))
    steps.emit(StepStarted("tests"))
    for number in range(30):
        steps.emit(Output(f"line {number}"))
    steps.failed(JobError("the tests failed", where="test-3.12", hint="`nox -s test-3.12`"))
    lines = stream.getvalue().splitlines()[3:]
    assert lines[0] == "  ✗ tests"
    assert lines[1] == "    | … (5 lines before)"
    assert lines[2] == "    | line 5"
    assert lines[-4:] == [
        "    | line 29",
        "error: the tests failed",
        "  where: test-3.12",
        "  next: `nox -s test-3.12`",
    ]


def test_the_error_itself_may_be_left_to_the_caller() -> None:
    stream = io.StringIO()
    steps = Steps(stream, look=PLAIN)
    steps.emit(StepStarted("tests"))
    steps.failed(JobError("the tests failed"), tell=False)
    assert stream.getvalue().splitlines() == ["  → tests", "  ✗ tests"]


@pytest.mark.parametrize(
    ("verbose", "evidence"), [(True, None), (False, "the backend's last lines")]
)
def test_lines_are_not_shown_twice(*, verbose: bool, evidence: str | None) -> None:
    stream = io.StringIO()
    steps = Steps(stream, look=PLAIN, verbose=verbose)
    steps.emit(Output("one line"))
    steps.failed(JobError("it failed", evidence=evidence))
    assert stream.getvalue().count("one line") == int(verbose)


def test_github_folds_a_step_and_lifts_a_warning() -> None:
    text = printed(
        StepStarted("tests", "pytest"),
        Output("::add-mask::x"),
        StepDone("tests", 3),
        Warned("100% new,\nline", "say so"),
        look=GITHUB,
    )
    assert text.splitlines() == [
        "::group::tests  pytest",
        "    | ::add-mask::x",
        "::endgroup::",
        "  ✓ tests  (3.0 s)",
        "::warning::100%25 new,%0Aline%0Asay so",
    ]


def test_a_group_is_closed_when_its_step_fails() -> None:
    stream = io.StringIO()
    steps = Steps(stream, look=GITHUB)
    steps.emit(StepStarted("tests"))
    steps.failed()
    assert stream.getvalue().splitlines() == ["::group::tests", "::endgroup::", "  ✗ tests"]


def test_ascii_where_the_stream_has_no_more() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    steps = Steps(stream)
    steps.emit(StepDone("tests", 1, "zażółć.whl"))
    assert raw.getvalue() == b"  ok tests  za\\u017c\\xf3\\u0142\\u0107.whl  (1.0 s)\n"
