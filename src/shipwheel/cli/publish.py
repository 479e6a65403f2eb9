"""`shipwheel publish`: gate, upload, read back; builds nothing, reports everything that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from shipwheel.cli.call import STDOUT, Call, json_option, print_tables, write_report
from shipwheel.console.markdown import append_summary, markdown
from shipwheel.console.published import publication_tables
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.events import Emit
from shipwheel.files import to_json
from shipwheel.publishing.publication import Publication, Unfinished
from shipwheel.publishing.refusal import Refused
from shipwheel.sessions.context import open_project
from shipwheel.sessions.promotion import promote_release
from shipwheel.sessions.publish import confirm_release, publish_project, publish_release


@dataclass(frozen=True, slots=True)
class Asked:
    """What the call says; `release` is None for a project's own `dist/`."""

    release: Path | None
    to: str | None
    dry_run: bool
    read_back: bool
    trusted: bool | None
    source: str | None = None  # the index that a release is promoted from
    attested: bool = True


@click.command()
@click.option("--to", metavar="NAME-OR-URL", help="The index; the default is the project's.")
@click.option(
    "--from",
    "source",
    metavar="NAME-OR-URL",
    help="Promote: take the release's files from this index, and from nowhere else.",
)
@click.option(
    "--release",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Publish what a release.json names from dist/, without the project's checkout.",
)
@click.option("--dry-run", is_flag=True, help="Judge and compare with the index; send nothing.")
@click.option(
    "--read-back",
    is_flag=True,
    help="With --release: fetch and install what the index gives its users; send nothing.",
)
@click.option(
    "--trusted-publishing/--no-trusted-publishing",
    "trusted",
    default=None,
    help="With an identity token of this CI job alone, or never; by default where PyPI's job has one.",
)
@click.option(
    "--no-attestations",
    "bare",
    is_flag=True,
    help="Attest no file; by default each is, with trusted publishing and where the extra is here.",
)
@json_option("What came of each file")
@click.pass_obj
def publish(
    call: Call,
    /,
    *,
    to: str | None,
    source: str | None,
    release: Path | None,
    dry_run: bool,
    read_back: bool,
    trusted: bool | None,
    bare: bool,
    json_file: str | None,
) -> int:
    """Publish dist/ as one release: complete, verified and tested, or not at all."""
    asked = Asked(
        release=release,
        to=to,
        dry_run=dry_run,
        read_back=read_back,
        trusted=trusted,
        source=source,
        attested=not bare,
    )
    _check(asked)
    try:
        with call.progress() as emit:
            publication = _published(call.root, asked, emit)
    except Unfinished as unfinished:
        _show(unfinished.publication, json_file, asked)
        raise
    except Refused as refused:
        if json_file is not None:
            write_report(json_file, refusal_json(refused, refused.index or to))
        raise
    _show(publication, json_file, asked)
    # a dry run raises nothing: what stands against the release is its finding
    return ExitCode.DONE if publication.passes else ExitCode.FOUND


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


def _published(root: Path, asked: Asked, emit: Emit) -> Publication:
    to, dry_run, trusted, attested = asked.to, asked.dry_run, asked.trusted, asked.attested
    path = root / asked.release if asked.release is not None else None
    if asked.source is not None and to is not None:
        return promote_release(
            root,
            path,
            source=asked.source,
            to=to,
            dry_run=dry_run,
            trusted=trusted,
            attested=attested,
            emit=emit,
        )
    if path is None:
        opened = open_project(root, emit=emit)
        return publish_project(
            opened, to=to, dry_run=dry_run, trusted=trusted, attested=attested, emit=emit
        )
    if asked.read_back:
        return confirm_release(path, to=to, emit=emit)
    return publish_release(
        path,
        root / "dist",
        to=to,
        dry_run=dry_run,
        trusted=trusted,
        attested=attested,
        emit=emit,
    )


def _check(asked: Asked) -> None:
    """Raise ConfigurationError for options that contradict each other."""
    if asked.source is not None and (asked.to is None or asked.read_back):
        raise ConfigurationError(
            "--from promotes a release to another index, which has to be named"
            if asked.to is None
            else "--from reads back what it has sent: leave --read-back out",
            where="shipwheel publish",
            hint="shipwheel publish --from staging --to pypi --release .shipwheel/release.json",
        )
    if not asked.read_back:
        return
    if asked.release is None:
        raise ConfigurationError(
            "--read-back needs the release that it is held against",
            where="shipwheel publish",
            hint="name it: `--release release.json` (`.shipwheel/release.json` in a project)",
        )
    if asked.dry_run or asked.trusted:
        raise ConfigurationError(
            "--read-back sends nothing and needs nobody's name",
            where="shipwheel publish",
            hint="leave --dry-run and --trusted-publishing out",
        )


def _show(publication: Publication, json_file: str | None, asked: Asked) -> None:
    if json_file is not None:
        write_report(json_file, to_json(publication))
    tables = publication_tables(publication)
    if json_file != STDOUT:
        print_tables(tables)
    append_summary(markdown("read back" if asked.read_back else "publish", tables))
