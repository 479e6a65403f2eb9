"""Packages and their pipelines as values, without a disk or a cibuildwheel."""

from __future__ import annotations

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.planning.everywhere import every_python
from shipwheel.planning.make import make_plan
from shipwheel.planning.platforms import ci_platform
from shipwheel.project.config import Config
from shipwheel.project.facts import Fact, Kind, Project, Runner, TestFacts, ToolFacts
from shipwheel.rendering.lanes import workspace_pipelines
from shipwheel.rendering.member import Member

PLATFORMS = ("manylinux_x86_64", "musllinux_x86_64", "macosx_arm64", "win_amd64")


def fact(value):
    return Fact(value=value, origin="the test")


def make_project(
    name="demo", kind=Kind.PURE, config=None, lint=None, requires=">=3.12", *, coverage=False
):
    return Project(
        root=f"/{name}",
        name=fact(name),
        version=fact("1.0"),
        backend=fact("hatchling.build"),
        build_requires=("hatchling",),
        requires_python=fact(requires),
        pythons=fact(()),
        kind=fact(kind),
        dependencies=fact(()),
        extras=fact({}),
        groups=fact({}),
        entry_points=fact({}),
        packages=fact(()),
        test=TestFacts(
            runner=fact(Runner.PYTEST),
            commands=fact((("pytest",),)),
            requirements=fact(("pytest",)),
            extras=fact(()),
            paths=fact(("tests",)),
            environment=fact({}),
            coverage=fact(coverage),
        ),
        lint=fact(lint),
        type=fact(None),
        docs=fact(None),
        config=config or Config(),
    )


def make_member(name=None, directory=".", siblings=(), **facts):
    project = make_project(**({"name": name} if name else {}), **facts)
    catalog = load_catalog()
    identifiers = tuple(
        f"{tag}-{platform}"
        for platform in project.config.wheels.platforms or PLATFORMS
        for tag in ("cp312", "cp313", "cp314", "cp315")
    )
    plan = make_plan(
        project,
        catalog,
        every_python(catalog, ci_platform(project, catalog)),
        identifiers if project.kind.value is not Kind.PURE else (),
        remedy=lambda _: "",
        today="2026-11-21",
    )
    return Member(
        project=project, plan=plan, name=name, directory=directory, siblings=tuple(siblings)
    )


@pytest.fixture(scope="session")
def member():
    return make_member


@pytest.fixture(scope="session")
def pipelines_of():
    """Give the pipelines of some packages: the first is for changes, then a release for each."""

    def give(*members, provider="github", ci=None):
        settings = ci or members[0].project.config.ci
        return workspace_pipelines(members, load_catalog(), provider, settings)

    return give


@pytest.fixture(scope="session")
def tool_facts():
    return ToolFacts(commands=(("ruff", "check"),), requirements=("ruff",))
