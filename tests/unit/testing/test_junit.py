from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from shipwheel.dists.record import Record, Status
from shipwheel.testing.counts import Counts
from shipwheel.testing.junit import join_junit, read_junit, write_job_junit, write_junit

PYTEST = """<testsuites><testsuite name="pytest" tests="5">
<testcase name="a"/><testcase name="b"><failure message="m">x</failure></testcase>
<testcase name="c"><error/></testcase><testcase name="d"><skipped type="pytest.skip"/></testcase>
<testcase name="e"><skipped type="pytest.xfail"/></testcase></testsuite></testsuites>"""


def test_cases_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(PYTEST)
    assert read_junit(tmp_path / "a.xml") == Counts(1, 1, 1, 1, 1)
    (tmp_path / "b.xml").write_text("<broken")
    assert read_junit(tmp_path / "b.xml") is None
    assert read_junit(tmp_path / "gone.xml") is None


def test_several_files_become_one(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(PYTEST)
    (tmp_path / "b.xml").write_text('<testsuite name="x"><testcase name="a"/></testsuite>')
    joined = tmp_path / "out.xml"
    assert join_junit(joined, [tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "gone.xml"])
    assert read_junit(joined) == Counts(2, 1, 1, 1, 1)
    assert not join_junit(tmp_path / "none.xml", [tmp_path / "gone.xml"])


def test_a_runner_without_junit_gets_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    write_junit(path, "test-3.12", Counts(3, 1, skipped=2), 1.5, "FAIL: \x1b[31mx\nmore\x00")
    suite = ET.parse(path).getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("6", "1", "2")
    assert suite[0][0].get("message") == "FAIL: [31mx"
    write_junit(path, "test-3.12", None, 1.5)
    assert read_junit(path) == Counts(1)


def test_a_name_that_is_no_text_breaks_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    reason = "no file \udce9.py"
    write_job_junit(path, Record(job="t\x00", session="t", status=Status.FAILED, reason=reason))
    assert read_junit(path) == Counts(0, 1)


def test_a_job_gets_one_from_its_record(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    for status, expected in (
        (Status.PASSED, Counts(1)),
        (Status.FAILED, Counts(0, 1)),
        (Status.SKIPPED, Counts(skipped=1)),
    ):
        write_job_junit(path, Record(job="build", session="build", status=status, reason="why"))
        assert read_junit(path) == expected
