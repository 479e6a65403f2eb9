"""`wheels`: a shipped platform wheel, by cibuildwheel, from the sdist that ships."""

from __future__ import annotations

from shipwheel.building.cibuildwheel import ReleaseOrder, ReleaseWheel, build_release_wheel
from shipwheel.building.filled_in import tested_elsewhere
from shipwheel.building.release_settings import ProvedBy
from shipwheel.data.catalog import Platform, load_catalog
from shipwheel.dists.record import Proof
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.planning.job import Job
from shipwheel.sessions.build import add_made, outcome
from shipwheel.sessions.jobrun import JobRun
from shipwheel.testing.counts import read_counts


def run(run: JobRun) -> None:
    """Build the job's wheel with cibuildwheel, and note what it proved of it.

    Raises MachineError for a wheel that this machine cannot make, JobError for one that came out
    otherwise than planned, or untested though tests are known.
    """
    identifier = run.job.args[-1]
    sdist, _ref = run.consume("sdist")
    order = ReleaseOrder(
        workspace=run.workspace,
        project=run.opened.project,
        sdist=sdist,
        identifier=identifier,
        platform=_platform(run.job),
        tested_elsewhere=tested_elsewhere(run.opened.plan, identifier),
        emit=run.emit,
        log=run.log,
    )
    with run.step(f"cibuildwheel {identifier}", sdist.name) as said:
        wheel = build_release_wheel(order)
        said.append(outcome(wheel.built))
    _note_proofs(run, wheel)
    add_made(run, wheel.built)


def _platform(job: Job) -> Platform:
    platform = load_catalog().platform(job.platform or "")
    if platform is None:
        raise ConfigurationError(
            f"cibuildwheel knows no platform {job.platform!r}", where="[tool.shipwheel.wheels]"
        )
    return platform


def _note_proofs(run: JobRun, wheel: ReleaseWheel) -> None:
    if not wheel.said:
        return
    sha256 = wheel.built.sha256
    if wheel.tested_by is ProvedBy.IMPORTS:
        run.proofs.append(Proof(what="imports", sha256=sha256, detail={"by": "cibuildwheel"}))
        return
    counts = read_counts(wheel.said)
    detail: dict[str, str | int | float | bool] = {"by": "cibuildwheel"}
    if counts is not None:
        run.tests_run = counts.ran
        detail |= {"ran": counts.ran, "skipped": counts.skipped}
    if counts is not None and not counts.ran and not counts.skipped:
        raise JobError(
            f"none of the tests ran on {wheel.built.path.name}",
            where=f"the full log: {run.log}",
            hint="[tool.cibuildwheel] test-command and test-sources say what is tested",
        )
    run.proofs.append(Proof(what="tests", sha256=sha256, detail=detail))
