from __future__ import annotations

import msgspec
import pytest

from shipwheel.building.filled_in import tested_elsewhere as is_tested
from shipwheel.planning.job import Job, JobKind
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind

LINUX = "cp312-manylinux_x86_64"
LOCAL = Job(id="test-3.12", kind=JobKind.TEST, session="test-3.12", consumes=(LINUX,))
THERE = msgspec.structs.replace(LOCAL, id="test-3.12-manylinux_x86_64", platform="manylinux_x86_64")
MAKER = Job(id=f"wheels-{LINUX}", kind=JobKind.WHEELS, session="wheels", platform=LINUX)


@pytest.mark.parametrize(
    ("jobs", "identifier", "tested"),
    [
        ((MAKER,), LINUX, False),
        ((MAKER, LOCAL), LINUX, False),  # this machine's own wheel has the same id
        ((MAKER, LOCAL, THERE), LINUX, True),
        ((MAKER, LOCAL, THERE), "cp312-musllinux_x86_64", False),
        ((MAKER, LOCAL, THERE), "cp313-manylinux_x86_64", False),
    ],
)
def test_only_a_job_on_the_wheels_platform_tests_it(jobs, identifier, tested):
    project = PlannedProject(
        name="spam",
        version=None,
        kind=Kind.EXTENSION,
        requires_python=None,
        backend="setuptools.build_meta",
        pythons=("3.12",),
    )
    plan = Plan(project=project, jobs=jobs, files=(), build_python="3.12")
    assert is_tested(plan, identifier) == tested
