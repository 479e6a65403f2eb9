"""An audit as a person and as CI reads it."""

from __future__ import annotations

import json

from shipwheel.console.dependencies.audit import audit_section, audit_tables
from shipwheel.console.layout import plain_lines
from shipwheel.console.reports.advisories import annotation_lines, audit_sarif, proposal
from shipwheel.console.terminal import Look
from shipwheel.deps.audit.answer import Advisory, Audit, Audited, Ignored, Mend, Place, Vulnerable

SLOW = Advisory(
    id="GHSA-1",
    aliases=("CVE-2021-1",),
    summary="It is <slow>",
    link="https://example.org/1",
    fixed=("1.26.5",),
)
PLACES = (
    Place(group="", lock="pylock.toml", line=7),
    Place(group="docs", lock="pylock.docs.toml", line=3),
)


def vulnerable(mend=None, ignored=(), advisories=(SLOW,)):
    return Vulnerable(
        name="urllib3",
        version="1.26.4",
        places=PLACES,
        advisories=advisories,
        ignored=ignored,
        mend=mend,
    )


def audit(*found, **fields):
    return Audit(
        project="demo",
        ok=not any(each.advisories for each in found),
        service="https://api.osv.dev",
        groups=(
            Audited(group="", lock="pylock.toml", packages=4),
            Audited(group="old", packages=1),
        ),
        packages=5,
        vulnerable=found,
        **fields,
    )


def lines(found):
    return "\n".join(line for each in audit_tables(found) for line in plain_lines(each, Look()))


def test_what_mends_is_a_command():
    command = "nox -s patch -- urllib3==2.6.3"
    mend = Mend(
        state="found",
        version="2.6.3",
        command=command,
        reason="1.26.5 would do",
        moves=("a 1 -> 2",),
    )
    text = lines(audit(vulnerable(mend)))
    assert f"urllib3 1.26.4: 2.6.3 mends it; with it a 1 -> 2: {command}" in text
    assert "1.26.5 would do" in text
    assert "run time, docs" in text


def test_without_a_lock_a_bound_mends():
    text = lines(audit(vulnerable(Mend(state="found", version="2.6.3"))))
    assert "urllib3 1.26.4: 2.6.3 mends it: require urllib3>=2.6.3" in text


def test_what_is_in_the_way_is_said():
    mend = Mend(state="forbidden", version="2.6.3", reason="the project's own urllib3<2")
    assert "but for this: the project's own urllib3<2" in lines(audit(vulnerable(mend)))


def test_nothing_found_is_said_with_where_it_was_asked():
    text = lines(audit())
    assert "5 versions asked about at https://api.osv.dev: no advisory that counts" in text
    assert audit_section(audit()).ok


def test_what_is_ignored_stays_told():
    entry = Ignored(id="CVE-2021-1", reason="never called", until="2026-12-31")
    found = audit(vulnerable(ignored=((SLOW, entry),), advisories=()), unmet=("CVE-9",))
    text = lines(found)
    assert "CVE-2021-1 is ignored, until 2026-12-31: never called" in text
    assert "names what nothing has: CVE-9" in text
    assert audit_section(found).title == "audit: no advisory"


def test_an_entry_that_ended_and_answers_that_are_old_are_told():
    entry = Ignored(id="CVE-2021-1", reason="x", until="2026-01-01")
    text = lines(audit(vulnerable(), expired=(entry,), kept_since="2026-11-01T00:00:00+00:00"))
    assert "was ignored until 2026-01-01, and counts again" in text
    assert "is out of reach: this is what it said until 2026-11-01" in text


def test_a_group_without_a_lock_is_told():
    assert "as uv resolves it today: old (1)" in lines(audit())


def test_sarif_stands_at_the_lines_of_the_locks():
    sarif = json.loads(audit_sarif([("packages/core", audit(vulnerable()))]))
    (run,) = sarif["runs"]
    (result,) = run["results"]
    places = [each["physicalLocation"] for each in result["locations"]]
    assert [each["artifactLocation"]["uri"] for each in places] == [
        "packages/core/pylock.toml",
        "packages/core/pylock.docs.toml",
    ]
    assert [each["region"]["startLine"] for each in places] == [7, 3]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["helpUri"] == "https://example.org/1"


def test_sarif_of_nothing_is_a_run_without_results():
    assert json.loads(audit_sarif([(".", audit())]))["runs"][0]["results"] == []


def test_sarif_takes_no_other_link_than_the_webs():
    strange = Advisory(id="X-1", link="javascript:alert(1)")
    assert "javascript" not in audit_sarif([(".", audit(vulnerable(advisories=(strange,))))])


def test_annotations_name_the_lock():
    (line,) = annotation_lines(audit(vulnerable(Mend(state="none", reason="nothing does"))))
    assert line == "::error title=urllib3 1.26.4%3A CVE-2021-1,file=pylock.toml::nothing does"


def test_a_proposal_is_markdown_that_no_advisory_can_break():
    text = proposal([audit(vulnerable())], ["pylock.toml"])
    assert "Moved: `pylock.toml`." in text
    assert "<slow>" not in text
