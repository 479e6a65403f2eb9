"""A verification's Report for a terminal: the files, what is wrong with them, and the sum as the last line.

What is good takes a line a file, and of many files one for all of them: JSON and HTML have each check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.reports.grouping import Told, told_together
from shipwheel.console.reports.states import MARKS, ORDER, State, counts, state_of
from shipwheel.console.terminal import Look, Tone
from shipwheel.console.wording import counted, size_text
from shipwheel.verification.catalogue import rules
from shipwheel.verification.check import Subject
from shipwheel.verification.report import CheckResult, Finding, Level, Report, VerifiedFile

_LISTED = 12  # files that have a line each; of more, only those with something wrong
_WORST = 24  # and of these so many
_OF_A_RULE = 5  # findings of a rule that are shown; of more, their number
_NAMED = 2  # files that are named where they share a finding
_REASONS = 4  # for which checks were not run
_TRIED = {Subject.INSTALL, Subject.BUILD}
_LINES = 12  # of a message
_BESIDE = 60  # columns that a file's row takes beside its name
_COLUMNS = (
    Column("", keep=True),
    Column("file"),
    Column("size", right=True, keep=True),
    Column("checks", keep=True),
    Column("Pythons"),
    Column("sha256", keep=True),
)
TONES = {
    State.FAILED: Tone.BAD,
    State.WARNED: Tone.WARN,
    State.PASSED: Tone.GOOD,
    State.SKIPPED: Tone.DIM,
}
_SAID = {
    State.FAILED: "errors",
    State.WARNED: "warnings",
    State.PASSED: "nothing wrong found",
}


def report_tables(report: Report, look: Look) -> tuple[Table, ...]:
    """Give the Report: what was looked at, what was found, errors first, and the sum of it."""
    tables = [_files_table(report, look)]
    for level, title in ((Level.ERROR, "errors"), (Level.WARNING, "warnings")):
        told = [each for each in told_together(report) if each.finding.level is level]
        if told:
            tables.append(_findings_table(title, told, report))
    return (*tables, _sum_table(report))


def report_line(report: Report) -> Cell:
    """Give the sum in a line; what is the same in several files or on several Pythons counts once."""
    levels = [told.finding.level for told in told_together(report)]
    errors, warnings = levels.count(Level.ERROR), levels.count(Level.WARNING)
    found = ", ".join(
        counted(count, noun) for count, noun in ((errors, "error"), (warnings, "warning")) if count
    )
    ran = sum(state_of(check) is not State.SKIPPED for check in report.checks)
    looked = f"{counted(len(report.files), 'file')}, {counted(ran, 'check')}"
    tone = Tone.BAD if errors else Tone.WARN if warnings else Tone.GOOD
    return Cell(f"{looked}: {found or 'nothing wrong found'}", tone)


def _sum_table(report: Report) -> Table:
    """Give what was not looked at and why, and the sum as the last line: that is where eyes are."""
    aside = (f"set aside: {rule}: {why}" for rule, why in report.ignored.items())
    rows = [(Cell(MARKS[State.SKIPPED], Tone.DIM), Cell(each, Tone.DIM)) for each in aside]
    rows += [(Cell(MARKS[State.SKIPPED], Tone.DIM), each) for each in _unseen(report)]
    total = report_line(report)
    sign = next(MARKS[state] for state, tone in TONES.items() if tone is total.tone)
    rows.append((Cell(sign, total.tone), total))
    return Table(title="", columns=(Column("", keep=True), Column("")), rows=tuple(rows))


def _files_table(report: Report, look: Look) -> Table:
    by_file: dict[str, list[CheckResult]] = {file.filename: [] for file in report.files}
    for check in report.checks:
        by_file.setdefault(check.file, []).append(check)
    states = {file.filename: _state(file, by_file[file.filename], report) for file in report.files}
    listed = _listed(report.files, states)
    # a name that is broken in two costs more than a digest that JSON has
    longest = max((len(file.filename) for file in listed), default=0)
    roomy = not look.rich or longest + _BESIDE <= look.width
    columns = _COLUMNS if roomy else _COLUMNS[:-1]
    rows = tuple(
        _file_row(file, states[file.filename], by_file[file.filename])[: len(columns)]
        for file in listed
    )
    notes = tuple(_unlisted(report.files, listed, states))
    return Table(
        title=f"files, {report.scope} scope" if report.scope else "files",
        columns=columns,
        rows=rows,
        notes=notes,
        empty="" if notes else "none",
    )


def _listed(files: Sequence[VerifiedFile], states: Mapping[str, State]) -> tuple[VerifiedFile, ...]:
    """Give the files that have a line each: few are all shown, of many the worst."""
    if len(files) <= _LISTED:
        return tuple(files)
    worse = [file for file in files if states[file.filename] is not State.PASSED]
    return tuple(sorted(worse, key=lambda file: ORDER.index(states[file.filename]))[:_WORST])


def _unlisted(
    files: Sequence[VerifiedFile], listed: Sequence[VerifiedFile], states: Mapping[str, State]
) -> Iterator[Cell]:
    """Say how many further files there are, by what was found in them."""
    rest = Counter(states[file.filename] for file in files)
    rest.subtract(states[file.filename] for file in listed)
    other = "the other " if listed else ""
    for state, said in _SAID.items():
        if rest[state] > 0:
            yield Cell(f"{other}{counted(rest[state], 'file')}: {said}", TONES[state])


def _state(file: VerifiedFile, checks: Iterable[CheckResult], report: Report) -> State:
    """Give the state of a file, which a finding decides: a rule's failure may be a warning."""
    levels = {finding.level for finding in report.findings if finding.file == file.filename}
    if Level.ERROR in levels or any(state_of(check) is State.FAILED for check in checks):
        return State.FAILED
    return State.WARNED if levels else State.PASSED


def _file_row(file: VerifiedFile, state: State, checks: Sequence[CheckResult]) -> tuple[Cell, ...]:
    tone = TONES[state]
    return (
        Cell(MARKS[state], tone),
        Cell(file.filename, Tone.PLAIN if state is State.PASSED else tone),
        Cell(size_text(file.size)),
        Cell(_counted_states(checks), Tone.DIM if state is State.PASSED else tone),
        _pythons_cell(checks),
        Cell(file.sha256[:12], Tone.DIM),
    )


def _counted_states(checks: Iterable[CheckResult]) -> str:
    """Give what came of a file's checks, without those that were not run."""
    found = counts(checks)
    told = [f"{found[each]} {each}" for each in (State.FAILED, State.WARNED) if found[each]]
    return ", ".join(told) or f"{found[State.PASSED]} passed"


def _pythons_cell(checks: Iterable[CheckResult]) -> Cell:
    """Name the Pythons that a file was tried on, and which of them it failed on."""
    ran = [each for each in checks if each.python and state_of(each) is not State.SKIPPED]
    failed = {each.python for each in ran if state_of(each) is State.FAILED}
    names = dict.fromkeys(f"{each.python}" for each in ran)
    text = " ".join(f"{name} (failed)" if name in failed else name for name in names)
    return Cell(text, Tone.BAD if failed else Tone.DIM)


def _findings_table(title: str, told: Sequence[Told], report: Report) -> Table:
    often = Counter(each.finding.rule for each in told)
    shown: Counter[str] = Counter()
    rows: list[tuple[Cell, Cell]] = []
    for each in told:
        rule = each.finding.rule
        shown[rule] += 1
        if shown[rule] <= _OF_A_RULE:
            last = shown[rule] == min(often[rule], _OF_A_RULE)
            rows.extend(_finding_rows(each, report, hint=last))
        elif shown[rule] == often[rule]:
            more = f"{rule}: {often[rule] - _OF_A_RULE} more like these, in --html and --json"
            rows.append((Cell("…"), Cell(more, Tone.DIM)))
    return Table(title=title, columns=(Column("", keep=True), Column("")), rows=tuple(rows))


def _finding_rows(told: Told, report: Report, *, hint: bool) -> Iterator[tuple[Cell, Cell]]:
    """Give a finding's rows: rule and evidence, where, what to do; several of a rule share the last."""
    finding = told.finding
    state = State.FAILED if finding.level is Level.ERROR else State.WARNED
    first, *rest = finding.message.splitlines() or [""]
    yield Cell(MARKS[state], TONES[state]), Cell(f"{finding.rule}: {first}", TONES[state])
    for line in rest[:_LINES]:
        yield Cell(""), Cell(f"| {line}", Tone.DIM)
    if len(rest) > _LINES:
        yield Cell(""), Cell(f"| … {len(rest) - _LINES} lines more", Tone.DIM)
    yield Cell(""), Cell(f"in {_where(told, report)}", Tone.DIM)
    if hint:
        for line in _hint_lines(finding):
            yield Cell(""), Cell(f"next: {line}")


def _hint_lines(finding: Finding) -> list[str]:
    return finding.hint.splitlines()


def _where(told: Told, report: Report) -> str:
    names = [file or "the files together" for file in told.files]
    if len(names) > 1 and len(names) == len(report.files):
        said = f"all {len(names)} files"
    elif len(names) > _NAMED + 1:
        said = f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more files"
    else:
        said = ", ".join(names)
    return f"{said}, on Python {', '.join(told.pythons)}" if told.pythons else said


def _unseen(report: Report) -> Iterator[Cell]:
    """Name why some checks were not run: silence would read as passed."""
    known = {rule.id: rule.subject for rule in rules()}
    skipped = [each for each in report.checks if state_of(each) is State.SKIPPED]
    tried = [each for each in skipped if known.get(each.id) in _TRIED]
    if tried:
        yield Cell(f"{counted(len(tried), 'check')} not run: {_reasons(tried)}", Tone.DIM)
    if len(skipped) > len(tried):
        # no macOS file, no entry point: of no interest, but counted
        rest = counted(len(skipped) - len(tried), "check")
        yield Cell(f"{rest} had nothing to look at (--json says why of each)", Tone.DIM)
    if report.static:
        yield Cell("nothing was installed or imported: --static", Tone.WARN)


def _reasons(skipped: Sequence[CheckResult]) -> str:
    often = Counter(each.reason or "no reason given" for each in skipped).most_common()
    reasons = [f"{reason} ({count})" for reason, count in often[:_REASONS]]
    if len(often) > _REASONS:
        rest = sum(count for _, count in often[_REASONS:])
        reasons.append(f"{counted(len(often) - _REASONS, 'other reason')} ({rest})")
    return ", ".join(reasons)
