"""What uv's refusals mean for whoever locks, and how it is asked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from shipwheel.captured import Completed
from shipwheel.deps.lock.resolving import UNSOLVED, Asked, _command, _with_pins, failure
from shipwheel.errors import JobError, MachineError
from shipwheel.events import silent


def done(output: str) -> Completed:
    return Completed(("uv",), 1, output, 0.1, ())


@pytest.mark.parametrize(
    ("output", "kind", "what"),
    [
        (
            (
                "error: No solution found when resolving dependencies\n"
                "  cause: Because you require urllib3<2 and urllib3==2.5.0, we can conclude that …"
            ),
            JobError,
            "the requirements do not fit together",
        ),
        (
            (
                "error: No solution found when resolving dependencies\n"
                "  cause: Because nobody-has-it was not found in the package registry and you require it"
            ),
            JobError,
            "no index has nobody-has-it",
        ),
        (
            (
                "error: No solution found\n  cause: Because idna was not found in the package registry\n"
                "  hint: An index URL could not be queried due to a lack of valid authentication credentials"
            ),
            MachineError,
            "an index asks for a password that is missing or wrong",
        ),
        (
            "error: Failed to fetch: `https://index.example/simple/idna/`",
            MachineError,
            "an index is out of reach",
        ),
        (
            (
                "error: Failed to download and build `six @ git+https://git.example/six`\n"
                "  cause: Git operation failed\n  cause: failed to clone into: /somewhere"
            ),
            MachineError,
            "a git repository that is required cannot be read",
        ),
        (
            "error: Failed to build `old==1`",
            JobError,
            "a dependency could not be built for Python 3.9",
        ),
    ],
)
def test_a_refusal_says_whose_fault_it_is(output, kind, what):
    error = failure(done(output), "pyproject.toml", "3.9")
    assert isinstance(error, kind)
    assert error.what == what
    fits = "fit together" in what or "no index has" in what
    assert (error.reference == UNSOLVED) is fits


def test_a_cool_down_is_waived_for_what_is_named():
    asked = Asked(
        root=Path(),
        python="3.9",
        cutoff=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        waived=("urllib3",),
        emit=silent,
    )
    words = " ".join(_command(asked))
    assert "--exclude-newer 2026-01-02T03:04:05Z --exclude-newer-package urllib3=false" in words
    assert "--offline" not in words


def test_the_run_times_pins_come_before_older_ones():
    text = "# made\na==2 ; os_name == 'nt'  # via b\nb==1\n"
    assert _with_pins(text, ("a==1", "c==3")) == ("a==2 ; os_name == 'nt'", "b==1", "c==3")
