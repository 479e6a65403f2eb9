"""`shipwheel plan`: the jobs and the planned files, and where each fact came from."""

from __future__ import annotations

import click
import msgspec

from shipwheel.cli.call import Call, json_option, print_tables, write_report
from shipwheel.console.explained import explain_tables
from shipwheel.console.tables import plan_tables
from shipwheel.errors import ExitCode
from shipwheel.files import to_json
from shipwheel.project.explain import Explanation, explain
from shipwheel.sessions.context import Opened, open_project


@click.command()
@json_option("The Plan")
@click.option("--explain", "reasons", is_flag=True, help="Where each fact and decision came from.")
@click.pass_obj
def plan(call: Call, /, *, json_file: str | None, reasons: bool) -> int:
    """Show the jobs and the planned files."""
    with call.progress() as emit:
        opened = open_project(call.root, emit=emit)
    rows = explain(opened.project) if reasons else ()
    if json_file is not None:
        write_report(json_file, plan_json(opened, rows))
    if json_file != "-":
        tables = explain_tables(rows, opened.plan, opened.machine) if reasons else ()
        print_tables(tables or plan_tables(opened.plan))
    return ExitCode.DONE


def plan_json(opened: Opened, rows: tuple[Explanation, ...]) -> bytes:
    """Give the Plan as the design's JSON, with `facts` beside it where they were asked for."""
    data = msgspec.to_builtins(opened.plan)
    if rows:
        data["facts"] = msgspec.to_builtins(rows)
    return to_json(data)
