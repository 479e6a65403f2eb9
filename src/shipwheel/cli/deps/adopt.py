"""`shipwheel deps adopt`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.sessions.deps.adopt import ADOPT, DRY, NO_TESTS


@click.command()
@click.argument("environment", metavar="[PYTHON|ENVIRONMENT]", required=False)
@click.option(DRY, is_flag=True, help="Show what would be written, and write nothing.")
@click.option(NO_TESTS, is_flag=True, help="Leave out the first run of the tests.")
@report_options
@click.pass_obj
def adopt(
    call: Call,
    /,
    *,
    environment: str | None,
    dry_run: bool,
    no_tests: bool,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Declare and lock what a running environment holds, for a project that declares nothing.

    The environment is the active one, else .venv; nothing in it is touched. What the code imports is
    declared in pyproject.toml, tools in groups; the locks hold the very versions; then the tests run in
    an environment made from them. Exits with 1 where something is left to do.
    """
    words = (
        *([environment] if environment else []),
        *([DRY] if dry_run else []),
        *([NO_TESTS] if no_tests else []),
    )
    return answered(call, ADOPT, words, json_file=json_file, html_file=html_file)
