"""The formats of a Report: what stands in them, and that nothing of a stranger's runs or breaks them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import msgspec
import pytest

from shipwheel.console.reports import (
    FORMATS,
    report_code_quality,
    report_html,
    report_json,
    report_junit,
    report_sarif,
)
from shipwheel.console.reports.grouping import told_once, told_together
from shipwheel.console.reports.told import annotation_lines, tell
from shipwheel.console.verdicts import report_line
from shipwheel.verification.report import (
    CheckResult,
    CheckStatus,
    Finding,
    Level,
    Report,
    Step,
    VerifiedFile,
    read_report,
    strict,
    write_report,
)

NASTY = '<script>alert("1")</script>\x00&'
FILE = "good-1.0-py3-none-any.whl"


def finding(rule="import", level=Level.ERROR, python=None, message="it broke", file=FILE):
    return Finding(
        rule=rule, level=level, file=file, message=message, hint="mend it", python=python
    )


def check(id_="import", status=CheckStatus.PASSED, python=None, reason=None, file=FILE, warnings=0):
    return CheckResult(
        id=id_,
        file=file,
        python=python,
        status=status,
        reason=reason,
        warnings=warnings,
        seconds=0.5,
    )


def make_report(message="it broke") -> Report:
    return Report(
        ok=False,
        files=(VerifiedFile(filename=FILE, kind="wheel", sha256="ab" * 32, size=1234567),),
        checks=(
            check("archive-readable"),
            check("contents-top-level", warnings=1),
            check("import", CheckStatus.FAILED, "3.11"),
            check("import", CheckStatus.FAILED, "3.12"),
            check("install-smoke", CheckStatus.SKIPPED, "3.12", "no smoke command"),
            check("set-version", file=""),
        ),
        findings=(
            finding("contents-top-level", Level.WARNING, message="tests"),
            finding(python="3.11", message=message),
            finding(python="3.12", message=message),
        ),
        ignored={"archive-case": "we know"},
    )


class Page(HTMLParser):
    """Collects the tags and the text of a page, and whether they close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words, self.attributes = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_holds_everything_and_closes_what_it_opens():
    page = Page(report_html(make_report()))
    text = " ".join(page.words)
    assert page.open == []
    for said in (FILE, "it broke", "mend it", "Python 3.11, 3.12", "1 error, 1 warning", "we know"):
        assert said in text
    assert "no smoke command" in text
    assert "ab" * 32 in text


def test_the_page_loads_nothing_and_runs_its_own_script_alone():
    text = report_html(make_report())
    page = Page(text)
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not {"link", "img", "iframe", "object", "form"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "srcset", "style"}
    assert not {name for name in names if name.startswith("on")}
    policy = next(value for name, value in page.attributes if value and "default-src" in value)
    directives = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert (
        directives["default-src"] == directives["base-uri"] == directives["form-action"] == "'none'"
    )
    for tag in ("script", "style"):
        inner = re.search(rf"<{tag}>(.*)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert directives[f"{tag}-src"] == f"'sha256-{digest}'"


def test_the_page_leads_nowhere_but_to_itself_and_the_documentation():
    page = Page(report_html(make_report(NASTY)))
    links = [value for name, value in page.attributes if name == "href"]
    ids = {value for name, value in page.attributes if name == "id"}
    assert "#finding-1" in links
    for link in links:
        if link.startswith("#") and "=" not in link:
            assert link[1:] in ids
        else:
            assert link.startswith(("#status=", "https://github.com/shipwheel/shipwheel/"))


def test_the_page_marks_each_state_by_a_sign():
    cells = re.findall(
        r'<td class="(\w+)"[^>]*data-status[^>]*>(.*?)</td>', report_html(make_report())
    )
    signs = {(state, re.sub("<.*?>", "", inner)) for state, inner in cells}
    assert signs == {("passed", "✓"), ("warned", "!"), ("failed", "✗"), ("skipped", "-")}


def test_what_no_column_was_tried_for_takes_no_room():
    skipped = tuple(
        check("import", CheckStatus.SKIPPED, None, "none can load it", file=f"{n}.whl")
        for n in range(9)
    )
    tried = check("import", CheckStatus.PASSED, "3.12")
    shown = report_html(
        msgspec.structs.replace(make_report(), findings=(), checks=(*skipped, tried))
    )
    assert len(re.findall(r'<th title="[^"]*" colspan', shown)) == 1
    assert "none can load it" in shown


def test_the_page_draws_what_ran_when():
    steps = (
        Step(name="read", file=FILE, started=0.0, seconds=0.5),
        Step(name="install", file=FILE, python="3.12", started=0.5, seconds=1.0),
        Step(name="import", file=FILE, python="3.12", started=1.0, seconds=1.0),
    )
    text = report_html(msgspec.structs.replace(make_report(), steps=steps))
    assert re.findall(r'x="([\d.]+)%" y="(\d+)" width="([\d.]+)%"', text) == [
        ("0.00", "0", "25.00"),
        ("25.00", "0", "50.00"),
        ("50.00", "14", "50.00"),  # beside the one that still ran
    ]
    assert "read 0.5 s" in text
    assert "install 1.0 s, import 1.0 s" in text
    assert 'id="timeline"' not in report_html(make_report())


def test_what_is_the_same_in_many_files_is_one_finding_of_the_page():
    names = [f"good-1.0-cp3{number}-cp3{number}-win_amd64.whl" for number in range(9, 14)]
    report = Report(
        ok=False,
        files=tuple(
            VerifiedFile(filename=name, kind="wheel", sha256="0" * 64, size=1) for name in names
        ),
        checks=tuple(check(status=CheckStatus.FAILED, python="3.12", file=name) for name in names),
        findings=tuple(finding(python="3.12", file=name) for name in names),
    )
    assert [each.files for each in told_together(report)] == [tuple(names)]
    assert len(told_once(report)) == 5
    text = report_html(report)
    assert text.count('<article class="finding') == 1
    assert "5 files · Python 3.12" in text
    assert "✗ 1 error</p>" in text
    assert report_line(report).text.endswith("1 error")
    assert text.count('href="#finding-1"') == 5


def test_the_page_fits_a_phone_and_the_dark():
    text = report_html(make_report())
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "prefers-color-scheme: dark" in text


def test_a_good_report_says_so():
    good = Report(
        ok=True, files=make_report().files, checks=(check("archive-readable"),), findings=()
    )
    assert "nothing wrong found" in report_html(good)


def test_a_static_report_says_so():
    assert "static" in report_html(msgspec.structs.replace(make_report(), static=True))
    assert "nothing was installed" not in report_html(make_report())


@pytest.mark.parametrize("form", ["html", "junit", "sarif"])
def test_what_a_file_says_cannot_break_out(form):
    text = FORMATS[form](make_report(NASTY))
    assert "<script>alert" not in text or form == "sarif"  # JSON has another way to be safe
    if form == "junit":
        ET.fromstring(text.encode("utf-8"))
    elif form == "html":
        assert Page(text).open == []
    else:
        assert json.loads(text)["runs"][0]["results"]


def test_junit_has_a_suite_a_file_and_a_case_a_check():
    root = ET.fromstring(report_junit(make_report()))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {FILE, "the set"}
    assert {k: suites[FILE].get(k) for k in ("tests", "failures", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "skipped": "1",
    }
    cases = {case.get("name"): case for case in suites[FILE]}
    assert "it broke" in cases["import on 3.12"].find("failure").text
    assert cases["install-smoke on 3.12"].find("skipped").get("message") == "no smoke command"
    assert "tests" in cases["contents-top-level"].find("system-out").text
    assert list(cases["archive-readable"]) == []


def test_sarif_describes_every_rule_and_tells_each_finding_once():
    run = json.loads(report_sarif(make_report()))["runs"][0]
    described = run["tool"]["driver"]["rules"]
    results = run["results"]
    assert [r["level"] for r in results] == ["error", "warning"]
    assert results[0]["message"]["text"] == "it broke (on 3.11, 3.12)"
    for result in results:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == FILE
    assert run["artifacts"][0]["hashes"] == {"sha-256": "ab" * 32}


def test_json_is_the_report(tmp_path):
    report = make_report()
    assert msgspec.json.decode(report_json(report), type=Report) == report
    assert json.loads(report_json(report))["schema"] == 1
    write_report(tmp_path / "verify.json", report)
    assert read_report(tmp_path / "verify.json") == report
    (tmp_path / "verify.json").write_text("{")
    assert read_report(tmp_path / "verify.json") is None
    assert read_report(tmp_path / "lost.json") is None


def test_findings_that_differ_in_the_python_alone_are_told_once():
    told = told_once(make_report())
    assert [(each.finding.rule, each.pythons) for each in told] == [
        ("import", ("3.11", "3.12")),
        ("contents-top-level", ()),
    ]


def test_strict_makes_warnings_fail():
    report = Report(
        ok=True,
        files=(),
        checks=(check("contents-top-level", warnings=1), check("archive-readable")),
        findings=(finding("contents-top-level", Level.WARNING),),
    )
    hard = strict(report)
    assert not hard.ok
    assert [c.status for c in hard.checks] == [CheckStatus.FAILED, CheckStatus.PASSED]
    assert strict(msgspec.structs.replace(report, findings=())).ok


def test_installed_on_names_the_pythons_without_a_failure():
    report = msgspec.structs.replace(
        make_report(), checks=(*make_report().checks, check("import", python="3.13"))
    )
    assert report.installed_on(FILE) == ("3.13",)


def test_sarif_leads_from_a_rule_to_its_page():
    run = json.loads(report_sarif(make_report()))["runs"][0]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["helpUri"].startswith("https://")
        assert rule["helpUri"].endswith(f"#{rule['id']}")
    prints = [each["partialFingerprints"]["findingHash/v1"] for each in run["results"]]
    assert len(set(prints)) == len(prints) == 2
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_code_quality_has_the_fields_that_gitlab_needs():
    issues = json.loads(report_code_quality(make_report()))
    assert [(i["check_name"], i["severity"]) for i in issues] == [
        ("import", "major"),
        ("contents-top-level", "minor"),
    ]
    assert issues[0]["description"] == "it broke (on Python 3.11, 3.12)\nNext: mend it"
    assert issues[0]["location"] == {"path": FILE, "lines": {"begin": 1}}
    again = json.loads(report_code_quality(make_report()))
    assert [i["fingerprint"] for i in again] == [i["fingerprint"] for i in issues]
    assert len({i["fingerprint"] for i in issues}) == 2
    assert json.loads(report_code_quality(Report(ok=True, files=(), checks=(), findings=()))) == []


def test_annotations_are_ten_a_level_and_obey_no_stranger():
    findings = [finding(message=f"{n}\n::set-env name=A::b") for n in range(30)]
    findings.append(finding("tags", Level.WARNING, message="::error::x"))
    lines = list(annotation_lines(msgspec.structs.replace(make_report(), findings=tuple(findings))))
    assert len(lines) == 11
    assert lines[0] == (f"::error title=import%3A {FILE}::0%0A::set-env name=A::b%0Anext: mend it")
    assert lines[-1].startswith("::warning title=tags%3A")
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize("github", [True, False])
def test_a_github_job_gets_annotations_and_a_summary(monkeypatch, tmp_path, github):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true" if github else "")
    stream = io.StringIO()
    tell(make_report("`it` <b>broke</b>"), stream)
    told = [line for line in stream.getvalue().splitlines() if line.startswith("::")]
    assert len(told) == (2 if github else 0)
    assert (tmp_path / "summary.md").exists() == github
    if github:
        summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
        assert "1 error, 1 warning" in summary
        assert "<b>" not in summary


def test_no_line_of_a_report_is_a_command_to_githubs_runner():
    """It obeys `::` at the beginning of any line, also after blanks."""
    message = "::set-env name=A::b\n::stop-commands::x\r::add-path::y"
    stream = io.StringIO()
    tell(make_report(message), stream)
    assert "stop-commands" in stream.getvalue()
    assert not [x for x in stream.getvalue().splitlines() if x.strip().startswith(("::", "##["))]
