"""`shipwheel deps api`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.console.dependencies.api import fragments
from shipwheel.errors import ExitCode
from shipwheel.sessions.deps.api import API
from shipwheel.sessions.members import open_all


@click.command()
@click.option("--against", metavar="VERSION", help="The release to compare with; else the newest.")
@click.option("--changelog", is_flag=True, help="Print Markdown for the changelog instead.")
@report_options
@click.pass_obj
def api(
    call: Call,
    /,
    *,
    against: str | None,
    changelog: bool,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Show what of the public API broke since the last release, what is new and what is deprecated.

    Nothing is imported: the sources of the tree and of the release's wheel are read. Exits with 1 where
    something broke and the version number does not say so, with 3 where the index is out of reach.
    """
    words = (against,) if against else ()
    if not changelog:
        return answered(call, API, words, json_file=json_file, html_file=html_file)
    with call.progress() as emit:
        found = [API.ask(opened, words, emit) for opened in open_all(call.root, emit=emit)]
    click.echo(fragments(found), nl=False)
    return ExitCode.DONE if all(each.ok for each in found) else ExitCode.FOUND
