"""What of an environment is declared, and what is told."""

from __future__ import annotations

import sys

import pytest

from shipwheel.deps.adopt.answer import Taken
from shipwheel.deps.adopt.deciding import beside, closure, decide, requirement_of
from shipwheel.deps.adopt.imports import Use
from shipwheel.deps.adopt.running import Held, Running

TOOLS = {"pytest": "test", "ruff": "lint", "sphinx": "docs", "pip": "build"}
MARKERS = {"python_version": "3.11", "sys_platform": "linux", "os_name": "posix"}


def held(name, version="1.0", *requires, **facts):
    modules = facts.pop("modules", [name.lower().replace("-", "_")])
    return Held(
        name=name.lower(),
        label=name,
        version=version,
        requires=requires,
        modules=frozenset(modules),
        **facts,
    )


def running(*every):
    return Running(
        place="env", version="3.11.4", markers=MARKERS, held={each.name: each for each in every}
    )


def uses(*modules, tests=(), guarded=()):
    return [
        Use(
            module,
            "tests/test_a.py" if module in tests else "a.py",
            module in tests,
            module in guarded,
        )
        for module in (*modules, *tests, *guarded)
    ]


def decided(environment, found):
    taken, told = decide("own", environment, found, lambda name: TOOLS.get(name, ""))
    return (
        {each.requirement: each.group for each in taken},
        {(each.rule, each.name): each.level for each in told},
    )


CASES = {
    "what the code imports is needed, what that requires is not declared": (
        [held("Flask", "3.0.0", "werkzeug"), held("werkzeug")],
        uses("flask"),
        {"Flask>=3.0.0": ""},
        {},
    ),
    "what is imported too is declared though something requires it": (
        [held("flask", "3.0.0", "werkzeug"), held("werkzeug")],
        uses("flask", "werkzeug.utils"),
        {"flask>=3.0.0": "", "werkzeug>=1.0": ""},
        {},
    ),
    "what the tests alone import goes to their group": (
        [held("flask"), held("responses"), held("pytest"), held("ruff"), held("sphinx")],
        uses("flask", tests=("flask.testing", "responses")),
        {
            "flask>=1.0": "",
            "responses>=1.0": "test",
            "pytest>=1.0": "test",
            "ruff>=1.0": "dev",
            "sphinx>=1.0": "dev",
        },
        {},
    ),
    "a tool that another requires comes with that": (
        [held("plugin", "1.0", "pytest"), held("pytest"), held("pip")],
        uses("plugin"),
        {"plugin>=1.0": ""},
        {},
    ),
    "what nothing imports is told": (
        [held("flask"), held("gunicorn")],
        uses("flask"),
        {"flask>=1.0": ""},
        {("unimported", "gunicorn"): "note"},
    ),
    "an extra explains what nothing imports": (
        [
            held("uvicorn", "1.0", "httptools ; extra == 'standard'", extras=("standard",)),
            held("httptools"),
        ],
        uses("uvicorn"),
        {"uvicorn[standard]>=1.0": ""},
        {},
    ),
    "imports that nothing brings are told, but for those that the code may do without": (
        [held("flask")],
        uses("flask", "nowhere.at.all", guarded=("ujson",)),
        {"flask>=1.0": ""},
        {("unprovided", "nowhere"): "note"},
    ),
    "an import name of another distribution's": (
        [held("PyYAML", "6.0", modules=["yaml", "yaml.loader"])],
        uses("yaml"),
        {"PyYAML>=6.0": ""},
        {},
    ),
    "parts of a namespace belong to several": (
        [
            held("g-storage", modules=["google.cloud.storage"]),
            held("g-auth", modules=["google.auth"]),
            held("g-unused", modules=["google.other"]),
        ],
        uses("google.cloud.storage.blob", "google.auth", "google.cloud"),
        {"g-storage>=1.0": "", "g-auth>=1.0": ""},
        {("unimported", "g-unused"): "note"},
    ),
    "two that bring one name are told": (
        [held("cv-headless", modules=["cv2"]), held("cv", modules=["cv2"])],
        uses("cv2"),
        {"cv-headless>=1.0": ""},
        {("several", "cv2"): "note", ("unimported", "cv"): "note"},
    ),
    "an environment that contradicts itself is told": (
        [held("flask", "3.0.0", "werkzeug>=3", "gone"), held("werkzeug", "2.0")],
        uses("flask"),
        {"flask>=3.0.0": ""},
        {("conflict", "flask"): "warning"},
    ),
    "the project itself is no dependency": (
        [held("own", "1.0", "flask", origin="editable"), held("flask")],
        uses("flask"),
        {"flask>=1.0": ""},
        {},
    ),
    "what came from elsewhere": (
        [
            held("edit", origin="editable", url="file:///home/me/edit"),
            held("fold", origin="local", url="file:///home/me/fold.whl"),
            held("repo", origin="vcs", url="git+https://git.invalid/repo@abc"),
            held("web", origin="url", url="https://files.invalid/web-1.0.zip"),
        ],
        uses("edit", "fold", "repo", "web"),
        {
            "repo @ git+https://git.invalid/repo@abc": "",
            "web @ https://files.invalid/web-1.0.zip": "",
        },
        {
            ("editable", "edit"): "warning",
            ("local", "fold"): "warning",
            ("url", "repo"): "note",
            ("url", "web"): "note",
        },
    ),
    "nothing": ([], [], {}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_declared_and_what_is_told(case):
    there, found, taken, told = CASES[case]
    assert decided(running(*there), found) == (taken, told)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("1.0", "a>=1.0"),
        ("2.1+cu118", "a>=2.1"),
        ("1.0.post1", "a>=1.0.post1"),
        ("odd_1", "a===odd_1"),
    ],
)
def test_the_installed_version_is_the_lower_bound(version, wanted):
    assert requirement_of(held("a", version)) == wanted


def test_a_group_that_is_there_is_left():
    taken = [
        Taken(name=name, version="1", requirement=f"{name}>=1", group=group, because="")
        for name, group in (
            ("flask", ""),
            ("pytest", "test"),
            ("responses", "test"),
            ("ruff", "dev"),
        )
    ]
    kept, told = beside(taken, {"test": ("pytest>=7",)})
    assert [each.name for each in kept] == ["flask", "ruff"]
    assert [each.name for each in told] == ["responses"]


def test_what_is_needed_along_is_followed_through_markers():
    there = running(
        held("a", "1", "b", f"c ; sys_platform != '{sys.platform}' and sys_platform != 'linux'"),
        held("b", "1", "a", "missing"),
        held("c"),
    )
    assert closure(["a"], there) == {"a", "b"}
