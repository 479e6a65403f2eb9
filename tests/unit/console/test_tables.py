from __future__ import annotations

from typing import Any

import msgspec
import pytest

from shipwheel.console.layout import Table, plain_lines
from shipwheel.console.tables import plan_tables, project_line, records_table
from shipwheel.console.terminal import Look
from shipwheel.dists.record import FileRef, Made, Record, Status
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope, Tier
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind

X = "\N{MULTIPLICATION SIGN}"
TO = "\N{HORIZONTAL ELLIPSIS}"
ABSENT = {
    "scope": Scope.RELEASE,
    "reason": "Python 3.14 is not on this machine",
    "remedy": "`uv python install 3.14`",
}
PROJECT = PlannedProject(
    name="speedy",
    version=None,
    kind=Kind.EXTENSION,
    requires_python=">=3.12",
    backend="setuptools.build_meta",
    pythons=("3.12", "3.14"),
)
WINDOWS = tuple(
    Job(
        id=f"wheels-{tag}-win_amd64",
        kind=JobKind.WHEELS,
        session="wheels",
        args=("--only", f"{tag}-win_amd64"),
        platform="win_amd64",
        runner="windows-2025",
        needs=("build",),
        scope=Scope.RELEASE,
        tier=Tier.PR if tag == "cp312" else Tier.RELEASE,
        reason="made elsewhere",
    )
    for tag in ("cp312", "cp313", "cp314", "cp315")
)
PLAN = Plan(
    project=PROJECT,
    jobs=(
        Job(
            id="build",
            kind=JobKind.BUILD,
            session="build",
            python="3.12",
            runner="ubuntu-24.04",
        ),
        Job(
            id="wheel-3.12",
            kind=JobKind.WHEEL,
            session="wheel-3.12",
            python="3.12",
            needs=("build",),
        ),
        Job(
            id="test-3.14",
            kind=JobKind.TEST,
            session="test-3.14",
            python="3.14",
            allow_failure=True,
            **ABSENT,
        ),
        *WINDOWS,
        Job(
            id="publish",
            kind=JobKind.PUBLISH,
            session="publish",
            tier=Tier.RELEASE,
            needs=("build", *(job.id for job in WINDOWS)),
        ),
    ),
    files=(
        PlannedFile(id="sdist", kind="sdist", job="build", scope=Scope.LOCAL, local_job="build"),
        *(
            PlannedFile(id=job.args[1], kind="wheel", job=job.id, scope=Scope.RELEASE)
            for job in WINDOWS
        ),
        PlannedFile(
            id="cp312-linux", kind="wheel", job="wheel-3.12", scope=Scope.LOCAL, ships=False
        ),
    ),
    build_python="3.12",
    notices=("Python 3.9 has ended",),
)


def lines(*tables: Table) -> list[str]:
    return [line for table in tables for line in plain_lines(table, Look())]


def test_the_project_in_a_line() -> None:
    assert project_line(PROJECT) == (
        "speedy (version from the backend, once built): extension, setuptools.build_meta, "
        "Pythons 3.12, 3.14"
    )


IN_CI = "2 for a pull request, 2 for the main branch, 6 in all"


def test_jobs_and_files_with_their_scope() -> None:
    assert lines(*plan_tables(PLAN))[1:] == [
        "  job                      Python       runner        needs              in CI        scope",
        "  build                    3.12         ubuntu-24.04                     pr           local",
        "  wheel-3.12               3.12                       build                           local",
        "  test-3.14 (may fail)     3.14                                                       release",
        f"  4 {X} wheels on win_amd64  3.12 {TO} 3.15  windows-2025  build              pr, release  release",
        f"  publish                                             build, 4 {X} wheels  release      local",
        f"  8 jobs, 3 of them on this machine; in CI {IN_CI}",
        "  not here: test-3.14: Python 3.14 is not on this machine",
        "    next: `uv python install 3.14`",
        f"  not here: 4 {X} wheels: made elsewhere",
        "  notice: Python 3.9 has ended",
        "planned files",
        "  file                                  kind   made by     here by  scope",
        "  sdist                                 sdist  build       build    local",
        f"  cp312 cp313 cp314 cp315 on win_amd64  wheel  4 {X} wheels           release",
        "  cp312-linux                           wheel  wheel-3.12           local, not shipped",
        "  5 files in a release, 1 of them made on this machine",
    ]


def cell(python: str, **fields: Any) -> Job:
    name = f"test-{python}"
    return Job(**{"id": name, "kind": JobKind.TEST, "session": name, "python": python, **fields})


def on_windows(python: str, **fields: Any) -> Job:
    return cell(
        python,
        **{
            "id": f"test-{python}-win_amd64",
            "platform": "win_amd64",
            "runner": "windows-2025",
            "scope": Scope.RELEASE,
            **fields,
        },
    )


def rows(jobs: tuple[Job, ...], pythons: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Give job, Python and CI of each row."""
    project = msgspec.structs.replace(PROJECT, pythons=pythons)
    plan = Plan(project=project, jobs=jobs, files=(), build_python=None)
    table = plan_tables(plan)[0]
    return [(row[0].text, row[1].text, row[4].text) for row in table.rows]


SIX = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.13t")


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        (
            tuple(cell(each) for each in SIX[:3]),
            [(f"test-{each}", each, "") for each in SIX[:3]],
        ),
        (tuple(cell(each) for each in SIX), [(f"6 {X} test", f"3.9 {TO} 3.13t", "")]),
        (
            tuple(cell(each) for each in SIX if each != "3.11"),
            [(f"5 {X} test", "3.9, 3.10, 3.12, 3.13, 3.13t", "")],
        ),
        (
            (*(cell(each) for each in SIX[:4]), cell("3.13", allow_failure=True)),
            [(f"4 {X} test", f"3.9 {TO} 3.12", ""), ("test-3.13 (may fail)", "3.13", "")],
        ),
        (
            (*(cell(each) for each in SIX[:4]), cell("3.9", id="test-lowest", lowest=True)),
            [(f"4 {X} test", f"3.9 {TO} 3.12", ""), ("test-lowest", "3.9", "pr")],
        ),
        (
            (
                on_windows("3.9", tier=Tier.MAIN),
                on_windows("3.10", tier=Tier.RELEASE),
                on_windows("3.11", allow_failure=True),
            ),
            [
                (f"2 {X} test on win_amd64", "3.9, 3.10", "main, release"),
                ("test-3.11-win_amd64 (may fail)", "3.11", "pr"),
            ],
        ),
    ],
)
def test_jobs_that_are_alike_are_one_row(
    jobs: tuple[Job, ...], expected: list[tuple[str, str, str]]
) -> None:
    assert rows(jobs, SIX) == expected


WHEEL = "speedy-1.0-py3-none-any.whl"
REF = FileRef(id="any", filename=WHEEL, sha256="0" * 64, size=1)


@pytest.mark.parametrize(
    ("record", "row"),
    [
        (
            Record(
                job="build",
                session="build",
                status=Status.PASSED,
                python="3.12",
                seconds=1.2,
                made=(Made(id="any", filename=WHEEL, sha256="0" * 64, size=1, builder="build"),),
            ),
            f"  build  3.12    {WHEEL}  passed  1.2 s",
        ),
        (
            Record(
                job="test-3.12",
                session="test-3.12",
                status=Status.PASSED,
                python="3.12",
                python_version="3.12.1",
                tests_run=7,
                consumed=(REF,),
            ),
            f"  test-3.12  3.12.1  {WHEEL}  7 tests passed  0.0 s",
        ),
        (
            Record(
                job="test-3.14", session="test-3.14", status=Status.FAILED, reason="2 tests failed"
            ),
            "  test-3.14                FAILED: 2 tests failed  0.0 s",
        ),
    ],
)
def test_what_a_job_did(record: Record, row: str) -> None:
    table = lines(records_table("done", [record]))
    assert table[2] == row


def test_the_sum_of_the_jobs() -> None:
    records = [
        Record(job="a", session="a", status=Status.PASSED, seconds=1.5),
        Record(job="b", session="b", status=Status.FAILED, seconds=2.5),
    ]
    assert lines(records_table("done", records))[-1] == "  2 jobs, 1 failed, 4.0 s of work"
    assert lines(records_table("done", [])) == ["done", "  no job has run yet"]
