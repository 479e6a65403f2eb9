"""`shipwheel deps profile`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.deps.profile.order import ROUNDS
from shipwheel.sessions.deps.profile import MINUTES, PROFILE


@click.command()
@click.argument("python", required=False)
@click.option(
    "--extra", "extras", metavar="NAME", multiple=True, help="With an extra of the project."
)
@click.option(
    "--minutes",
    type=click.FloatRange(0, 24 * 60, min_open=True),
    default=MINUTES,
    show_default=True,
    help="Stop an install that takes longer.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1, 20),
    default=ROUNDS,
    show_default=True,
    help="Run each install so often at most, and take its best.",
)
@report_options
@click.pass_obj
def profile(
    call: Call,
    /,
    *,
    python: str | None,
    extras: tuple[str, ...],
    minutes: float,
    rounds: int,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Show where the time of an install goes, by phase and package, and what would shorten it.

    What the project requires is installed for real, with an empty cache and with a warm one, into
    environments that are thrown away; then again with each change, and the three that save most are shown
    with what they were measured to save. PYTHON (3.13) is the newest supported one here by default.
    """
    words = [*([python] if python else []), f"--minutes={minutes}", f"--rounds={rounds}"]
    words += [f"--extra={each}" for each in extras]
    return answered(call, PROFILE, words, json_file=json_file, html_file=html_file)
