from __future__ import annotations

import errno

import click
import pytest

from shipwheel import __version__
from shipwheel.cli import main
from shipwheel.errors import ConfigurationError, ExitCode, JobError, MachineError


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch):
    """Give a command line of one command that raises or gives what it is told to."""

    def prepare(outcome: object) -> None:
        @click.command("act")
        def act() -> object:
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr(main.LazyGroup, "get_command", lambda _self, _context, _name: act)

    return prepare


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (None, 0),
        (ExitCode.DONE, 0),
        (ExitCode.FOUND, 1),
        (JobError("it failed"), 1),
        (ConfigurationError("wrong"), 2),
        (click.UsageError("no such thing"), 2),
        (click.FileError("x", "unreadable"), 2),
        (MachineError("missing"), 3),
        (PermissionError(errno.EACCES, "Permission denied", "dist"), 3),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 1),
        (ValueError("a fault"), 1),
        (RecursionError("deep"), 1),
    ],
)
def test_exit_codes(outcome: object, code: int, raising, capsys) -> None:
    raising(outcome)
    assert main.run(["act"]) == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("outcome", "lines"),
    [
        (
            ConfigurationError("unknown key 'a'", where="pyproject.toml", hint="did you mean 'b'?"),
            ["error: unknown key 'a'", "  where: pyproject.toml", "  next: did you mean 'b'?"],
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "dist/a.whl"),
            [
                "error: the system refused: no space left on device",
                "  where: dist/a.whl",
                "  next: free some space on that disk and run again: nothing half-written is kept",
            ],
        ),
        (KeyboardInterrupt(), ["", "interrupted"]),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), []),
    ],
)
def test_what_a_person_reads(outcome: object, lines: list[str], raising, capsys) -> None:
    raising(outcome)
    main.run(["act"])
    assert capsys.readouterr().err.splitlines() == lines


def test_a_fault_of_ours_is_said_to_be_one(raising, capsys) -> None:
    raising(ZeroDivisionError("division by zero"))
    main.run(["act"])
    err = capsys.readouterr().err
    assert err.startswith("error: this is a fault in shipwheel, not in your project\n")
    assert "  | ZeroDivisionError: division by zero\n" in err


def test_debug_shows_the_traceback(raising, capsys) -> None:
    raising(JobError("it failed"))
    assert main.run(["--debug", "act"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):")
    assert err.endswith("error: it failed\n")


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        (["plam"], "plam"),
        (["--no-such"], "--no-such"),
        (["-C"], "-C"),
        (["-C", "/no/such/folder", "plan"], "/no/such/folder"),
    ],
)
def test_a_wrong_call(argv: list[str], what: str, capsys) -> None:
    assert main.run(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert what in err
    assert "  next: " in err


def test_version(capsys) -> None:
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out == f"shipwheel {__version__}\n"
