"""`publish`: gate, upload, read back; builds nothing, reports everything that is missing."""

from __future__ import annotations

import functools
import sys
import tempfile
from pathlib import Path

import msgspec

from shipwheel.console.layout import show
from shipwheel.console.markdown import append_summary, markdown
from shipwheel.console.published import publication_tables
from shipwheel.console.terminal import look_of
from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit, silent
from shipwheel.indexes.known import Index, find_index
from shipwheel.machine.here import this_machine
from shipwheel.publishing.attestations import FOLDER, attester
from shipwheel.publishing.confirm import confirm
from shipwheel.publishing.gate import scope_for
from shipwheel.publishing.index_rules import THERE_RULES
from shipwheel.publishing.installs import try_installs
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.publish import publish
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import Release, index_for, read_release
from shipwheel.sessions.ci import ci_call
from shipwheel.sessions.context import Opened
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.judging import judge_release
from shipwheel.workspace import STATE


class Options(msgspec.Struct, frozen=True):
    """What was asked for after `--`: the index, whether to touch nothing, the index to promote from."""

    to: str | None = None
    dry_run: bool = False
    source: str | None = None


def run(run: JobRun) -> Publication:
    """Publish `dist/` to the index that `-- --to` names, else the configured one; or promote `-- --from` another.

    Raises as `publish_project` and `promotion.promote_release` do, and JobError where a dry run finds that
    it would.
    """
    publication = _published(run, parse(run.args, run.job.session, promotes=True))
    tables = publication_tables(publication)
    show(sys.stdout, tables, look_of(sys.stdout))
    append_summary(markdown("publish", tables))
    if not publication.passes:
        raise JobError(
            "the release would be refused",
            where=publication.index,
            evidence="\n".join(publication.intent.reasons) if publication.intent else None,
            reference="refused",
        )
    return publication


def _published(run: JobRun, options: Options) -> Publication:
    if options.source is None or options.to is None:
        return publish_project(run.opened, to=options.to, dry_run=options.dry_run, emit=run.emit)
    from shipwheel.sessions.promotion import promote_release  # noqa: PLC0415 - seldom wanted

    return promote_release(
        run.opened.workspace.root,
        None,
        source=options.source,
        to=options.to,
        dry_run=options.dry_run,
        emit=run.emit,
    )


def publish_project(
    opened: Opened,
    *,
    to: str | None = None,
    dry_run: bool = False,
    trusted: bool | None = None,
    attested: bool = True,
    emit: Emit,
) -> Publication:
    """Judge `dist/` for an index, and bring the index to exactly that release.

    `trusted` as in `credentials.identify`; `attested` False: never with attestations. Raises Refused with every reason against it, Unfinished for what stops the upload,
    ConfigurationError for an unknown index.
    """
    index = index_of(opened, to)
    release = _judged(opened, index, emit, dry_run=dry_run)
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
        trusted=trusted,
        state=opened.workspace.state,
        install=install,
        attest=attester(index, opened.workspace.state / FOLDER, trusted=trusted, emit=emit)
        if attested
        else None,
        emit=emit,
    )


def _judged(opened: Opened, index: Index, emit: Emit, *, dry_run: bool) -> Release:
    """Judge; a dry run goes on where only what lies on the index is wrong: its table tells that by file."""
    tag = ci_call(package=opened.package).tag
    judged = functools.partial(
        judge_release, opened, index, scope_for(index), tag=tag, keep=not dry_run
    )
    try:
        return judged(emit, ask=True)
    except Refused as refused:
        refused.index = index.name
        refused.where = refused.where or index.name
        if dry_run and {reason.rule for reason in refused.reasons} <= THERE_RULES:
            return judged(silent)
        raise


def publish_release(
    path: Path,
    dist: Path,
    *,
    to: str | None,
    dry_run: bool,
    trusted: bool | None = None,
    attested: bool = True,
    emit: Emit,
) -> Publication:
    """Publish what `release.json` names from a folder, without a project: its bytes are hashed again.

    `trusted` and `attested` as in `publish_project`.
    """
    release = read_release(path)
    index = index_for(release, to, load_catalog().indexes, {})
    folder = dist.parent / STATE / FOLDER
    return publish(
        release,
        index,
        dist=dist,
        dry_run=dry_run,
        trusted=trusted,
        attest=attester(index, folder, trusted=trusted, emit=emit) if attested else None,
        emit=emit,
    )


def confirm_release(path: Path, *, to: str | None, emit: Emit) -> Publication:
    """Hold the index against `release.json`, as a user sees it: fetch and install, and send nothing.

    Raises Unfinished where a file is missing there or has other bytes.
    """
    release = read_release(path)
    index = index_for(release, to, load_catalog().indexes, {})
    install = functools.partial(
        try_installs,
        release,
        index,
        machine=this_machine(emit=emit),
        folder=Path(tempfile.gettempdir()),
        emit=emit,
    )
    return confirm(release, index, install=install, emit=emit)


def index_of(opened: Opened, to: str | None) -> Index:
    """Give the index that is named, else the configured one; raises ConfigurationError."""
    config = opened.project.config
    return find_index(to or config.publish.index, load_catalog().indexes, config.index)


def parse(args: tuple[str, ...], session: str = "publish", *, promotes: bool = False) -> Options:
    """Read `--to NAME` (or `--to=NAME`), `--dry-run`, and where it `promotes` also `--from NAME`.

    Raises ConfigurationError for anything else, and for `--from` without `--to`.
    """
    named = {"--to", "--from"} if promotes else {"--to"}
    indexes: dict[str, str] = {}
    dry_run = False
    words = iter(args)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--dry-run":
            dry_run = True
        elif name in named:
            index = value if equals else next(words, "")
            if not index or index.startswith("--"):
                raise _unknown(f"{name} needs an index: a name or a URL", session, named)
            indexes[name] = index
        else:
            raise _unknown(f"{session} takes no argument {word!r}", session, named)
    if "--from" in indexes and "--to" not in indexes:
        what = "--from promotes a release to another index, which has to be named"
        raise _unknown(what, session, named)
    return Options(indexes.get("--to"), dry_run, indexes.get("--from"))


def _unknown(what: str, session: str, named: set[str]) -> ConfigurationError:
    listed = ", ".join(f"`{each} NAME-OR-URL`" for each in sorted(named, reverse=True))
    return ConfigurationError(
        what, where=f"nox -s {session} -- …", hint=f"it takes {listed} and `--dry-run`"
    )
