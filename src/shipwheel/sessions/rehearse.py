"""`rehearse`: the release of the local scope against a throw-away index on this machine."""

from __future__ import annotations

import sys

from shipwheel.console.layout import show
from shipwheel.console.published import publication_tables
from shipwheel.console.terminal import look_of
from shipwheel.dists.sibling import each_file
from shipwheel.errors import ConfigurationError
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Scope
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.rehearsal import rehearse
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.judging import commit_of, judge_release
from shipwheel.sessions.siblings import supply_of
from shipwheel.sessions.specs import FAKE

# the gate judges before the index runs; it is on loopback, whatever port it will get
_INDEX = Index(
    name="rehearsal", upload="http://127.0.0.1/", simple="http://127.0.0.1/simple/", anonymous=True
)


def run(run: JobRun) -> Publication:
    """Put the local scope's files on an index of our own, read back, install on each Python; stop it.

    `-- --fake` does so with a tiny stand-in of every file of the whole release, and installs nothing.
    Raises Refused with every reason against the release, Unfinished where publishing it fails,
    ConfigurationError for another argument.
    """
    check_arguments(run.args)
    publication = _with_stand_ins(run) if FAKE in run.args else _with_real_files(run)
    show(sys.stdout, publication_tables(publication), look_of(sys.stdout))
    return publication


def check_arguments(args: tuple[str, ...]) -> None:
    """Raise ConfigurationError for an argument that `rehearse` does not take."""
    for word in args:
        if word != FAKE:
            raise ConfigurationError(
                f"rehearse takes no argument {word!r}",
                where="nox -s rehearse -- …",
                hint=f"it takes `{FAKE}`",
            )


def _with_stand_ins(run: JobRun) -> Publication:
    # all of verification is imported with it, and the real files were verified before
    from shipwheel.publishing.fake_rehearsal import rehearse_fake  # noqa: PLC0415

    run.notes.append("with stand-ins for every file of the release: nothing real was tried")
    with run.step("rehearsal", "with stand-ins, release scope") as said:
        publication = rehearse_fake(
            run.opened.plan,
            run.opened.project,
            workspace=run.workspace,
            commit=commit_of(run.opened, run.ci.tag),
            emit=run.emit,
            log=run.log,
        )
        said.append(f"{len(publication.files)} files")
    return publication


def _with_real_files(run: JobRun) -> Publication:
    with run.step("gate", "local scope") as said:
        release = judge_release(run.opened, _INDEX, Scope.LOCAL, run.emit)
        said.append(f"{len(release.files)} files of {release.project} {release.version}")
    siblings = supply_of(run.opened)
    run.consumed.extend(each.file for each in each_file(siblings))
    with run.step("rehearsal") as said:
        publication = rehearse(
            release,
            run.workspace.dist,
            workspace=run.workspace,
            machine=run.opened.machine,
            installer=run.opened.project.config.installer,
            siblings=siblings,
            emit=run.emit,
            log=run.log,
        )
        said.append(", ".join(f"installed on {each.python}" for each in publication.installs))
    return publication
