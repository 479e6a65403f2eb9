"""Processes for real: output, time, signals, and what they leave behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from shipwheel import captured, process
from shipwheel.errors import MachineError
from shipwheel.events import Output

pytestmark = pytest.mark.integration
posix = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


def alive(pid: int) -> bool:
    """Say whether a process runs; a dead one that nobody waits for counts as ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return sys.platform != "linux"
        return False
    return state != "Z"


def ended(pid: int, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def pid_in(path: Path) -> int:
    for _ in range(500):
        if path.is_file() and path.read_text():
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError(f"{path} was never written")


def child_writing(pid_file: Path, *, before: str = "") -> str:
    """Give code that starts a sleeping grandchild and writes its pid."""
    return textwrap.dedent(f"""
        import subprocess, sys, time
        {before}
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        open({str(pid_file)!r}, "w").write(str(child.pid))
    """)


def test_output_comes_in_order_from_both_streams_and_into_the_log(tmp_path):
    lines = []
    code = "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(7)"
    done = process.run(python(code), log=tmp_path / "a" / "log", emit=lines.append)
    assert (done.returncode, done.output, done.ok) == (7, "one\ntwo\n", False)
    assert lines == [Output("one"), Output("two")]
    log = (tmp_path / "a" / "log").read_text()
    assert log.startswith("$ ")
    assert log.endswith("one\ntwo\n")


def test_bytes_that_are_no_text_and_a_last_line_without_end_are_kept():
    code = r"import sys; sys.stdout.buffer.write(b'caf\xe9 \xc3\xa9\ntail')"
    lines = []
    done = process.run(python(code), emit=lines.append)
    assert done.output == "caf\ufffd é\ntail"
    assert lines == [Output("caf\ufffd é"), Output("tail")]


def test_an_output_without_newlines_is_bounded_in_memory(monkeypatch, tmp_path):
    monkeypatch.setattr(captured, "_KEPT", 1 << 18)
    code = "import sys; [sys.stdout.write('é' * 65536) for _ in range(64)]; print('END')"
    lines = []
    done = process.run(python(code), emit=lines.append, log=tmp_path / "log")
    assert len(done.output) < 1 << 20
    assert done.output.endswith("éEND\n")
    assert "left out here" in done.output
    assert max(len(line.line) for line in lines) <= 1 << 18
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert log.partition("\n")[2].count("é") == 64 * 65536


def test_a_child_has_no_input_to_wait_for():
    assert process.run(python("import sys; print(repr(sys.stdin.read()))")).output == "''\n"


def test_credentials_reach_the_caller_and_nobody_else(tmp_path, monkeypatch):
    monkeypatch.setenv("INDEX_PASSWORD", "hunter22")
    env = {**os.environ, "SOME_TOKEN": "tok-123456"}
    code = """
        import os
        print(os.environ["INDEX_PASSWORD"], os.environ["SOME_TOKEN"], "https://me:pw@host/x")
    """
    lines = []
    done = process.run(python(code), env=env, log=tmp_path / "log", emit=lines.append)
    assert done.output == "hunter22 tok-123456 https://me:pw@host/x\n"
    for seen in (done.tail(), (tmp_path / "log").read_text(), lines[0].line):
        assert "hunter22" not in seen
        assert "tok-123456" not in seen
        assert "me:pw" not in seen
        assert "*** *** https://***@host/x" in seen


@posix
def test_a_command_that_takes_too_long_is_stopped_with_its_children(tmp_path):
    code = child_writing(tmp_path / "pid") + "print('begun', flush=True); time.sleep(60)"
    done = process.run(python(code), timeout=1.0)
    assert done.returncode == process.TIMED_OUT
    assert done.output == "begun\nstopped after 1 seconds\n"
    assert ended(pid_in(tmp_path / "pid"))


@posix
def test_time_runs_out_also_while_output_comes_and_where_the_signal_is_ignored():
    code = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True: print("x" * 1000)
    """
    started = time.monotonic()
    assert process.run(python(code), timeout=0.5).returncode == process.TIMED_OUT
    assert time.monotonic() - started < 10


@posix
def test_what_a_command_leaves_running_neither_holds_us_nor_lives_on(tmp_path):
    started = time.monotonic()
    done = process.run(python(child_writing(tmp_path / "pid") + "print('bye')"))
    assert (done.returncode, done.output) == (0, "bye\n")
    assert time.monotonic() - started < 10
    assert ended(pid_in(tmp_path / "pid"))


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_us_stops_the_whole_tree(tmp_path, number):
    inner = child_writing(tmp_path / "pid") + "time.sleep(60)"
    # nohup and some runners start us with the signal ignored
    heard = (
        f"import signal; signal.signal({int(number)}, signal.SIG_DFL)"
        if number != signal.SIGINT
        else ""
    )
    run = f"from shipwheel import process; process.run([{sys.executable!r}, '-c', {inner!r}])"
    outer = f"{heard}\n{run}"
    with subprocess.Popen(python(outer), stderr=subprocess.DEVNULL) as ours:
        grandchild = pid_in(tmp_path / "pid")
        assert alive(grandchild)
        ours.send_signal(number)
        assert ours.wait(10) != 0
    assert ended(grandchild)


@posix
def test_a_signal_to_us_stops_a_server_and_calls_in_threads(tmp_path):
    sleeper = [sys.executable, "-c", child_writing(tmp_path / "a") + "time.sleep(60)"]
    other = [sys.executable, "-c", child_writing(tmp_path / "b") + "time.sleep(60)"]
    outer = (
        "from shipwheel import process\n"
        f"with process.background({sleeper!r}):\n"
        f"    process.parallel(process.run, [{other!r}], workers=2)\n"
    )
    with subprocess.Popen(python(outer), stderr=subprocess.DEVNULL) as ours:
        pids = [pid_in(tmp_path / "a"), pid_in(tmp_path / "b")]
        ours.terminate()
        assert ours.wait(10) == 128 + signal.SIGTERM
    assert [ended(pid) for pid in pids] == [True, True]


def test_an_error_in_whoever_listens_stops_the_process():
    def refuse(_event):
        raise ZeroDivisionError

    started = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        process.run(python("import time; print('x', flush=True); time.sleep(60)"), emit=refuse)
    assert time.monotonic() - started < 10


def test_parallel_calls_keep_their_order_and_give_up_at_the_first_error():
    def call(number):
        done = process.run(
            python(f"import time; time.sleep({0.2 / (number + 1)}); print({number})")
        )
        return int(done.output)

    assert process.parallel(call, range(4), workers=4) == [0, 1, 2, 3]

    def fail(seconds):
        if not seconds:
            raise ZeroDivisionError
        return process.run(python(f"import time; time.sleep({seconds})"))

    started = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        process.parallel(fail, [0, 60], workers=2)
    assert time.monotonic() - started < 10


def test_handlers_of_the_program_around_us_stay():
    # ours, where a server that lives as long as this worker is being followed
    found = signal.getsignal(signal.SIGTERM)
    process.run(python("pass"))
    assert signal.getsignal(signal.SIGTERM) is found
    if os.name == "posix":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            process.run(python("pass"))
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGTERM, found)


def test_no_handler_of_ours_stays_behind():
    code = """
        import signal, sys
        from shipwheel import process
        before = signal.getsignal(signal.SIGTERM)
        process.run([sys.executable, "-c", "pass"])
        assert signal.getsignal(signal.SIGTERM) is before is signal.SIG_DFL
    """
    assert process.run(python(code)).ok


@pytest.mark.parametrize(
    ("command", "cwd", "what"),
    [
        (["no-such-program-here"], None, "the program 'no-such-program-here' is not there"),
        ([sys.executable, "-c", "pass"], Path("no-such-folder"), "the folder no-such-folder"),
    ],
)
def test_what_cannot_start_is_the_machines_fault(command, cwd, what):
    with pytest.raises(MachineError, match=what):
        process.run(command, cwd=cwd)


@posix
def test_a_program_is_looked_up_in_the_path_that_it_gets(tmp_path):
    tool = tmp_path / "shipwheel-tool"
    tool.write_text("#!/bin/sh\necho here\n")
    tool.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    assert process.run(["shipwheel-tool"], env=env).output == "here\n"


def test_lines_are_read_while_a_process_runs_and_it_ends_with_the_block(monkeypatch) -> None:
    monkeypatch.setenv("UPLOAD_TOKEN", "hunter2hunter2")
    code = """
        import os, time
        print("started", os.getpid(), os.environ["UPLOAD_TOKEN"], flush=True)
        time.sleep(60)
    """
    with process.following(python(code)) as followed:
        word, pid, token = next(followed.lines()).split()
        assert (word, followed.returncode) == ("started", None)
        assert token != "hunter2hunter2"
        assert alive(int(pid))
    assert ended(int(pid))


def test_a_process_that_is_read_to_its_end_leaves_its_exit_code() -> None:
    with process.following(python("print('one\\ntwo', end=''); raise SystemExit(3)")) as followed:
        assert list(followed.lines()) == ["one", "two"]
        assert followed.returncode == 3
