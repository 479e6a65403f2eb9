from __future__ import annotations

import pytest

from shipwheel.building.promise import check_promise, telling_lines
from shipwheel.errors import JobError, MachineError
from shipwheel.project.config import Config, WheelsConfig
from shipwheel.project.facts import Fact, Kind, Package

LINUX = "cp312-cp312-linux_x86_64"
SPEEDUPS = "spam/_c.cpython-312-x86_64-linux-gnu.so"
OUTPUT = """building 'spam._c' extension
false -c src/spam/_c.c
WARNING: The C extension could not be compiled, speedups are not enabled.
command 'false' failed with exit code 1
creating wheel
"""
EXTENSION = Fact(value=Kind.EXTENSION, origin="setup.py")
ALLOWED = Config(wheels=WheelsConfig(allow_pure=True))


@pytest.mark.parametrize(
    ("names", "tag", "compiled"),
    [
        (["spam/__init__.py"], "py3-none-any", False),
        (["spam/__init__.py", SPEEDUPS], LINUX, True),
        (["spam/__init__.py", "spam/lib.so.1"], "py3-none-linux_x86_64", True),
        (["spam-1.0.data/scripts/ruff"], "py3-none-linux_x86_64", True),
    ],
)
def test_what_was_promised(wheel, project, names, tag, compiled):
    kind = Kind.PURE if not compiled else Kind.EXTENSION if "cp312-cp312" in tag else Kind.PLATFORM
    facts = project(kind=Fact(value=kind, origin="setup.py"))
    assert check_promise(wheel(*names, tag=tag), "", facts, compiled=compiled) == ()


@pytest.mark.parametrize(
    ("kind", "tag", "settle"),
    [
        (Kind.EXTENSION, "cp39-abi3-linux_x86_64", "abi3"),
        (Kind.EXTENSION, "py3-none-linux_x86_64", "platform"),
        (Kind.ABI3, "py3-none-linux_x86_64", "platform"),
        (Kind.PLATFORM, LINUX, "extension"),
        (Kind.PLATFORM, "cp314-cp314t-linux_x86_64", "extension"),
        (Kind.PLATFORM, "py2.py3-none-linux_x86_64", None),
        (Kind.ABI3, "cp315-abi3t-linux_x86_64", None),
        (Kind.ABI3, LINUX, "extension"),
        (Kind.ABI3, "cp39-abi3-linux_x86_64", None),
        (Kind.ABI3, "cp314-cp314t-linux_x86_64", None),
        (Kind.ABI3, "pp311-pypy311_pp73-linux_x86_64", None),
        (Kind.EXTENSION, "cp314-cp314t-linux_x86_64", None),
    ],
)
def test_the_abi_is_the_planned_one(wheel, project, kind, tag, settle):
    path = wheel("spam/__init__.py", SPEEDUPS, tag=tag)
    facts = project(kind=Fact(value=kind, origin="setup.py"))
    if settle is None:
        assert check_promise(path, "", facts, compiled=True) == ()
        return
    with pytest.raises(JobError, match=f"planned as {kind.value}") as caught:
        check_promise(path, "", facts, compiled=True)
    assert f'[tool.shipwheel] kind = "{settle}"' in caught.value.hint


@pytest.fixture(autouse=True)
def compiler(tmp_path, monkeypatch):
    # a test of values must not depend on what this machine has
    program = tmp_path / "mycc"
    program.touch(0o755)
    monkeypatch.setenv("CC", str(program))
    return program


@pytest.mark.parametrize("tag", ["py3-none-any", LINUX])
def test_an_extension_that_was_left_out_is_told_with_the_backends_own_words(wheel, project, tag):
    path = wheel("spam/__init__.py", tag=tag)
    with pytest.raises(JobError, match="the extension is missing") as caught:
        check_promise(path, OUTPUT, project(kind=EXTENSION), compiled=True)
    assert "could not be compiled" in caught.value.evidence
    assert "command 'false' failed" in caught.value.evidence
    assert "creating wheel" not in caught.value.evidence
    assert "[tool.shipwheel] kind" in caught.value.hint
    assert "[tool.shipwheel.wheels] allow-pure" in caught.value.hint


def test_an_extension_that_may_be_left_out_is_a_warning(wheel, project):
    path = wheel("spam/__init__.py")
    (warning,) = check_promise(path, OUTPUT, project(kind=EXTENSION, config=ALLOWED), compiled=True)
    assert "the extension is missing" in warning


def test_an_extension_left_out_for_want_of_a_compiler_is_the_machines_lack(wheel, project):
    output = "error: command 'gcc' failed: No such file or directory\n"
    with pytest.raises(MachineError):
        check_promise(wheel("spam/__init__.py"), output, project(kind=EXTENSION), compiled=True)


def test_a_project_that_swallows_the_compilers_absence(wheel, project, compiler):
    compiler.unlink()
    with pytest.raises(MachineError, match="a C compiler is missing") as caught:
        check_promise(wheel("spam/__init__.py"), OUTPUT, project(kind=EXTENSION), compiled=True)
    assert "could not be compiled" in caught.value.evidence


def test_a_platform_wheel_of_a_pure_project_names_the_key(wheel, project):
    path = wheel("spam/__init__.py", SPEEDUPS, tag=LINUX)
    with pytest.raises(JobError, match="for one platform") as caught:
        check_promise(path, "", project(), compiled=False)
    assert caught.value.evidence == SPEEDUPS
    assert '[tool.shipwheel] kind = "extension"' in caught.value.hint


def test_an_empty_wheel_is_refused_where_the_tree_has_packages(wheel, project):
    with pytest.raises(JobError, match="the wheel is empty: none of spam") as caught:
        check_promise(wheel(), "", project(), compiled=False)
    assert "spam is src/spam" in caught.value.hint


@pytest.mark.parametrize(
    "packages",
    [(), (Package(name="made_by_the_build"),)],
)
def test_a_meta_package_may_be_empty(wheel, project, packages):
    facts = project(packages=Fact(value=packages, origin="tree"))
    assert check_promise(wheel(), "", facts, compiled=False) == ()


def test_telling_lines_are_given_once():
    assert telling_lines("error: x\nerror: x\nfine\n") == "error: x"
