"""What is decided before and after anything is tried: order, providers, tools, differences, proofs."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import FileRef, Made, Record, Status
from shipwheel.machine.interpreter import Interpreter
from shipwheel.verification.check import Context
from shipwheel.verification.checking import run_check
from shipwheel.verification.dependencies import Installed, chain
from shipwheel.verification.facts import Attempt, BuildFacts
from shipwheel.verification.judging.development import kind_of, tools_along
from shipwheel.verification.judging.differences import differences
from shipwheel.verification.judging.judgement import Task
from shipwheel.verification.judging.providers import provider_of, providers
from shipwheel.verification.reading.distributions import read_distribution
from shipwheel.verification.rules.build import CHECKS as BUILD_CHECKS
from shipwheel.verification.rules.extras import CHECKS as EXTRAS_CHECKS
from shipwheel.verification.rules.imports import CHECKS as IMPORT_CHECKS
from shipwheel.verification.seen import Caution, Difference, Extra
from shipwheel.verification.source import Source
from shipwheel.verification.timeline import Timeline
from shipwheel.verification.trials import Cell, with_extras_once, with_supplied
from shipwheel.verification.trying import probing
from shipwheel.verification.trying.forest import forest
from shipwheel.verification.trying.landed import broken_scripts, shared_files
from shipwheel.verification.trying.rebuilding import choice, proof
from shipwheel.verification.trying.uninstalling import leftovers

MARKERS = {"python_version": "3.12", "sys_platform": "linux"}


def tasks(*modules: str) -> list[Task]:
    return [Task(at, *each.split(":"), label=each) for at, each in enumerate(modules)]


@pytest.mark.parametrize(
    ("modules", "deep", "expected"),
    [
        (
            ("a", "a.b", "a.c"),
            True,
            [["a", [[0, ""]], [["a.b", [[1, ""]], []], ["a.c", [[2, ""]], []]]]],
        ),
        (("a", "a.b"), False, [["a", [[0, ""]], []], ["a.b", [[1, ""]], []]]),
        # a package that is no task is imported all the same, before what lies below it
        (("ns.a",), True, [["ns", [], [["ns.a", [[0, ""]], []]]]]),
        # an entry point belongs to its module
        (("a", "a:main"), True, [["a", [[0, ""], [1, "main"]], []]]),
        (("ab", "a.b"), True, [["a", [], [["a.b", [[1, ""]], []]]], ["ab", [[0, ""]], []]]),
    ],
)
def test_the_forest_of_modules(modules, deep, expected):
    assert forest(tasks(*modules), deep=deep) == expected


@pytest.fixture(scope="module")
def probe():
    """Give the probe as a module: it is never imported by us otherwise."""
    path = Path(probing.__file__).with_name("probe.py")
    spec = importlib.util.spec_from_file_location("probe_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "value",
    [{"a": [1, 'x\n"\\'], "b": {"c": "ä€😀\ud800"}}, [], {}, {"t": True}, ["\x00\x1b\u202e"]],
)
def test_the_probes_json_is_json(probe, value):
    assert json.loads(probe.to_json(value)) == value


def test_the_probe_brings_no_package_along(probe):
    text = Path(probe.__file__).read_text("utf-8")
    top = [line.split()[1] for line in text.splitlines() if line.startswith("import ")]
    assert set(top) == {"marshal", "os", "sys", "time", "warnings"}


INSTALLED = {
    "good": Installed("good", "1", ("direct", 'other; extra == "x"'), files=("good/__init__.py",)),
    "direct": Installed("direct", "1", ("deep",), files=("direct/__init__.py",)),
    "deep": Installed("deep", "1", ("pytest",), files=("deep.py", "shared/deep/__init__.py")),
    "wide": Installed("wide", "1", files=("shared/wide/__init__.py",)),
    "pytest": Installed("pytest", "1", files=("pytest/__init__.py",)),
}


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("direct.sub.deeper", {"direct"}),
        ("deep", {"deep"}),
        ("shared.wide.x", {"wide"}),
        ("shared", {"deep", "wide"}),
        ("nobody.x", set()),
    ],
)
def test_who_brings_a_module(name, who):
    assert provider_of(name, providers(INSTALLED)) == who


def test_the_chain_that_brings_a_distribution():
    assert chain("good", "pytest", INSTALLED, MARKERS) == ("good", "direct", "deep", "pytest")
    assert chain("good", "other", INSTALLED, MARKERS) == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("pytest", "test"), ("pytest-cov", "test"), ("sphinxcontrib-x", "docs"), ("requests", "")],
)
def test_kinds_of_tools(name, kind):
    assert kind_of(name) == kind


def with_sources(facts, **sources):
    wheel = replace(
        facts.wheel, sources={name.replace("__", "/"): each for name, each in sources.items()}
    )
    return replace(facts, wheel=wheel)


def metadata(*lines: str) -> dict[str, str]:
    text = "\n".join(("Metadata-Version: 2.1", "Name: good", "Version: 1.0", *lines))
    return {"good-1.0.dist-info/METADATA": f"{text}\n\ngood\n"}


@pytest.mark.parametrize(
    ("lines", "imports", "expected"),
    [
        ((), (), ["good → direct → deep → pytest"]),
        (("Classifier: Framework :: Pytest",), (), []),
        (("Classifier: Topic :: Software Development :: Testing",), (), []),
        ((), ("pytest",), []),  # it has a use for it
    ],
)
def test_tools_that_come_along(make_installed, lines, imports, expected):
    facts = make_installed(metadata(*lines), installed=INSTALLED, markers=MARKERS)
    wheel = replace(facts.wheel, sources={"good/__init__.py": Source(imports=imports)})
    found = tools_along(replace(facts, wheel=wheel))
    assert [" → ".join(each.chain) for each in found] == expected


def rules_of(checks, facts, **known):
    found = []
    for check in checks:
        found += run_check(check(), facts, Context(**known), {}, file="f")[1]
    return [(each.rule, each.level.value) for each in found]


def failed(target, **more):
    return Attempt(target=target, status="failed", **more)


@pytest.mark.parametrize(
    ("attempt", "more", "expected"),
    [
        (
            failed("good", error="ModuleNotFoundError", missing="yaml"),
            {},
            [("import-undeclared", "error")],
        ),
        (
            failed("good.a", error="ImportError", after_others=True),
            {},
            [("import-order", "warning")],
        ),
        (failed("good._a", error="ImportError", after_others=True), {}, []),
        (failed("good.a", error="NameError", message="x"), {"mended": frozenset({"good.a"})}, []),
        (failed("good.a", missing="yaml"), {"supplied": frozenset({"yaml"})}, []),
        (failed("good._a", missing="yaml"), {}, []),
        # of a stranger's module that raises by a statement of its own, nobody knows better
        (failed("good.a", error="RuntimeError", trace="x\nraise RuntimeError()\n"), {}, []),
        (
            failed("good.a", error="RuntimeError", trace="x\nthing()\n^^^\n"),
            {},
            [("import", "warning")],
        ),
        (
            Attempt(
                target="good.a",
                status="ok",
                cautions=(Caution("DeprecationWarning", "old", "good/a.py", 3),),
            ),
            {},
            [("import-warnings", "warning")],
        ),
    ],
)
def test_what_imports_come_to(make_installed, attempt, more, expected):
    files = {"good/a.py": "", "good/_a.py": ""}
    assert rules_of(IMPORT_CHECKS, make_installed(files, imports=(attempt,), **more)) == expected


def test_modules_that_fail_alike_are_told_once(make_installed):
    names = ("good.a", "good.b")
    attempts = tuple(failed(n, error="NameError", message="name 'x' is not defined") for n in names)
    facts = make_installed({"good/a.py": "", "good/b.py": ""}, imports=attempts)
    assert rules_of(IMPORT_CHECKS, facts) == [("import", "warning")]


def test_a_transitive_import_is_told(make_installed):
    facts = make_installed(
        metadata("Requires-Dist: direct"),
        installed=INSTALLED,
        markers=MARKERS,
        imports=(Attempt(target="good", status="ok"),),
    )
    for imports, guarded, expected in (
        (("deep",), (), [("import-transitive", "warning")]),
        (("deep",), ("deep",), []),
        (("direct", "os"), (), []),
    ):
        source = Source(imports=imports, guarded=frozenset(guarded))
        wheel = replace(facts.wheel, sources={"good/__init__.py": source})
        assert rules_of(IMPORT_CHECKS, replace(facts, wheel=wheel)) == expected


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (Extra("fast"), []),
        (Extra("fast", failure="no x"), [("extras-install", "error")]),
        (Extra("docs", failure="no x"), [("extras-install", "warning")]),
        (Extra("fast", failure="no wheel of x", solvable=True), [("extras-install", "warning")]),
        (Extra("docs", failure="no wheel of x", solvable=True), []),
        (Extra("fast", unknown=("six has no extra 'a'",)), [("extras-known", "warning")]),
    ],
)
def test_extras(make_installed, extra, expected):
    facts = make_installed(metadata("Provides-Extra: fast"), extras=(extra,))
    assert rules_of(EXTRAS_CHECKS, facts) == expected


def test_extras_that_were_not_tried_are_skipped_with_the_reason(make_installed):
    facts = make_installed(metadata("Provides-Extra: fast"), extras_untried="tried on 3.13")
    result, found = run_check(EXTRAS_CHECKS[0](), facts, Context(), {}, file="f")
    assert (found, result.status.value, result.reason) == ([], "skipped", "tried on 3.13")


def interpreter(target, version="", **more):
    return Interpreter(
        target=target,
        executable="/python",
        version=version or f"{target}.1",
        implementation=more.pop("implementation", "cpython"),
        platform="linux-x86_64",
        build="b",
        origin="test",
        **more,
    )


def test_extras_are_tried_once_for_a_release_on_the_newest_python(make_wheel, make_installed):
    wheel = read_distribution(make_wheel()).wheel
    cells = [Cell(wheel, interpreter(target)) for target in ("3.9", "3.13", "3.10")]
    assert [each.extras_untried for each in with_extras_once(cells)] == [
        "tried on 3.13",
        "",
        "tried on 3.13",
    ]
    old = make_installed(extras_untried="tried on 3.13")
    new = replace(old, extras=(), supplied=frozenset({"yaml"}), mended=frozenset({"good.a"}))
    assert with_supplied([old, new])[0].supplied == {"yaml"}


def test_the_python_of_a_build_is_the_newest_with_a_wheel_beside(make_wheel, make_sdist):
    sdist = read_distribution(make_sdist()).sdist
    wheel = read_distribution(make_wheel(filename="good-1.0-cp310-none-any.whl")).wheel
    pythons = [interpreter("3.9"), interpreter("3.13"), interpreter("3.10"), interpreter("3.7")]
    assert choice(sdist, [wheel], pythons) == (wheel, pythons[2])
    assert choice(sdist, [], pythons) == (None, pythons[1])
    assert choice(sdist, [], pythons[3:]) == (None, None)  # requires-python is >=3.8


def test_a_record_proves_that_a_wheel_was_built_from_the_sdist(make_wheel, make_sdist):
    sdist = read_distribution(make_sdist()).sdist
    wheel = read_distribution(make_wheel()).wheel
    made = Made(id="any", filename="w", sha256=wheel.file.sha256, size=1, builder="build")
    used = FileRef(id="sdist", filename="s", sha256=sdist.file.sha256, size=1)
    record = Record(
        job="build", session="build", status=Status.PASSED, made=(made,), consumed=(used,)
    )
    assert proof(sdist, [wheel], Manifest(records=(record,))).startswith("build built w")
    assert proof(sdist, [], Manifest(records=(record,))) == ""
    assert proof(sdist, [wheel], None) == ""
    import msgspec

    for other in (
        msgspec.structs.replace(record, status=Status.FAILED),
        msgspec.structs.replace(record, consumed=()),
    ):
        assert proof(sdist, [wheel], Manifest(records=(other,))) == ""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, []),
        ({"good/a.py": "x = 1"}, [("only in the one built", True)]),
        ({"good/a.json": "1"}, [("only in the one built", False)]),
        ({"good/__init__.py": "VALUE = 2\n"}, [("with other bytes", True)]),
        ({"good/_version.py": "commit = 1"}, [("only in the one built", True)]),
        (
            metadata("Requires-Dist: six"),
            [("requires-python is", True), ("requires-dist is six", True)],
        ),
        (
            {"good-1.0.dist-info/entry_points.txt": "[console_scripts]\ngood = good:VALUE\n"},
            [("entry points differ in console_scripts", True)],
        ),
    ],
)
def test_a_wheel_against_the_one_that_ships(make_wheel, files, expected):
    ships = read_distribution(make_wheel()).wheel
    built = read_distribution(make_wheel(files, folder="again")).wheel
    found = list(differences(built, ships))
    assert len(found) == len(expected)
    for each, (begins, certain) in zip(found, expected, strict=True):
        assert each.message.startswith(begins)
        assert each.certain is certain


def test_requirements_written_otherwise_are_the_same(make_wheel):
    one = metadata('Requires-Dist: Six (>=1.0) ; extra == "x"', "Provides-Extra: x")
    two = metadata("Requires-Dist: six>=1.0; extra == 'x'", "Provides-Extra: x")
    built, ships = (
        read_distribution(make_wheel(each, folder=name)).wheel
        for each, name in ((one, "a"), (two, "b"))
    )
    assert list(differences(built, ships)) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"failure": "no README.md"}, [("build", "error")]),
        ({"proven": "the record says so", "failure": "x"}, []),
        ({"untried": "no Python"}, []),
        ({"again": ()}, []),
        ({"again": ("good/a.py: content",)}, [("build-reproducible", "error")]),
    ],
)
def test_builds(make_sdist, facts, expected):
    sdist = read_distribution(make_sdist()).sdist
    assert rules_of(BUILD_CHECKS, BuildFacts(sdist, "3.12", **facts)) == expected


def test_a_build_that_differs(make_sdist, make_wheel):
    sdist = read_distribution(make_sdist()).sdist
    wheel = read_distribution(make_wheel()).wheel
    told = (Difference("one"), Difference("two", certain=False))
    facts = BuildFacts(sdist, "3.12", wheel=wheel, ships=wheel, differences=told)
    assert rules_of(BUILD_CHECKS, facts) == [("build-same", "error"), ("build-same", "warning")]


def test_shared_files(make_installed):
    wheel = make_installed({"six.py": "x", "ns/__init__.py": "__path__ = extend_path(1)"}).wheel
    six = Installed("six", "1.17", files=("six.py", "ns/__init__.py"))
    (found,) = shared_files(wheel, {"six": six}, ("six.py",))
    assert (found.path, found.others, found.same) == ("six.py", ("six 1.17",), False)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"#!/no/such/python\n", "which is not there"),
        (b"#!/usr/bin/env python3\r\n", "ends in"),
        (b"\x7fELF", ""),
        (b"#!/bin/sh\n", ""),
    ],
)
def test_scripts_that_cannot_be_started(make_wheel, tmp_path, head, says):
    wheel = read_distribution(make_wheel({"good-1.0.data/scripts/run": "x"})).wheel
    (tmp_path / "run").write_bytes(head)
    told = broken_scripts(wheel, tmp_path)
    assert (says in told[0]) if says else told == ()


def test_leftovers():
    before = frozenset({"_virtualenv.py"})
    after = before | {"good/cache.txt", "six.py", "x-1.dist-info/INSTALLER", "../../bin/run"}
    others = {"six": Installed("six", "1", files=("six.py",))}
    assert leftovers(before, after, others, "good") == ("../../bin/run", "good/cache.txt")


def test_the_timeline_keeps_what_failed_too():
    timeline = Timeline()
    with timeline.step("read", ""):
        pass
    with pytest.raises(ValueError, match="x"), timeline.step("install", "a.whl", "3.12"):
        raise ValueError("x")
    assert [(each.name, each.file, each.python) for each in timeline.steps] == [
        ("read", "", None),
        ("install", "a.whl", "3.12"),
    ]
