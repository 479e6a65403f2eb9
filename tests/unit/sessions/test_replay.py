from __future__ import annotations

import pytest

from shipwheel.errors import MachineError
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.planning.job import Job, JobKind, Tier
from shipwheel.sessions.ci import CiCall
from shipwheel.sessions.replay import check_machine, home_command, interpreter_for


def python(platform: str, target: str = "3.12") -> Interpreter:
    return Interpreter(
        target=target,
        executable=platform,
        version=f"{target}.1",
        implementation="cpython",
        platform=platform,
        build="",
        origin="PATH",
    )


def cell(platform: str | None) -> Job:
    name = f"test-3.12-{platform}" if platform else "test-3.12"
    return Job(id=name, kind=JobKind.TEST, session="test-3.12", python="3.12", platform=platform)


VERIFY = Job(id="verify", kind=JobKind.VERIFY, session="verify")


@pytest.mark.parametrize(
    ("job", "args", "call", "command"),
    [
        (cell(None), (), CiCall(), "nox -s test-3.12"),
        (cell(None), ("-k", "a b"), CiCall(), "nox -s test-3.12 -- -k 'a b'"),
        (
            cell("win_amd64"),
            (),
            CiCall(job="test-3.12-win_amd64", tier=Tier.PR),
            "SHIPWHEEL_JOB=test-3.12-win_amd64 nox -s test-3.12",
        ),
        # what nox runs before the named job runs as itself
        (cell(None), (), CiCall(job="test-3.12-win_amd64"), "nox -s test-3.12"),
        (
            VERIFY,
            (),
            CiCall(job="verify", tier=Tier.MAIN),
            "SHIPWHEEL_JOB=verify SHIPWHEEL_TIER=main nox -s verify",
        ),
    ],
)
def test_the_command_that_does_the_same_at_home(job, args, call, command):
    assert home_command(job, args, call) == command


LINUX = Machine(platform="manylinux_x86_64", interpreters=(python("linux-x86_64"),))
WINDOWS = Machine(platform="win_amd64", interpreters=(python("win-amd64"), python("win32")))


@pytest.mark.parametrize(
    ("machine", "platform", "found"),
    [
        (LINUX, None, "linux-x86_64"),
        (LINUX, "manylinux_x86_64", "linux-x86_64"),
        (WINDOWS, "win_amd64", "win-amd64"),
        (WINDOWS, "win32", "win32"),
        (LINUX, "win32", None),
    ],
)
def test_a_platforms_cell_has_a_python_of_that_platform(machine, platform, found):
    check = interpreter_for(cell(platform), machine)
    assert (check.executable if check else None) == found


@pytest.mark.parametrize(
    ("machine", "platform", "runs"),
    [
        (LINUX, None, True),
        (LINUX, "manylinux_x86_64", True),
        (LINUX, "musllinux_x86_64", False),
        (LINUX, "win_amd64", False),
        (WINDOWS, "win32", True),
        (WINDOWS, "win_arm64", False),
    ],
)
def test_a_test_of_another_platform_is_refused(machine, platform, runs):
    if runs:
        check_machine(cell(platform), machine)
        return
    with pytest.raises(MachineError) as caught:
        check_machine(cell(platform), machine)
    assert platform in caught.value.what
    assert machine.platform in caught.value.what


def test_a_shipped_wheel_is_cibuildwheels_matter():
    job = Job(id="wheels-x", kind=JobKind.WHEELS, session="wheels", platform="musllinux_x86_64")
    check_machine(job, LINUX)
