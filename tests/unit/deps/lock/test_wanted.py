"""Which locks a project is to have."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.deps.lock.wanted import compiled_pins, later_pythons, lowest_python, wanted_locks
from shipwheel.project.read import read_project

HEAD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'


def project(tmp_path: Path, text: str = "", *, head: str = HEAD, **files: str):
    (tmp_path / "pyproject.toml").write_text(head + text)
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/").replace("_in", ".in").replace("_txt", ".txt")
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return read_project(tmp_path)


def of(found, siblings=(), run_time=None):
    wanted = wanted_locks(
        found, found.dependencies.value if run_time is None else run_time, siblings
    )
    return {each.lock: each.requirements or each.file for each in wanted}


def test_the_run_time_each_group_and_each_extra_have_a_lock(tmp_path: Path):
    found = project(
        tmp_path,
        '[project]\nname = "demo"\nversion = "1"\ndependencies = ["a>=1"]\n'
        'optional-dependencies = { fast = ["b"], all = ["demo[fast]", "c"] }\n'
        '[dependency-groups]\ntest = ["pytest", "demo", {include-group = "lint"}]\nlint = ["ruff"]\n'
        "empty = []\n",
    )
    assert of(found) == {
        "pylock.toml": ("a>=1",),
        "pylock.test.toml": ("pytest", "ruff"),
        "pylock.lint.toml": ("ruff",),
        "pylock.fast.toml": ("a>=1", "b"),
        "pylock.all.toml": ("a>=1", "b", "c"),
    }


def test_a_group_that_names_extras_of_the_project_has_what_they_need(tmp_path: Path):
    found = project(
        tmp_path,
        '[project]\nname = "demo"\nversion = "1"\n'
        'optional-dependencies = { fast = ["b"], all = ["demo[fast]", "c"], test = ["d"] }\n'
        """[dependency-groups]\ntest = ["pytest", "demo[all,test] ; os_name == 'nt'"]\n""",
    )
    assert of(found)["pylock.test.toml"] == (
        "pytest",
        "b ; os_name == 'nt'",
        "c ; os_name == 'nt'",
        "d ; os_name == 'nt'",
        "d",
    )


def test_a_group_and_an_extra_of_one_name_share_a_lock(tmp_path: Path):
    found = project(
        tmp_path,
        '[project]\nname = "demo"\nversion = "1"\ndependencies = ["a"]\n'
        'optional-dependencies = { test = ["x"] }\n[dependency-groups]\ntest = ["y"]\n',
    )
    assert of(found)["pylock.test.toml"] == ("y", "a", "x")


def test_packages_of_the_same_repository_are_in_no_lock(tmp_path: Path):
    found = project(
        tmp_path,
        '[project]\nname = "demo"\nversion = "1"\ndependencies = ["a", "Sibling>=2"]\n'
        '[dependency-groups]\ntest = ["sibling", "y"]\n',
    )
    assert of(found, {"sibling"}) == {"pylock.toml": ("a",), "pylock.test.toml": ("y",)}


def test_poetrys_carets_and_groups_are_locked(tmp_path: Path):
    found = project(
        tmp_path,
        '[tool.poetry]\nname = "demo"\nversion = "1"\n[tool.poetry.dependencies]\n'
        'python = "^3.9"\nrequests = "^2.28"\nclick = { version = "~8.1", optional = true }\n'
        '[tool.poetry.extras]\ncli = ["click"]\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n',
        head='[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
    )
    assert of(found) == {
        "pylock.toml": ("requests>=2.28,<3",),
        "pylock.dev.toml": ("pytest",),
        "pylock.cli.toml": ("requests>=2.28,<3", "click>=8.1,<8.2"),
    }
    assert lowest_python(found.requires_python.value, ()) == "3.9"


def test_pip_tools_sources_are_locked_where_nothing_is_declared(tmp_path: Path):
    found = project(
        tmp_path,
        '[project]\nname = "demo"\nversion = "1"\n',
        requirements_in="flask\n",
        requirements_txt="flask==1.0\n",
        **{
            "dev-requirements_in": "-c requirements.txt\npytest\n",
            "requirements__docs_in": "sphinx",
        },
    )
    assert of(found, run_time=()) == {
        "pylock.toml": "requirements.in",
        "pylock.dev.toml": "dev-requirements.in",
        "pylock.docs.toml": "requirements/docs.in",
    }
    wanted = wanted_locks(found, ())
    assert [each.name for each in compiled_pins(tmp_path, wanted)] == ["requirements.txt"]


def test_what_pip_tools_compiled_is_locked_where_its_source_is_gone(tmp_path: Path):
    found = project(
        tmp_path, '[project]\nname = "demo"\nversion = "1"\n', requirements_txt="flask==1.0\n"
    )
    assert of(found, run_time=()) == {"pylock.toml": "requirements.txt"}


@pytest.mark.parametrize(
    ("requires", "pythons", "expected"),
    [
        (">=3.9", (), "3.9"),
        (">=3.10.2,<4", (), "3.10"),
        ("~=3.8", (), "3.8"),
        (">=2.7,!=3.0.*,!=3.1.*", ("3.9",), "3.8"),
        (">=3.6", (), "3.8"),
        (None, ("3.12", "3.9", "3.14t", "pypy3.11"), "3.9"),
        ("<4", ("3.10",), "3.10"),
        (None, (), "3.11"),
    ],
)
def test_a_lock_serves_from_the_lowest_python_on(requires, pythons, expected):
    assert lowest_python(requires, pythons) == expected


def test_the_plans_later_pythons_come_in_order():
    assert later_pythons("3.9", ("3.9", "3.14t", "3.10", "pypy3.11", "3.14")) == ("3.10", "3.14")
