"""A Report in the formats that others read: JSON, JUnit, SARIF, GitLab's, and a page for a browser."""

from __future__ import annotations

from collections.abc import Callable

from shipwheel.console.reports.code_quality import report_code_quality
from shipwheel.console.reports.junit import report_junit
from shipwheel.console.reports.page import report_html
from shipwheel.console.reports.sarif import report_sarif
from shipwheel.verification.report import Report, encode_report


def report_json(report: Report) -> str:
    """Give the Report as the JSON that the design names `verify`."""
    return encode_report(report).decode("utf-8")


# by the option that asks for it
FORMATS: dict[str, Callable[[Report], str]] = {
    "json": report_json,
    "html": report_html,
    "junit": report_junit,
    "sarif": report_sarif,
    "code-quality": report_code_quality,
}
