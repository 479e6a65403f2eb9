"""One check run over its facts: how it ended, and what it found."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec

from shipwheel.verification.catalogue import of_subject
from shipwheel.verification.check import Check, Context, Problem, Subject
from shipwheel.verification.evidence import writable
from shipwheel.verification.facts import Distribution
from shipwheel.verification.report import CheckResult, CheckStatus, Finding, Level


def run_check(
    check: Check[Any],
    facts: Any,
    context: Context,
    ignored: Mapping[str, str],
    *,
    file: str,
    python: str | None = None,
) -> tuple[CheckResult, list[Finding]]:
    """Run one check: how it ended, and what it found. An ignored rule is skipped with its reason."""
    skipped = f"ignored: {ignored[check.id]}" if check.id in ignored else ""
    skipped = skipped or check.applies(facts, context)
    if skipped:
        return _skipped(check.id, file, skipped, python), []
    started = time.perf_counter()
    found = [_finding(check, each, file, python) for each in check.problems(facts, context)]
    if context.may_fail(python):
        found = [msgspec.structs.replace(each, level=Level.WARNING) for each in found]
    errors = sum(finding.level is Level.ERROR for finding in found)
    warned = f"{len(found)} warning{'s' if len(found) > 1 else ''}" if found else ""
    said = "; ".join(filter(None, (warned, check.note(facts))))
    result = CheckResult(
        id=check.id,
        file=file,
        python=python,
        status=CheckStatus.FAILED if errors else CheckStatus.PASSED,
        reason=None if errors else said or None,
        warnings=len(found) - errors,
        seconds=round(time.perf_counter() - started, 6),
    )
    return result, found


def _skipped(rule: str, file: str, reason: str, python: str | None) -> CheckResult:
    return CheckResult(
        id=rule, file=file, python=python, status=CheckStatus.SKIPPED, reason=writable(reason)
    )


def _finding(check: Check[Any], found: str | Problem, file: str, python: str | None) -> Finding:
    problem = Problem(found) if isinstance(found, str) else found
    return Finding(
        rule=check.id,
        level=problem.level or check.level,
        file=file,
        message=writable(problem.message),
        hint=problem.hint or check.hint,
        python=python,
    )


# a rule that infers from sources what the other sees where the wheel is installed
_SEEN_BY = {"source-undeclared": "import-undeclared"}


class Checking:
    """Runs checks and keeps what they say."""

    def __init__(self, context: Context, ignored: Mapping[str, str]) -> None:
        self.context = context
        self.ignored = ignored
        self.results: list[CheckResult] = []
        self.findings: list[Finding] = []

    def look_at(self, distribution: Distribution) -> None:
        """Run the static checks of a file; of an unreadable one all but the first are skipped."""
        name = distribution.file.filename
        self.run(Subject.FILE, distribution.file, name)
        inside = distribution.wheel or distribution.sdist
        own = {"wheel": (Subject.WHEEL,), "sdist": (Subject.SDIST,)}.get(distribution.file.kind, ())
        for subject in (Subject.ARCHIVE, *own) if own else ():
            if inside is None:
                self.skip(subject, name, "the archive cannot be read")
            else:
                self.run(subject, inside, name)

    def run(self, subject: Subject, facts: Any, file: str, python: str | None = None) -> None:
        """Run the checks of a subject over its facts."""
        for check in of_subject(subject):
            result, found = run_check(
                check(), facts, self.context, self.ignored, file=file, python=python
            )
            self.results.append(result)
            self.findings.extend(found)

    def settle(self) -> None:
        """Leave to the rule that saw a wheel's imports what another inferred of the same wheel."""
        ran = {(r.id, r.file) for r in self.results if r.status is not CheckStatus.SKIPPED}
        left = {(rule, file) for rule, by in _SEEN_BY.items() for each, file in ran if each == by}
        self.findings = [f for f in self.findings if (f.rule, f.file) not in left]
        self.results = [
            _skipped(r.id, r.file, f"left to {_SEEN_BY[r.id]}, which saw it installed", r.python)
            if (r.id, r.file) in left and r.status is not CheckStatus.SKIPPED
            else r
            for r in self.results
        ]

    def skip(self, subject: Subject, file: str, reason: str, python: str | None = None) -> None:
        """Say that the checks of a subject were not run, and why."""
        for check in of_subject(subject):
            self.results.append(_skipped(check.id, file, reason, python))
