"""What all commands about dependencies do: ask of each package, keep, show, judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.events import Emit
from shipwheel.files import to_json
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, as_json, keep
from shipwheel.sessions.members import open_all

A = TypeVar("A", bound=Answer)
F = TypeVar("F", bound=Callable[..., Any])

# what one package of several may be without: nothing to lock, not the package to patch
_NOT_ABOUT = frozenset({"nothing-to-lock", "not-locked"})


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

    A package of several that the question is not about is passed over. Gives the exit code: 1 where an
    answer is not `ok`. Raises MachineError, after all is shown, where a part of one is not known.
    """
    found, sections = [], []
    with call.progress() as emit:
        for opened, answer in _answers(call, asked, words, emit):
            found.append(answer)
            sections.append(keep(opened.workspace, asked, answer))
    if json_file is not None:
        write_report(json_file, to_json(as_json(found)))
    if html_file is not None:
        page = dependencies_html(sections, title=f"shipwheel deps {asked.name}")
        write_report(html_file, page.encode())
    if STDOUT not in {json_file, html_file}:
        print_tables([table for each in sections for table in each.tables])
    for each in found:
        if (error := asked.unanswered(each)) is not None:
            raise error
    return ExitCode.DONE if all(each.ok for each in found) else ExitCode.FOUND


def _answers(
    call: Call, asked: Asked[A], words: Sequence[str], emit: Emit
) -> Iterator[tuple[Opened, A]]:
    """Give each package with its answer; raises why the question is not about it where it is about none."""
    answered_one, refused = False, None
    for opened in open_all(call.root, emit=emit):
        try:
            answer = asked.ask(opened, words, emit)
        except ConfigurationError as error:
            if error.reference not in _NOT_ABOUT:
                raise
            refused = refused or error
            continue
        answered_one = True
        yield opened, answer
    if refused is not None and not answered_one:
        raise refused
