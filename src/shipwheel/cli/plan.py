"""`shipwheel plan`: the jobs and the planned files, and where each fact came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from shipwheel.cli.call import Call, json_option, print_tables, write_report
from shipwheel.console.explained import explain_tables, wheels_tables
from shipwheel.console.layout import Table
from shipwheel.console.tables import plan_tables
from shipwheel.errors import ExitCode
from shipwheel.files import to_json
from shipwheel.project.explain import Explanation, explain
from shipwheel.sessions.context import Opened, open_project
from shipwheel.sessions.members import open_packages

if TYPE_CHECKING:
    from shipwheel.building.filled_in import Group


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
    if not rows:
        return tuple(plan_tables(opened.plan))
    reasons = explain_tables(rows, opened.plan, opened.machine)
    return (*reasons, *wheels_tables(_told(opened)))


def _told(opened: Opened) -> tuple[Group, ...]:
    # cibuildwheel's selectors take their time: only who asks for reasons waits for them
    from shipwheel.building.filled_in import filled_in  # noqa: PLC0415
    from shipwheel.data.catalog import load_catalog  # noqa: PLC0415

    return filled_in(opened.project, opened.plan, load_catalog())


def plan_json(opened: Opened, rows: tuple[Explanation, ...]) -> bytes:
    """Give the Plan as the design's JSON; where they were asked for, with `facts` and `cibuildwheel` beside it."""
    return to_json(_plan_data(opened, rows))


def workspace_json(found: Sequence[tuple[Opened, tuple[Explanation, ...]]]) -> bytes:
    """Give the Plans of a workspace's packages, each behind those that it needs."""
    return to_json({"schema": 1, "packages": [_plan_data(*each) for each in found]})


def _plan_data(opened: Opened, rows: tuple[Explanation, ...]) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(opened.plan)
    if rows:
        data["facts"] = msgspec.to_builtins(rows)
        data["cibuildwheel"] = msgspec.to_builtins(_told(opened))
    return data
