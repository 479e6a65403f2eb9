"""A verification's Report as tables: files, checks by files, findings, and the line that sums up.

The checks are shown by family, with how many passed or failed: JSON and HTML have each by itself.
"""

from __future__ import annotations

import functools

from shipwheel.console.layout import Cell, Column, Table, plain_lines
from shipwheel.console.reports.grouping import Told, told_once
from shipwheel.console.terminal import Look, Tone, mark
from shipwheel.console.wording import counted, size_text
from shipwheel.verification.catalogue import rules
from shipwheel.verification.report import CheckResult, CheckStatus, Level, Report

_WIDEST = 10  # files that get a column each; with more the files are counted
_SET = "set"  # the column of checks that look at all files together
_MARKS = {
    CheckStatus.PASSED: ("✓", Tone.GOOD),
    CheckStatus.FAILED: ("✗", Tone.BAD),
    CheckStatus.SKIPPED: ("-", Tone.DIM),
}


def report_tables(report: Report, look: Look) -> tuple[Table, ...]:
    """Give the Report: what was looked at, by which checks, what was found, and the sum of it."""
    tables = [_files_table(report), _checks_table(report, look)]
    if report.findings or report.ignored:
        tables.append(_findings_table(report))
    return (*tables, Table(title="", notes=(report_line(report), *_unseen(report))))


def report_lines(report: Report, look: Look | None = None) -> list[str]:
    """Give the Report as plain lines, coloured where the look has colours."""
    look = look or Look()
    return [line for table in report_tables(report, look) for line in plain_lines(table, look)]


def report_line(report: Report) -> Cell:
    """Give the sum in a line."""
    errors = sum(finding.level is Level.ERROR for finding in report.findings)
    warnings = len(report.findings) - errors
    found = ", ".join(
        counted(count, noun) for count, noun in ((errors, "error"), (warnings, "warning")) if count
    )
    looked = f"{counted(len(report.files), 'file')}, {counted(_run(report), 'check')}"
    tone = Tone.BAD if errors else Tone.WARN if warnings else Tone.GOOD
    return Cell(f"{looked}: {found or 'nothing wrong found'}", tone)


def _run(report: Report) -> int:
    return sum(check.status is not CheckStatus.SKIPPED for check in report.checks)


def _files_table(report: Report) -> Table:
    columns = (
        Column("", right=True),
        Column("file"),
        Column("size", right=True, keep=True),
        Column("sha256", keep=True),
    )
    rows = tuple(
        (
            Cell(str(number), Tone.DIM),
            Cell(file.filename),
            Cell(size_text(file.size)),
            Cell(file.sha256[:12], Tone.DIM),
        )
        for number, file in enumerate(report.files, 1)
    )
    title = f"files, {report.scope} scope" if report.scope else "files"
    return Table(title=title, columns=columns, rows=rows, empty="none")


def _checks_table(report: Report, look: Look) -> Table:
    by_family: dict[str, list[CheckResult]] = {}
    for check in report.checks:
        by_family.setdefault(_family(check.id), []).append(check)
    names = [file.filename for file in report.files]
    wide = len(names) <= _WIDEST
    heads = [str(number) for number in range(1, len(names) + 1)] if wide else ["files"]
    if any(check.file not in names for check in report.checks):
        heads.append(_SET)
        names.append("")
    columns = (Column(""), *(Column(head) for head in heads), Column("Pythons"))
    row = _matrix_row if wide else _counts_row
    rows = tuple(row(family, results, names, look) for family, results in by_family.items())
    return Table(title="checks", columns=columns, rows=rows, empty="none was run")


def _family(check: str) -> str:
    return _families().get(check) or check.partition("-")[0]


@functools.cache
def _families() -> dict[str, str]:
    return {rule.id: rule.family for rule in rules()}


def _matrix_row(
    family: str, results: list[CheckResult], names: list[str], look: Look
) -> tuple[Cell, ...]:
    known = set(names)
    cells = (
        _status_cell([each for each in results if _place(each, known) == name], look)
        for name in names
    )
    return (Cell(family), *cells, _pythons_cell(results))


def _counts_row(
    family: str, results: list[CheckResult], names: list[str], look: Look
) -> tuple[Cell, ...]:
    known = set(names)
    states = [_worst([each for each in results if each.file == name]) for name in names if name]
    words = [f"{states.count(status)} {status}" for status in CheckStatus if status in states]
    cells = [Cell(", ".join(words), Tone.BAD if CheckStatus.FAILED in states else Tone.PLAIN)]
    if "" in known:
        cells.append(_status_cell([each for each in results if not _place(each, known)], look))
    return (Cell(family), *cells, _pythons_cell(results))


def _place(check: CheckResult, known: set[str]) -> str:
    """Give the file whose column the check belongs to, empty for the set's."""
    return check.file if check.file in known else ""


def _worst(results: list[CheckResult]) -> CheckStatus | None:
    states = {each.status for each in results}
    order = (CheckStatus.FAILED, CheckStatus.PASSED, CheckStatus.SKIPPED)
    return next((status for status in order if status in states), None)


def _status_cell(results: list[CheckResult], look: Look) -> Cell:
    worst = _worst(results)
    if worst is None:
        return Cell("")
    symbol, tone = _MARKS[worst]
    count = len({each.id for each in results if each.status is worst})
    return Cell(f"{mark(symbol, look)} {count}" if count > 1 else mark(symbol, look), tone)


def _pythons_cell(results: list[CheckResult]) -> Cell:
    """Name the Pythons that a check ran on, and which of them failed it."""
    ran = [each for each in results if each.python and each.status is not CheckStatus.SKIPPED]
    failed = {each.python for each in ran if each.status is CheckStatus.FAILED}
    names = dict.fromkeys(f"{each.python}" for each in ran)
    text = " ".join(f"{name} (failed)" if name in failed else name for name in names)
    return Cell(text, Tone.BAD if failed else Tone.DIM)


def _findings_table(report: Report) -> Table:
    by_file: dict[str, list[Told]] = {}
    for told in told_once(report):
        by_file.setdefault(told.finding.file, []).append(told)
    lines: list[Cell] = []
    for file, findings in sorted(by_file.items()):
        lines.append(Cell(file or "the files together", Tone.STRONG))
        for told in findings:
            lines.extend(_finding_lines(told))
    lines.extend(
        Cell(f"ignored: {rule}: {reason}", Tone.DIM) for rule, reason in report.ignored.items()
    )
    return Table(title="findings", notes=tuple(lines))


def _finding_lines(told: Told) -> list[Cell]:
    finding = told.finding
    tone = Tone.BAD if finding.level is Level.ERROR else Tone.WARN
    python = f" on {', '.join(told.pythons)}" if told.pythons else ""
    first, *rest = finding.message.splitlines() or [""]
    lines = [Cell(f"  {finding.level} {finding.rule}{python}: {first}", tone)]
    lines.extend(Cell(f"    | {line}", Tone.DIM) for line in rest)
    lines.extend(Cell(f"    next: {line}") for line in finding.hint.splitlines())
    return lines


def _unseen(report: Report) -> list[Cell]:
    """Name why some checks were not run: silence would read as passed."""
    skipped = [each for each in report.checks if each.status is CheckStatus.SKIPPED]
    if not skipped:
        return []
    reasons = ", ".join(dict.fromkeys(each.reason for each in skipped if each.reason))
    lines = [Cell(f"{counted(len(skipped), 'check')} not run: {reasons}", Tone.DIM)]
    if report.static:
        lines.insert(0, Cell("nothing was installed or imported: --static", Tone.WARN))
    return lines
