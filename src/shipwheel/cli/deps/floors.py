"""`shipwheel deps floors`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.sessions.deps.floors import FLOORS, STATIC, WRITE


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(STATIC, is_flag=True, help="Judge the bounds by the index alone; no test is run.")
@click.option(WRITE, is_flag=True, help="Write the proposed bounds into pyproject.toml.")
@report_options
@click.pass_obj
def floors(
    call: Call,
    /,
    *,
    names: tuple[str, ...],
    static: bool,
    write: bool,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Find the lowest versions of the direct dependencies that the tests pass with.

    The tests run with the lowest declared versions on the oldest Python; where they fail, the versions
    of each dependency are tried by halves. NAME looks for these alone. The change of pyproject.toml is
    shown. Exits with 1 where a bound is wrong or missing, with 3 where the index is out of reach.
    """
    words = (*names, *([STATIC] if static else []), *([WRITE] if write else []))
    return answered(call, FLOORS, words, json_file=json_file, html_file=html_file)
