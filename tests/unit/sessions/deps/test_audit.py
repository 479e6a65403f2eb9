"""The words and settings of an audit."""

from __future__ import annotations

import datetime as dt

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.project.config import DepsConfig, IgnoredAdvisory
from shipwheel.sessions.deps.audit import ignored_by, sarif_file, service_of


def test_the_words_behind_the_dashes():
    assert sarif_file([]) is None
    assert sarif_file(["--sarif", "a.sarif"]) == "a.sarif"


@pytest.mark.parametrize("words", [["--sarif"], ["jinja2"], ["--sarif", "a", "b"]])
def test_other_words_are_refused(words):
    with pytest.raises(ConfigurationError, match="audit does not know"):
        sarif_file(words)


def test_what_is_ignored_has_a_reason_and_perhaps_an_end():
    until = IgnoredAdvisory(reason="y", until=dt.date(2026, 12, 31))
    settings = DepsConfig(ignore_advisories={"CVE-1": "x", "CVE-2": until})
    assert [(each.id, each.reason, each.until) for each in ignored_by(settings)] == [
        ("CVE-1", "x", None),
        ("CVE-2", "y", "2026-12-31"),
    ]


def test_no_reason_is_none():
    with pytest.raises(ConfigurationError, match="CVE-1 is ignored without a reason"):
        ignored_by(DepsConfig(ignore_advisories={"CVE-1": " "}))


@pytest.mark.parametrize("text", ["", "osv", "ftp://osv.dev", "http://", "http://[::"])
def test_a_service_is_an_address(text):
    with pytest.raises(ConfigurationError, match="no address of an advisory service"):
        service_of(DepsConfig(audit_service=text))


def test_the_service_is_osv_unless_told_otherwise():
    assert service_of(DepsConfig()) == "https://api.osv.dev"
    assert service_of(DepsConfig(audit_service="http://osv:8080/x")) == "http://osv:8080/x"
