"""What a failed import means: an error where the wheel is broken, and never where it may be meant."""

from __future__ import annotations

import pytest

from shipwheel.verification.facts import Attempt
from shipwheel.verification.judging.judgement import (
    judge,
    judge_entry,
    last_line,
    main_modules,
    plan_tasks,
)

FILES = {
    "good/sub.py": "x",
    "good/win32.py": "x",
    "good/_speed.cpython-311-x86_64-linux-gnu.so": b"x",
}


def failed(target="good.sub", error="ImportError", **more):
    return Attempt(target=target, status=more.pop("status", "failed"), error=error, **more)


CASES = [
    (Attempt(target="good", status="ok"), "fine"),
    (Attempt(target="good.sub", status="skipped"), "fine"),
    # a module that is not found
    (failed(error="ModuleNotFoundError", missing="yaml"), "optional"),
    (failed("good", error="ModuleNotFoundError", missing="yaml"), "broken"),
    (failed(error="ModuleNotFoundError", missing="good.lost"), "broken"),
    (failed(error="ModuleNotFoundError", missing="good.tests.data"), "suspect"),
    (failed(error="ModuleNotFoundError", missing="winreg"), "excused"),
    (failed("good", error="ModuleNotFoundError", missing="winreg"), "suspect"),
    (failed(error="ModuleNotFoundError", missing="pytest"), "excused"),
    (failed(error="ModuleNotFoundError", missing="distutils.core"), "optional"),
    # other exceptions
    (failed("good", error="RuntimeError"), "broken"),
    (failed(error="RuntimeError"), "suspect"),
    (failed(error="ImproperlyConfigured"), "suspect"),
    (failed(error="SystemExit"), "suspect"),
    (failed(error="SyntaxError"), "broken"),
    (failed(error="NameError", message="name 'x' is not defined"), "broken"),
    (failed(error="NameError", message="name 'WindowsError' is not defined"), "excused"),
    (
        failed(error="AttributeError", message="module 'ctypes' has no attribute 'windll'"),
        "excused",
    ),
    (
        failed(error="AttributeError", message="module 'collections' has no attribute 'Mapping'"),
        "broken",
    ),
    (failed(error="TypeError", absent=("numpy",)), "optional"),
    (failed(error="TypeError", absent=("winreg", "good._c")), "broken"),
    (failed(error="TypeError", absent_elsewhere=("numpy",)), "broken"),
    (failed(error="TypeError", message="NoneType takes no", absent_elsewhere=("np",)), "optional"),
    (failed(message="cannot import name 'a' from 'good.other' (/x/other.py)"), "broken"),
    (
        failed(message="cannot import name 'a' from partially initialized module 'good' (most"),
        "broken",
    ),
    (failed(message="cannot import name 'a' from 'os' (/x/os.py)"), "suspect"),
    (failed(message="/x/_c.so: undefined symbol: PyFoo"), "broken"),
    (failed(message="dynamic module does not define module export function (PyInit_x)"), "excused"),
    (failed(message="please install good[all]", absent=("yaml",)), "optional"),
    # the process
    (failed(error="signal", status="crashed"), "broken"),
    (failed(error="exit", status="crashed"), "suspect"),
    (failed("good", error="exit", status="crashed"), "broken"),
    (failed(error="", status="timeout"), "suspect"),
    (failed("good", error="", status="timeout"), "broken"),
    # a name that says where it works
    (failed("good.win32", error="RuntimeError"), "excused"),
    (failed("good._macos", error="ModuleNotFoundError", missing="objc"), "excused"),
    (failed("good.linux", error="RuntimeError"), "suspect"),
    (failed("good.winner", error="RuntimeError"), "suspect"),
]


@pytest.mark.parametrize(("attempt", "outcome"), CASES)
def test_imports(make_installed, attempt, outcome):
    assert judge(attempt, make_installed(FILES)).outcome == outcome


def test_the_missing_module_is_named(make_installed):
    judgement = judge(
        failed(error="ModuleNotFoundError", missing="yaml.nodes"), make_installed(FILES)
    )
    assert judgement.missing == "yaml"


def test_a_module_that_the_project_names_must_import(make_installed):
    facts = make_installed(FILES, required=frozenset({"good.sub"}))
    assert judge(failed(error="ModuleNotFoundError", missing="yaml"), facts).outcome == "broken"


EXTRAS = {
    "good-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nProvides-Extra: cli\n"
}


@pytest.mark.parametrize(
    ("more", "group", "files", "outcome"),
    [
        ({"status": "ok"}, "console_scripts", {}, "fine"),
        ({"status": "unresolved", "error": "AttributeError"}, "console_scripts", {}, "broken"),
        ({"missing": "click"}, "console_scripts", {}, "broken"),
        ({"missing": "click"}, "console_scripts", EXTRAS, "optional"),
        ({"missing": "pytest"}, "pytest11", {}, "optional"),
        ({"missing": "good.cli"}, "pytest11", {}, "broken"),
        ({"error": "SystemExit"}, "console_scripts", {}, "suspect"),
    ],
)
def test_entry_points(make_installed, more, group, files, outcome):
    told = {"status": "failed", "error": "ModuleNotFoundError" if "missing" in more else "X"} | more
    attempt = Attempt(target="x", group=group, **told)
    assert judge_entry(attempt, make_installed(FILES | files)).outcome == outcome


def test_what_is_tried(make_installed):
    wheel = make_installed(
        FILES
        | {
            "good/__main__.py": "",
            "good/tests/__init__.py": "",
            "good/test_it.py": "",
            "good/templates/page.py": "",
            "good/no-name.py": "",
            "good-1.0.dist-info/entry_points.txt": "[console_scripts]\ngood = good.sub:Main.run [cli]\n",
        }
    ).wheel
    on_311 = plan_tasks(wheel, "cp311")
    assert [task.label for task in on_311] == [
        "good",
        "good._speed",
        "good.sub",
        "good.win32",
        "console_scripts: good = good.sub:Main.run [cli]",
    ]
    assert (on_311[-1].module, on_311[-1].attr) == ("good.sub", "Main.run")
    assert "good._speed" not in [task.label for task in plan_tasks(wheel, "cp312")]
    assert [task.label for task in plan_tasks(wheel, "cp312", ("good.sub",))][:1] == ["good.sub"]


@pytest.mark.parametrize(
    ("files", "main"),
    [
        ({}, {"good"}),
        ({"_good.py": "x"}, {"good"}),
        ({"good/__init__.py": None, "one.py": "x", "_two.py": "x"}, {"one"}),
        ({"good/__init__.py": None, "zope/good/__init__.py": "x"}, {"zope.good"}),
    ],
)
def test_main_modules(make_installed, files, main):
    assert main_modules(make_installed(files).wheel) == main


FRAME = 'File "/x/good.py", line 2, in <module>\n'


@pytest.mark.parametrize(
    ("trace", "line"),
    [
        (f"{FRAME}    from . import a\n{FRAME}    thing()\n    ^^^^^^^\n", "thing()"),
        # Python 3.13 shows a statement whole
        (f"{FRAME}    raise Unset(\n    ...<2 lines>...\n    )\n", "raise Unset("),
        ("thing()\n^^^^^^^\n", "thing()"),
        (FRAME, FRAME.strip()),  # of a compiled module there is no line
        ("", ""),
    ],
)
def test_the_line_that_failed(trace, line):
    assert last_line(failed(trace=trace)) == line
