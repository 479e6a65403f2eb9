"""`shipwheel deps lock`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.sessions.deps.lock import CHECK, LOCK, UPGRADE


@click.command()
@click.option(CHECK, is_flag=True, help="Write nothing; exit with 1 where a lock is out of date.")
@click.option(UPGRADE, is_flag=True, help="Keep no pin: take the newest that fits.")
@report_options
@click.pass_obj
def lock(
    call: Call,
    /,
    *,
    check: bool,
    upgrade: bool,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Write pylock.toml, and pylock.NAME.toml for each dependency group and extra.

    The locks (PEP 751) hold every package with its hashes, for all Pythons and platforms of the project.
    Versions that are locked stay as long as the declarations allow them. `--check` writes nothing and
    exits with 1 where a lock no longer says what is declared.
    """
    words = (*((CHECK,) if check else ()), *((UPGRADE,) if upgrade else ()))
    return answered(call, LOCK, words, json_file=json_file, html_file=html_file)
