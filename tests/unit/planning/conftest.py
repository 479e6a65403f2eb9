"""Projects and machines as values, for the tests of what is decided from them."""

from __future__ import annotations

import pytest

from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.project.config import Config
from shipwheel.project.facts import Fact, Kind, Project, Runner, TestFacts


def fact(value):
    return Fact(value=value, origin="the test")


def make_project(
    *,
    requires_python: str | None = ">=3.10",
    classifiers: tuple[str, ...] = (),
    kind: Kind = Kind.PURE,
    abi3_floor: str | None = None,
    config: Config | None = None,
    runner: Runner = Runner.PYTEST,
    coverage: bool = False,
) -> Project:
    return Project(
        root="/project",
        name=fact("demo"),
        version=fact("1.0"),
        backend=fact("hatchling.build"),
        build_requires=("hatchling",),
        requires_python=fact(requires_python),
        pythons=fact(classifiers),
        kind=fact(kind),
        abi3_floor=abi3_floor,
        dependencies=fact(()),
        extras=fact({}),
        groups=fact({}),
        entry_points=fact({}),
        packages=fact(()),
        test=TestFacts(
            runner=fact(runner),
            commands=fact((("pytest",),)),
            requirements=fact(("pytest",)),
            extras=fact(()),
            paths=fact(("tests",)),
            environment=fact({}),
            coverage=fact(coverage),
        ),
        lint=fact(None),
        type=fact(None),
        docs=fact(None),
        config=config or Config(),
    )


def make_machine(*targets: str, platform: str = "manylinux_x86_64") -> Machine:
    return Machine(
        platform=platform,
        interpreters=tuple(
            Interpreter(
                target=target,
                executable=f"/python{target}",
                version=f"{target.removeprefix('pypy').removesuffix('t')}.1",
                implementation="pypy" if target.startswith("pypy") else "cpython",
                platform="linux-x86_64",
                build="one",
                origin="the test",
                free_threaded=target.endswith("t"),
            )
            for target in targets
        ),
    )


@pytest.fixture(scope="session")
def project():
    return make_project


@pytest.fixture(scope="session")
def machine():
    return make_machine
