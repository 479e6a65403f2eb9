"""Conflicts between ten tangled distributions on an index of our own, in a house of many, and on the real index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tangled import TEN, made, many, third_party, write_projects, write_wheels

from shipwheel.__main__ import main
from shipwheel.deps.conflicts.answer import Conflicts, Kind
from shipwheel.errors import MachineError
from shipwheel.events import silent
from shipwheel.indexes.known import Index
from shipwheel.indexes.server import free_port, throw_away_index
from shipwheel.machine.failures import INDEX
from shipwheel.sessions.deps.conflicts import ask_many

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    write_wheels(folder, (*TEN, *third_party(6)))
    with throw_away_index(folder) as index:
        yield index


@pytest.fixture(autouse=True)
def only_ours(
    request: pytest.FixtureRequest,
    served: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Let uv ask our index alone, with a cache that has never seen it."""
    if "real" in request.keywords:
        return
    for name in ("UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_DEFAULT_INDEX", served.simple)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_NO_CONFIG", "1")


def ask(tmp_path: Path, *words: str) -> Conflicts:
    return ask_many(tmp_path, words, silent)


def chains(found: Conflicts) -> list[list[str]]:
    return [
        [f"{link.requirer} {link.version}: {link.requirement}" for link in chain]
        for conflict in found.conflicts
        for chain in conflict.chains
    ]


def test_three_levels_down_both_chains_and_who_would_agree(tmp_path: Path) -> None:
    found = ask(tmp_path, "alder<2", "hazel")
    assert chains(found) == [
        ["you : alder<2", "alder 1.1: core<2"],
        ["you : hazel", "hazel 1.0: birch>=1", "birch 1.0: core==2.0"],
    ]
    (conflict,) = found.conflicts
    assert {each.package: each.versions for each in conflict.agreements} == {
        "alder": ("2.0",),
        "birch": ("0.9",),
    }
    (way,) = found.relaxations
    assert [each.requirement for each in way.bounds] == ["alder<2"]
    assert way.taken == {"alder": "2.0"}
    assert found.certain
    assert not found.ok


@pytest.mark.parametrize(
    ("words", "kind", "package", "circle"),
    [
        (("elm",), Kind.NO_VERSION, "elm", True),
        (("core==3",), Kind.NO_VERSION, "core", False),
        (("coer", "core"), Kind.UNKNOWN, "coer", False),
        (("ivy>=1.1",), Kind.UNKNOWN, "corre", False),
    ],
)
def test_each_kind_of_conflict_is_told_apart(
    tmp_path: Path, words: tuple[str, ...], kind: Kind, package: str, circle
) -> None:
    found = ask(tmp_path, *words)
    assert [(each.kind, each.package, each.circle) for each in found.conflicts] == [
        (kind, package, circle)
    ]
    assert not found.ok


def test_what_can_be_installed_together_is_no_conflict_and_a_missing_extra_is_told(
    tmp_path: Path,
) -> None:
    found = ask(tmp_path, "alder", "birch", "cedar", "core[speed]")
    assert found.ok
    assert found.conflicts == ()
    assert "core 2.0 has no extra speed" in found.notes[0]


def test_a_house_of_many_has_its_conflicts_found_at_once(tmp_path: Path) -> None:
    write_projects(tmp_path / "house", many(60, conflicts=3, cycles=2, third=6))
    found = ask(tmp_path, "house")
    assert {each.package for each in found.conflicts} == {"third-00", "third-01", "third-02"}
    assert {len(each.bounds) for each in found.relaxations} == {3}
    assert found.certain
    assert found.packages == 60
    assert found.asked < 60


def test_a_house_with_another_version_of_its_own_and_pythons_apart(tmp_path: Path) -> None:
    house = (made("one", "1.0", "two<1"), made("two", "1.0", "one"), made("new", python=">=3.12"))
    write_projects(tmp_path / "house", (*house, made("old", "1.0", python="<3.10")))
    found = ask(tmp_path, "house")
    assert [(each.kind, each.package) for each in found.conflicts] == [
        (Kind.PYTHON, "Python"),
        (Kind.SIBLING, "two"),
    ]
    assert found.conflicts[1].circle


def test_a_project_of_its_own_by_the_command(tmp_path: Path, capsys, monkeypatch) -> None:
    project = made("demo", "1.0", "alder<2")
    project = type(project)(
        name="demo", requires=("alder<2",), extras={"new": ("birch>=1; python_version >= '3.12'",)}
    )
    write_projects(tmp_path, (project,))
    path = tmp_path / "demo" / "pyproject.toml"
    path.write_text(
        path.read_text().replace("dependencies =", 'requires-python = ">=3.11"\ndependencies =', 1)
    )
    monkeypatch.setattr(
        "sys.argv", ["shipwheel", "-C", str(tmp_path / "demo"), "deps", "conflicts", "--json"]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    (found,) = json.loads(capsys.readouterr().out)["projects"]
    (conflict,) = found["conflicts"]
    assert conflict["package"] == "core"
    assert "3.11 on linux" not in conflict["cells"]
    assert "3.12 on linux" in conflict["cells"]
    assert {each["origin"] for chain in conflict["chains"] for each in chain} == {
        "pyproject.toml [project] dependencies",
        "the extra new",
        "metadata",
    }


def test_caches_that_do_not_know_and_an_index_out_of_reach_are_the_machines_matter(
    tmp_path: Path,
) -> None:
    assert ask(tmp_path, "core").ok
    assert ask(tmp_path, "core", "--offline").offline
    with pytest.raises(MachineError) as caught:
        ask(tmp_path, "alder", "--offline")
    assert "--offline" in (caught.value.hint or "")


def test_what_an_index_out_of_reach_leaves_to_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("alder<2", "hazel")
    assert ask(tmp_path, *words).conflicts[0].package == "core"
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    found = ask(tmp_path, *words)
    assert found.offline
    (conflict,) = found.conflicts
    assert (conflict.kind, conflict.package) == (Kind.OTHER, ""), "no version is claimed to be all"
    assert "core" in conflict.said
    with pytest.raises(MachineError) as caught:
        ask(tmp_path, "core[speed]", "fir")
    assert caught.value.what.startswith("an index is out of reach, and uv's cache")
    assert caught.value.reference == INDEX


@pytest.mark.real
def test_requests_and_urllib3_as_they_were_released(tmp_path: Path) -> None:
    found = ask(tmp_path, "requests>=2.20,<2.26", "urllib3>=2")
    (conflict,) = found.conflicts
    assert conflict.package == "urllib3"
    assert ["you : requests>=2.20,<2.26", "requests 2.25.1: urllib3 (<1.27,>=1.21.1)"] in chains(
        found
    )
    (agreement,) = conflict.agreements
    assert "2.32.3" in agreement.versions
    assert len(found.relaxations) == 2
