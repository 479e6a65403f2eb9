"""`shipwheel publish`: gate, upload, read back; builds nothing, reports everything that is missing."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from shipwheel.cli.call import STDOUT, Call, json_option, print_tables, write_report
from shipwheel.console.published import publication_tables
from shipwheel.errors import ExitCode
from shipwheel.events import Emit
from shipwheel.files import to_json
from shipwheel.publishing.publication import Action, Publication, Unfinished
from shipwheel.publishing.refusal import Refused
from shipwheel.sessions.context import open_project
from shipwheel.sessions.publish import publish_project, publish_release


@click.command()
@click.option("--to", metavar="NAME-OR-URL", help="The index; the default is the project's.")
@click.option(
    "--release",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Publish what a release.json names from dist/, without the project's checkout.",
)
@click.option("--dry-run", is_flag=True, help="Judge and compare with the index; send nothing.")
@json_option("What came of each file")
@click.pass_obj
def publish(
    call: Call,
    /,
    *,
    to: str | None,
    release: Path | None,
    dry_run: bool,
    json_file: str | None,
) -> int:
    """Publish dist/ as one release: complete, verified and tested, or not at all."""
    try:
        with call.progress() as emit:
            publication = _published(call.root, release, to=to, dry_run=dry_run, emit=emit)
    except Unfinished as unfinished:
        _show(unfinished.publication, json_file)
        raise
    except Refused as refused:
        if json_file is not None:
            write_report(json_file, refusal_json(refused, to))
        raise
    _show(publication, json_file)
    # a dry run raises nothing: another file under the same name is its finding
    others = any(file.action is Action.REFUSED for file in publication.files)
    return ExitCode.FOUND if others else ExitCode.DONE


def refusal_json(refused: Refused, index: str | None) -> bytes:
    """Give a refusal in the shape of a publication that sent nothing, with every reason."""
    return to_json(
        {
            "schema": 1,
            "index": index,
            "files": [],
            "reasons": msgspec.to_builtins(refused.reasons),
        }
    )


def _published(
    root: Path, release: Path | None, *, to: str | None, dry_run: bool, emit: Emit
) -> Publication:
    if release is not None:
        return publish_release(root / release, root / "dist", to=to, dry_run=dry_run, emit=emit)
    opened = open_project(root, emit=emit)
    return publish_project(opened, to=to, dry_run=dry_run, emit=emit)


def _show(publication: Publication, json_file: str | None) -> None:
    if json_file is not None:
        write_report(json_file, to_json(publication))
    if json_file != STDOUT:
        print_tables(publication_tables(publication))
