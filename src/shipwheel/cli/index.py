"""`shipwheel index`: a folder served as a package index, written for a static host, and files in it yanked."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from shipwheel.console.steps import Steps
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.events import Notice
from shipwheel.indexes.guard import PASSWORD, guard_for
from shipwheel.indexes.server import serve as serve_folder
from shipwheel.indexes.shelf import Shelf
from shipwheel.indexes.static import SIMPLE, write_pages
from shipwheel.indexes.yanking import yank as yank_in


@click.group()
def index() -> None:
    """Serve packages on this machine, or make a folder an index for a static host."""


@index.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), help="The default is a free one.")
@click.option("--user", metavar="NAME", help="Take uploads from NAME alone, who has the password.")
@click.option(
    "--password-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=f"Where the password stands; by default in {PASSWORD}.",
)
@click.option("--guard-reading", is_flag=True, help="Ask whoever reads for it too.")
def serve(
    folder: Path,
    port: int | None,
    user: str | None,
    password_file: Path | None,
    *,
    guard_reading: bool,
) -> int:
    """Serve DIR as a package index on loopback, uploads accepted, until Ctrl-C."""
    guard = guard_for(user, password_file, os.environ, reading=guard_reading)
    serve_folder(folder, port, Steps(sys.stdout).emit, guard=guard)
    return ExitCode.DONE


@index.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def write(folder: Path) -> int:
    """Write DIR/simple/: the pages with which any static host serves the distributions below DIR."""
    _require(folder)
    projects = write_pages(Shelf(folder))
    told = "1 project" if len(projects) == 1 else f"{len(projects)} projects"
    Steps(sys.stdout).emit(Notice(f"wrote the pages of {told} below {folder / SIMPLE}"))
    return ExitCode.DONE


@index.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("what", metavar="NAME==VERSION|FILE")
@click.option("--reason", default="", help="Told to whoever installs it all the same.")
@click.option("--undo", is_flag=True, help="Offer it to everybody again.")
def yank(folder: Path, what: str, reason: str, *, undo: bool) -> int:
    """Yank files in DIR: they stay, and installers take them only where they are pinned (PEP 592)."""
    _require(folder)
    files = yank_in(folder, what, None if undo else reason)
    done = "is offered again" if undo else "is yanked"
    for each in files:
        Steps(sys.stdout).emit(Notice(f"{each} {done}"))
    return ExitCode.DONE


def _require(folder: Path) -> None:
    if not folder.is_dir():
        raise ConfigurationError("there is no such folder", where=str(folder))
