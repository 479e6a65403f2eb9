"""One page that holds everything: no script, no network, readable on a phone, in dark and in light."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from shipwheel.console.reports.grouping import Told, told_once
from shipwheel.verification.catalogue import rules
from shipwheel.verification.check import Rule
from shipwheel.verification.report import CheckResult, CheckStatus, Level, Report

_SET = ""  # what checks of all files together have for a file
_HEAD = (
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    # nothing is fetched and nothing runs, whatever a file's metadata tries to say
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
)


def report_html(report: Report, *, title: str = "shipwheel verify") -> str:
    """Give the Report as a self-contained HTML page; every text of a file's is escaped."""
    style = files("shipwheel.console.reports").joinpath("page.css").read_text(encoding="utf-8")
    known = {rule.id: rule for rule in rules()}
    parts = (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        *_HEAD,
        f"<title>{escape(title)}</title>",
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        f"<h1>{escape(title)}</h1>",
        *_verdict(report),
        *_findings(report, known),
        *_files(report),
        *_grid(report, known),
        *_ignored(report),
        *_skipped(report),
        "</body>",
        "</html>",
    )
    return "\n".join(parts) + "\n"


def _verdict(report: Report) -> Iterator[str]:
    levels = [told.finding.level for told in told_once(report)]
    errors, warnings = levels.count(Level.ERROR), levels.count(Level.WARNING)
    tone = "bad" if errors else "warn" if warnings else "good"
    counts = [_count(errors, "error"), _count(warnings, "warning")] if errors or warnings else []
    ran = [check for check in report.checks if check.status is not CheckStatus.SKIPPED]
    said = ", ".join(filter(None, counts)) or "nothing wrong found"
    looked = f"{_count(len(report.files), 'file')}, {_count(len(ran), 'check')}"
    yield f'<p class="verdict {tone}">{said} <span class="dim">in {looked}</span></p>'
    if report.scope:
        yield f'<p class="dim">judged as the {escape(report.scope)} scope</p>'
    if report.static:
        yield '<p class="warn">static: nothing was installed, which is no proof for a release</p>'


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}" if number else ""


def _findings(report: Report, known: dict[str, Rule]) -> Iterator[str]:
    if not report.findings:
        return
    yield "<h2>Findings</h2>"
    for told in told_once(report):
        yield from _finding(told, known.get(told.finding.rule))


def _finding(told: Told, rule: Rule | None) -> Iterator[str]:
    finding = told.finding
    tone = "bad" if finding.level is Level.ERROR else "warn"
    where = finding.file or "the set"
    on = f", on {', '.join(told.pythons)}" if told.pythons else ""
    yield f'<section class="finding {tone}">'
    yield f'<strong class="{tone}">{escape(finding.level)}: {escape(finding.rule)}</strong>'
    yield f'<span class="dim mono">{escape(where + on)}</span>'
    yield f"<p>{escape(finding.message)}</p>"
    if finding.hint:
        yield f"<p>Next: {escape(finding.hint)}</p>"
    if rule is not None:
        yield f'<p class="dim">Rule: {escape(rule.title)}</p>'
    yield "</section>"


def _files(report: Report) -> Iterator[str]:
    yield "<h2>Files</h2>"
    yield '<div class="scroll"><table><thead><tr><th>#</th><th>file</th><th>kind</th>'
    yield "<th>bytes</th><th>sha256</th></tr></thead><tbody>"
    for number, file in enumerate(report.files, 1):
        yield (
            f'<tr><td>{number}</td><td class="mono">{escape(file.filename)}</td>'
            f'<td class="short">{escape(file.kind)}</td><td class="short">{file.size:,}</td>'
            f'<td class="mono dim">{escape(file.sha256)}</td></tr>'
        )
    yield "</tbody></table></div>"


def _grid(report: Report, known: dict[str, Rule]) -> Iterator[str]:
    """Give the checks by files, family by family; a mark for each Python where there are several."""
    columns = [file.filename for file in report.files]
    columns += [_SET] if any(check.file == _SET for check in report.checks) else []
    heads = (
        f'<th title="{escape(name)}">{number}</th>' if name else "<th>set</th>"
        for number, name in enumerate(columns, 1)
    )
    yield "<h2>Checks</h2>"
    yield '<div class="scroll"><table class="grid"><thead><tr><th>check</th>'
    yield "".join(heads) + "</tr></thead>"
    cells: dict[tuple[str, str], list[CheckResult]] = {}
    for check in report.checks:
        cells.setdefault((check.id, check.file), []).append(check)
    for family, ids in _families(report, known).items():
        yield '<tbody class="family">'
        yield f'<tr><th colspan="{len(columns) + 1}">{escape(family)}</th></tr></tbody><tbody>'
        for rule in ids:
            row = "".join(f"<td>{_cell(cells.get((rule, name), []))}</td>" for name in columns)
            title = known[rule].title if rule in known else rule
            yield f'<tr><th title="{escape(title)}"><code>{escape(rule)}</code></th>{row}</tr>'
        yield "</tbody>"
    yield "</table></div>"
    yield '<p class="dim">✓ passed · ! passed with a warning · ✗ failed · - skipped</p>'


def _families(report: Report, known: dict[str, Rule]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in dict.fromkeys(check.id for check in report.checks):
        family = known[rule].family if rule in known else "other"
        found.setdefault(family, []).append(rule)
    return found


def _cell(results: Iterable[CheckResult]) -> str:
    return " ".join(_mark(check) for check in results)


def _mark(check: CheckResult) -> str:
    sign, tone = {
        CheckStatus.PASSED: ("✓", "good"),
        CheckStatus.FAILED: ("✗", "bad"),
        CheckStatus.SKIPPED: ("-", "dim"),
    }[check.status]
    if check.status is CheckStatus.PASSED and check.reason:
        sign, tone = "!", "warn"
    about = " ".join(filter(None, (check.python, check.status.value, check.reason)))
    python = f"{escape(check.python)}&nbsp;" if check.python else ""
    return f'<span class="mark {tone}" title="{escape(about)}">{python}{sign}</span>'


def _ignored(report: Report) -> Iterator[str]:
    if not report.ignored:
        return
    yield "<h2>Ignored rules</h2><ul>"
    for rule, reason in sorted(report.ignored.items()):
        yield f"<li><code>{escape(rule)}</code>: {escape(reason)}</li>"
    yield "</ul>"


def _skipped(report: Report) -> Iterator[str]:
    """Give what was not looked at, and why: a page has no tooltips on a phone."""
    skipped = [check for check in report.checks if check.status is CheckStatus.SKIPPED]
    reasons: dict[str, dict[str, None]] = {}
    for check in skipped:
        reasons.setdefault(check.reason or "no reason given", {})[check.id] = None
    if not reasons:
        return
    yield f"<details><summary>Not looked at ({len(skipped)})</summary><ul>"
    for reason, ids in sorted(reasons.items()):
        names = ", ".join(f"<code>{escape(rule)}</code>" for rule in ids)
        yield f"<li>{escape(reason)}: {names}</li>"
    yield "</ul></details>"
