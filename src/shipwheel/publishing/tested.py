"""The gate's rule about tests: each that the scope needs has passed, on the very bytes that ship."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.dists.record import Record, Status
from shipwheel.planning.job import Job
from shipwheel.publishing.case import Case, Identified, shown_by
from shipwheel.publishing.refusal import Reason


def tested(case: Case) -> Iterator[Reason]:
    """Each test job of the scope passed, on the very bytes that ship."""
    by_id = {each.id: each for each in case.shipped}
    missing: dict[str, list[Job]] = {}
    for job in case.needed_tests:
        record = case.record_of(job)
        if record is None and job.platform is not None:
            missing.setdefault(job.platform, []).append(job)
        elif record is None:
            yield Reason(rule="not-tested", message=f"{job.id} has not run", hint=_told(job))
        elif record.status is not Status.PASSED:
            yield Reason(
                rule="tests-failed",
                message=f"{job.id} {record.status}: {record.reason or 'no reason given'}",
                hint=_told(job),
            )
        else:
            wheels = [by_id[each] for each in job.consumes if each in by_id]
            yield from _untested(job, record, wheels)
    for platform, jobs in missing.items():
        yield _never_tested(case, platform, jobs)


def _never_tested(case: Case, platform: str, jobs: list[Job]) -> Reason:
    """Say it once a platform: thirty lines that differ in a number tell less than one."""
    pythons = ", ".join(str(job.python) for job in jobs)
    others = dict.fromkeys(
        str(job.platform) for job in case.needed_tests if job.platform not in {None, platform}
    )
    fewer = ", ".join(f'"{each}"' for each in others) or "…"
    return Reason(
        rule="not-tested",
        message=f"the tests on {platform} have not run with these files: Python {pythons}",
        hint="the release workflow runs them (`shipwheel render` writes it); a project that is"
        f" tested on fewer says so: [tool.shipwheel.test] platforms = [{fewer}]",
    )


def _untested(job: Job, record: Record, wheels: list[Identified]) -> Iterator[Reason]:
    if job.platform is not None and record.platform != job.platform:
        yield Reason(
            rule="not-tested",
            message=f"{job.id} ran on {record.platform or 'an unnamed platform'}",
            hint=_told(job),
        )
        return
    proved = shown_by(record)
    for wheel in wheels:
        if wheel.file.sha256 not in proved:
            yield Reason(
                rule="not-tested",
                message=f"{job.id} passed with other bytes than {wheel.file.filename} "
                f"(sha256 {wheel.file.sha256})",
                hint=f"`nox -s {job.session}` tests these"
                if job.platform is None
                else f"run the workflow's job again with these files: {_told(job)}",
            )


def _told(job: Job) -> str:
    where = f", on {job.platform}" if job.platform else ""
    return f"`nox -s {job.session}` runs it{where}"
