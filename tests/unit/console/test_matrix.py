from __future__ import annotations

import msgspec

from shipwheel.console.layout import plain_lines
from shipwheel.console.markdown import markdown
from shipwheel.console.matrix import files_table, job_table, matrix_table, release_tables
from shipwheel.console.terminal import Look
from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Record, Status
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.publishing.refusal import Reason
from shipwheel.publishing.release import Release, ReleasedFile, Verified

WHEEL = ReleasedFile(
    id="any", filename="a-1.0-py3-none-any.whl", sha256="ab" * 32, size=4533, builder="build"
)
SDIST = ReleasedFile(
    id="sdist", filename="a-1.0.tar.gz", sha256="cd" * 32, size=900, builder="build"
)
RELEASE = Release(
    project="a",
    version="1.0",
    scope=Scope.RELEASE,
    index="pypi",
    files=(SDIST, WHEEL),
    verified=Verified(passed=1, skipped=0, warnings=0),
)
PASSED = Record(
    job="test-3.12-manylinux_x86_64",
    session="test-3.12",
    status=Status.PASSED,
    python="3.12",
    python_version="3.12.1",
    platform="manylinux_x86_64",
    tests_run=27,
    seconds=1.5,
)
FAILED = Record(
    job="test-3.13-win_amd64",
    session="test-3.13",
    status=Status.FAILED,
    reason="2 tests | <b>",
    python="3.13",
    platform="win_amd64",
    tests_run=27,
)


def test_job(record: Record, **more: object) -> Job:
    platform = record.job.split("-", 2)[2]
    return Job(
        id=record.job,
        kind=JobKind.TEST,
        session=record.session,
        python=record.python,
        platform=platform,
        **more,
    )


test_job.__test__ = False
UNSEEN = Job(id="test-3.14-win_amd64", kind=JobKind.TEST, session="test-3.14", python="3.14")


def lines(*tables) -> list[str]:
    return [line for table in tables for line in plain_lines(table, Look())]


def test_each_job_with_its_result_or_that_it_handed_nothing_over() -> None:
    jobs = (test_job(PASSED), test_job(FAILED, allow_failure=True), UNSEEN)
    assert lines(matrix_table(jobs, Manifest(records=(PASSED, FAILED)))) == [
        "jobs",
        "  job                         Python  platform          result     tests  reason",
        "  test-3.12-manylinux_x86_64  3.12.1  manylinux_x86_64  passed        27",
        "  test-3.13-win_amd64         3.13    win_amd64         failed        27  may fail: 2 tests | <b>",
        "  test-3.14-win_amd64         3.14                      no record",
    ]


def test_a_jobs_section_of_the_summary() -> None:
    warned = msgspec.structs.replace(FAILED, warnings=("an old `pip`",))
    text = markdown(FAILED.job, (job_table(warned), files_table("took", (WHEEL,))))
    assert text.splitlines() == [
        "### test-3.13-win_amd64",
        "",
        "| job | Python | platform | result | tests | time |",
        "| --- | --- | --- | --- | ---: | --- |",
        "| test-3.13-win_amd64 | 3.13 | win_amd64 | ❌ failed | 27 | 0.0 s |",
        "",
        "- ❌ 2 tests &#124; &#60;b&#62;",
        "- ⚠️ an old &#96;pip&#96;",
        "",
        "**took**",
        "",
        "| file | size | sha256 |",
        "| --- | ---: | --- |",
        f"| a-1.0-py3-none-any.whl | 5 kB | {'ab' * 32} |",
    ]


def test_a_release_with_whole_hashes_and_where_it_may_go() -> None:
    assert lines(*release_tables(RELEASE)) == [
        "release a 1.0",
        "  file                     size  sha256",
        f"  a-1.0-py3-none-any.whl   5 kB  {'ab' * 32}",
        f"  a-1.0.tar.gz            900 B  {'cd' * 32}",
        "  a 1.0 may go to pypi: 2 files",
    ]


def test_a_dry_runs_release_says_that_it_goes_nowhere() -> None:
    rehearsed = msgspec.structs.replace(
        RELEASE,
        rehearsal=True,
        exceptions={"version-tag": "by hand"},
        set_aside=(Reason(rule="version-tag", message="it has no tag"),),
    )
    assert lines(*release_tables(rehearsed))[-3:] == [
        "  version-tag is set aside: by hand",
        "    it has no tag",
        "  judged as a dry run: no upload takes this release",
    ]
