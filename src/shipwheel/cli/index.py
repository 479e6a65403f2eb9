"""`shipwheel index serve`: a package index on loopback over a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shipwheel.console.steps import Steps
from shipwheel.errors import ExitCode
from shipwheel.indexes.server import serve as serve_folder


@click.group()
def index() -> None:
    """Serve packages on this machine."""


@index.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), help="The default is a free one.")
def serve(folder: Path, port: int | None) -> int:
    """Serve DIR as a package index on loopback, uploads accepted, until Ctrl-C."""
    serve_folder(folder, port, Steps(sys.stdout).emit)
    return ExitCode.DONE
