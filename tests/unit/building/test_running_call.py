"""What one call of cibuildwheel says of several wheels, read line by line while it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.building.release_calls import engine_with
from shipwheel.building.running_call import RunningCall

ONE, TWO, THREE = (f"cp31{at}-manylinux_x86_64" for at in range(3))


def said(identifier: str, *, done: bool = True) -> list[str]:
    last = f"\x1b[32m✓ \x1b[0m{identifier} finished in 3 seconds"
    lines = [f"\x1b[1mBuilding {identifier} wheel\x1b[0m", f"compiling {identifier}"]
    return [*lines, last] if done else [*lines, "error: it does not compile"]


class Lines:
    """An output whose lines are counted as they are read; a finished wheel lies in a folder by then."""

    def __init__(self, folder: Path, *parts: list[str]) -> None:
        self.folder = folder
        self.waiting = [line for part in parts for line in part]
        self.read = 0

    def __iter__(self):
        for line in self.waiting:
            self.read += 1
            if "finished" in line:
                (self.folder / f"{line.split()[1].removeprefix('[0m')[-22:]}.whl").touch()
            yield line


@pytest.fixture
def call(tmp_path):
    left, out = tmp_path / "finished", tmp_path / "out"
    left.mkdir()

    def give(*parts, identifiers=(ONE, TWO, THREE)):
        lines = Lines(left, ["Starting container image x..."], *parts)
        return RunningCall(lines, identifiers, left, out), lines

    return give


def test_a_wheel_is_there_before_the_next_is_begun(call):
    running, lines = call(said(ONE), said(TWO), said(THREE), ["Copying wheels back to host..."])
    told: list[str] = []
    assert running.read_until([ONE], told.append)
    assert lines.read == 4  # nothing is read ahead
    assert told == lines.waiting[:4]
    (wheel,) = running.wheels()
    running.take(wheel)
    told.clear()
    assert running.read_until([TWO], told.append)
    assert told == said(TWO)
    assert len(running.wheels()) == 1
    assert not running.ended
    running.read_all()
    assert running.ended
    assert running.can_give(THREE)
    assert running.read_until([THREE], told.append)
    assert told == [*said(TWO), *said(THREE), "Copying wheels back to host..."]


def test_what_a_failure_kept_from_being_begun_is_not_given(call):
    running, _lines = call(said(ONE), said(TWO, done=False))
    told: list[str] = []
    assert running.read_until([ONE], told.append)
    assert not running.read_until([TWO], told.append)
    assert running.ended
    assert running.text(TWO).endswith("error: it does not compile")
    assert running.told([TWO]).startswith("Starting container image")
    assert "compiling cp310" not in running.told([TWO])
    assert [running.can_give(each) for each in (ONE, TWO, THREE)] == [True, True, False]


def test_a_call_that_came_to_no_wheel_answers_for_all(call):
    running, _lines = call(["Running before_all...", "error: no such package"])
    assert not running.read_until([ONE], lambda _: None)
    assert running.can_give(THREE)
    assert not running.began
    assert "no such package" in running.told([THREE])


def test_one_wheel_is_finished_when_every_python_has_tested_it(call):
    """The call for an abi3 wheel: built once, then found again for each later Python."""
    running, _lines = call(said(ONE), said(TWO), said(THREE, done=False))
    assert running.read_until([ONE, TWO], lambda _: None)
    assert not running.read_until([ONE, TWO, THREE], lambda _: None)


def test_lines_that_only_look_like_a_wheels_begin_none(call):
    output = [
        "Building wheel spam wheel",
        "Building cp399-manylinux_x86_64 wheel",
        "cp310 finished in",
    ]
    running, _lines = call(said(ONE)[:2], output)
    assert not running.read_until([ONE], lambda _: None)
    assert running.text(ONE).endswith("cp310 finished in")


def test_an_engine_elsewhere_hands_the_wheels_over_at_the_end(tmp_path):
    left, out = tmp_path / "finished", tmp_path / "out"
    left.mkdir()
    running = RunningCall(said(ONE), [ONE], left, out)
    assert running.read_until([ONE], lambda _: None)
    assert running.wheels() == []
    out.mkdir()
    (out / "spam.whl").touch()
    running.read_all()
    assert [each.name for each in running.wheels()] == ["spam.whl"]


VOLUME = "--volume=/w/f:/output:z"


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        ("docker", f"docker; create_args: {VOLUME}"),
        ("podman;", f"podman; create_args: {VOLUME}"),
        (
            "podman; create_args: --network=host --ulimit=nofile=9; disable_host_mount: True",
            f"podman; create_args: --network=host --ulimit=nofile=9 {VOLUME}; disable_host_mount: True",
        ),
        ("docker; create-args: '--env=A B'", f"docker; create_args: '--env=A B' {VOLUME}"),
        ({"name": "podman"}, f"podman; create_args: {VOLUME}"),
        (
            {"name": "docker", "create-args": ["--env=A B"], "disable-host-mount": True},
            f"docker; create_args: '--env=A B' {VOLUME}; disable_host_mount: True",
        ),
    ],
)
def test_the_engine_as_configured_gets_a_folder_for_finished_wheels(engine, told):
    assert engine_with(engine, Path("/w/f")) == told


def test_cibuildwheel_reads_the_engine_as_it_is_meant():
    oci = pytest.importorskip("cibuildwheel.oci_container")
    told = engine_with({"name": "podman", "create-args": ["--env=A B"]}, Path("/w/f"))
    read = oci.OCIContainerEngineConfig.from_config_string(told)
    assert (read.name, read.create_args) == ("podman", ("--env=A B", VOLUME))
