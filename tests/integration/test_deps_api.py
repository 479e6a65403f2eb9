"""The public API of real releases of the real index, and sources that are made to hurt."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from shipwheel.deps.api.answer import Api
from shipwheel.deps.api.asking import Tree, api
from shipwheel.deps.api.releases import choose, fetch, files_on_indexes
from shipwheel.deps.api.staging import stage_wheel
from shipwheel.deps.sources import configured_sources
from shipwheel.errors import JobError
from shipwheel.indexes.known import Index
from shipwheel.indexes.server import throw_away_index
from shipwheel.project.facts import Package

pytestmark = pytest.mark.integration


def tree_of(name: str, version: str, root: Path, package: str) -> Tree:
    """Lay a released wheel out as a tree."""
    files = files_on_indexes(configured_sources(root), name)
    release = choose((file for _index, file in files), name, version)
    assert release is not None
    stage_wheel(fetch(files[0][0], release.file, root), root)
    return Tree(
        name=name, version=version, packages=(Package(name=package, path=package),), root=root
    )


def told(found: Api) -> set[tuple[str, str]]:
    return {(each.object, each.kind) for each in found.breaking}


def test_markupsafe_from_2_1_to_3_0_breaks_and_its_number_says_so(tmp_path: Path) -> None:
    found = api(tree_of("markupsafe", "3.0.0", tmp_path, "markupsafe"), against="2.1.5")
    assert found.ok
    assert found.numbering is not None
    assert (found.numbering.scheme, found.numbering.needed) == ("semantic", "3.0.0")
    assert told(found) == {
        ("markupsafe.escape", "parameter changed its kind"),
        ("markupsafe.escape_silent", "parameter changed its kind"),
        ("markupsafe.soft_str", "parameter changed its kind"),
        ("markupsafe.Markup.__new__", "parameter removed"),
        ("markupsafe.Markup.join", "parameter renamed"),
        ("markupsafe.Markup.escape", "parameter changed its kind"),
        ("markupsafe.Markup.partition", "parameter changed its kind"),
        ("markupsafe.Markup.rpartition", "parameter changed its kind"),
        ("markupsafe.Markup.format_map", "parameter renamed"),
    }
    due = {(each.object, each.removal, each.due) for each in found.deprecated}
    assert due == {("markupsafe.__getattr__", "3.1", False)}


def test_a_patch_release_of_markupsafe_breaks_nothing(tmp_path: Path) -> None:
    found = api(tree_of("markupsafe", "3.0.2", tmp_path, "markupsafe"), against="3.0.0")
    assert found.ok
    assert found.breaking == ()


def test_packaging_without_legacy_versions_and_with_a_minor_number_is_refused(
    tmp_path: Path,
) -> None:
    tree = tree_of("packaging", "22.0", tmp_path, "packaging")
    found = api(tree, against="21.3")
    assert ("packaging.version.LegacyVersion", "removed") in told(found)
    assert found.numbering is not None
    assert found.numbering.scheme == "calendar"


@pytest.fixture
def own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    (tmp_path / "index").mkdir()
    with throw_away_index(tmp_path / "index") as index:
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.simple)
        yield index


def test_a_project_without_a_release_is_fine(own_index: Index, tmp_path: Path) -> None:
    (tmp_path / "demo.py").write_text("def f(): ...")
    tree = Tree(
        name="demo", version="0.1", packages=(Package(name="demo", path="demo.py"),), root=tmp_path
    )
    found = api(tree)
    assert found.ok
    assert found.against is None
    with pytest.raises(JobError, match="no Python sources"):
        api(Tree(name="demo", version="0.1", packages=(Package(name="made"),), root=tmp_path))


def test_a_release_that_is_an_sdist_alone_is_read_from_it(own_index: Index, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "index" / "demo-1.0.tar.gz", "w:gz") as sdist:
        for member, text in (
            ("PKG-INFO", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"),
            ("setup.py", "raise SystemExit('nothing here is run')\n"),
            ("demo/__init__.py", "def f(): ...\ndef g(): ...\n"),
        ):
            entry = tarfile.TarInfo(f"demo-1.0/{member}")
            entry.size = len(text)
            sdist.addfile(entry, io.BytesIO(text.encode()))
    (tmp_path / "src/demo").mkdir(parents=True)
    (tmp_path / "src/demo/__init__.py").write_text("def f(): ...")
    package = Package(name="demo", path="src/demo")
    found = api(Tree(name="demo", version="1.1", packages=(package,), root=tmp_path))
    assert (found.ok, found.file) == (False, "demo-1.0.tar.gz")
    assert told(found) == {("demo.g", "removed")}
    assert [each.file for each in found.breaking] == ["src/demo/__init__.py"]


def test_sources_that_are_nested_too_deeply_end_in_words(own_index: Index, tmp_path: Path) -> None:
    deep = "x = " + "-" * 90_000 + "1\n" + "y = " + "+".join(["a"] * 60_000) + "\n"
    (tmp_path / "demo.py").write_text(deep)
    tree = Tree(
        name="demo", version="1.1", packages=(Package(name="demo", path="demo.py"),), root=tmp_path
    )
    release = tmp_path / "index" / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(release, "w") as wheel:
        wheel.writestr("demo.py", "def f(): ...")
        wheel.writestr(
            "demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
        )
        wheel.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("demo-1.0.dist-info/RECORD", "")
    try:
        found = api(tree)
    except JobError as error:  # the interpreter that read it died
        assert "cannot be read" in error.what  # noqa: PT017
    else:
        assert [(each.side, each.name) for each in found.unread] == [("now", "demo")]
        assert not found.ok
