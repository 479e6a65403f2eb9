"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from shipwheel.console.reports.grouping import Told, told_once
from shipwheel.console.rule_pages import address
from shipwheel.files import digest_of
from shipwheel.verification.catalogue import rules
from shipwheel.verification.check import Rule
from shipwheel.verification.report import Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report_sarif(report: Report) -> str:
    """Give the Report as SARIF: one run, every rule described, a result for each finding."""
    known = rules()
    order = {rule.id: number for number, rule in enumerate(known)}
    driver = {
        "name": "shipwheel verify",
        "version": version("shipwheel"),
        "rules": [_rule(rule) for rule in known],
    }
    run = {
        "tool": {"driver": driver},
        "artifacts": [
            {
                "location": {"uri": quote(file.filename)},
                "length": file.size,
                "hashes": {"sha-256": file.sha256},
            }
            for file in report.files
        ],
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(told, order) for told in told_once(report)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.hint},
        "defaultConfiguration": {"level": rule.level.value},
        "properties": {"tags": ["packaging", rule.family]},
    }
    if address(rule):
        described["helpUri"] = address(rule)
    if rule.reason:
        described["fullDescription"] = {"text": " ".join(rule.reason.split())}
    return described


def _result(told: Told, order: dict[str, int]) -> dict[str, Any]:
    finding = told.finding
    on = f" (on {', '.join(told.pythons)})" if told.pythons else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": finding.level.value,
        "message": {"text": f"{finding.message}{on}"},
        # the same finding of another run has the same: services follow it by this
        "partialFingerprints": {
            "findingHash/v1": digest_of(finding.rule, finding.file, finding.message)
        },
    }
    if finding.rule in order:
        result["ruleIndex"] = order[finding.rule]
    # a result without any place is refused by GitHub: the set's stands at the folder
    place = quote(finding.file) if finding.file else "."
    result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": place}}}]
    return result
