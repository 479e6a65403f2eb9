from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from shipwheel.deps.api.releases import choose
from shipwheel.deps.api.staging import in_tree, stage_tree, stage_wheel
from shipwheel.dists.bounds import ArchiveError
from shipwheel.errors import ConfigurationError
from shipwheel.indexes.page import IndexFile
from shipwheel.project.facts import Package


def file(name: str, yanked: str | None = None, size: int = 1) -> IndexFile:
    return IndexFile(filename=name, url=f"https://example.org/{name}", yanked=yanked, size=size)


FILES = (
    file("demo-1.0.tar.gz"),
    file("demo-1.0-py3-none-any.whl"),
    file("demo-1.1-cp312-cp312-win32.whl", size=9),
    file("demo-1.1-cp313-cp313-win32.whl", size=8),
    file("demo-1.1.tar.gz"),
    file("demo-1.2.tar.gz", yanked="broken"),
    file("demo-2.0rc1.tar.gz"),
    file("other-9.0.tar.gz"),
    file("demo-3.0.exe"),
    file("../demo-4.0.tar.gz"),
)


def test_the_newest_final_release_that_is_not_yanked_by_its_smallest_wheel() -> None:
    found = choose(FILES, "Demo")
    assert found is not None
    assert found.file.filename == "demo-1.1-cp313-cp313-win32.whl"


@pytest.mark.parametrize(
    ("wanted", "filename"),
    [
        ("1.0", "demo-1.0-py3-none-any.whl"),
        ("1.2.0", "demo-1.2.tar.gz"),
        ("2.0rc1", "demo-2.0rc1.tar.gz"),
    ],
)
def test_a_release_that_is_named_is_taken_even_where_it_was_yanked(
    wanted: str, filename: str
) -> None:
    found = choose(FILES, "demo", wanted)
    assert found is not None
    assert found.file.filename == filename


def test_no_release_is_none() -> None:
    assert choose(FILES[6:], "demo") is None
    assert choose((), "demo") is None


@pytest.mark.parametrize("wanted", ["7.7", "latest"])
def test_a_version_that_was_never_released_is_refused(wanted: str) -> None:
    with pytest.raises(ConfigurationError):
        choose(FILES, "demo", wanted)


def wheel(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_a_wheels_sources_are_laid_out_as_installed(tmp_path: Path) -> None:
    path = wheel(
        tmp_path / "demo-1.0-py3-none-any.whl",
        {
            "demo/__init__.py": "a = 1",
            "demo/data.bin": "x",
            "demo-1.0.data/platlib/more.py": "b = 2",
            "demo-1.0.data/data/else.py": "",
            "demo-1.0.dist-info/METADATA": "",
        },
    )
    into = tmp_path / "into"
    assert stage_wheel(path, into) == ("demo", "more")
    laid = {each.relative_to(into).as_posix() for each in into.rglob("*") if each.is_file()}
    assert laid == {"demo/__init__.py", "more.py"}


@pytest.mark.parametrize("name", ["../out.py", "/abs.py", "a/../../out.py"])
def test_a_wheel_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = wheel(tmp_path / "demo-1.0-py3-none-any.whl", {name: "x"})
    with pytest.raises(ArchiveError):
        stage_wheel(path, tmp_path / "deep" / "into")
    assert not list(tmp_path.rglob("*.py"))


def test_a_trees_packages_are_laid_out_under_their_names_and_found_again(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "lib/inner").mkdir(parents=True)
    (tree / "lib/inner/a.py").write_text("")
    (tree / "lib/inner/link.py").symlink_to("/etc/hostname")
    (tree / "one.py").write_text("")
    packages = (
        Package(name="demo.core", path="lib/inner"),
        Package(name="one", path="one.py"),
        Package(name="made"),
    )
    into = tmp_path / "into"
    stage_tree(tree, packages, into)
    laid = {each.relative_to(into).as_posix() for each in into.rglob("*") if each.is_file()}
    assert laid == {"demo/core/a.py", "one.py"}
    assert in_tree(packages, "demo/core/a.py") == "lib/inner/a.py"
    assert in_tree(packages, "one.py") == "one.py"
    assert in_tree(packages, "old/x.py") == "old/x.py"
