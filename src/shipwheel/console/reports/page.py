"""What was verified, as one page: a small script filters; without it all is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shipwheel.console.reports.dependencies import dependency_sections, overview
from shipwheel.console.reports.document import document
from shipwheel.console.reports.grouping import told_together
from shipwheel.console.reports.markup import Html, element, joined, prose
from shipwheel.console.reports.page_findings import anchors, findings_section, rules_section
from shipwheel.console.reports.page_grid import grids_section
from shipwheel.console.reports.page_timeline import timeline_section
from shipwheel.console.reports.states import MARKS, State, counts, state_of
from shipwheel.console.section import Section
from shipwheel.console.wording import counted, size_text
from shipwheel.verification.catalogue import rules
from shipwheel.verification.check import Rule
from shipwheel.verification.report import CheckStatus, Level, Report

_FOLDED = 12  # files; a longer list is folded away
_LEVELS = (("error", "errors"), ("warning", "warnings"))


def report_html(
    report: Report, *, title: str = "shipwheel verify", sections: Sequence[Section] = ()
) -> str:
    """Give the Report as a self-contained HTML page; `sections` are answers about dependencies."""
    known = {rule.id: rule for rule in rules()}
    numbers = {file.filename: str(number) for number, file in enumerate(report.files, 1)}
    body = (
        *_header(report, title),
        *overview(sections),
        *_filters(report, known),
        *findings_section(report, known, numbers),
        *grids_section(report, known, numbers, anchors(report)),
        *timeline_section(report, numbers),
        *dependency_sections(sections),
        *_files(report),
        *_skipped(report, known, numbers),
        *_ignored(report),
        *rules_section(report, known),
    )
    return document(title, body)


def _header(report: Report, title: str) -> Iterator[Html]:
    levels = [told.finding.level for told in told_together(report)]
    errors, warnings = levels.count(Level.ERROR), levels.count(Level.WARNING)
    state = State.FAILED if errors else State.WARNED if warnings else State.PASSED
    found = [
        counted(count, noun) for count, noun in ((errors, "error"), (warnings, "warning")) if count
    ]
    said = ", ".join(found) or "nothing wrong found"
    verdict = element("p", f"{MARKS[state]} {said}", class_=f"verdict {state}")
    yield element("header", element("h1", title), verdict, *_looked(report))


def _looked(report: Report) -> Iterator[Html]:
    pythons = dict.fromkeys(c.python for c in report.checks if c.python and _ran(c.status))
    facts = [counted(len(report.files), "file")]
    facts += [f"on Python {', '.join(filter(None, pythons))}"] if pythons else []
    facts += [f"{report.scope} scope"] if report.scope else []
    yield element("p", " · ".join(facts), class_="dim")
    chips = (
        element(
            "a", f"{MARKS[state]} {count} {state}", href=f"#status={state}", class_=f"chip {state}"
        )
        for state, count in counts(report.checks).items()
        if count
    )
    yield element("p", joined(chips, " "), class_="chips")
    if report.static:
        text = "static: nothing was installed, which is no proof for a release"
        yield element("p", f"! {text}", class_="note warned")


def _ran(status: CheckStatus) -> bool:
    return status is not CheckStatus.SKIPPED


def _filters(report: Report, known: Mapping[str, Rule]) -> Iterator[Html]:
    """Give the controls; hidden until the script that serves them runs."""
    present = {state_of(check) for check in report.checks}
    families = dict.fromkeys(
        known[check.id].family if check.id in known else "other" for check in report.checks
    )
    names = [(str(n), file.filename) for n, file in enumerate(report.files, 1)]
    yield element(
        "div",
        _choice("status", [(each, each) for each in State if each in present]),
        _choice("level", _LEVELS),
        _choice("family", [(each, each) for each in families]),
        _choice("file", [*names, ("set", "all files together")]),
        element("label", "text ", element("input", type="search", name="text", autocomplete="off")),
        element("button", "show all", type="button", id="reset"),
        element("output", id="shown", aria_live="polite"),
        id="filters",
        role="search",
        aria_label="filters",
        hidden=True,
    )


def _choice(name: str, values: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Html:
    options = [element("option", "all", value="")]
    options += [element("option", shown, value=value) for value, shown in values]
    return element("label", f"{name} ", element("select", *options, name=name))


def _files(report: Report) -> Iterator[Html]:
    if not report.files:
        return
    failed = {finding.file for finding in report.errors}
    warned = {finding.file for finding in report.warnings}
    items = []
    for number, file in enumerate(report.files, 1):
        name = file.filename
        state = State.FAILED if name in failed else State.WARNED if name in warned else State.PASSED
        items.append(
            element(
                "li",
                element("span", MARKS[state], class_=f"mark {state}", title=state),
                element("span", name, class_="mono"),
                element("span", f"{file.kind}, {size_text(file.size)}", class_="dim"),
                element("span", f"sha256 {file.sha256}", class_="dim mono digest"),
                data_file=number,
            )
        )
    summary = element("summary", element("h2", f"Files ({len(items)})"))
    shown = element("details", summary, element("ol", *items), open=len(items) <= _FOLDED)
    yield element("section", shown, id="files")


def _ignored(report: Report) -> Iterator[Html]:
    if not report.ignored:
        return
    items = (
        element("li", element("code", rule), ": ", prose(reason))
        for rule, reason in sorted(report.ignored.items())
    )
    yield element("section", element("h2", "Set aside"), element("ul", *items), id="ignored")


def _skipped(
    report: Report, known: Mapping[str, Rule], numbers: Mapping[str, str]
) -> Iterator[Html]:
    """Give what was not looked at, and why: a page has no tooltips on a phone."""
    reasons: dict[str, dict[str, set[str]]] = {}
    skipped = [check for check in report.checks if not _ran(check.status)]
    for check in skipped:
        ids = reasons.setdefault(check.reason or "no reason given", {})
        ids.setdefault(check.id, set()).add(numbers.get(check.file, "set"))
    if not reasons:
        return
    items = (_reason(reason, ids, known) for reason, ids in sorted(reasons.items()))
    summary = element("summary", element("h2", f"Not looked at ({len(skipped)})"))
    yield element("section", element("details", summary, element("ul", *items)), id="skipped")


def _reason(reason: str, ids: Mapping[str, set[str]], known: Mapping[str, Rule]) -> Html:
    families = {known[each].family.replace(" ", "-") for each in ids if each in known}
    places = set().union(*ids.values())
    names = joined((element("code", each) for each in ids), ", ")
    return element(
        "li",
        element("b", reason),
        element("span", names),
        data_families=" ".join(sorted(families)),
        data_files=" ".join(sorted(places)),
    )
