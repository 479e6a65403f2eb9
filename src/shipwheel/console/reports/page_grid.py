"""The grids of a page: rules by files, and what was tried after installing, by files and Pythons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shipwheel.console.reports.file_labels import short_names
from shipwheel.console.reports.markup import Html, element, joined
from shipwheel.console.reports.states import MARKS, State, state_of, worst
from shipwheel.verification.check import Rule, Subject
from shipwheel.verification.report import CheckResult, Report

Place = tuple[str, str | None]  # a file's name, empty for the set's, and a Python
_SET = ""
_WIDE = 4  # columns over which a name is written as people read
_LEVELS = {State.FAILED: "error", State.WARNED: "warning"}


@dataclass(frozen=True, slots=True)
class Grid:
    """What a grid needs: its columns, and for each rule what came of it where."""

    title: str
    columns: tuple[Place, ...]
    cells: Mapping[str, Mapping[Place, CheckResult]]  # by rule
    known: Mapping[str, Rule]
    labels: Mapping[str, str]  # by file
    numbers: Mapping[str, str]
    anchors: Mapping[tuple[str, str, str | None], str]

    def family(self, rule: str) -> str:
        """Give the family of a rule."""
        return self.known[rule].family if rule in self.known else "other"


def grids_section(
    report: Report,
    known: Mapping[str, Rule],
    numbers: Mapping[str, str],
    anchors: Mapping[tuple[str, str, str | None], str],
) -> Iterator[Html]:
    """Give the grid of the files as they lie there, and that of what was installed or built."""
    tried = {check.id for check in report.checks if check.python or _installs(check.id, known)}
    labels = dict(zip((f.filename for f in report.files), short_names(report.files), strict=True))
    halves = (
        ("The files", [check for check in report.checks if check.id not in tried]),
        ("Installed and built", [check for check in report.checks if check.id in tried]),
    )
    shown = []
    for title, checks in halves:
        if any(state_of(check) is not State.SKIPPED for check in checks):
            columns, cells = _arranged(checks, report)
            grid = Grid(title, columns, cells, known, labels, numbers, anchors)
            shown.append(_table(grid))
    if shown:
        yield element("section", element("h2", "Checks"), _legend(), *shown, id="checks")


def _installs(rule: str, known: Mapping[str, Rule]) -> bool:
    return rule in known and known[rule].subject in {Subject.INSTALL, Subject.BUILD}


def _arranged(
    checks: Sequence[CheckResult], report: Report
) -> tuple[tuple[Place, ...], dict[str, dict[Place, CheckResult]]]:
    """Give the columns in the order of the files, and the results by rule and column."""
    cells: dict[str, dict[Place, CheckResult]] = {}
    for check in checks:
        row = cells.setdefault(check.id, {})
        place = (check.file, check.python)
        if place not in row or worst((state_of(check), state_of(row[place]))) is state_of(check):
            row[place] = check
    order = {file.filename: number for number, file in enumerate(report.files)}
    # what could not be tried anywhere is told with its reason below
    looked = (check for check in checks if state_of(check) is not State.SKIPPED)
    places = dict.fromkeys((check.file, check.python) for check in looked)
    return tuple(sorted(places, key=lambda each: order.get(each[0], len(order)))), cells


def _legend() -> Html:
    words = (f"{MARKS[state]} {state}" for state in State)
    return element("p", " · ".join(words), class_="dim legend")


def _table(grid: Grid) -> Html:
    families: dict[str, list[str]] = {}
    for rule in grid.cells:
        families.setdefault(grid.family(rule), []).append(rule)
    bodies = (_family(grid, family, ids) for family, ids in families.items())
    table = element("table", _head(grid), *bodies, class_="grid")
    return joined((element("h3", grid.title), element("div", table, class_="scroll", tabindex=0)))


def _head(grid: Grid) -> Html:
    spans = Counter(file for file, _ in grid.columns)
    files = [element("th", "rule", rowspan=2 if _split(grid) else 1, class_="corner", scope="col")]
    for file, span in spans.items():
        name = grid.labels.get(file, "") or file or "set"
        number = grid.numbers.get(file, "")
        files.append(
            element(
                "th",
                element("span", name, class_="up"),
                element("b", number),
                title=file or "all files together",
                class_="wide" if span >= _WIDE else None,
                colspan=span,
                scope="col",
                data_file=number or "set",
            )
        )
    rows = [element("tr", *files)]
    if _split(grid):
        pythons = (
            element("th", python or "-", scope="col", data_file=grid.numbers.get(file, "set"))
            for file, python in grid.columns
        )
        rows.append(element("tr", *pythons))
    return element("thead", *rows)


def _split(grid: Grid) -> bool:
    return any(python for _, python in grid.columns)


def _family(grid: Grid, family: str, ids: Sequence[str]) -> Html:
    rows = [_family_row(grid, family, ids), *(_row(grid, rule) for rule in ids)]
    return element("tbody", *rows, data_family=family)


def _family_row(grid: Grid, family: str, ids: Sequence[str]) -> Html:
    """Give a family's own row: the worst of each column, and how often."""
    cells = []
    for place in grid.columns:
        states = [state_of(grid.cells[rule][place]) for rule in ids if place in grid.cells[rule]]
        state = worst(states)
        count = states.count(state) if state else 0
        said = f"{MARKS[state]}{count if state in _LEVELS and count > 1 else ''}" if state else ""
        number = grid.numbers.get(place[0], "set")
        cells.append(
            element(
                "td",
                said,
                class_=state,
                title=f"{count} {state}" if state else None,
                data_file=number,
            )
        )
    head = element("th", element("span", family, class_="fold"), scope="rowgroup")
    return element("tr", head, *cells, class_="family")


def _row(grid: Grid, rule: str) -> Html:
    title = grid.known[rule].title if rule in grid.known else None
    name: Html | str = rule
    if rule in grid.known:
        name = element("a", rule, href=f"#rule-{rule}")
    cells = (_cell(grid, rule, place) for place in grid.columns)
    return element("tr", element("th", name, title=title, scope="row"), *cells, class_="rule")


def _cell(grid: Grid, rule: str, place: Place) -> Html:
    check = grid.cells[rule].get(place)
    number = grid.numbers.get(place[0], "set")
    if check is None:
        return element("td", data_file=number)
    state = state_of(check)
    mark: Html | str = MARKS[state]
    anchor = grid.anchors.get((rule, *place))
    if anchor:
        label = f"{rule} {state}: to the finding"
        mark = element("a", mark, href=f"#{anchor}", aria_label=label)
    return element(
        "td",
        mark,
        class_=state,
        title=check.reason,
        data_file=number,
        data_status=state,
        data_level=_LEVELS.get(state),
    )
