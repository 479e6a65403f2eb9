"""Which locks hold for a test environment, and what they pin there."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Warned
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.pylock import parse_pylock
from shipwheel.project.read import read_project
from shipwheel.testing.locked import Lock, locked_out, locks_for_tests, pins_for, told, write_pins

HEAD = 'lock-version = "1.0"\nrequires-python = ">=3.9"\n'
LINUX = {"sys_platform": "linux", "python_full_version": "3.12.1"}
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "demo"
version = "1"
dependencies = ["a"]
[dependency-groups]
test = ["pytest", "x"]
dev = ["pytest", "ruff"]
docs = ["sphinx"]
"""


def interpreter(version: str) -> Interpreter:
    return Interpreter(
        target=version.rpartition(".")[0],
        executable="/python",
        version=version,
        implementation="cpython",
        platform="linux-x86_64",
        build="b",
        origin="PATH",
    )


def lock(name: str, *entries: str, head: str = HEAD) -> Lock:
    return Lock(name, parse_pylock((head + "".join(entries)).encode(), name))


def entry(pin: str, marker: str = "", sha: str = "") -> str:
    name, _, version = pin.partition("==")
    lines = [f'[[packages]]\nname = "{name}"\nversion = "{version}"\n']
    if marker:
        lines.append(f'marker = "{marker}"\n')
    if sha:
        lines.append(f'wheels = [{{ url = "u", hashes = {{ md5 = "00", sha256 = "{sha}" }} }}]\n')
    return "".join(lines)


def locks_in(folder: Path, *names: str, version: str = "3.12.1", text: str = HEAD):
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_demo.py").write_text("def test_it(): pass\n")
    for name in names:
        (folder / name).write_text(text)
    events: list[object] = []
    found = locks_for_tests(read_project(folder), interpreter(version), events.append)
    return [each.file for each in found], events


def test_the_run_times_lock_and_those_of_the_tests_groups_hold(tmp_path: Path):
    names = ("pylock.toml", "pylock.test.toml", "pylock.dev.toml", "pylock.docs.toml")
    assert locks_in(tmp_path, *names) == (["pylock.toml", "pylock.test.toml"], [])


def test_a_project_without_locks_has_none(tmp_path: Path):
    assert locks_in(tmp_path) == ([], [])


def test_a_lock_for_other_pythons_is_left_out_and_told(tmp_path: Path):
    found, events = locks_in(tmp_path, "pylock.toml", version="3.8.20")
    assert found == []
    [event] = events
    assert isinstance(event, Warned)
    assert event.text.startswith("pylock.toml is for Python >=3.9: 3.8.20 takes what is newest")


def test_a_lock_of_a_newer_form_stops_the_tests(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"lock-version '2\.0'"):
        locks_in(tmp_path, "pylock.toml", text='lock-version = "2.0"\n')


def test_the_first_lock_that_has_a_package_counts_and_markers_are_asked():
    first = lock("pylock.toml", entry("a==1", sha="aa"), entry("w==1", "sys_platform == 'win32'"))
    second = lock(
        "pylock.test.toml",
        entry("a==2"),
        entry("b==3", sha="bb"),
        entry("demo==1"),
        '[[packages]]\nname = "here"\nversion = "1"\ndirectory = { path = "." }\n',
    )
    pins = pins_for([first, second], LINUX, ["Demo"])
    assert pins.text(hashes=True) == (
        "a==1 \\\n    --hash=sha256:aa\nb==3 \\\n    --hash=sha256:bb\n"
    )
    assert pins.text(hashes=False) == "a==1\nb==3\n"


def test_what_has_no_hash_is_set_apart_for_pip(tmp_path: Path):
    pins = pins_for([lock("pylock.toml", entry("a==1", sha="aa"), entry("b==1"))], LINUX)
    assert pins.hashed().text(hashes=True) == "a==1 \\\n    --hash=sha256:aa\n"
    path = tmp_path / "locked.txt"
    assert write_pins(path, pins, hashes=False) == (str(path),)
    assert path.read_text() == "a==1\nb==1\n"
    assert write_pins(path, pins_for([], LINUX), hashes=False) == ()


def test_what_is_not_locked_is_told():
    locks = [lock("pylock.toml", entry("a==1"))]
    pins = pins_for(locks, LINUX)
    installed = {"a": "1", "coverage": "7", "demo": "1", "pip": "26"}
    assert (
        told(locks, pins, installed, ["demo"])
        == "installed from pylock.toml: 1 package; not locked: coverage"
    )


def test_an_installers_error_names_the_locks_that_hold_it():
    error = JobError("the requirements could not be resolved", evidence="a==1")
    assert locked_out(error, ()) is error
    found = locked_out(error, [lock("pylock.toml")])
    assert (found.what, found.evidence) == (error.what, error.evidence)
    assert (found.hint or "").startswith("pylock.toml holds the versions: `nox -s lock -- --check`")
