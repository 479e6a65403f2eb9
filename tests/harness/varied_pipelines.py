"""Pipelines of fourteen projects that have little in common: what every rendering must cope with."""

from __future__ import annotations

import functools

from shipwheel.data.catalog import load_catalog
from shipwheel.planning.everywhere import every_python
from shipwheel.planning.make import make_plan
from shipwheel.project.config import (
    CiConfig,
    CiJob,
    CiService,
    CiStep,
    Config,
    IndexConfig,
    PublishConfig,
    WheelsConfig,
)
from shipwheel.project.config import TestConfig as TestTable  # pytest takes Test… for a test
from shipwheel.project.facts import Fact, Kind, Project, Runner, ToolFacts
from shipwheel.project.facts import TestFacts as FactsOfTests
from shipwheel.rendering.lanes import workspace_pipelines
from shipwheel.rendering.member import Member
from shipwheel.rendering.pipeline import Pipeline

FIVE = ("manylinux_x86_64", "manylinux_aarch64", "musllinux_x86_64", "macosx_arm64", "win_amd64")
ALL = (
    "manylinux_x86_64",
    "manylinux_aarch64",
    "manylinux_i686",
    "musllinux_x86_64",
    "musllinux_aarch64",
    "manylinux_ppc64le",
    "macosx_x86_64",
    "macosx_arm64",
    "win_amd64",
    "win32",
    "win_arm64",
)
SEVEN = ("3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t")
POSTGRES = "docker.io/library/postgres:18@sha256:" + "ab" * 32


@functools.cache
def varied_pipelines() -> dict[str, Pipeline]:
    """Give GitHub's pipelines by a name that says what they are: `PROJECT: FILE`."""
    return {
        f"{name}: {pipeline.filename.rpartition('/')[2]}": pipeline
        for name, (members, ci) in _repositories().items()
        for pipeline in workspace_pipelines(members, load_catalog(), "github", ci)
    }


def _repositories() -> dict[str, tuple[tuple[Member, ...], CiConfig]]:
    return {
        "pure": _single(_tools=True),
        "pure with an early Python and PyPy": _single(
            config=Config(
                pythons=("3.12", "3.14", "3.16", "pypy3.11"), allow_failure=("3.16", "pypy3.11")
            )
        ),
        "extension": _single(kind=Kind.EXTENSION, platforms=FIVE, config=_shipping(FIVE)),
        "extension with many wheels": _single(
            kind=Kind.EXTENSION, platforms=ALL, config=_shipping(ALL)
        ),
        "abi3": _single(kind=Kind.ABI3, platforms=FIVE[:1] + FIVE[3:], pythons=("3.11",)),
        "monorepo": _monorepo(Kind.PURE),
        "monorepo with an extension": _monorepo(Kind.EXTENSION),
        "services and system packages": _single(
            config=_with(
                services={
                    "postgres": CiService(
                        image=POSTGRES,
                        jobs=("test",),
                        ports=("5432:5432",),
                        environment={"POSTGRES_HOST_AUTH_METHOD": "trust"},
                        options="--health-cmd pg_isready --health-interval 5s --health-retries 10",
                    )
                },
                packages={
                    "linux": ("libpq-dev", "graphviz"),
                    "macos": ("libpq",),
                    "windows": ("graphviz",),
                },
                environment={"PGHOST": "localhost", "GREETING": "it's: #1 {x} *"},
            )
        ),
        "secrets": _single(
            config=_with(
                secrets={"test": ("SERVICE_TOKEN",)}, environments={"test": "live-service"}
            )
        ),
        "machines of one's own": _single(
            kind=Kind.EXTENSION,
            platforms=FIVE,
            config=_shipping(
                FIVE,
                runners={
                    "manylinux_x86_64": ("self-hosted", "linux", "x64"),
                    "ubuntu-24.04": ("self-hosted", "linux", "x64"),
                    "windows-2025": "our-windows",
                },
            ),
        ),
        "steps of one's own": _single(config=_with(steps=_steps(), timeouts={"test": 90})),
        "jobs of one's own": _single(
            _tools=True, config=_with(jobs=_jobs(), github_release="draft")
        ),
        "an index within a company": _single(
            config=Config(
                publish=PublishConfig(index="internal"),
                index={
                    "internal": IndexConfig(
                        upload="https://pypi.example.org/legacy/",
                        simple="https://pypi.example.org/simple/",
                    )
                },
                ci=CiConfig(tool="tools/shipwheel-0.1.0-py3-none-any.whl"),
            )
        ),
        "shipwheel itself": _single(name="shipwheel", _tools=True, config=_with(tool=".")),
        "paths and times": _single(
            config=_with(
                branches=("main", "release/*"),
                schedules=("17 4 * * 1", "0 12 1 * *"),
                paths_ignore=("docs/**", "*.md"),
                workflows={"ci": "tests.yml", "release": "publish.yml"},
            )
        ),
    }


def _with(**settings) -> Config:
    return Config(ci=CiConfig(**settings))


def _shipping(platforms, **settings) -> Config:
    return Config(
        pythons=SEVEN,
        wheels=WheelsConfig(platforms=platforms),
        test=TestTable(platforms=tuple(each for each in platforms if _tested(each))),
        ci=CiConfig(**settings),
    )


def _tested(platform: str) -> bool:
    return not platform.startswith("musl") and platform not in {
        "manylinux_i686",
        "manylinux_ppc64le",
    }


def _steps() -> tuple[CiStep, ...]:
    return (
        CiStep(
            name="Cross: the Rubicon #1",
            jobs=("build", "test"),
            run='make generated && echo "done: # yes" > log.txt',
            environment={"MODE": "fast # not a comment"},
        ),
        CiStep(
            name="Set up Node",
            jobs=("test",),
            on=("linux", "macos"),
            uses="actions/setup-node@2028fbc5c25fe9cf00d9f06a71cc4710d4507903 # v6.0.0",
            with_={"node-version": "24", "package-manager-cache": "false"},
        ),
        CiStep(
            name="Show what is here", jobs=("test",), at="after", on=("windows",), run="dir\nset"
        ),
    )


def _jobs() -> dict[str, CiJob]:
    return {
        "benchmark": CiJob(session="bench", after=("build", "test"), pythons=("3.13",)),
        "remarks": CiJob(run="python tools/remarks.py", after=("checks",)),
        "licences": CiJob(run="python tools/licences.py", after=("build",), before=None),
        "approve": CiJob(
            run="python tools/approve.py",
            after=("verify",),
            before="publish",
            workflows=("release",),
        ),
    }


def _monorepo(kind: Kind) -> tuple[tuple[Member, ...], CiConfig]:
    core = _member("core", "packages/core", kind=kind, platforms=FIVE[:1] + FIVE[3:])
    app = _member("app", "packages/app", siblings=("core",), _tools=True)
    more = _member("core-utils", "packages/utils", siblings=("core",))
    return (core, app, more), CiConfig()


def _single(**facts) -> tuple[tuple[Member, ...], CiConfig]:
    name = facts.pop("name", "demo")
    member = _member(None, ".", project_name=name, **facts)
    return (member,), member.project.config.ci


def _member(
    name, directory, *, siblings=(), platforms=(), kind=Kind.PURE, pythons=SEVEN, **facts
) -> Member:
    project = _project(facts.pop("project_name", name), kind, pythons, **facts)
    catalog = load_catalog()
    tags = (f"cp{each.replace('.', '')}-" for each in pythons)
    plan = make_plan(
        project,
        catalog,
        every_python(catalog, "manylinux_x86_64"),
        # cibuildwheel writes a free-threaded Python's ABI apart: cp314t
        tuple(f"{tag}{platform}" for tag in tags for platform in platforms),
        remedy=lambda _: "",
        today="2026-11-21",
    )
    return Member(project=project, plan=plan, name=name, directory=directory, siblings=siblings)


def _fact(value):
    return Fact(value=value, origin="the test")


def _project(name, kind, pythons, *, config=None, _tools=False) -> Project:
    config = config or Config(pythons=SEVEN if kind is Kind.ABI3 else pythons)
    ruff = ToolFacts(commands=(("ruff", "check"),), requirements=("ruff",))
    mypy = ToolFacts(commands=(("mypy",),), requirements=("mypy",))
    return Project(
        root=f"/{name}",
        name=_fact(name),
        version=_fact("1.0"),
        backend=_fact("hatchling.build"),
        build_requires=("hatchling",),
        requires_python=_fact(">=3.11"),
        pythons=_fact(()),
        kind=_fact(kind),
        dependencies=_fact(()),
        extras=_fact({}),
        groups=_fact({}),
        entry_points=_fact({}),
        packages=_fact(()),
        test=FactsOfTests(
            runner=_fact(Runner.PYTEST),
            commands=_fact((("pytest",),)),
            requirements=_fact(("pytest",)),
            extras=_fact(()),
            paths=_fact(("tests",)),
            environment=_fact({}),
            coverage=_fact(_tools or kind is Kind.EXTENSION),
        ),
        lint=_fact(ruff if _tools else None),
        type=_fact(mypy if _tools else None),
        docs=_fact(None),
        config=config,
    )
