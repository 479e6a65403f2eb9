"""`publish`: gate, upload, read back; builds nothing, reports everything that is missing."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from shipwheel.console.layout import show
from shipwheel.console.published import publication_tables
from shipwheel.console.terminal import look_of
from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.events import Emit
from shipwheel.indexes.known import Index, find_index
from shipwheel.project.config import IndexConfig
from shipwheel.publishing.gate import scope_for
from shipwheel.publishing.installs import try_installs
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.publish import publish
from shipwheel.publishing.release import index_for, read_release
from shipwheel.sessions.context import Opened
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.judging import judge_release


class Options(msgspec.Struct, frozen=True):
    """What was asked for after `--`: the index, and whether to touch nothing."""

    to: str | None = None
    dry_run: bool = False


def run(run: JobRun) -> Publication:
    """Publish `dist/` to the index that `-- --to` names, else the configured one."""
    options = parse(run.args)
    publication = publish_project(run.opened, to=options.to, dry_run=options.dry_run, emit=run.emit)
    look = look_of(sys.stdout)
    show(sys.stdout, publication_tables(publication), look)
    return publication


def publish_project(
    opened: Opened, *, to: str | None = None, dry_run: bool = False, emit: Emit
) -> Publication:
    """Judge `dist/` for an index, and bring the index to exactly that release.

    Raises Refused with every reason against it, Unfinished for what stops the upload,
    ConfigurationError for an unknown index.
    """
    config = opened.project.config
    index = _index(to or config.publish.index, config.index)
    release = judge_release(opened, index, scope_for(index), emit)
    install = functools.partial(
        try_installs,
        release,
        index,
        machine=opened.machine,
        folder=opened.workspace.cache,
        installer=opened.project.config.installer,
        emit=emit,
        log=opened.workspace.log("publish"),
    )
    return publish(
        release,
        index,
        dist=opened.workspace.dist,
        dry_run=dry_run,
        state=opened.workspace.state,
        install=install,
        emit=emit,
    )


def publish_release(
    path: Path, dist: Path, *, to: str | None, dry_run: bool, emit: Emit
) -> Publication:
    """Publish what `release.json` names from a folder, without a project: its bytes are hashed again."""
    release = read_release(path)
    index = index_for(release, to, load_catalog().indexes, {})
    return publish(release, index, dist=dist, dry_run=dry_run, emit=emit)


def _index(wanted: str, configured: Mapping[str, IndexConfig]) -> Index:
    return find_index(wanted, load_catalog().indexes, configured)


def parse(args: tuple[str, ...]) -> Options:
    """Read `--to NAME` (or `--to=NAME`) and `--dry-run`; raises ConfigurationError for anything else."""
    to: str | None = None
    dry_run = False
    words = iter(args)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--dry-run":
            dry_run = True
        elif name == "--to":
            to = value if equals else next(words, None)
            if not to:
                raise _unknown("--to needs an index: a name or a URL")
        else:
            raise _unknown(f"publish takes no argument {word!r}")
    return Options(to, dry_run)


def _unknown(what: str) -> ConfigurationError:
    return ConfigurationError(
        what, where="nox -s publish -- …", hint="it takes `--to NAME-OR-URL` and `--dry-run`"
    )
