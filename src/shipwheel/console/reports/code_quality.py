"""GitLab's code quality report, which a merge request shows: a list of issues, one a finding and file.

The fields are those that https://docs.gitlab.com/ci/testing/code_quality/ names as needed.
"""

from __future__ import annotations

import json
from typing import Any

from shipwheel.console.reports.grouping import Told, told_once
from shipwheel.files import digest_of
from shipwheel.verification.report import Level, Report

_SEVERITY = {Level.ERROR: "major", Level.WARNING: "minor"}


def report_code_quality(report: Report) -> str:
    """Give the findings as GitLab's code quality report."""
    issues = [_issue(told) for told in told_once(report)]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(told: Told) -> dict[str, Any]:
    finding = told.finding
    on = f" (on Python {', '.join(told.pythons)})" if told.pythons else ""
    next_step = f"\nNext: {finding.hint}" if finding.hint else ""
    return {
        "description": f"{finding.message}{on}{next_step}",
        "check_name": finding.rule,
        # the same finding of another pipeline has the same: GitLab compares two branches by it
        "fingerprint": digest_of(finding.rule, finding.file, finding.message),
        "severity": _SEVERITY[finding.level],
        "location": {"path": finding.file or "dist", "lines": {"begin": 1}},
    }
