from __future__ import annotations

import msgspec
import pytest

from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.specs import SessionSpec, chosen, needs_nothing, session_specs


def plan_of(kind: Kind, *jobs: Job) -> Plan:
    file_id = "any" if kind is Kind.PURE else "cp312-manylinux_x86_64"
    return Plan(
        project=PlannedProject(
            name="demo",
            version=None,
            kind=kind,
            requires_python=None,
            backend="b",
            pythons=("3.12", "3.14"),
        ),
        jobs=jobs,
        files=(PlannedFile(id=file_id, kind="wheel", job="build", scope=Scope.LOCAL),),
        build_python="3.12",
    )


BUILD = Job(id="build", kind=JobKind.BUILD, session="build", python="3.12")
WHEEL = Job(
    id="wheel-3.12", kind=JobKind.WHEEL, session="wheel-3.12", python="3.12", needs=("build",)
)
SHIPPED = Job(
    id="wheels-cp312-win_amd64", kind=JobKind.WHEELS, session="wheels", scope=Scope.RELEASE
)
ABSENT = Job(
    id="test-3.14",
    kind=JobKind.TEST,
    session="test-3.14",
    python="3.14",
    needs=("build",),
    scope=Scope.RELEASE,
    reason="Python 3.14 is not on this machine",
    remedy="uv python install 3.14",
)
LOWEST = Job(
    id="test-lowest",
    kind=JobKind.TEST,
    session="test-lowest",
    python="3.12",
    needs=("build",),
    lowest=True,
)


def cell(need: str = "build") -> Job:
    return Job(id="test-3.12", kind=JobKind.TEST, session="test-3.12", python="3.12", needs=(need,))


COVERAGE = Job(id="coverage", kind=JobKind.COVERAGE, session="coverage", needs=("test-3.12",))
VERIFY = Job(id="verify", kind=JobKind.VERIFY, session="verify", needs=("build",))
REHEARSE = Job(id="rehearse", kind=JobKind.REHEARSE, session="rehearse", needs=("verify",))
PUBLISH = Job(id="publish", kind=JobKind.PUBLISH, session="publish", needs=("verify",))


def by_name(plan: Plan) -> dict[str, object]:
    return {spec.name: spec for spec in session_specs(plan)}


def test_a_pure_project_tests_what_build_made():
    plan = plan_of(Kind.PURE, BUILD, cell(), ABSENT, LOWEST, COVERAGE, VERIFY, REHEARSE, PUBLISH)
    specs = by_name(plan)
    assert {name: spec.requires for name, spec in specs.items()} == {
        "build": (),
        "wheel": ("build",),
        "test-3.12": ("build",),
        "test-3.14": ("build",),
        "test-lowest": ("build",),
        "test": ("test-3.12",),
        "coverage": ("build",),
        "verify": ("build", "wheel"),
        "rehearse": ("verify", "test"),
        "publish": (),
    }
    assert [name for name, spec in specs.items() if spec.default] == [
        "build",
        "wheel",
        "test",
        "verify",
    ]


def test_an_extension_tests_the_wheel_of_its_python_and_wheels_come_first():
    plan = plan_of(Kind.EXTENSION, BUILD, WHEEL, SHIPPED, cell("wheel-3.12"), VERIFY)
    specs = session_specs(plan)
    assert [spec.name for spec in specs] == [
        "build",
        "wheel-3.12",
        "wheel",
        "wheels",
        "test-3.12",
        "test",
        "verify",
    ]
    assert specs[4].requires == ("wheel-3.12",)


def test_the_shipped_wheels_have_one_session_that_is_not_run_by_default():
    other = msgspec.structs.replace(
        SHIPPED, id="wheels-cp312-win32", args=("--only", "cp312-win32")
    )
    specs = session_specs(plan_of(Kind.EXTENSION, BUILD, WHEEL, SHIPPED, other))
    (wheels,) = [spec for spec in specs if spec.kind is JobKind.WHEELS]
    assert (wheels.name, wheels.requires, wheels.job) == ("wheels", ("build",), None)
    assert not wheels.default
    assert not wheels.parallel
    assert "--only" in wheels.says


def test_a_cell_of_a_platform_runs_in_the_session_of_its_python():
    remote = msgspec.structs.replace(cell(), id="test-3.12-win_amd64", platform="win_amd64")
    specs = by_name(plan_of(Kind.PURE, BUILD, cell(), remote))
    assert list(specs) == ["build", "wheel", "test-3.12", "test"]
    assert specs["test-3.12"].job == "test-3.12"
    assert specs["test"].requires == ("test-3.12",)


def test_a_python_that_is_not_here_says_what_would_bring_it():
    specs = by_name(plan_of(Kind.PURE, BUILD, ABSENT))
    assert specs["test-3.14"].says == (
        "Run the project's tests against the built wheel on Python 3.14"
        " (not here: uv python install 3.14)."
    )
    assert specs["test"].requires == ("build",)


def test_what_talks_to_an_index_runs_by_itself():
    specs = by_name(plan_of(Kind.PURE, BUILD, cell(), COVERAGE, VERIFY, REHEARSE, PUBLISH))
    assert [name for name, spec in specs.items() if not spec.parallel] == [
        "coverage",
        "rehearse",
        "publish",
    ]


@pytest.mark.parametrize(
    ("only", "skip", "left"),
    [
        (None, (), ["build", "wheel", "test-3.12", "test", "verify"]),
        (("build",), (), ["build"]),
        (None, ("test", "verify"), ["build", "wheel", "test-3.12"]),
        (("build", "test"), ("test",), ["build"]),
    ],
)
def test_only_and_skip_choose_by_name(only, skip, left):
    specs = session_specs(plan_of(Kind.PURE, BUILD, cell(), VERIFY))
    assert [spec.name for spec in chosen(specs, only, skip)] == left


COMPILED = plan_of(Kind.EXTENSION, BUILD, WHEEL, SHIPPED, cell("wheel-3.12"), VERIFY, REHEARSE)


@pytest.mark.parametrize(
    ("skip", "replaced", "name", "requires", "first"),
    [
        # a `build` of another purpose makes nothing for us: what needs it builds by itself
        (("build",), (), "wheel-3.12", (), ("build",)),
        (("build",), ("build",), "wheel-3.12", ("build",), ()),
        (("build",), (), "verify", ("wheel",), ("build",)),
        (("build", "wheel"), (), "verify", ("wheel-3.12",), ("build",)),
        (("wheel-3.12",), (), "test-3.12", ("build",), ("wheel-3.12",)),
        (("build", "wheel-3.12"), (), "test-3.12", (), ("build", "wheel-3.12")),
        (("test",), (), "rehearse", ("verify", "test-3.12"), ()),
        (("lint",), (), "test-3.12", ("wheel-3.12",), ()),
    ],
)
def test_what_is_not_registered_is_done_by_what_needs_it(skip, replaced, name, requires, first):
    specs = {spec.name: spec for spec in chosen(session_specs(COMPILED), None, skip, replaced)}
    assert (specs[name].requires, specs[name].first) == (requires, first)


@pytest.mark.parametrize(
    ("kind", "job", "args", "nothing"),
    [
        (JobKind.REHEARSE, "rehearse", ("--fake",), True),
        (JobKind.REHEARSE, "rehearse", ("--faek",), True),  # it is refused, and soon
        (JobKind.REHEARSE, "rehearse", (), False),
        (JobKind.REHEARSE, None, ("--fake",), False),  # a workspace's, whose members' run instead
        (JobKind.VERIFY, "verify", ("--fake",), False),
        (JobKind.TEST, "test-3.12", ("-k", "name"), False),
    ],
)
def test_only_a_rehearsal_with_stand_ins_needs_nothing_built(kind, job, args, nothing):
    spec = SessionSpec(name="x", kind=kind, says="", requires=("verify", "test"), job=job)
    assert needs_nothing(spec, args) is nothing
