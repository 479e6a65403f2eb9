"""What all commands about dependencies do: ask of each package, keep, show, judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from shipwheel.cli.call import (
    STDOUT,
    Call,
    json_option,
    print_tables,
    report_option,
    write_report,
)
from shipwheel.console.reports.dependencies import dependencies_html
from shipwheel.deps.answer import Answer
from shipwheel.errors import ExitCode
from shipwheel.files import to_json
from shipwheel.sessions.deps.asked import Asked, as_json, keep
from shipwheel.sessions.members import open_all

A = TypeVar("A", bound=Answer)
F = TypeVar("F", bound=Callable[..., Any])


def report_options(command: F) -> F:
    """Give a command `--json [FILE]` and `--html FILE`."""
    html = report_option("--html", "The answer as one page of HTML, which needs no network.")
    return json_option("The answer")(html(command))


def answered(
    call: Call,
    asked: Asked[A],
    words: Sequence[str] = (),
    *,
    json_file: str | None = None,
    html_file: str | None = None,
) -> int:
    """Ask a question of each package of the project; the answers are kept in its `.shipwheel/`.

    Gives the exit code: 1 where an answer is not `ok`.
    """
    found, sections = [], []
    with call.progress() as emit:
        for opened in open_all(call.root, emit=emit):
            found.append(asked.ask(opened, words, emit))
            sections.append(keep(opened.workspace, asked, found[-1]))
    if json_file is not None:
        write_report(json_file, to_json(as_json(found)))
    if html_file is not None:
        page = dependencies_html(sections, title=f"shipwheel deps {asked.name}")
        write_report(html_file, page.encode())
    if STDOUT not in {json_file, html_file}:
        print_tables([table for each in sections for table in each.tables])
    return ExitCode.DONE if all(each.ok for each in found) else ExitCode.FOUND
