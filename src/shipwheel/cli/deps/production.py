"""`shipwheel deps production`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.sessions.deps.production import PRODUCTION


@click.command()
@click.argument("python", required=False)
@click.option(
    "--extra", "extras", metavar="NAME", multiple=True, help="With an extra of the project."
)
@report_options
@click.pass_obj
def production(
    call: Call,
    /,
    *,
    python: str | None,
    extras: tuple[str, ...],
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Show what a production install holds beside what the project declares.

    The built wheel is installed with its run-time requirements, from pylock.toml where there is one and
    from wheels alone where that is possible, into an environment that is thrown away. Exits with 1 where a
    tool for tests or development is in it, or the lock does not hold what the wheel requires. PYTHON (3.13)
    is the newest supported one here by default.
    """
    words = [*([python] if python else []), *(f"--extra={each}" for each in extras)]
    return answered(call, PRODUCTION, words, json_file=json_file, html_file=html_file)
