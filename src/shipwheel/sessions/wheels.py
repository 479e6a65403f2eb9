"""`wheels`: the shipped platform wheels, by cibuildwheel, from the sdist that ships."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from shipwheel.building.built import Built
from shipwheel.building.cibuildwheel import ReleaseWheel, build_release_wheel
from shipwheel.building.filled_in import tested_elsewhere
from shipwheel.building.release_calls import ReleaseCalls
from shipwheel.building.release_order import Prepared, ReleaseOrder, prepare
from shipwheel.building.release_settings import ProvedBy
from shipwheel.data.catalog import Platform, load_catalog
from shipwheel.dists.record import Made, Proof, Record, Status, read_record
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.files import sha256
from shipwheel.planning.job import Job
from shipwheel.planning.target import from_tag
from shipwheel.sessions.jobrun import JobRun, Together
from shipwheel.sessions.made import add_made, outcome
from shipwheel.testing.counts import read_counts


def together(jobs: Iterable[Job]) -> Together:
    """Give what the jobs of one session share: a call of cibuildwheel's may make several wheels."""
    return Together(tuple(jobs), ReleaseCalls())


def run(run: JobRun) -> None:
    """Build the job's wheel with cibuildwheel, and note what it proved of it.

    A wheel that was made of these very inputs, and still lies in `dist/`, is not made again. Raises
    MachineError for a wheel that this machine cannot make, JobError for one that came out otherwise
    than planned, or untested though tests are known.
    """
    identifier = run.job.args[-1]
    sdist, _ref = run.consume("sdist")
    wanted = prepare(_order(run, run.job, sdist))
    earlier = _unchanged(run, run.job, wanted)
    if earlier is not None:
        _take_over(run, earlier)
        return
    shared = run.together or together((run.job,))
    own = (
        contextlib.nullcontext() if run.together else shared.calls
    )  # a session's outlives its jobs
    with own, run.step(f"cibuildwheel {identifier}", sdist.name) as said:
        wheel = build_release_wheel(wanted, shared.calls, tuple(_mates(run, shared.jobs, sdist)))
        said.append(outcome(wheel.built))
    run.inputs = wanted.inputs
    _note_proofs(run, wheel)
    add_made(run, wheel.built)


def _order(run: JobRun, job: Job, sdist: Path) -> ReleaseOrder:
    return ReleaseOrder(
        workspace=run.workspace,
        project=run.opened.project,
        sdist=sdist,
        identifier=job.args[-1],
        platform=_platform(job),
        tested_elsewhere=tested_elsewhere(run.opened.plan, job.args[-1]),
        also=job.also,
        emit=run.emit,
        log=run.log,
    )


def _platform(job: Job) -> Platform:
    platform = load_catalog().platform(job.platform or "")
    if platform is None:
        raise ConfigurationError(
            f"cibuildwheel knows no platform {job.platform!r}", where="[tool.shipwheel.wheels]"
        )
    return platform


def _mates(run: JobRun, jobs: tuple[Job, ...], sdist: Path) -> Iterator[Prepared]:
    """Give what is to be made after this job's wheel on its platform."""
    place = jobs.index(run.job) if run.job in jobs else len(jobs)
    for job in jobs[place + 1 :]:
        if job.platform == run.job.platform:
            wanted = prepare(_order(run, job, sdist))
            if _unchanged(run, job, wanted) is None:
                yield wanted


def _unchanged(run: JobRun, job: Job, wanted: Prepared) -> Record | None:
    """Give the record of a wheel that the same inputs have given, and that lies in `dist/` as it was made."""
    record = read_record(run.workspace.record(job.id))
    if record is None or record.status is not Status.PASSED or record.inputs != wanted.inputs:
        return None
    there = (_lies_there(run.workspace.dist, made) for made in record.made)
    return record if record.made and all(there) else None


def _lies_there(dist: Path, made: Made) -> bool:
    path = dist / made.filename
    return path.is_file() and sha256(path) == made.sha256


def _take_over(run: JobRun, record: Record) -> None:
    """Say again what the record says: the job has nothing to do."""
    (made,) = record.made
    wheel = Built(
        path=run.workspace.dist / made.filename,
        id=made.id,
        sha256=made.sha256,
        size=made.size,
        inputs=str(record.inputs),
        reused=True,
        builder=made.builder,
        tools=record.tools,
    )
    with run.step(f"cibuildwheel {run.job.args[-1]}", made.filename) as said:
        said.append(outcome(wheel))
    add_made(run, wheel)
    run.inputs = record.inputs
    run.proofs.extend(record.proofs)
    run.tests_run = record.tests_run
    run.warnings.extend(record.warnings)


def _note_proofs(run: JobRun, wheel: ReleaseWheel) -> None:
    """Note which Pythons tested or imported the wheel, each with its own count."""
    several = len(wheel.said) > 1
    for identifier, said in wheel.said:
        target = from_tag(identifier.partition("-")[0])
        python = target.text if several and target is not None else None
        run.proofs.append(_proof(run, wheel, said, python))


def _proof(run: JobRun, wheel: ReleaseWheel, said: str, python: str | None) -> Proof:
    detail: dict[str, str | int | float | bool] = {"by": "cibuildwheel"}
    if python is not None:
        detail["python"] = python
    if wheel.tested_by is ProvedBy.IMPORTS:
        return Proof(what="imports", sha256=wheel.built.sha256, detail=detail)
    counts = read_counts(said)
    if counts is not None:
        run.tests_run = (run.tests_run or 0) + counts.ran
        detail |= {"ran": counts.ran, "skipped": counts.skipped}
    if counts is not None and not counts.ran and not counts.skipped:
        on = f" on Python {python}" if python else ""
        raise JobError(
            f"none of the tests ran on {wheel.built.path.name}{on}",
            where=f"the full log: {run.log}",
            hint="[tool.cibuildwheel] test-command and test-sources say what is tested",
        )
    return Proof(what="tests", sha256=wheel.built.sha256, detail=detail)
