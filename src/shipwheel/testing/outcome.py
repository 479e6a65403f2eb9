"""How a test run ended, and when that is a failure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from shipwheel.errors import JobError
from shipwheel.testing.counts import Counts

_NONE_COLLECTED = 5  # exit code of pytest, and of unittest since Python 3.12


class TestOutcome(msgspec.Struct, frozen=True):
    """The outcome of a run over all its commands.

    `counts` is None where the runner tells none that we can read; `exit_code` is that of the command
    that failed, else 0. `narrowed`: the caller gave arguments or another command, so that it says
    nothing of the whole suite. `telling` are the lines that say why it failed, `reason` the one in which
    a runner without counts says it; `uncollected` is how many errors kept pytest from running any test;
    `absent` says what of the checkout is not here; `imports` are modules that were imported where no
    tests are known.
    """

    __test__ = False  # a name that pytest would collect

    counts: Counts | None
    exit_code: int
    seconds: float
    junit: Path
    commands: tuple[tuple[str, ...], ...] = ()
    telling: str = ""
    narrowed: bool = False
    imports: int = 0
    folder: Path | None = None
    uncollected: int = 0
    reason: str = ""
    absent: str = ""

    @property
    def ran(self) -> int | None:
        """Give how many tests ran, None where nobody can tell."""
        return self.counts.ran if self.counts else None

    @property
    def passed(self) -> int:
        """Give how many tests passed."""
        return self.counts.passed if self.counts else 0

    @property
    def failed(self) -> int:
        """Give how many tests failed or broke."""
        return self.counts.failed + self.counts.errors if self.counts else 0

    @property
    def skipped(self) -> int:
        """Give how many tests were skipped."""
        return self.counts.skipped if self.counts else 0

    @property
    def ok(self) -> bool:
        """Say whether every command ended with 0."""
        return self.exit_code == 0

    @property
    def summary(self) -> str:
        """Give it in a few words: `79 passed, 1 skipped`."""
        if self.imports:
            return f"no tests; {self.imports} modules imported"
        return self.counts.text if self.counts else "passed (the runner tells no counts)"


class TestsFailed(JobError):  # noqa: N818 - a verdict on the wheel, not on us
    """Tests failed, or none ran; `outcome` is what is known all the same."""

    __test__ = False
    reference = "tests-failed"

    def __init__(
        self, what: str, *, outcome: TestOutcome, where: str, evidence: str, hint: str
    ) -> None:
        super().__init__(what, where=where, evidence=evidence, hint=hint)
        self.outcome = outcome


def failure_of(
    outcome: TestOutcome, job_id: str, args: Sequence[str], log: Path
) -> TestsFailed | None:
    """Give why a run failed, None where it did not.

    A run in which no test ran, or all were skipped, fails too, unless arguments narrowed it.
    """
    counts = outcome.counts
    none_ran = counts is not None and counts.ran == 0
    if outcome.ok and (not none_ran or outcome.narrowed):
        return None
    if none_ran and outcome.exit_code in {0, _NONE_COLLECTED} and counts is not None:
        what, hint = _nothing_ran(counts, args)
    else:
        what, hint = _what_failed(outcome), outcome.absent
    return TestsFailed(
        what,
        outcome=outcome,
        where=str(log),
        evidence=outcome.telling,
        hint="\n".join([*([hint] if hint else []), *_again(outcome, job_id, args)]),
    )


def _nothing_ran(counts: Counts, args: Sequence[str]) -> tuple[str, str]:
    if args:
        return f"no test ran with {' '.join(args)!r}", "look whether they name tests that exist"
    if counts.skipped or counts.deselected:
        return (
            f"tests are known but none ran: {counts.text}",
            "skipped tests prove nothing: `[tool.shipwheel.test] requires` installs what they need",
        )
    return (
        "tests are known but none ran",
        "`[tool.shipwheel.test] command` says how they are run, `paths` where they are",
    )


def _what_failed(outcome: TestOutcome) -> str:
    counts = outcome.counts
    if outcome.uncollected:
        errors = f"{outcome.uncollected} error{'s' if outcome.uncollected > 1 else ''}"
        return f"no test ran: pytest could not collect them all ({errors})"
    if counts is None or not counts.failed + counts.errors:
        said = f": {outcome.reason}" if outcome.reason else ""
        return f"the test command failed with exit code {outcome.exit_code}{said}"
    bad = counts.failed + counts.errors
    return f"{bad} of {counts.ran} tests failed"


def _again(outcome: TestOutcome, job_id: str, args: Sequence[str]) -> list[str]:
    words = ["nox", "-s", job_id, *(["--", *args] if args else [])]
    lines = [f"again: {' '.join(words)}"]
    if outcome.commands and outcome.folder:
        lines.append(f"by hand, in {outcome.folder}: {' '.join(outcome.commands[-1])}")
    return lines
