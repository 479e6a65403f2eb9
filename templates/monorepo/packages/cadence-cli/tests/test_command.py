import subprocess
import sys

import pytest

from cadence_cli.__main__ import main


def test_prints_a_date_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["every", "2", "weeks", "--from", "2026-01-01", "--count", "3"]) == 0
    assert capsys.readouterr().out.split() == ["2026-01-01", "2026-01-15", "2026-01-29"]


def test_says_what_is_no_cadence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["weekly"])
    assert ended.value.code == 2
    assert "is no cadence" in capsys.readouterr().err


def test_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "cadence_cli", "every", "day", "--count", "2"]
    assert len(subprocess.run(command, check=True, capture_output=True).stdout.split()) == 2
