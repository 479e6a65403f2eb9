"""`shipwheel deps readiness`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.sessions.deps.readiness import READINESS, WARNINGS


@click.command()
@click.argument("cells", metavar="[PYTHON|PLATFORM]...", nargs=-1)
@click.option(
    "--warnings",
    is_flag=True,
    help="Run the tests too, with deprecations as errors, on one Python.",
)
@report_options
@click.pass_obj
def readiness(
    call: Call,
    /,
    *,
    cells: tuple[str, ...],
    warnings: bool,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Show what is not ready for which Python and platform of the Plan, and what to do in order.

    Which dependency has no wheel there, and what the own code uses that left the standard library.
    PYTHON (3.15, 3.14t) and PLATFORM (win_arm64) ask about these alone, in the Plan or not. Nothing is
    built or installed without --warnings. Exits with 1 where something is missing, with 3 where neither
    the index nor uv's cache can answer.
    """
    words = (*cells, *((WARNINGS,) if warnings else ()))
    return answered(call, READINESS, words, json_file=json_file, html_file=html_file)
