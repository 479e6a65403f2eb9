"""JUnit: a suite for each file, a case for each check and Python."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shipwheel.testing.junit import xml_text
from shipwheel.verification.report import CheckResult, CheckStatus, Finding, Report


def report_junit(report: Report) -> str:
    """Give the Report as JUnit XML; a warning is output of a case that passed."""
    root = Element("testsuites", name="shipwheel verify")
    files = dict.fromkeys(check.file for check in report.checks)
    for file in files:
        checks = [check for check in report.checks if check.file == file]
        root.append(_suite(file, checks, report))
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(file: str, checks: list[CheckResult], report: Report) -> Element:
    counts = {
        "tests": len(checks),
        "failures": sum(check.status is CheckStatus.FAILED for check in checks),
        "skipped": sum(check.status is CheckStatus.SKIPPED for check in checks),
        "errors": 0,
    }
    name = xml_text(file or "the set")
    suite = Element("testsuite", name=name, time=f"{sum(check.seconds for check in checks):.3f}")
    for key, count in counts.items():
        suite.set(key, str(count))
    for check in checks:
        found = [f for f in report.findings if is_of(f, check)]
        suite.append(_case(name, check, found))
    return suite


def is_of(finding: Finding, check: CheckResult) -> bool:
    """Say whether a finding is a check's."""
    return (finding.rule, finding.file, finding.python) == (check.id, check.file, check.python)


def _case(suite: str, check: CheckResult, found: list[Finding]) -> Element:
    name = f"{check.id} on {check.python}" if check.python else check.id
    case = Element("testcase", classname=suite, name=name, time=f"{check.seconds:.3f}")
    if check.status is CheckStatus.SKIPPED:
        SubElement(case, "skipped", message=xml_text(check.reason or ""))
    elif check.status is CheckStatus.FAILED:
        message = found[0].message if found else "failed"
        failure = SubElement(case, "failure", message=xml_text(message), type=check.id)
        failure.text = xml_text(text_of(found))
    elif found:
        SubElement(case, "system-out").text = xml_text(text_of(found))
    return case


def text_of(found: list[Finding]) -> str:
    """Give findings as plain lines."""
    return "\n".join(
        f"{each.level}: {each.message}" + (f"\n  next: {each.hint}" if each.hint else "")
        for each in found
    )
