"""JUnit files: pytest's read and joined, ours written for what writes none."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from shipwheel.dists.record import Record, Status
from shipwheel.files import write_bytes
from shipwheel.testing.counts import Counts

# XML 1.0 cannot hold these, not even escaped
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LARGEST = 256 << 20  # bytes; pytest puts captured output into the file


def read_junit(path: Path) -> Counts | None:
    """Count the cases of a JUnit file; None where there is none that can be read."""
    tally = dict.fromkeys(("passed", "failed", "errors", "skipped", "xfailed"), 0)
    try:
        if path.stat().st_size > _LARGEST:
            return None
        for _, element in ET.iterparse(path, events=("end",)):  # noqa: S314 - the project's own tests wrote it
            if element.tag == "testcase":
                tally[_ending(element)] += 1
                element.clear()
    except (OSError, ET.ParseError):
        return None
    return Counts(**tally)


def join_junit(path: Path, parts: Sequence[Path]) -> bool:
    """Write the suites of several files into one; say whether there was any."""
    joined = ET.Element("testsuites")
    for part in parts:
        try:
            root = ET.parse(part).getroot()  # noqa: S314 - the project's own tests wrote it
        except (OSError, ET.ParseError):
            continue
        joined.extend([root] if root.tag == "testsuite" else list(root))
    if len(joined):
        write_bytes(path, _bytes(joined))
    return bool(len(joined))


def write_junit(
    path: Path, name: str, counts: Counts | None, seconds: float, failure: str = ""
) -> None:
    """Write a file of one case for a runner that writes none; the suite's numbers are the runner's."""
    known = counts or Counts(passed=int(not failure), failed=int(bool(failure)))
    suite = _suite(name, known.ran + known.skipped, seconds)
    suite.set("failures", str(known.failed))
    suite.set("errors", str(known.errors))
    suite.set("skipped", str(known.skipped + known.xfailed))
    case = _case(suite, name, seconds)
    if failure:
        text = xml_text(failure)
        ET.SubElement(case, "failure", message=text.partition("\n")[0]).text = text
    write_bytes(path, _bytes(suite))


def write_job_junit(path: Path, record: Record) -> None:
    """Write a file of one case for a job that is no test run, from its record."""
    suite = _suite(record.job, 1, record.seconds)
    suite.set("failures", str(int(record.status is Status.FAILED)))
    suite.set("errors", "0")
    suite.set("skipped", str(int(record.status is Status.SKIPPED)))
    case = _case(suite, record.job, record.seconds)
    if record.status is not Status.PASSED:
        tag = "failure" if record.status is Status.FAILED else "skipped"
        ET.SubElement(case, tag, message=xml_text(record.reason or record.status.value))
    write_bytes(path, _bytes(suite))


def xml_text(text: str) -> str:
    """Give the text without what XML has no way to write."""
    return _UNWRITABLE.sub("", text)


def _suite(name: str, tests: int, seconds: float) -> ET.Element:
    return ET.Element("testsuite", name=xml_text(name), tests=str(tests), time=f"{seconds:.3f}")


def _case(suite: ET.Element, name: str, seconds: float) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", classname="shipwheel", name=xml_text(name), time=f"{seconds:.3f}"
    )


def _bytes(element: ET.Element) -> bytes:
    if element.tag == "testsuite":
        outer = ET.Element("testsuites")
        outer.append(element)
        element = outer
    return bytes(ET.tostring(element, encoding="utf-8", xml_declaration=True)) + b"\n"


def _ending(case: ET.Element) -> str:
    for child in case:
        if child.tag == "failure":
            return "failed"
        if child.tag == "error":
            return "errors"
        if child.tag == "skipped":
            return "xfailed" if child.get("type") == "pytest.xfail" else "skipped"
    return "passed"
