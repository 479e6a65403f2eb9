"""Which wheels are made by which call of cibuildwheel, and what becomes of them when one fails."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from shipwheel import process
from shipwheel.building.release_calls import ReleaseCalls
from shipwheel.building.release_order import Prepared, ReleaseOrder
from shipwheel.building.release_settings import Configured, ProvedBy, ReleaseSettings
from shipwheel.data.catalog import load_catalog
from shipwheel.errors import JobError, MachineError
from shipwheel.workspace import Workspace

LINUX = "manylinux_x86_64"
ONE, TWO, THREE = (f"cp31{at}-{LINUX}" for at in range(3))


class Cibuildwheel:
    """What stands in for its process: it makes what it is told, but for `broken`, and stops there."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.broken: set[str] = set()
        self.before = ["Starting container image x...", "Running before_all..."]
        self.fails_before = False
        self.elsewhere = False  # the engine: its folders are not this machine's
        self.environ: dict[str, str] = {}
        self.returncode: int | None = None

    @contextlib.contextmanager
    def following(self, command, *, cwd, env):
        self.environ, self.returncode = env, None
        self.calls.append(tuple(env["CIBW_BUILD"].split()))
        self.cwd = Path(cwd)
        yield self

    def lines(self):
        yield from self.before
        made = []
        for identifier in () if self.fails_before else self.calls[-1]:
            yield f"Building {identifier} wheel"
            yield "Building wheel..."
            if identifier in self.broken:
                yield f"error: {identifier} does not compile"
                break
            made.append(name(identifier))
            if not self.elsewhere:
                (self.cwd / "finished" / made[-1]).touch()
            yield f"✓ {identifier} finished in 1 second"
        else:
            if not self.fails_before:
                (self.cwd / "out").mkdir()
                for each in made:
                    (self.cwd / "out" / each).touch()
                self.returncode = 0
                return
        self.returncode = 1

    def run(self, command, *, cwd, env, log, emit):
        identifier = command[command.index("--only") + 1]
        self.calls.append(("--only", identifier))
        output = f"error: {identifier} does not compile"
        if identifier not in self.broken:
            (cwd / "out").mkdir()
            (cwd / "out" / name(identifier)).touch()
            output = "made"
        return process.Completed(tuple(command), int(identifier in self.broken), output, 1.0)


def name(identifier: str) -> str:
    tag = identifier.partition("-")[0]
    return f"spam-1.0-{tag}-{tag}-manylinux_2_17_x86_64.whl"


@pytest.fixture
def tool(monkeypatch, tmp_path):
    found = Cibuildwheel()
    monkeypatch.setattr(process, "following", found.following)
    monkeypatch.setattr(process, "run", found.run)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("sys.platform", "linux")
    return found


@pytest.fixture
def wanted(tmp_path):
    def give(identifier, *, testing=None, variables=None, root=tmp_path, platform=LINUX):
        order = ReleaseOrder(
            workspace=Workspace(root),
            project=None,
            sdist=root / "spam-1.0.tar.gz",
            identifier=identifier,
            platform=load_catalog().platform(platform),
            tested_elsewhere=True,
        )
        configured = Configured(table={}, identifier=identifier, system="linux", environ={})
        settings = ReleaseSettings(variables or {}, ProvedBy.JOB)
        return Prepared(order, None, configured, settings, testing or (identifier,), (), "inputs")

    return give


def made(calls, *wheels):
    """Make wheels one after another as a session does; give each one's files, or the error."""
    found = []
    with calls:
        for place, each in enumerate(wheels):
            try:
                call = calls.wheel(each, wheels[place + 1 :])
            except (JobError, MachineError) as error:
                found.append(error.what)
            else:
                found.append([path.name for path in call.wheels])
    return found


def test_one_call_makes_them_all(tool, wanted):
    wheels = [wanted(each) for each in (ONE, TWO, THREE)]
    assert made(ReleaseCalls(), *wheels) == [[name(each)] for each in (ONE, TWO, THREE)]
    assert tool.calls == [(ONE, TWO, THREE)]
    assert (tool.environ["CIBW_SKIP"], tool.environ["CIBW_ENABLE"]) == ("", "all")
    assert tool.environ["CIBW_ARCHS"] == "x86_64"
    assert "/finished:/output" in tool.environ["CIBW_CONTAINER_ENGINE_LINUX"]


def test_what_a_failure_kept_from_being_made_is_called_for_anew(tool, wanted):
    tool.broken = {TWO}
    wheels = [wanted(each) for each in (ONE, TWO, THREE)]
    one, two, three = made(ReleaseCalls(), *wheels)
    assert (one, three) == ([name(ONE)], [name(THREE)])
    assert two == f"{TWO}: the wheel could not be built"
    assert tool.calls == [(ONE, TWO, THREE), ("--only", THREE)]


def test_what_fails_before_any_wheel_fails_for_all_and_is_not_tried_again(tool, wanted):
    tool.fails_before = True
    wheels = [wanted(each) for each in (ONE, TWO)]
    assert made(ReleaseCalls(), *wheels) == [
        f"{each}: the preparation failed" for each in (ONE, TWO)
    ]
    assert len(tool.calls) == 1


def test_an_engine_on_another_machine_loses_nothing_either(tool, wanted):
    tool.elsewhere = True
    wheels = [wanted(each) for each in (ONE, TWO)]
    assert made(ReleaseCalls(), *wheels) == [[name(ONE)], [name(TWO)]]
    assert tool.calls == [(ONE, TWO)]
    tool.broken, tool.calls = {TWO}, []
    one, two = made(ReleaseCalls(), *wheels)
    assert one == [name(ONE)]  # made again, for it was lost with its container
    assert two == f"{TWO}: the wheel could not be built"
    assert tool.calls[:2] == [(ONE, TWO), ("--only", ONE)]


def test_what_is_told_otherwise_has_a_call_of_its_own(tool, wanted):
    first, other = wanted(ONE), wanted(TWO, variables={"CIBW_TEST_COMMAND": "pytest"})
    assert made(ReleaseCalls(), first, other) == [[name(ONE)], [name(TWO)]]
    assert tool.calls == [("--only", ONE), ("--only", TWO)]


def test_the_pythons_that_test_a_wheel_are_in_its_call(tool, wanted):
    (files,) = made(ReleaseCalls(), wanted(ONE, testing=(ONE, TWO)))
    assert tool.calls == [(ONE, TWO)]
    assert name(ONE) in files
    tool.broken = {TWO}
    (error,) = made(ReleaseCalls(), wanted(ONE, testing=(ONE, TWO)))
    assert error.startswith(f"{TWO}: ")  # the Python on which it failed


def test_a_path_that_no_option_can_say_gives_each_wheel_its_call(tool, wanted, tmp_path):
    root = tmp_path / "a b"
    root.mkdir()
    wheels = [wanted(each, root=root) for each in (ONE, TWO)]
    assert made(ReleaseCalls(), *wheels) == [[name(ONE)], [name(TWO)]]
    assert tool.calls == [("--only", ONE), ("--only", TWO)]
