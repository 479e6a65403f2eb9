"""Tell a Report where it was made: on the terminal, and in a GitHub job beside the change and in its summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from shipwheel.console.annotations import annotation
from shipwheel.console.layout import show
from shipwheel.console.markdown import append_summary, markdown
from shipwheel.console.reports.grouping import told_together
from shipwheel.console.terminal import look_of
from shipwheel.console.verdicts import report_line, report_tables
from shipwheel.verification.report import Report

_ANNOTATIONS = 10  # of a level and step; GitHub shows no more


def tell(report: Report, stream: TextIO, *, title: str = "shipwheel verify") -> None:
    """Print the Report; in a GitHub job each finding becomes an annotation, and the whole the summary."""
    look = look_of(stream)
    tables = report_tables(report, look)
    show(stream, tables, look)
    if look.github:
        stream.writelines(f"{line}\n" for line in annotation_lines(report))
        stream.flush()
        append_summary(markdown(f"{title}: {report_line(report).text}", tables))


def annotation_lines(report: Report) -> Iterator[str]:
    """Give the commands that GitHub's runner turns into annotations, the first ten of each level."""
    told: dict[str, int] = {}
    for each in told_together(report):
        finding = each.finding
        told[finding.level] = told.get(finding.level, 0) + 1
        if told[finding.level] <= _ANNOTATIONS:
            where = ", ".join(file or "the files together" for file in each.files[:3])
            hint = f"\nnext: {finding.hint}" if finding.hint else ""
            title = f"{finding.rule}: {where}"
            yield annotation(finding.level.value, f"{finding.message}{hint}", title=title)
