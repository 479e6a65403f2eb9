"""The sessions of a workspace: their names, what each waits for, and whose job a variable of CI's is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.ci import ci_call
from shipwheel.sessions.context import Opened
from shipwheel.sessions.members import Member, Packages
from shipwheel.sessions.replay import home_command
from shipwheel.sessions.siblings import makers_of
from shipwheel.sessions.specs import chosen
from shipwheel.sessions.workspace_specs import served, workspace_specs
from shipwheel.workspace import Workspace

BUILD = Job(id="build", kind=JobKind.BUILD, session="build", python="3.12")
WHEEL = Job(
    id="wheel-3.12", kind=JobKind.WHEEL, session="wheel-3.12", python="3.12", needs=("build",)
)
VERIFY = Job(id="verify", kind=JobKind.VERIFY, session="verify", needs=("build",))
REHEARSE = Job(id="rehearse", kind=JobKind.REHEARSE, session="rehearse", needs=("verify",))
PUBLISH = Job(id="publish", kind=JobKind.PUBLISH, session="publish", needs=("verify",))
CROSS = Job(
    id="wheel-3.12-manylinux_aarch64",
    kind=JobKind.WHEEL,
    session="wheel-3.12-manylinux_aarch64",
    python="3.12",
    platform="manylinux_aarch64",
    needs=("build",),
)
COVERAGE = Job(id="coverage", kind=JobKind.COVERAGE, session="coverage", needs=("test-3.12",))


def cell(need: str) -> Job:
    return Job(
        id="test-3.12",
        kind=JobKind.TEST,
        session="test-3.12",
        python="3.12",
        needs=(need,),
        consumes=("any",),
    )


def lint(*consumes: str) -> Job:
    return Job(id="lint", kind=JobKind.LINT, session="lint", python="3.12", consumes=consumes)


def member(name: str, kind: Kind, *jobs: Job, siblings: tuple[str, ...] = ()) -> Member:
    plan = Plan(
        project=PlannedProject(
            name=name, version="1", kind=kind, requires_python=None, backend="b", pythons=("3.12",)
        ),
        jobs=jobs,
        files=(PlannedFile(id="any", kind="wheel", job="build", scope=Scope.LOCAL),),
        build_python="3.12",
    )
    machine = Machine(platform="manylinux_x86_64", interpreters=())
    workspace = Workspace(Path("/repo/packages", name))
    opened = Opened(workspace, None, plan, machine, package=name)  # type: ignore[arg-type]
    return Member(name=name, directory=f"packages/{name}", opened=opened, siblings=siblings)


PURE = member("core", Kind.PURE, BUILD, cell("build"), VERIFY, REHEARSE, PUBLISH)
COMPILED = member("core", Kind.EXTENSION, BUILD, WHEEL, cell("wheel-3.12"), VERIFY)
OTHER_PYTHON = member("core", Kind.EXTENSION, BUILD, VERIFY)


def app(*jobs: Job) -> Member:
    return member("app", Kind.PURE, BUILD, cell("build"), *jobs, VERIFY, siblings=("core",))


def requires(core: Member, *jobs: Job) -> dict[str, tuple[str, ...]]:
    specs = workspace_specs(Packages(Path("/repo"), (core, app(*jobs))))
    return {spec.name: spec.requires for spec in specs}


def test_each_package_has_its_sessions_and_all_have_a_summary() -> None:
    specs = workspace_specs(Packages(Path("/repo"), (PURE, app())))
    assert [spec.name for spec in specs] == [
        *("core:build", "app:build", "build"),
        *("core:wheel", "app:wheel", "wheel"),
        *("core:test-3.12", "core:test", "app:test-3.12", "app:test", "test"),
        *("core:verify", "core:rehearse", "core:publish", "app:verify", "verify", "rehearse"),
    ]
    summaries = {spec.name: spec.requires for spec in specs if ":" not in spec.name}
    assert summaries["test"] == ("core:test", "app:test")
    assert summaries["rehearse"] == ("core:rehearse",)
    assert "publish" not in summaries, "one package at a time"
    assert {spec.name for spec in specs if spec.default and ":" not in spec.name} == {
        *("build", "wheel", "test", "verify")
    }


@pytest.mark.parametrize(
    ("core", "expected"),
    [
        (PURE, ("app:build", "core:build")),
        (COMPILED, ("app:build", "core:wheel-3.12")),
        # no wheel of its is for that Python: the session itself says so
        (OTHER_PYTHON, ("app:build", "core:wheel")),
    ],
    ids=["pure", "extension", "another Python"],
)
def test_a_cell_waits_for_its_siblings_wheel(core: Member, expected: tuple[str, ...]) -> None:
    assert requires(core)["app:test-3.12"] == expected


@pytest.mark.parametrize(
    ("core", "expected"),
    [
        (PURE, "core:build"),
        (member("core", Kind.EXTENSION, BUILD, WHEEL, CROSS, VERIFY), f"core:{CROSS.session}"),
        # an abi3 wheel, made by another Python
        (
            member("core", Kind.ABI3, BUILD, msgspec.structs.replace(CROSS, python="3.11"), VERIFY),
            f"core:{CROSS.session}",
        ),
        # none is made for that architecture: the session itself says so
        (COMPILED, "core:wheel"),
    ],
    ids=["pure", "extension", "abi3", "not crossed"],
)
def test_a_wheel_tested_below_the_emulator_waits_for_its_siblings(core, expected) -> None:
    assert requires(core, CROSS)[f"app:{CROSS.session}"] == ("app:build", expected)
    assert requires(PURE, WHEEL)["app:wheel-3.12"] == ("app:build",)


def test_what_installs_on_every_python_waits_for_all_wheels() -> None:
    found = requires(COMPILED, COVERAGE)
    assert found["app:verify"] == ("app:build", "app:wheel", "core:build", "core:wheel")
    assert found["app:coverage"] == ("app:build", "core:build", "core:wheel")
    assert found["core:verify"] == ("core:build", "core:wheel"), "nobody waits for who needs it"


@pytest.mark.parametrize(
    ("tool", "expected"), [(lint("any"), ("core:build",)), (lint(), ())], ids=["imports", "reads"]
)
def test_a_tool_waits_where_it_imports_the_project(tool: Job, expected: tuple[str, ...]) -> None:
    assert requires(PURE, tool)["app:lint"] == expected


def test_what_is_not_registered_is_run_by_what_needs_it_across_packages() -> None:
    every = workspace_specs(Packages(Path("/repo"), (PURE, app())))
    specs = {spec.name: spec for spec in chosen(every, None, ["core:build"])}
    assert (specs["app:test-3.12"].requires, specs["app:test-3.12"].first) == (
        ("app:build",),
        ("core:build",),
    )


def test_who_serves_a_python() -> None:
    assert served(COMPILED.opened.plan, "3.12") == WHEEL
    assert served(COMPILED.opened.plan, "3.9") is None
    assert served(PURE.opened.plan, "3.9") == BUILD


@pytest.mark.parametrize("text", ["test-3.12", "cor:test-3.12", ":build"])
def test_a_name_without_its_package_is_refused(text: str) -> None:
    packages = Packages(Path("/repo"), (PURE, app()))
    assert packages.located("app:test-3.12")[1] == "test-3.12"
    with pytest.raises(ConfigurationError, match="names no package") as caught:
        packages.located(text)
    assert "with core, app" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("told", "package", "job"),
    [
        ("core:test-3.12-win_amd64", "core", "test-3.12-win_amd64"),
        # what nox runs before it for its sake is another package's
        ("core:test-3.12-win_amd64", "app", None),
        ("test-3.12-win_amd64", "core", "test-3.12-win_amd64"),
        ("test-3.12-win_amd64", None, "test-3.12-win_amd64"),
    ],
)
def test_whose_job_ci_names(told: str, package: str | None, job: str | None) -> None:
    assert ci_call({"SHIPWHEEL_JOB": told}, package=package).job == job


def test_the_command_for_home_is_the_roots() -> None:
    job = cell("build")
    call = ci_call({"SHIPWHEEL_JOB": "core:test-3.12"}, package="core")
    command = home_command(job, ("-x",), call, "core")
    assert command == "SHIPWHEEL_JOB=core:test-3.12 nox -s core:test-3.12 -- -x"


def file(file_id: str, job: str, local: str | None = None) -> PlannedFile:
    return PlannedFile(id=file_id, kind="wheel", job=job, scope=Scope.LOCAL, local_job=local)


def made_by(file_id: str) -> Job:
    return Job(id=f"wheels-{file_id}", kind=JobKind.WHEELS, session="wheels")


def on(platform: str) -> Job:
    identifier = f"cp312-{platform}"
    return Job(
        id=f"test-3.12-{platform}",
        kind=JobKind.TEST,
        session="test-3.12",
        python="3.12",
        platform=platform,
        consumes=(identifier,),
    )


SHIPPED = msgspec.structs.replace(
    COMPILED.opened.plan,
    jobs=(
        *(on("win_amd64"), on("win32")),
        *(BUILD, WHEEL),
        msgspec.structs.replace(cell("wheel-3.12"), consumes=("cp312-win_amd64",)),
        *(made_by("cp312-win_amd64"), made_by("cp312-win32")),
    ),
    files=(
        file("cp312-win_amd64", "wheels-cp312-win_amd64", "wheel-3.12"),
        file("cp312-win32", "wheels-cp312-win32"),
    ),
)


@pytest.mark.parametrize(
    ("platform", "in_ci", "expected"),
    [
        (None, False, ("cp312-win_amd64", ["wheel-3.12", "wheels-cp312-win_amd64"])),
        (None, True, ("cp312-win_amd64", ["wheels-cp312-win_amd64", "wheel-3.12"])),
        ("win_amd64", True, ("cp312-win_amd64", ["wheels-cp312-win_amd64", "wheel-3.12"])),
        ("win32", True, ("cp312-win32", ["wheels-cp312-win32"])),
        ("macosx_arm64", True, ("cp312-win_amd64", ["wheels-cp312-win_amd64", "wheel-3.12"])),
    ],
)
def test_whose_file_a_sibling_serves_with(platform, in_ci, expected, monkeypatch) -> None:
    monkeypatch.delenv("SHIPWHEEL_JOB", raising=False)
    if in_ci:
        monkeypatch.setenv("SHIPWHEEL_JOB", "app:test-3.12")
    file_id, makers = makers_of(SHIPPED, "3.12", platform)
    assert (file_id, [job.id for job in makers]) == expected
    assert makers_of(SHIPPED, "3.9") == ("", [])
    assert makers_of(PURE.opened.plan, "3.9") == ("any", [BUILD])
