"""How many tests ran, read from the lines with which a runner closes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)")
_WORD_COUNT = re.compile(
    r"(?P<count>\d+) (?P<what>passed|failed|errors?|skipped|xfailed|xpassed|deselected)\b"
)
_PYTEST = re.compile(
    r"^=*\s*(?P<counts>(\d+ \w+(, )?)+|no tests (ran|collected))( \(.*\))? in [\d.]+ ?s\b"
)
_UNITTEST_RAN = re.compile(r"^Ran (?P<count>\d+) tests? in ", re.MULTILINE)
_UNITTEST_END = re.compile(
    r"^(OK|FAILED|PASSED|SUCCESS|NO TESTS RAN)( \((?P<details>.*)\))?\s*$", re.MULTILINE
)
_DETAIL = re.compile(r"(?P<what>[A-Za-z ]+)=(?P<count>\d+)")
_ZOPE = re.compile(
    r"^(  Ran|Total:) (?P<ran>\d+) tests?(,| with) (?P<failed>\d+) failures?, "
    r"(?P<errors>\d+) errors?(,| and) (?P<skipped>\d+) skipped",
    re.MULTILINE,
)
_STESTR = re.compile(
    r"^ - (?P<what>Passed|Skipped|Expected Fail|Unexpected Success|Failed): (?P<count>\d+)",
    re.MULTILINE,
)
_REASON = re.compile(r"^E\s+[\w.]*(Error|Exception|Warning|Exit|Failed)\b")
_UNCOLLECTED = re.compile(
    r"^!+ Interrupted: (?P<count>\d+) errors? during collection !+$", re.MULTILINE
)
_NAMED = re.compile(r"^\{\d+\} .* \.\.\. FAILED$")  # stestr: worker, test, seconds
_CUT = re.compile(r"^(?:FAILED|ERROR) (?P<test>.*?) - (?P<start>.*)\.\.\.$")
_REFUSED = re.compile(r"^\S*\s*error: (?P<why>unrecognized arguments: .*|argument .*)$")
_EXCEPTION = re.compile(
    r"^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|NotFound|Interrupt)(?:: .*)?$"
)
_CLOSING_LINES = 30
_WIDEST = 300


class Counts(msgspec.Struct, frozen=True):
    """Tests by how they ended; a test that failed as expected ran (`xfailed`)."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    xfailed: int = 0
    deselected: int = 0

    @property
    def ran(self) -> int:
        """Give how many tests ran."""
        return self.passed + self.failed + self.errors + self.xfailed

    def __add__(self, other: Counts) -> Counts:
        """Add two runs."""
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.errors + other.errors,
            self.skipped + other.skipped,
            self.xfailed + other.xfailed,
            self.deselected + other.deselected,
        )

    @property
    def text(self) -> str:
        """Give the counts in words, as pytest does: `1 failed, 79 passed, 2 skipped`."""
        named = (
            (self.failed, "failed"),
            (self.passed, "passed"),
            (self.errors, "errors" if self.errors > 1 else "error"),
            (self.skipped, "skipped"),
            (self.xfailed, "xfailed"),
            (self.deselected, "deselected"),
        )
        return ", ".join(f"{count} {word}" for count, word in named if count) or "no tests"


def plain(text: str) -> str:
    """Give text without terminal sequences: a project's own `--color=yes` puts them into a pipe too."""
    return _ANSI.sub("", text)


def read_counts(output: str, python: str = "") -> Counts | None:
    """Give the counts that the closing lines of a known runner tell, None where there are none.

    `python` is the exact version that ran: unittest of 3.12.1 alone does not count what a decorator
    skipped among what it ran (CPython issue 113267).
    """
    text = plain(output)
    readers: tuple[Callable[[str], Counts | None], ...] = (
        *(_from_pytest, _from_zope, _from_stestr),
        *(partial(_from_unittest, skipped_apart=python == "3.12.1"), _from_words),
    )
    return next((counts for reader in readers if (counts := reader(text)) is not None), None)


def pytest_deselected(output: str) -> int:
    """Give how many tests pytest's last line says were deselected."""
    counts = _from_pytest(plain(output))
    return counts.deselected if counts else 0


def uncollected(output: str) -> int:
    """Give how many errors kept pytest from collecting the tests, so that none of them ran."""
    found = _UNCOLLECTED.search(plain(output))
    return int(found["count"]) if found else 0


def stated_reason(output: str) -> str:
    """Give the line in which a runner that told no counts says why: a refused option, an exception."""
    lines = [line.strip() for line in plain(output).splitlines()]
    for line in reversed(lines):
        if refused := _REFUSED.match(line):
            return refused["why"]
        if _EXCEPTION.match(line):
            return line[:_WIDEST]
    return ""


def telling_lines(output: str, most: int = 15) -> str:
    """Give the lines that say what failed: pytest's short summary, unittest's headings, else the end."""
    lines = [line.rstrip() for line in plain(output).splitlines() if line.strip()]
    summary = _short_summary(lines)
    kept = [_uncut(line, lines) for line in summary] or _failed_headings(lines)
    if not kept:
        return "\n".join(lines[-most:])
    if not any(" - " in line for line in kept):
        # what could not even be collected is named without a reason
        reasons = dict.fromkeys(line for line in lines if _REASON.match(line))
        kept = [*list(reasons)[: most // 3], *kept]
    more = [f"… and {len(kept) - most + 1} more"] if len(kept) >= most else []
    closing = next((line for line in reversed(lines) if _PYTEST.match(line)), lines[-1])
    return "\n".join([*kept[: most - 1 - len(more)], *more, closing])


def _uncut(line: str, lines: list[str]) -> str:
    """Put the whole reason in place of one that pytest cut to the terminal's width."""
    cut = _CUT.match(line)
    if cut is None:
        return line
    name = cut["test"].rpartition("::")[2]
    heading = next((at for at, each in enumerate(lines) if _is_heading(each, name)), 0)
    told = (each[1:].strip() for each in lines[heading:] if each.startswith("E "))
    whole = next((each for each in told if each.startswith(cut["start"])), None)
    return line if whole is None else f"{line[: cut.start('start')]}{whole}"[:_WIDEST]


def _is_heading(line: str, name: str) -> bool:
    return line.startswith("__") and name in line


def _short_summary(lines: list[str]) -> list[str]:
    starts = [index for index, line in enumerate(lines) if " short test summary info " in line]
    if not starts:
        return []
    return [line for line in lines[starts[-1] + 1 : -1] if line.startswith(("FAILED", "ERROR"))]


def _failed_headings(lines: list[str]) -> list[str]:
    found = (line for line in lines if line.startswith(("FAIL: ", "ERROR: ")) or _NAMED.match(line))
    return list(dict.fromkeys(found))


def _from_pytest(text: str) -> Counts | None:
    """Add up all runs: a project's own script may start pytest once for each way to run."""
    found = [match for line in text.splitlines() if (match := _PYTEST.match(line))]
    return sum((_by_words([each["counts"]]) for each in found), Counts()) if found else None


def _from_words(text: str) -> Counts | None:
    lines = [line for line in text.splitlines() if line.strip()][-_CLOSING_LINES:]
    told = [line.lower() for line in lines if _WORD_COUNT.search(line.lower())]
    return _by_words(told[-1:]) if told else None


def _by_words(lines: Iterable[str]) -> Counts:
    counts: dict[str, int] = {}
    for line in lines:
        for match in _WORD_COUNT.finditer(line):
            what = match["what"].removesuffix("s") if "error" in match["what"] else match["what"]
            counts[what] = counts.get(what, 0) + int(match["count"])
    return Counts(
        passed=counts.get("passed", 0) + counts.get("xpassed", 0),
        failed=counts.get("failed", 0),
        errors=counts.get("error", 0),
        skipped=counts.get("skipped", 0),
        xfailed=counts.get("xfailed", 0),
        deselected=counts.get("deselected", 0),
    )


def _from_unittest(text: str, *, skipped_apart: bool = False) -> Counts | None:
    ran = list(_UNITTEST_RAN.finditer(text))
    if not ran:
        return None
    end = _UNITTEST_END.search(text, ran[-1].end())
    details = (end["details"] or "") if end else ""
    by = {m["what"].strip().lower(): int(m["count"]) for m in _DETAIL.finditer(details)}
    failed = by.get("failures", 0) + by.get("unexpected successes", 0)
    errors = by.get("errors", 0)
    skipped = by.get("skipped", by.get("skips", 0))
    xfailed = by.get("expected failures", by.get("expectedfailures", 0))
    # a class that was skipped whole counts as skipped but not always as run
    passed = int(ran[-1]["count"]) - failed - errors - skipped - xfailed
    if passed <= 0 and skipped_apart:
        passed += skipped
    return Counts(max(0, passed), failed, errors, skipped, xfailed)


def _from_zope(text: str) -> Counts | None:
    found = list(_ZOPE.finditer(text))
    if not found:
        return None
    total = found[-1]
    failed, errors, skipped = (int(total[name]) for name in ("failed", "errors", "skipped"))
    return Counts(max(0, int(total["ran"]) - failed - errors), failed, errors, skipped)


def _from_stestr(text: str) -> Counts | None:
    by = {match["what"]: int(match["count"]) for match in _STESTR.finditer(text)}
    if "Passed" not in by:
        return None
    return Counts(
        passed=by["Passed"],
        failed=by.get("Failed", 0) + by.get("Unexpected Success", 0),
        skipped=by.get("Skipped", 0),
        xfailed=by.get("Expected Fail", 0),
    )
