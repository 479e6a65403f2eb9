from __future__ import annotations

import subprocess
import sys

import pytest
from spanwords.__main__ import main


@pytest.mark.parametrize(
    ("argv", "printed"),
    [
        (["1h30m"], "1 hour and 30 minutes\n"),
        (["--seconds", "1h30m"], "5400\n"),
        (["--seconds", "1.5s"], "1.5\n"),
    ],
)
def test_prints(argv: list[str], printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    assert capsys.readouterr().out == printed


def test_what_cannot_be_read_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["soon"])
    assert stop.value.code == 2
    assert "not a time span" in capsys.readouterr().err


def test_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "spanwords", "90 minutes"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "1 hour and 30 minutes\n"
