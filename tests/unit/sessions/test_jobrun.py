"""Whose file a job takes: this machine's own, or where CI names the job the one that ships."""

from __future__ import annotations

import pytest

from shipwheel.dists.record import Made, Record, Status, write_record
from shipwheel.errors import JobError
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.jobrun import made_file, maker_of
from shipwheel.sessions.replay import making_command
from shipwheel.workspace import Workspace

BOTH, SHIPPED = "cp312-manylinux_x86_64", "cp312-win_amd64"


def wheels(identifier: str) -> Job:
    return Job(
        id=f"wheels-{identifier}",
        kind=JobKind.WHEELS,
        session="wheels",
        args=("--only", identifier),
        scope=Scope.RELEASE,
    )


PLAN = Plan(
    project=PlannedProject(
        name="a", version=None, kind=Kind.EXTENSION, requires_python=None, backend="b", pythons=()
    ),
    jobs=(
        Job(id="build", kind=JobKind.BUILD, session="build"),
        Job(id="wheel-3.12", kind=JobKind.WHEEL, session="wheel-3.12"),
        wheels(BOTH),
        wheels(SHIPPED),
    ),
    files=(
        PlannedFile(id="sdist", kind="sdist", job="build", scope=Scope.LOCAL, local_job="build"),
        PlannedFile(
            id=BOTH,
            kind="wheel",
            job=f"wheels-{BOTH}",
            scope=Scope.LOCAL,
            local_job="wheel-3.12",
        ),
        PlannedFile(id=SHIPPED, kind="wheel", job=f"wheels-{SHIPPED}", scope=Scope.RELEASE),
    ),
    build_python="3.12",
)


@pytest.mark.parametrize(
    ("file_id", "released", "maker"),
    [
        ("sdist", False, "build"),
        ("sdist", True, "build"),
        (BOTH, False, "wheel-3.12"),
        (BOTH, True, f"wheels-{BOTH}"),
        (SHIPPED, False, f"wheels-{SHIPPED}"),
        (SHIPPED, True, f"wheels-{SHIPPED}"),
    ],
)
def test_the_maker_of_a_file(file_id, released, maker):
    assert maker_of(PLAN, file_id, released=released).id == maker


def test_the_local_wheel_of_that_name_is_no_stand_in_for_the_one_that_ships(tmp_path):
    workspace = Workspace(tmp_path)
    made = Made(id=BOTH, filename="a.whl", sha256="00", size=1, builder="laptop")
    record = Record(job="wheel-3.12", session="wheel-3.12", status=Status.PASSED, made=(made,))
    write_record(workspace.record("wheel-3.12"), record)
    local = maker_of(PLAN, BOTH)
    assert made_file(workspace, local.id, BOTH, making_command(local)) == made
    shipped = maker_of(PLAN, BOTH, released=True)
    with pytest.raises(JobError) as caught:
        made_file(workspace, shipped.id, BOTH, making_command(shipped))
    assert f"no wheel from wheels-{BOTH}" in caught.value.what
    assert f"`nox -s wheels -- --only {BOTH}`" in str(caught.value.hint)
