"""The install checks over what was seen, and how it is read from an environment's files."""

from __future__ import annotations

import json

import pytest

from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.planning.job import Job, JobKind
from shipwheel.verification.check import Context
from shipwheel.verification.checking import run_check
from shipwheel.verification.dependencies import Installed, unmet
from shipwheel.verification.facts import Attempt
from shipwheel.verification.rules import extras, imports, install
from shipwheel.verification.run import verify
from shipwheel.verification.trying.landed import compare_files, recorded_hash
from shipwheel.verification.trying.probing import ended
from shipwheel.verification.trying.pythons import interpreters_for

OPTIONAL = Attempt(target="good.sub", status="failed", error="ModuleNotFoundError", missing="yaml")


def told(facts):
    """Give (rule, level) of each finding of the install checks."""
    found = []
    for check in (*install.CHECKS, *imports.CHECKS, *extras.CHECKS):
        found += run_check(check(), facts, Context(), {}, file="f", python=facts.python)[1]
    return [(each.rule, each.level.value) for each in found]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({}, []),
        ({"failure": "no wheel of lxml"}, [("install", "error")]),
        ({"built": "no wheel of docopt"}, [("install-wheels", "error")]),
        ({"proof": ""}, [("install-proof", "error")]),
        ({"proof": "0" * 64}, [("install-proof", "error")]),
        ({"altered": ("good/a.py",)}, [("install-files", "error")]),
        ({"absent": ("good/a.py",)}, [("install-files", "error")]),
        ({"unmet": ("good requires six",)}, [("install-dependencies", "error")]),
        (
            {"imports": (Attempt(target="good", status="ok"), OPTIONAL)},
            [("import-optional", "warning")],
        ),
        ({"imports": (Attempt(target="good", status="failed", error="X"),)}, [("import", "error")]),
        (
            {"imports": (Attempt(target="good.a", status="failed", error="X"),)},
            [("import", "warning")],
        ),
        (
            {"entry_points": (Attempt(target="x", status="unresolved", error="AttributeError"),)},
            [("install-entry-points", "error")],
        ),
    ],
)
def test_what_was_seen(make_installed, seen, expected):
    assert told(make_installed(**seen)) == expected


def test_scripts(make_installed):
    files = {"good-1.0.dist-info/entry_points.txt": "[console_scripts]\ngood = good:VALUE\n"}
    assert told(make_installed(files, scripts_absent=("good",))) == [("install-scripts", "error")]


@pytest.mark.parametrize(
    ("direct_url", "expected"),
    [
        ({"url": "file:///a.whl", "archive_info": {"hashes": {"sha256": "abc"}}}, "abc"),
        ({"url": "file:///a.whl", "archive_info": {"hash": "sha256=abc"}}, "abc"),
        ({"url": "file:///a.whl#sha256=abc", "archive_info": {}}, "abc"),
        ({"url": "file:///a.whl", "archive_info": {}}, ""),
        ({"url": "file:///tree", "dir_info": {"editable": True}}, ""),
    ],
)
def test_the_recorded_hash(tmp_path, direct_url, expected):
    path = tmp_path / "Zope.Good-1.0.dist-info" / "direct_url.json"
    path.parent.mkdir()
    path.write_text(json.dumps(direct_url))
    assert recorded_hash(tmp_path, "zope-good") == expected
    assert recorded_hash(tmp_path, "another") == ""


def test_installed_files_are_compared(make_installed, tmp_path):
    wheel = make_installed({"good/lost.py": "x", "good-1.0.data/purelib/top.py": "x"}).wheel
    site = tmp_path / "site"
    for name, text in (("good/__init__.py", "VALUE = 2\n"), ("top.py", "x")):
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    altered, absent = compare_files(wheel, site)
    assert altered == ("good/__init__.py",)
    assert "good/lost.py" in absent
    assert "top.py" not in absent


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [(-11, "crashed", "signal"), (3, "crashed", "exit"), (124, "timeout", None)],
)
def test_how_a_process_ended(code, status, error):
    told = ended(code, "the last line")
    assert (told["status"], told.get("error")) == (status, error)


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ("six", "requires six, which is not installed"),
        ("dep>=1", ""),
        ("dep>=3", "but 2.0 is there"),
        ("six; python_version < '3.9'", ""),
        ("six; extra == 'all'", ""),
        ("Dep", ""),
        ("not a requirement", "does not parse"),
    ],
)
def test_unmet_requirements(requires, expected):
    markers = {"python_version": "3.12", "sys_platform": "linux"}
    said = unmet([Installed("good", "1", (requires,)), Installed("DEP", "2.0")], markers)
    assert (expected in said[0]) if expected else said == []


def interpreter(target, **more):
    return Interpreter(
        target=target,
        executable="/python",
        version=f"{target.removeprefix('pypy').removesuffix('t')}.4",
        implementation=more.pop("implementation", "cpython"),
        platform="linux-x86_64",
        build="b",
        origin="test",
        free_threaded=target.endswith("t"),
        **more,
    )


@pytest.mark.parametrize(
    ("tag", "targets"),
    [
        ("py3-none-any", ["3.8", "3.12", "3.13t", "pypy3.11"]),
        ("py313-none-any", ["3.13t"]),
        ("cp312-none-any", ["3.12"]),
        ("pp311-none-any", ["pypy3.11"]),
    ],
)
def test_the_pythons_of_a_wheel(make_wheel, tag, targets):
    from shipwheel.verification.reading.distributions import read_distribution

    wheel = read_distribution(make_wheel(filename=f"good-1.0-{tag}.whl")).wheel
    pypy = interpreter("pypy3.11", implementation="pypy", soabi="pypy311-pp73-x86_64-linux-gnu")
    here = (interpreter("3.7"), interpreter("3.8"), interpreter("3.12"), interpreter("3.13t"), pypy)
    machine = Machine(platform="manylinux_x86_64", interpreters=here)
    assert [each.target for each in interpreters_for(wheel, machine, None)] == targets


def test_the_plan_bounds_the_pythons(make_wheel, make_plan):
    from shipwheel.verification.reading.distributions import read_distribution

    wheel = read_distribution(make_wheel()).wheel
    here = (interpreter("3.8"), interpreter("3.12"))
    machine = Machine(platform="manylinux_x86_64", interpreters=here)
    assert [i.target for i in interpreters_for(wheel, machine, make_plan())] == ["3.12"]


def test_a_python_that_may_fail_warns(make_installed, make_plan):
    job = Job(
        id="test-3.12", kind=JobKind.TEST, session="test-3.12", python="3.12", allow_failure=True
    )
    context = Context(plan=make_plan(jobs=(job,)))
    check = install.CHECKS[0]()
    for python, level in (("3.12", "warning"), ("3.11", "error")):
        facts = make_installed(python=python, failure="no wheel")
        (found,) = run_check(check, facts, context, {}, file="f", python=python)[1]
        assert found.level.value == level


def test_a_planned_python_that_is_not_here_is_said(make_wheel, make_plan):
    machine = Machine(platform="manylinux_x86_64", interpreters=())
    report = verify([make_wheel()], plan=make_plan(), machine=machine)
    told = {(c.python, c.reason) for c in report.checks if c.id == "install"}
    assert ("3.12", "Python 3.12 is not on this machine") in told
    assert report.installed_on("good-1.0-py3-none-any.whl") == ()
