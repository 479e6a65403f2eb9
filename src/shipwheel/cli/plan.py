"""`shipwheel plan`: the jobs and the planned files, and where each fact came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import msgspec

from shipwheel.cli.call import Call, json_option, print_tables, write_report
from shipwheel.console.explained import explain_tables
from shipwheel.console.layout import Table
from shipwheel.console.tables import plan_tables
from shipwheel.errors import ExitCode
from shipwheel.files import to_json
from shipwheel.project.explain import Explanation, explain
from shipwheel.sessions.context import Opened, open_project
from shipwheel.sessions.members import open_packages


@click.command()
@json_option("The Plan")
@click.option("--explain", "reasons", is_flag=True, help="Where each fact and decision came from.")
@click.pass_obj
def plan(call: Call, /, *, json_file: str | None, reasons: bool) -> int:
    """Show the jobs and the planned files; at a workspace's root those of each package."""
    with call.progress() as emit:
        packages = open_packages(call.root, emit=emit)
        every = packages.every if packages else (open_project(call.root, emit=emit),)
    found = [(opened, explain(opened.project) if reasons else ()) for opened in every]
    if json_file is not None:
        write_report(json_file, workspace_json(found) if packages else plan_json(*found[0]))
    if json_file != "-":
        print_tables([table for each in found for table in _tables(*each)])
    return ExitCode.DONE


def _tables(opened: Opened, rows: tuple[Explanation, ...]) -> tuple[Table, ...]:
    tables = explain_tables(rows, opened.plan, opened.machine) if rows else ()
    return tuple(tables) or plan_tables(opened.plan)


def plan_json(opened: Opened, rows: tuple[Explanation, ...]) -> bytes:
    """Give the Plan as the design's JSON, with `facts` beside it where they were asked for."""
    return to_json(_plan_data(opened, rows))


def workspace_json(found: Sequence[tuple[Opened, tuple[Explanation, ...]]]) -> bytes:
    """Give the Plans of a workspace's packages, each behind those that it needs."""
    return to_json({"schema": 1, "packages": [_plan_data(*each) for each in found]})


def _plan_data(opened: Opened, rows: tuple[Explanation, ...]) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(opened.plan)
    if rows:
        data["facts"] = msgspec.to_builtins(rows)
    return data
