"""`shipwheel deps`: what the project depends on, asked of the index."""

from __future__ import annotations

import click

from shipwheel.cli.call import STDOUT, Call, json_option, print_tables, write_report
from shipwheel.console.readiness import readiness_tables
from shipwheel.errors import ExitCode
from shipwheel.files import to_json
from shipwheel.sessions.members import open_all
from shipwheel.sessions.readiness import as_json, ask


@click.group()
def deps() -> None:
    """Ask about the project's dependencies."""


@deps.command()
@click.argument("cells", metavar="[PYTHON|PLATFORM]...", nargs=-1)
@json_option("The answer")
@click.pass_obj
def readiness(call: Call, /, *, cells: tuple[str, ...], json_file: str | None) -> int:
    """Show which dependency has no wheel on which Python and platform of the Plan.

    PYTHON (3.15, 3.14t) and PLATFORM (win_arm64) ask about these alone, in the Plan or not. Nothing is
    built or installed. Exits with 1 where a wheel is missing, with 3 where the index is out of reach.
    """
    with call.progress() as emit:
        found = tuple(ask(each, cells, emit) for each in open_all(call.root, emit=emit))
    if json_file is not None:
        write_report(json_file, to_json(as_json(found)))
    if json_file != STDOUT:
        print_tables([table for each in found for table in readiness_tables(each)])
    return ExitCode.DONE if all(each.ok for each in found) else ExitCode.FOUND
