from __future__ import annotations

import tomllib

import msgspec
import pytest

from shipwheel.captured import Completed
from shipwheel.deps.graph.answer import Place, Private, Why
from shipwheel.deps.graph.declared import Declared, Found, deptry_project, read_answer
from shipwheel.deps.graph.foreign import privates
from shipwheel.deps.graph.installed import Installed
from shipwheel.deps.graph.mismatches import World, judged
from shipwheel.deps.graph.own import Module, Own
from shipwheel.deps.graph.statements import read_source
from shipwheel.errors import JobError


def own(**texts: str) -> Own:
    modules = {}
    for name, text in texts.items():
        data = text.encode()
        read = read_source(data)
        assert read is not None
        modules[name] = Module(name=name, file=f"src/{name}.py", data=data, read=read)
    return Own(modules=modules)


def dist(name: str, *modules: str, **more: object) -> Installed:
    return Installed(name=name, version="1", modules=frozenset(modules), **more)


INSTALLED = {
    "pyyaml": dist("pyyaml", "yaml", "_yaml"),
    "requests": dist("requests", "requests"),
    "urllib3": dist("urllib3", "urllib3"),
    "pytest": dist("pytest", "pytest", "_pytest"),
    "uvicorn": dist("uvicorn", "uvicorn", commands=("uvicorn",)),
    "hook": dist("hook", "hook", plugin=True),
    "tools": dist("tools"),
}


def world(text: str, **more: object) -> World:
    made = {
        "own": own(demo=text),
        "staged": {"demo.py": "demo"},
        "installed": INSTALLED,
        "declared": {"pyyaml": "pyproject.toml", "requests": "pyproject.toml"},
        "development": {"pytest": "group test"},
        "through": {"urllib3": "requests"},
        "tops": {"demo"},
        "loaded": {"demo"},
    }
    return World(**{**made, **more})


def found(module: str, line: int = 1, code: str = "DEP001") -> Found:
    file = "pyproject.toml" if code == "DEP002" else "sources/demo.py"
    made = {"error": {"code": code}, "module": module, "location": {"file": file, "line": line}}
    return msgspec.convert(made, Found)


@pytest.mark.parametrize(
    ("text", "module", "more", "expected"),
    [
        ("import nobody", "nobody", {}, Why.UNDECLARED),
        ("import urllib3", "urllib3", {}, Why.TRANSITIVE),
        ("import pytest", "pytest", {}, Why.MISPLACED),
        ("import yaml", "yaml", {}, None),
        ("def f():\n  import nobody", "nobody", {}, Why.OPTIONAL),
        ("if a:\n  import nobody", "nobody", {}, Why.OPTIONAL),
        ("import nobody", "nobody", {"loaded": ()}, Why.OPTIONAL),
        ("import_module(\n'nobody')", "nobody", {}, Why.OPTIONAL),
        ("try:\n  import nobody\nexcept ImportError:\n  pass", "nobody", {}, None),
        (
            "def f():\n  import nobody\ntry:\n  import nobody\nexcept ImportError:\n  pass",
            "nobody",
            {},
            None,
        ),
        ("import gi", "gi", {}, None),  # a program brings it
        ("import distutils", "distutils", {}, None),  # older Pythons have it
        ("import demo", "demo", {}, None),
        ("import setuptools", "setuptools", {"entry_points": ("distutils.commands",)}, None),
        ("import setuptools", "setuptools", {"entry_points": ("console_scripts",)}, Why.UNDECLARED),
    ],
)
def test_an_import(text, module, more, expected) -> None:
    line = 1 + text.split("nobody")[0].count("\n")
    (*each,) = judged([found(module, line)], world(text, **more))
    assert [m.why for m in each] == ([expected] if expected else [])


def test_what_is_said_of_an_import() -> None:
    (each,) = judged([found("urllib3")], world("import urllib3"))
    assert (each.distributions, each.through) == (("urllib3",), ("requests",))
    assert (each.places, each.error) == ((Place("src/demo.py", 1),), False)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("requests", "", True),
        ("requests", "if TYPE_CHECKING:\n  import requests", False),
        ("uvicorn", "run('uvicorn demo:app')", False),
        ("uvicorn", "", True),
        ("hook", "", False),  # found by its entry points
        ("tools", "", False),  # nothing to import
        ("absent", "", False),  # for another platform
    ],
)
def test_a_requirement_that_nobody_imports(name, text, expected) -> None:
    declared = dict.fromkeys(("requests", "uvicorn", "hook", "tools", "absent"), "pyproject.toml")
    each = judged([found(name, code="DEP002")], world(text, declared=declared))
    assert [m.why for m in each] == ([Why.UNUSED] if expected else [])


def test_extras_and_compiled_projects_are_not_told_to_be_unused() -> None:
    extra = world("", declared={"requests": "extra web"})
    assert not judged([found("requests", code="DEP002")], extra)
    assert not judged([found("requests", code="DEP002")], world("", pure=False))


def test_the_project_that_deptry_reads() -> None:
    declared = Declared(
        name='de"mo',
        run_time=("PyYAML>=6", "plain ; python_version < '3.9'"),
        optional=("rich[jupyter]>=1",),
        development=("pytest @ https://example.org/pytest.whl",),
        modules={"pyyaml": ("_yaml", "yaml"), "pytest": ("_pytest", "pytest")},
        own=("demo",),
        settings={
            "ignore": ["DEP003"],
            "per_rule_ignores": {"DEP001": "x"},
            "package_module_name_map": {"plain": "p"},
        },
    )
    read = tomllib.loads(deptry_project(declared))
    assert read["project"]["dependencies"] == [
        "PyYAML>=6",
        "plain ; python_version < '3.9'",
        "rich[jupyter]>=1",
    ]
    assert read["tool"]["deptry"] == {
        "exclude": [],
        "known_first_party": ["demo"],
        "ignore": ["DEP003"],
        "per_rule_ignores": {"DEP001": ["x"]},
        "package_module_name_map": {
            "PyYAML": ["_yaml", "yaml"],
            "pytest": ["_pytest", "pytest"],
            "plain": ["p"],
        },
    }


@pytest.mark.parametrize("text", [None, "", "{}", '[{"error": 1}]'])
def test_an_answer_of_deptrys_that_is_none(tmp_path, text) -> None:
    path = tmp_path / "answer.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(JobError, match="no answer"):
        read_answer(path, Completed(("deptry",), 2, "some trouble", 0.1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from pip._internal import main", ["pip._internal"]),
        ("import numpy.core.multiarray", ["numpy.core"]),
        ("from numpy import core", ["numpy.core"]),
        ("import pytest\nimport _pytest.python", ["_pytest"]),
        ("import requests as r\nr._secret()", ["requests._secret"]),
        ("import requests.api\nrequests.api._x", ["requests.api._x"]),
        ("import requests\nrequests.Session._x", []),  # an attribute of no module
        ("import requests\nrequests = 1\nrequests._x", []),
        ("import requests\nrequests.__version__", []),
        ("from requests import __version__", []),
        ("if TYPE_CHECKING:\n  from requests import _types", []),
        ("from . import _own", []),
        ("from demo import _own", []),
        ("import _made_by_our_build", []),
        ("import sys, os\nsys._getframe()\nos._exit(1)", []),
        ("import typing\ntyping._GenericAlias", ["typing._GenericAlias"]),
    ],
)
def test_private_names(text, expected) -> None:
    brought = {"pip", "numpy", "requests", "pytest", "_pytest"}
    found = privates(own(demo=text), {"demo"}, brought)
    assert [each.name for each in found] == expected
    assert all(each.library == (each.name.startswith("typing")) for each in found)


def test_what_all_names_is_public(tmp_path) -> None:
    (tmp_path / "requests").mkdir()
    (tmp_path / "requests" / "__init__.py").write_text("__all__ = ['_stated']")
    text = "from requests import _stated, _hidden"
    found = privates(own(demo=text), {"demo"}, {"requests"}, (tmp_path,))
    assert found == (Private(name="requests._hidden", places=(Place("src/demo.py", 1),)),)
