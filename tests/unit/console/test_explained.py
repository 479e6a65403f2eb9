from __future__ import annotations

from shipwheel.building.filled_in import Group, Setting
from shipwheel.building.release_settings import ProvedBy
from shipwheel.console.explained import explain_tables, guess_lines, wheels_tables
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.explain import Explanation
from shipwheel.project.facts import Kind

NAME = Explanation(name="name", value="small", origin="pyproject.toml [project] name")
KIND = Explanation(
    name="kind",
    value="extension",
    origin="C sources in src/",
    weak=True,
    settle="[tool.shipwheel] kind",
)
PLAN = Plan(
    project=PlannedProject(
        name="small",
        version="1.0",
        kind=Kind.PURE,
        requires_python=None,
        backend="hatchling.build",
        pythons=("3.12", "3.14"),
    ),
    jobs=(
        Job(
            id="test-3.14",
            kind=JobKind.TEST,
            session="test-3.14",
            python="3.14",
            scope=Scope.RELEASE,
            reason="Python 3.14 is not on this machine",
        ),
    ),
    files=(),
    build_python="3.12",
)
MACHINE = Machine(
    platform="manylinux_x86_64",
    interpreters=(
        Interpreter(
            target="3.12",
            executable="/opt/python3.12",
            version="3.12.1",
            implementation="cpython",
            platform="linux-x86_64",
            build="b",
            origin="pyenv",
        ),
    ),
)


def test_facts_decisions_and_guesses() -> None:
    tables = explain_tables([NAME, KIND], PLAN, MACHINE)
    assert [line for table in tables for line in plain_lines(table, Look())] == [
        "facts",
        "  fact  value      from",
        "  name  small      pyproject.toml [project] name",
        "  kind  extension  guess: C sources in src/",
        "decisions",
        "  decision       value                    from",
        "  Python 3.12    3.12.1, /opt/python3.12  pyenv",
        "  Python 3.14    release scope only       Python 3.14 is not on this machine",
        "  built with     Python 3.12              the newest of the project's that is here",
        "  platform here  manylinux_x86_64         this machine",
        "guesses",
        "  kind: extension (C sources in src/)",
        "    next: if that is wrong, set [tool.shipwheel] kind",
    ]


def test_without_a_guess_there_is_nothing_to_settle() -> None:
    assert guess_lines([NAME]) == ()


def test_what_cibuildwheel_is_told_and_by_whom() -> None:
    group = Group(
        identifiers=("cp311-musllinux_x86_64", "cp312-musllinux_x86_64", "cp312-win32"),
        tested_by=ProvedBy.IMPORTS,
        settings=(
            Setting(option="before-all", value="make", origin="[tool.cibuildwheel]", ours=False),
            Setting(option="enable", value="all", origin="the Plan names each wheel", ours=True),
        ),
        why="no tests are known",
    )
    (table,) = wheels_tables([group])
    assert list(plain_lines(table, Look())) == [
        "cibuildwheel, 3 wheels: imported only",
        "  option      value  from",
        "  before-all  make   [tool.cibuildwheel]",
        "  enable      all    filled in: the Plan names each wheel",
        "  no tests are known",
        "  musllinux_x86_64: cp311 cp312",
        "  win32: cp312",
    ]


def test_each_way_of_testing_has_its_words() -> None:
    groups = [Group(identifiers=("cp312-win32",), tested_by=each, settings=()) for each in ProvedBy]
    titles = {table.title for table in wheels_tables(groups)}
    assert len(titles) == len(ProvedBy)
