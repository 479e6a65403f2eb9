"""A workspace's root: which folders it names, what it refuses, and what its members take from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.project.layout import declares_workspace, find_root
from shipwheel.project.members import members_of, read_layout
from shipwheel.project.read import read_project


def package(name: str, rest: str = "") -> str:
    return f'[project]\nname = "{name}"\nversion = "1"\n{rest}'


def root(members: str, rest: str = "") -> str:
    return f"{rest}\n[tool.shipwheel.workspace]\nmembers = {members}\n"


TWO = {
    "packages/core/pyproject.toml": package("core"),
    "packages/app/pyproject.toml": package("app"),
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": root('["packages/*"]')}, ["packages/app", "packages/core"]),
        ({"pyproject.toml": root('["packages/core"]')}, ["packages/core"]),
        (
            {"pyproject.toml": root('["packages/core", "packages/*"]')},
            ["packages/core", "packages/app"],
        ),
        ({"pyproject.toml": root('["./packages/c*/"]')}, ["packages/core"]),
        (
            {"pyproject.toml": root('["packages/*"]', package("top"))},
            [".", "packages/app", "packages/core"],
        ),
        ({"shipwheel.toml": '[workspace]\nmembers = ["packages/a*"]'}, ["packages/app"]),
        # written in other ways of TOML's
        (
            {"pyproject.toml": '[tool.shipwheel]\nworkspace.members = ["packages/app"]'},
            ["packages/app"],
        ),
        # a folder of which a branch left nothing is no package
        (
            {
                "pyproject.toml": root('["packages/*"]'),
                "packages/old/.venv/x": "",
                "packages/old/dist/y": "",
            },
            ["packages/app", "packages/core"],
        ),
        ({"pyproject.toml": package("alone")}, []),
        ({"pyproject.toml": package("alone", "[tool.uv.workspace]\nmembers = ['packages/*']")}, []),
    ],
)
def test_finds_what_the_root_names(files, expected, tree) -> None:
    folder = tree({**TWO, **files})
    assert [each.relative_to(folder).as_posix() for each in members_of(folder)] == expected
    assert declares_workspace(folder) is bool(expected)


@pytest.mark.parametrize(
    ("files", "what", "hint"),
    [
        ({"pyproject.toml": root('["packages/cor"]')}, "'packages/cor' is no folder", "'packages/core'"),
        ({"pyproject.toml": root('["libs/*"]')}, "'libs/*' is no folder", "packages/app"),
        ({"pyproject.toml": root('["../packages/core"]')}, "cannot be looked for", "below the root"),
        ({"pyproject.toml": root('["/packages/core"]')}, "cannot be looked for", "below the root"),
        ({"pyproject.toml": root('["packages/**"]')}, "cannot be looked for", "one level"),
        (
            {"pyproject.toml": root('["packages/*"]'), "packages/notes/a.txt": "a"},
            "'packages/notes' holds no project",
            "one by one",
        ),
        (
            {"pyproject.toml": root('["packages/*"]'), "packages/in/pyproject.toml": root('["x"]', package("in"))},
            "'packages/in' is a workspace itself",
            "name its packages here",
        ),
        (
            {"pyproject.toml": root('["packages/*"]', '[tool.shipwheel]\npythons = ["3.12"]')},
            "'pythons' decides nothing",
            "of each member",
        ),
        ({"pyproject.toml": root('"packages/*"')}, "a list is needed", 'members = ["packages/*"]'),
        ({"pyproject.toml": root('["packages/*"]\nmember = []')}, "unknown key 'member'", "'members'"),
    ],
)  # fmt: skip
def test_refuses_what_is_no_member(files, what, hint, tree) -> None:
    with pytest.raises(ConfigurationError) as caught:
        members_of(tree({**TWO, **files}))
    assert what in caught.value.what
    assert hint in str(caught.value.hint)


def test_a_link_out_of_the_root_is_no_member(tree, tmp_path: Path) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]')})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "pyproject.toml").write_text(package("out"), encoding="utf-8")
    (folder / "packages" / "out").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(ConfigurationError, match="'packages/out' cannot be looked for"):
        members_of(folder)


def test_a_new_folder_is_seen_by_its_witness(tree) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]')})
    assert "packages" in read_layout(folder).witnesses


@pytest.mark.parametrize(
    ("inner", "expected"),
    [("packages/core", True), ("packages", False), (".", True), ("other/core", False)],
)
def test_a_member_finds_its_root(inner: str, expected: bool, tree) -> None:  # noqa: FBT001
    files = {"pyproject.toml": root('["packages/*"]'), "other/core/pyproject.toml": package("o")}
    folder = tree({**TWO, **files})
    assert (find_root(folder / inner) == folder.resolve()) is expected


def test_no_root_is_looked_for_above_the_checkout(tree) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]')})
    (folder / "packages" / "core" / ".git").mkdir()
    assert find_root(folder / "packages" / "core") is None


def test_a_submodule_is_a_member_of_the_checkout_around_it(tree) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]', SAYS)})
    (folder / ".git").mkdir()
    (folder / "packages" / "core" / ".git").write_text("gitdir: ../../.git/modules/core\n", "utf-8")
    assert find_root(folder / "packages" / "core") == folder.resolve()
    assert read_project(folder / "packages" / "core").config.installer == "pip"


def test_a_folder_that_everybody_writes_to_is_nobodys_workspace(tree) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]')})
    folder.chmod(0o777)
    assert find_root(folder / "packages" / "core") is None


SAYS = """
[tool.shipwheel]
installer = "pip"
[tool.shipwheel.publish]
index = "internal"
[tool.shipwheel.index.internal]
upload = "https://a/"
simple = "https://a/simple/"
[tool.shipwheel.ci]
providers = ["gitlab"]
branches = ["trunk"]
"""


def test_the_root_speaks_for_its_members(tree) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]', SAYS)})
    config = read_project(folder / "packages" / "core").config
    assert (config.installer, config.publish.index) == ("pip", "internal")
    assert config.index["internal"].upload == "https://a/"
    assert (config.ci.providers, config.ci.branches) == (("gitlab",), ("trunk",))
    assert config.workspace.members == ()


def test_a_member_says_otherwise_key_by_key(tree) -> None:
    own = '[tool.shipwheel]\ninstaller = "uv"\nci.branches = ["main"]\npublish.index = "pypi"'
    files = {"packages/core/pyproject.toml": package("core", own)}
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]', SAYS), **files})
    config = read_project(folder / "packages" / "core").config
    assert (config.installer, config.publish.index) == ("uv", "pypi")
    assert (config.ci.providers, config.ci.branches) == (("gitlab",), ("main",))


def test_what_the_root_says_is_among_a_members_witnesses(tree) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/*"]', SAYS)})
    assert "../../pyproject.toml" in read_project(folder / "packages" / "core").witnesses


def test_who_is_no_member_inherits_nothing(tree) -> None:
    folder = tree({**TWO, "pyproject.toml": root('["packages/app"]', SAYS)})
    assert read_project(folder / "packages" / "core").config.installer == "uv"


def test_a_root_that_is_no_package_says_so(tree) -> None:
    with pytest.raises(ConfigurationError, match="the root of a workspace"):
        read_project(tree({**TWO, "pyproject.toml": root('["packages/*"]')}))
