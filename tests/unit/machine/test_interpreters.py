"""Which interpreter comes first, and what an answer means."""

from __future__ import annotations

import json

import pytest

from shipwheel.machine.interpreters import ranked
from shipwheel.machine.question import Answer, read_answer, target_of


def answer(target, version, path, **changes):
    numbers = [int(part) for part in version.split(".")]
    fields = {
        "target": target,
        "version": version,
        "executable": path,
        "prefix": path.rpartition("/bin")[0],
        "hexversion": numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | 0xF0,
        "implementation": "pypy" if "pypy" in target else "cpython",
        "free_threaded": target.endswith("t"),
        "has_headers": True,
        "witnesses": {},
    }
    return Answer(**(fields | changes))


def order(*answers):
    """Give the executables in the order of their rank, found in the order given."""
    found = [("here", each.executable) for each in answers]
    return [each.executable for each in ranked(found, {a.executable: a for a in answers})]


def test_by_target_oldest_first_and_pypy_last():
    given = [
        answer("pypy3.11", "3.11.9", "/p/bin/pypy"),
        answer("3.14t", "3.14.1", "/t/bin/python"),
        answer("3.14", "3.14.0", "/n/bin/python"),
        answer("3.9", "3.9.2", "/o/bin/python"),
    ]
    assert order(*given) == ["/o/bin/python", "/n/bin/python", "/t/bin/python", "/p/bin/pypy"]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"version": "3.12.1"}, {"version": "3.12.9"}),
        ({"version": "3.12.9", "has_headers": False}, {"version": "3.12.1"}),
        ({"version": "3.12.9", "native": False}, {"version": "3.12.1", "has_headers": False}),
    ],
)
def test_the_better_of_two_comes_first_wherever_it_was_found(worse, better):
    worse = answer("3.12", path="/worse/bin/python", **worse)
    better = answer("3.12", path="/better/bin/python", **better)
    assert order(worse, better) == ["/better/bin/python", "/worse/bin/python"]


def test_of_two_alike_the_first_found_comes_first():
    first, second = (answer("3.12", "3.12.1", f"/{name}/bin/python") for name in "ab")
    assert order(second, first) == ["/b/bin/python", "/a/bin/python"]


def test_one_installation_comes_once():
    given = [
        answer("3.12", "3.12.1", f"/usr/bin/{name}", prefix="/usr")
        for name in ("python3.12", "python3")
    ]
    assert order(*given) == ["/usr/bin/python3.12"]


def test_a_wrapper_and_a_fake_are_left_out():
    wrapper = answer("3.12", "3.12.1", "/real/bin/python")
    fake = Answer(witnesses={})
    found = [("PATH", "/usr/bin/wrapper"), ("PATH", "/usr/bin/fake"), ("PATH", "/usr/bin/new")]
    assert ranked(found, {"/usr/bin/wrapper": wrapper, "/usr/bin/fake": fake}) == ()


@pytest.mark.parametrize(
    ("said", "target"),
    [
        (("cpython", (3, 12, 1), False, False), "3.12"),
        (("cpython", (3, 14, 0), True, False), "3.14t"),
        (("pypy", (3, 11, 9), False, False), "pypy3.11"),
        (("cpython", (3, 12, 1), False, True), ""),
        (("cpython", (3, 7, 9), False, False), ""),
        (("cpython", (2, 7, 18), False, False), ""),
        (("graalpy", (3, 12, 0), False, False), ""),
    ],
)
def test_the_name_that_a_plan_has_for_it(said, target):
    implementation, release, free_threaded, debug = said
    assert target_of(implementation, release, free_threaded=free_threaded, debug=debug) == target


SAID = {
    "implementation": "cpython", "release": [3, 15, 0], "level": "candidate", "serial": 2,
    "hexversion": 0x030F00C2, "executable": "/x", "prefix": "/", "platform": "linux-x86_64",
    "bits": 64, "machine": "x86_64", "soabi": "cpython-315", "free_threaded": False,
    "debug": False, "headers": [], "makefile": None, "build": ["a"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("level", "version"),
    [("candidate", "3.15.0rc2"), ("alpha", "3.15.0a2"), ("beta", "3.15.0b2"), ("final", "3.15.0")],
)
def test_the_version_of_a_prerelease(level, version):
    assert read_answer(json.dumps(SAID | {"level": level}), {}).version == version


def test_the_build_changes_with_any_of_its_parts():
    builds = {
        read_answer(json.dumps(SAID | {"build": build}), {}).build
        for build in (["a"], ["b"], ["a", "b"], ["ab"])
    }
    assert len(builds) == 4


@pytest.mark.parametrize(
    "output", ["", "Unknown option: -I\n", "{}", "[]", '{"implementation": 1}']
)
def test_what_is_no_answer_is_no_python(output):
    assert read_answer(output, {"/x": "1"}) == Answer(witnesses={"/x": "1"})


def test_an_answer_holds_while_its_files_are_the_same(tmp_path):
    header = tmp_path / "Python.h"
    text = json.dumps(SAID | {"headers": [str(header)]})
    without = read_answer(text, {})
    assert without.holds
    assert not without.has_headers
    header.touch()
    assert not without.holds
    assert read_answer(text, {}).has_headers
