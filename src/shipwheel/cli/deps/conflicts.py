"""`shipwheel deps conflicts`."""

from __future__ import annotations

import click

from shipwheel.cli.call import STDOUT, Call, print_tables, write_report
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.console.dependencies.conflicts import conflicts_section
from shipwheel.console.reports.dependencies import dependencies_html
from shipwheel.errors import ExitCode
from shipwheel.files import to_json
from shipwheel.sessions.deps.asked import as_json
from shipwheel.sessions.deps.conflicts import BUILD, CONFLICTS, OFFLINE, ask_many


@click.command()
@click.argument("places", metavar="[FOLDER|REQUIREMENT]...", nargs=-1)
@click.option("--offline", is_flag=True, help="Ask uv's caches alone.")
@click.option(
    "--build",
    is_flag=True,
    help="Let uv build sdists to learn what they require: runs their code.",
)
@report_options
@click.pass_obj
def conflicts(
    call: Call,
    /,
    *,
    places: tuple[str, ...],
    offline: bool,
    build: bool,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Show which requirements exclude one another, by way of whom, and what to relax.

    Asks about the project with its extras and groups; about all packages below each FOLDER (a
    pyproject.toml each, or wheels and sdists) together; or about a REQUIREMENT ('requests<3').
    Exits with 1 where there is a conflict, with 3 where neither the index nor uv's cache can answer.
    """
    options = (*((OFFLINE,) if offline else ()), *((BUILD,) if build else ()))
    if not places:
        return answered(call, CONFLICTS, options, json_file=json_file, html_file=html_file)
    with call.progress() as emit:
        found = ask_many(call.root, (*places, *options), emit)
    section = conflicts_section(found)
    if json_file is not None:
        write_report(json_file, to_json(as_json((found,))))
    if html_file is not None:
        page = dependencies_html((section,), title="shipwheel deps conflicts")
        write_report(html_file, page.encode())
    if STDOUT not in {json_file, html_file}:
        print_tables(section.tables)
    return ExitCode.DONE if found.ok else ExitCode.FOUND
