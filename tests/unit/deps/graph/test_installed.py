from __future__ import annotations

from pathlib import Path

import pytest
from tangled import Made, many, write_projects

from shipwheel.data.private_names import private_names
from shipwheel.deps.graph.folder import folder_graph
from shipwheel.deps.graph.installed import (
    Installed,
    providers,
    reached,
    read_installed,
    requirement_arrows,
)
from shipwheel.verification.dependencies import read_installed as read_installed_files


def write(folder: Path, name: str, files: str, *, requires: str = "", points: str = "") -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    lines = "".join(f"Requires-Dist: {each}\n" for each in requires.split("|") if each)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{lines}")
    (info / "RECORD").write_text("".join(f"{each},,\n" for each in files.split()))
    if points:
        (info / "entry_points.txt").write_text(points)


def test_what_is_installed(tmp_path) -> None:
    files = "yaml/__init__.py yaml/_yaml.so _yaml/__init__.py six.py fast.cpython-312-x86_64-linux-gnu.so ../../bin/x py.typed data/x.txt a-b/c.py"
    write(
        tmp_path,
        "PyYAML",
        files,
        points="[console_scripts]\nyamlize = yaml:main\n[pytest11]\nyaml = yaml\n",
    )
    (found,) = read_installed([tmp_path]).values()
    assert (found.name, found.modules) == ("pyyaml", {"yaml", "_yaml", "six", "fast"})
    assert (found.commands, found.plugin) == (("yamlize",), True)
    assert providers({"pyyaml": found})["yaml"] == ("pyyaml",)


def made(name: str, *requires: str) -> Installed:
    return Installed(name=name, version="1", modules=frozenset({name}), requires=requires)


def test_who_requires_whom() -> None:
    known = {
        each.name: each
        for each in (
            made(
                "cedar",
                "dogwood>=1",
                "elm; python_version < '3'",
                'fir; extra == "fast"',
                "not a name (",
            ),
            made("dogwood", "Cedar", "absent"),
            made("elm"),
            made("fir"),
            made("beech", "cedar[fast]"),
        )
    }
    arrows = requirement_arrows("demo", ("cedar", "beech"), known, "3.12.1")
    assert [f"{a.source} {a.target}" for a in arrows] == [
        "beech cedar", "cedar dogwood", "cedar fir", "demo beech", "demo cedar", "dogwood cedar",
    ]  # fmt: skip
    assert reached({"beech"}, arrows) == {"cedar": "beech", "dogwood": "cedar", "fir": "cedar"}


def test_a_folder_of_packages(tmp_path) -> None:
    write_projects(tmp_path, many(30, cycles=2))
    found = folder_graph([tmp_path])
    assert (found.ok, len(found.distributions)) == (False, 30)
    assert [(len(c.members), c.error, len(c.cut)) for c in found.circles] == [(3, True, 1)] * 2
    assert found.circles[0].cut[0].places[0].file.endswith("pyproject.toml")


def test_a_circle_by_an_extra_is_told_and_no_error(tmp_path) -> None:
    dists = (Made(name="one", requires=("two",)), Made(name="two", extras={"more": ("one",)}))
    found = folder_graph([write_projects(tmp_path, dists)])
    assert (found.ok, [str(c.when) for c in found.circles]) == (True, ["later"])
    assert [a.said for a in found.requirements] == ["", "extra more"]


def test_the_names_that_are_known() -> None:
    known = private_names()
    assert known.documented
    assert known.private
    assert all(each.rpartition(".")[2].startswith("_") for each in known.documented)
    assert not {*known.documented} & {*known.private}


@pytest.mark.parametrize(
    ("files", "commands"),
    [
        ({"METADATA": b"Metadata-Version: 2.1\nName: one\nVersion: 1\nAuthor: J\xf6rg\n"}, ()),
        ({"RECORD": b"one/\xff.py,,\none/a.py,,\n"}, ()),
        ({"entry_points.txt": b"[console_scripts]\nno value\n"}, ()),
        ({"entry_points.txt": b"[console_scripts]\nrun = one:run\n"}, ("run",)),
    ],
)
def test_metadata_is_read_whoever_wrote_it(tmp_path, files, commands) -> None:
    plain = {
        "METADATA": b"Metadata-Version: 2.1\nName: one\nVersion: 1\n",
        "RECORD": b"one/__init__.py,,\n",
    }
    folder = tmp_path / "one-1.dist-info"
    folder.mkdir()
    for name, data in (plain | files).items():
        (folder / name).write_bytes(data)
    (tmp_path / "left_over-2.dist-info").mkdir()
    (found,) = read_installed([tmp_path]).values()
    assert (found.name, found.version, found.commands) == ("one", "1", commands)
    assert found.modules == {"one"}
    (other,) = read_installed_files(tmp_path).values()
    assert (other.name, other.version) == ("one", "1")


def test_a_requirement_is_told_without_its_password(tmp_path) -> None:
    url = "https://bob:geheim-4711@files.example/two-1-py3-none-any.whl"
    known = {each.name: each for each in (made("one", f"two @ {url}"), made("two"))}
    (_direct, arrow) = requirement_arrows("demo", ("one",), known, "3.12.1")
    assert arrow.names == ("two @ https://***@files.example/two-1-py3-none-any.whl",)
    dists = (Made(name="one", requires=(f"two @ {url}",)), Made(name="two"))
    (declared,) = folder_graph([write_projects(tmp_path, dists)]).requirements
    assert "geheim" not in str(declared)
