from __future__ import annotations

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from shipwheel.deps.cells import Cell
from shipwheel.deps.readiness import asking
from shipwheel.deps.readiness.answer import Readiness
from shipwheel.deps.readiness.asking import readiness, split_requirements
from shipwheel.deps.readiness.resolver import Question
from shipwheel.deps.sources import read_sources
from shipwheel.errors import ConfigurationError, MachineError

CELL = Cell("3.12", "win_amd64")


def test_requirements_with_a_url_are_set_aside() -> None:
    listed, specifiers, aside = split_requirements(
        ["Foo_Bar[x]>=1; python_version < '3.12'", "foo.bar<3", "own @ git+https://u:p@h/r"], "here"
    )
    assert listed == ('Foo_Bar[x]>=1; python_version < "3.12"', "foo.bar<3")
    assert specifiers == {"foo-bar": [SpecifierSet(">=1"), SpecifierSet("<3")]}
    assert aside == ("own",)


def test_a_requirement_that_does_not_parse_is_told_without_its_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        split_requirements(["x === = https://user:geheim-4711@host/x"], "pyproject.toml [project]")
    assert caught.value.where == "pyproject.toml [project]"
    assert "geheim-4711" not in "\n".join(caught.value.lines())


@pytest.mark.parametrize(
    ("requirements", "cells"), [([], [CELL]), (["own @ https://h/own.whl"], [CELL]), (["x"], [])]
)
def test_nothing_to_ask_is_ready(requirements, cells) -> None:
    found = readiness("demo", requirements, cells, root=Path())
    assert (found.ok, found.cells, found.packages) == (True, (), ())


def test_indexes_are_read_as_uv_orders_them_and_keep_their_passwords_to_themselves() -> None:
    found = read_sources(
        "--index-url https://pypi.org/simple\n"
        "--extra-index-url https://user:geheim%204711@priv.example/simple\n"
        "--extra-index-url file:///srv/index\n"
        "--find-links /srv/wheels\n\n",
    )
    assert [each.index.simple for each in found.indexes] == [
        "https://priv.example/simple/",
        "https://pypi.org/simple/",
    ]
    assert found.indexes[0].credentials == ("user", "geheim 4711")
    assert found.unlisted == ("file:///srv/index", "/srv/wheels")
    assert "geheim" not in repr(found)
    assert not found.every
    assert read_sources("", "unsafe-best-match").every


@pytest.mark.parametrize(
    ("reference", "variables", "expected"),
    [
        ("index", {}, [False, True]),
        ("index", {"UV_OFFLINE": "1"}, [True]),
        ("index-password", {}, [False]),
        ("disk", {}, [False]),
    ],
)
def test_an_index_out_of_reach_alone_leaves_it_to_the_cache(
    monkeypatch: pytest.MonkeyPatch, reference, variables, expected
) -> None:
    offline: list[bool] = []

    def asked_about(project: str, _cells: object, question: Question, _emit: object) -> Readiness:
        offline.append(question.offline)
        if not question.offline:
            raise MachineError("no index", evidence="refused", reference=reference)
        return Readiness(project=project, ok=True, dependencies=1)

    monkeypatch.setattr(asking, "_asked_about", asked_about)
    monkeypatch.setattr(asking.os, "environ", variables)
    if expected[-1]:
        found = readiness("demo", ["x"], [CELL], root=Path())
        assert found.offline
        assert found.unreached == ("" if variables else "refused")
    else:
        with pytest.raises(MachineError, match="no index"):
            readiness("demo", ["x"], [CELL], root=Path())
    assert offline == expected
