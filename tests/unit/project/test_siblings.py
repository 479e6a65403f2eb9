"""Who needs whom in one repository, and in which order they are to be released."""

from __future__ import annotations

import pytest

from shipwheel.project.siblings import (
    direct_siblings,
    in_order,
    index_requirements,
    own_name,
    siblings_of,
)


def pyproject(name: str, needs: str = "", rest: str = "") -> str:
    return f'[project]\nname = "{name}"\nversion = "1"\ndependencies = [{needs}]\n{rest}'


@pytest.fixture
def projects(tmp_path):
    from shipwheel.project.read import read_project

    def make(**texts: str):
        found = []
        for folder, text in texts.items():
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "pyproject.toml").write_text(text, encoding="utf-8")
            found.append(read_project(tmp_path / folder))
        return found

    return make


def test_what_is_brought_along_is_a_sibling_too(projects) -> None:
    found = siblings_of(
        projects(
            app=pyproject("app", '"lib>=1"'),
            lib=pyproject("lib", "\"Core_Parts; python_version > '3'\""),
            core=pyproject("core.parts"),
            other=pyproject("other", '"requests"'),
        )
    )
    assert found == {
        "app": ("lib", "core-parts"),
        "lib": ("core-parts",),
        "core-parts": (),
        "other": (),
    }


@pytest.mark.parametrize(
    "rest",
    [
        '[project.optional-dependencies]\nfast = ["core"]',
        '[dependency-groups]\ntest = ["core", "pytest"]',
        '[tool.shipwheel.test]\nrequires = ["core"]',
    ],
)
def test_what_an_extra_or_the_tests_need_counts(rest: str, projects) -> None:
    app, _core = projects(app=pyproject("app", rest=rest), core=pyproject("core"))
    assert direct_siblings(app, ["app", "core"]) == ("core",)


def test_what_only_a_siblings_tests_need_does_not_come_along(projects) -> None:
    found = siblings_of(
        projects(
            app=pyproject("app", '"core"'),
            core=pyproject("core", rest='[dependency-groups]\ntest = ["checks"]'),
            checks=pyproject("checks"),
        )
    )
    assert found["app"] == ("core",)
    assert found["core"] == ("checks",)


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({"a": '"b"', "b": '"c"', "c": ""}, ["c", "b", "a"]),
        ({"a": "", "b": '"a"', "c": '"a"'}, ["a", "b", "c"]),
        # a circle is no reason to stop: installers allow it
        ({"a": '"b"', "b": '"a"', "c": '"a"'}, ["b", "a", "c"]),
        ({"a": '"a"', "b": ""}, ["a", "b"]),
    ],
)
def test_each_stands_behind_what_it_needs(needs, expected, projects) -> None:
    found = projects(**{name: pyproject(name, lines) for name, lines in needs.items()})
    assert [own_name(each) for each in in_order(found)] == expected


def test_in_place_of_a_sibling_stands_what_it_requires(projects) -> None:
    own, core, base = projects(
        app=pyproject("App", '"core>=1", "numpy"'),
        core=pyproject("core", '"lxml", "base[x]"'),
        base=pyproject("base", '"core"'),
    )
    needs = own.dependencies.value
    others = {own_name(each): each for each in (own, core, base)}
    assert index_requirements(own, needs, others) == ("numpy", "lxml")
    assert index_requirements(own, (*needs, "app[fast]"), {}) == ("core>=1", "numpy")
