"""`shipwheel verify`: files or folders, also of projects that never heard of shipwheel."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

import click
import msgspec

from shipwheel.cli.call import (
    STDOUT,
    Call,
    json_option,
    print_tables,
    report_option,
    write_report,
)
from shipwheel.console.reports.told import tell
from shipwheel.console.rules import rule_table, rules_tables
from shipwheel.dists.manifest import load_manifest
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.events import Emit
from shipwheel.files import to_json
from shipwheel.sessions.members import open_all
from shipwheel.sessions.siblings import supply_of
from shipwheel.verification.catalogue import rule_named, rules
from shipwheel.verification.check import Rule
from shipwheel.verification.report import Report, Step
from shipwheel.verification.report import strict as strictly
from shipwheel.verification.run import verify as verify_files

# form -> module and function that give the report as text
_FORMS = {
    "html": ("shipwheel.console.reports.page", "report_html"),
    "junit": ("shipwheel.console.reports.junit", "report_junit"),
    "sarif": ("shipwheel.console.reports.sarif", "report_sarif"),
    "code_quality": ("shipwheel.console.reports.code_quality", "report_code_quality"),
}
_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg")


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--static", is_flag=True, help="Look at the files only; install and import nothing.")
@click.option("--reproducible", is_flag=True, help="Build each sdist's wheel twice, and compare.")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@json_option("The report")
@report_option("--html", "The report as one page of HTML, which needs no network.")
@report_option("--junit", "The report as JUnit XML, a case a check and file.")
@report_option("--sarif", "The findings as SARIF 2.1.0.")
@report_option("--code-quality", "The findings as GitLab's code quality report.")
@click.option("--list-rules", is_flag=True, help="Show the rules, and verify nothing.")
@click.option("--explain", metavar="RULE", help="Show all that there is to know of a rule.")
@click.pass_obj
def verify(
    call: Call,
    /,
    *,
    paths: tuple[Path, ...],
    static: bool,
    reproducible: bool,
    strict: bool,
    list_rules: bool,
    explain: str | None,
    **files: str | None,
) -> int:
    """Verify distributions: each PATH is a file or a folder of them; the default is dist/.

    Without PATH, in a project: the set must be what the Plan says, in this machine's scope. Files that
    are named stand for themselves, whoever made them.
    """
    wanted = {name.removesuffix("_file"): file for name, file in files.items() if file is not None}
    _check_one_stream(wanted)
    _check_together(static=static, reproducible=reproducible)
    if list_rules or explain is not None:
        _check_rules_alone(paths, wanted)
        return _show_rules([rule_named(explain)] if explain is not None else rules(), wanted)
    with call.progress() as emit:
        report = _verified(call.root, paths, static=static, twice=reproducible, emit=emit)
    report = strictly(report) if strict else report
    for form, file in wanted.items():
        write_report(file, _rendered(report, form))
    if STDOUT not in wanted.values():
        tell(report, sys.stdout)
    return ExitCode.DONE if report.ok else ExitCode.FOUND


def _show_rules(shown: Sequence[Rule], wanted: dict[str, str]) -> int:
    """Show rules, as a table or as JSON."""
    if "json" in wanted:
        write_report(wanted["json"], to_json({"schema": 1, "rules": shown}))
    elif len(shown) == 1:
        print_tables((rule_table(shown[0]),))
    else:
        print_tables(rules_tables(shown))
    return ExitCode.DONE


def _check_rules_alone(paths: Sequence[Path], wanted: dict[str, str]) -> None:
    """Raise ConfigurationError where rules are to be shown and files verified in one call."""
    others = [f"--{form.replace('_', '-')}" for form in wanted if form != "json"]
    if paths or others:
        raise ConfigurationError(
            f"--list-rules and --explain verify nothing: {', '.join([*map(str, paths), *others])}",
            where="shipwheel verify",
            hint="leave that out, or ask in a call of its own; `--json` gives the rules as JSON",
        )


def _verified(
    root: Path, paths: tuple[Path, ...], *, static: bool, twice: bool, emit: Emit
) -> Report:
    alone = partial(verify_files, static=static, reproducible=twice, emit=emit)
    if paths:
        return alone([root / path for path in paths])
    dist = root / "dist"
    if dist.is_dir() and not any((root / marker).is_file() for marker in _MARKERS):
        return alone([dist])
    return joined(
        [
            alone(
                [opened.workspace.dist],
                plan=opened.plan,
                project=opened.project,
                machine=opened.machine,
                manifest=load_manifest(opened.workspace.records),
                siblings={} if static else supply_of(opened),
            )
            for opened in open_all(root, emit=emit)
        ]
    )


def joined(reports: Sequence[Report]) -> Report:
    """Give the reports of a workspace's packages as one: no two have a file of the same name."""
    first, *others = reports
    for each in others:
        first = msgspec.structs.replace(
            first,
            ok=first.ok and each.ok,
            files=(*first.files, *each.files),
            checks=(*first.checks, *each.checks),
            findings=(*first.findings, *each.findings),
            ignored={**first.ignored, **each.ignored},
            steps=(*first.steps, *_later(each.steps, first.steps)),
        )
    return first


def _later(steps: Sequence[Step], earlier: Sequence[Step]) -> Iterator[Step]:
    """Give the steps of a verification that began when the earlier one had ended."""
    end = max((step.started + step.seconds for step in earlier), default=0.0)
    for step in steps:
        yield msgspec.structs.replace(step, started=step.started + end)


def _rendered(report: Report, form: str) -> bytes:
    """Give the report in a form; each is imported only where it is asked for."""
    if form == "json":
        return to_json(report)
    module, name = _FORMS[form]
    text: str = getattr(import_module(module), name)(report)
    return text.encode("utf-8")


def _check_together(*, static: bool, reproducible: bool) -> None:
    if static and reproducible:
        raise ConfigurationError(
            "--static builds nothing, and --reproducible builds twice",
            where="shipwheel verify",
            hint="leave one of them out",
        )


def _check_one_stream(wanted: dict[str, str]) -> None:
    to_stdout = [f"--{form.replace('_', '-')}" for form, file in wanted.items() if file == STDOUT]
    if len(to_stdout) > 1:
        raise ConfigurationError(
            f"{' and '.join(to_stdout)} cannot all go to standard output",
            where="shipwheel verify",
            hint=f"name a file for one of them: `{to_stdout[1]} FILE`",
        )
