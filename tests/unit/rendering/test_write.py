"""`render` over folders: what it writes, what it leaves alone, and that a second time changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import shipwheel
from shipwheel.errors import ConfigurationError, ShipwheelError
from shipwheel.rendering.offer import FileState, Rendering
from shipwheel.rendering.rendered import Drift

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "small"
version = "1.0"
requires-python = ">=3.12"
"""
CI, RELEASE = ".github/workflows/ci.yml", ".github/workflows/release.yml"
LOCK, GITLAB = ".github/shipwheel-tools.txt", ".gitlab/shipwheel.yml"
MOVED = "d" * 40


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src" / "small").mkdir(parents=True)
    (tmp_path / "src" / "small" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    configure(tmp_path)
    return tmp_path


def configure(root: Path, ci: str = "", requires: str = ">=3.12") -> None:
    text = PYPROJECT.replace(">=3.12", requires) + (f"\n[tool.shipwheel.ci]\n{ci}\n" if ci else "")
    (root / "pyproject.toml").write_text(text, encoding="utf-8")


def render(root: Path, **how) -> Rendering:
    return shipwheel.render(root, **how)


def state(found: Rendering, path: str) -> FileState:
    return next(each for each in found.files if each.path == path)


def actions(found: Rendering) -> dict[str, str]:
    return {each.path: each.action for each in found.files}


def bytes_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".shipwheel" not in path.parts
    }


def test_the_files_of_a_project(root: Path) -> None:
    found = render(root)

    assert found.ok
    assert actions(found) == {
        CI: "written",
        RELEASE: "written",
        ".github/dependabot.yml": "written",
        ".gitattributes": "written",
        LOCK: "pending",
    }
    assert "linguist-generated" in (root / ".gitattributes").read_text("utf-8")


def test_twice_changes_nothing(root: Path) -> None:
    configure(root, 'providers = ["github", "gitlab"]')
    render(root)
    before = bytes_of(root)

    again = render(root)

    assert bytes_of(root) == before
    assert set(actions(again).values()) == {"unchanged", "pending"}
    assert all(each.path == LOCK for each in again.files if each.action == "pending")


def test_the_same_bytes_with_and_without_what_was_kept(root: Path) -> None:
    render(root)
    before = bytes_of(root)
    for path in (root / ".shipwheel" / "cache").iterdir():
        path.unlink()
    for name in (CI, RELEASE):
        (root / name).unlink()

    render(root)

    assert bytes_of(root) == before


def test_check_writes_nothing_and_is_not_content(root: Path) -> None:
    before = bytes_of(root)

    found = render(root, check=True)

    assert not found.ok
    assert not found.written
    assert bytes_of(root) == before
    assert state(found, CI).drifts == (Drift.ABSENT,)


def test_a_missing_lock_is_drift_for_check_alone(root: Path) -> None:
    assert render(root).ok
    found = render(root, check=True)

    assert not found.ok
    assert [each.path for each in found.files if each.action != "unchanged"] == [LOCK]
    assert "no job can install its tools" in state(found, LOCK).message


def test_a_changed_project_is_rendered_again(root: Path) -> None:
    render(root)
    configure(root, requires=">=3.13")

    assert state(render(root, check=True), CI).drifts == (Drift.PROJECT,)
    assert state(render(root), CI).action == "written"
    assert state(render(root), CI).action == "unchanged"


def test_an_edit_is_overwritten_on_demand_alone(root: Path) -> None:
    render(root)
    text = (root / CI).read_text("utf-8")
    (root / CI).write_text(text.replace("name: Build", "name: Built", 1), "utf-8")
    edited = bytes_of(root)

    found = render(root)
    assert not found.ok
    assert state(found, CI).action == "refused"
    assert "-    name: Built\n+    name: Build\n" in state(found, CI).diff
    assert bytes_of(root) == edited

    assert render(root, overwrite=True).ok
    assert (root / CI).read_text("utf-8") == text


def test_a_workflow_of_the_users_own_is_never_overwritten(root: Path) -> None:
    (root / CI).parent.mkdir(parents=True)
    (root / CI).write_text("name: mine\non: push\n", encoding="utf-8")

    found = render(root, overwrite=True)

    assert not found.ok
    assert state(found, CI).drifts == (Drift.FOREIGN,)
    assert (root / CI).read_text("utf-8") == "name: mine\non: push\n"
    assert state(found, RELEASE).action == "written"

    configure(root, 'workflows = { ci = "shipwheel-ci.yml" }')
    beside = render(root)
    assert beside.ok
    assert state(beside, ".github/workflows/shipwheel-ci.yml").action == "written"
    assert (root / CI).read_text("utf-8") == "name: mine\non: push\n"


def test_what_is_rendered_no_more_is_told(root: Path) -> None:
    render(root)
    configure(root, 'workflows = { ci = "tests.yml" }')

    found = render(root)

    assert not found.ok
    assert state(found, CI).message == "shipwheel wrote it, and does no more"
    assert state(found, CI).mend == f"remove it: git rm {CI}"
    (root / CI).unlink()
    assert render(root).ok


def test_a_file_that_the_user_keeps_is_told_and_still_judged(root: Path) -> None:
    configure(root, f'unmanaged = ["{CI}"]')
    (root / CI).parent.mkdir(parents=True)
    (root / CI).write_text(
        f"on: push\njobs:\n  a:\n    steps:\n      - uses: a/b@{MOVED} # v1\n", encoding="utf-8"
    )
    found = render(root)
    assert found.ok
    assert state(found, CI).action == "yours"
    assert "shipwheel does not write it" in state(found, CI).message

    (root / CI).write_text("jobs:\n  a:\n    steps:\n      - { uses: a/b@v1 }\n", encoding="utf-8")
    found = render(root)
    assert not found.ok
    assert "line 4: a/b@v1 is at no commit" in state(found, CI).message

    (root / CI).write_text("jobs: [\n", encoding="utf-8")
    assert "no valid YAML" in state(render(root), CI).message


def test_an_unmanaged_file_that_is_none_of_ours(root: Path) -> None:
    configure(root, 'unmanaged = [".github/workflows/cy.yml"]')

    with pytest.raises(ConfigurationError, match="is no file that shipwheel would write") as caught:
        render(root)
    assert caught.value.hint == f"did you mean '{CI}'?"


def test_a_newer_tools_file_stops_all_writing(root: Path) -> None:
    render(root)
    newer = (root / CI).read_text("utf-8").replace(f"version={shipwheel.__version__}", "version=99")
    (root / CI).write_text(newer, "utf-8")
    (root / RELEASE).unlink()

    with pytest.raises(ShipwheelError, match="a newer shipwheel wrote these files") as caught:
        render(root, overwrite=True)

    assert "upgrade shipwheel" in str(caught.value.hint)
    assert not (root / RELEASE).exists()
    assert Drift.TOOL_OLDER in state(render(root, check=True), CI).drifts


def test_a_bots_bump_is_kept_when_the_project_changes(root: Path) -> None:
    render(root)
    for path in (CI, RELEASE):
        text = (root / path).read_text("utf-8")
        (root / path).write_text(
            re.sub(r"checkout@[0-9a-f]{40} # \S+", f"checkout@{MOVED} # v99.1.0", text), "utf-8"
        )
    bumped = bytes_of(root)
    assert state(render(root), CI).action == "unchanged"
    assert bytes_of(root) == bumped

    configure(root, requires=">=3.13")
    assert state(render(root), CI).action == "written"

    text = (root / CI).read_text("utf-8")
    assert f"actions/checkout@{MOVED} # v99.1.0" in text
    assert not re.findall(rf"checkout@(?!{MOVED})", text)
    assert state(render(root), CI).action == "unchanged"


def test_windows_line_ends_are_no_drift(root: Path) -> None:
    render(root)
    for path in (CI, RELEASE, ".gitattributes"):
        data = (root / path).read_bytes()
        (root / path).write_bytes(data.replace(b"\n", b"\r\n"))
    before = bytes_of(root)

    assert set(actions(render(root)).values()) == {"unchanged", "pending"}
    assert bytes_of(root) == before


def test_their_lines_of_gitattributes_keep_their_bytes(root: Path) -> None:
    (root / ".gitattributes").write_bytes(b"*.py diff=python\r\n")
    render(root)

    assert (root / ".gitattributes").read_bytes().startswith(b"*.py diff=python\r\n")
    (root / ".gitattributes").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        render(root)


def test_a_folder_or_a_link_that_leads_away_is_no_file_of_ours(root: Path) -> None:
    (root / CI).mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="it is no file of this repository"):
        render(root)
    (root / CI).rmdir()

    (root / CI).symlink_to(root.parent / "elsewhere.yml")
    with pytest.raises(ConfigurationError, match="it is no file of this repository"):
        render(root)
    assert not (root.parent / "elsewhere.yml").exists()


def test_a_link_in_a_circle_is_no_file(root: Path) -> None:
    (root / CI).parent.mkdir(parents=True)
    (root / CI).symlink_to("ci.yml")
    with pytest.raises(ConfigurationError, match="it is no file of this repository"):
        render(root)


def test_nothing_is_written_through_a_folder_that_leads_out_of_the_repository(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / ".github").symlink_to(outside)
    with pytest.raises(ConfigurationError, match="it is no folder of this repository") as caught:
        render(root)
    assert caught.value.where == ".github"
    assert not list(outside.iterdir())


def test_a_file_in_a_folders_place_is_told(root: Path) -> None:
    (root / ".github").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="it is no folder of this repository"):
        render(root)


def test_a_linked_folder_within_the_repository_is_written_to(root: Path) -> None:
    (root / "ci").mkdir()
    (root / ".github").symlink_to("ci")
    assert render(root).ok
    assert (root / "ci" / "workflows" / "ci.yml").is_file()


def test_an_index_that_cannot_name_an_environment(root: Path) -> None:
    text = (root / "pyproject.toml").read_text("utf-8")
    told = '\n[tool.shipwheel.publish]\nindex = "${{ secrets.X }}"\n'
    (root / "pyproject.toml").write_text(text + told, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot name the upload's environment") as caught:
        render(root)
    assert caught.value.where == "[tool.shipwheel.publish] index"


@pytest.mark.parametrize("path", ["tools/shipwheel-${{ x }}.whl", "a b/shipwheel-1.whl"])
def test_a_tool_that_cannot_stand_in_a_lock(root: Path, path: str) -> None:
    configure(root, f'tool = "{path}"')
    with pytest.raises(ConfigurationError, match="cannot stand in a list of requirements"):
        render(root)


def test_a_pyproject_of_another_encoding_is_no_fault_of_ours(root: Path) -> None:
    text = (root / "pyproject.toml").read_text("utf-8") + "# caf\u00e9\n"
    (root / "pyproject.toml").write_bytes(text.encode("latin-1"))
    assert render(root).ok


def test_a_link_within_the_repository_stays_one(root: Path) -> None:
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / "real.yml").write_text("", encoding="utf-8")
    (root / CI).symlink_to(root / "real.yml")
    (root / "real.yml").unlink()
    with pytest.raises(ConfigurationError):
        render(root)
    (root / CI).unlink()
    render(root)
    (root / CI).rename(root / "real.yml")
    (root / CI).symlink_to(root / "real.yml")
    configure(root, requires=">=3.13")

    assert state(render(root), CI).action == "written"
    assert (root / CI).is_symlink()


def test_a_dependabot_setting_of_the_users_own(root: Path) -> None:
    path = root / ".github" / "dependabot.yml"
    path.parent.mkdir()
    path.write_text("version: 2\nupdates:\n  - package-ecosystem: pip\n", encoding="utf-8")
    assert state(render(root), ".github/dependabot.yml").drifts == (Drift.FOREIGN,)

    path.write_text('version: 2\nupdates:\n  - package-ecosystem: "github-actions"\n', "utf-8")
    found = render(root)
    assert found.ok
    assert state(found, ".github/dependabot.yml").action == "yours"


def test_renovate_is_extended_and_its_own_file_left_alone(root: Path) -> None:
    (root / "renovate.json").write_text("{}", encoding="utf-8")

    found = render(root)

    assert state(found, ".github/renovate-shipwheel.json").action == "written"
    assert ".github/dependabot.yml" not in actions(found)
    assert (root / "renovate.json").read_text("utf-8") == "{}"
    assert any("let it extend .github/renovate-shipwheel.json" in each for each in found.notices)
    (root / "renovate.json").write_text(
        '{"extends": ["local>o/r//.github/renovate-shipwheel.json"]}'
    )
    assert not any("let it extend" in each for each in render(root).notices)


def test_gitlabs_root_is_written_once(root: Path) -> None:
    configure(root, 'providers = ["gitlab"]')
    render(root)
    own = (root / ".gitlab-ci.yml").read_text("utf-8") + "\nmine:\n  script: [make]\n"
    (root / ".gitlab-ci.yml").write_text(own, encoding="utf-8")

    found = render(root)

    assert actions(found)[".gitlab-ci.yml"] == "unchanged"
    assert (root / ".gitlab-ci.yml").read_text("utf-8") == own
    assert ".github/workflows/ci.yml" not in actions(found)
    assert state(found, ".gitlab/shipwheel-tools.txt").action == "pending"


def test_no_providers_no_files(root: Path) -> None:
    configure(root, "providers = []")
    before = bytes_of(root)

    assert render(root, check=True).ok
    assert not render(root).files
    assert bytes_of(root) == before


def test_a_project_below_the_repositorys_root_is_told(root: Path) -> None:
    inner = root / "python"
    inner.mkdir()
    configure(inner)
    found = render(inner)

    assert any(f"the repository's root is {root}" in each for each in found.notices)


def test_a_project_below_the_root_is_told_how_it_is_rendered_there(root: Path) -> None:
    (root / "pyproject.toml").unlink()
    inner = root / "python"
    inner.mkdir()
    configure(inner)
    told = next(each for each in render(inner).notices if "the repository's root" in each)
    assert 'shipwheel.toml ([workspace] members = ["python"])' in told

    (root / "shipwheel.toml").write_text('[workspace]\nmembers = ["python"]\n', encoding="utf-8")
    assert render(root).ok
    assert (root / CI).is_file()


def test_what_is_wrong_with_a_member_names_its_folder(root: Path) -> None:
    (root / "pyproject.toml").unlink()
    (root / "python").mkdir()
    (root / "python" / "pyproject.toml").write_text("[project\n", encoding="utf-8")
    (root / "shipwheel.toml").write_text('[workspace]\nmembers = ["python"]\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        render(root)
    assert caught.value.where == "python/pyproject.toml, line 1, column 9"

    configure(root / "python", 'colour = "red"')
    with pytest.raises(ConfigurationError) as caught:
        render(root)
    assert (caught.value.where or "").startswith("python: ")


def test_a_pyproject_that_is_too_large_is_not_missing(root: Path) -> None:
    text = (root / "pyproject.toml").read_text("utf-8")
    (root / "pyproject.toml").write_text(f"{text}# {'x' * (5 << 20)}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="more than 4 MiB"):
        render(root)


def test_a_member_of_a_workspace_is_sent_to_its_root(root: Path) -> None:
    inner = root / "packages" / "one"
    inner.mkdir(parents=True)
    configure(inner)
    (root / "pyproject.toml").write_text(
        '[tool.shipwheel.workspace]\nmembers = ["packages/*"]\n', encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match="one of the workspace") as caught:
        render(inner)
    assert f"shipwheel -C {root} render" in str(caught.value.hint)

    found = render(root)
    assert found.ok
    assert state(found, ".github/workflows/release-small.yml").action == "written"


def test_needs_that_cannot_be_met_write_nothing(root: Path) -> None:
    configure(root, 'steps = [{ name = "x", jobs = ["test"], run = "echo ${{ github.ref }}" }]')
    before = bytes_of(root)

    with pytest.raises(ConfigurationError, match="run as the shell's text"):
        render(root)
    assert bytes_of(root) == before


def test_a_deprecated_runner_of_a_job_of_ones_own_is_said_with_its_date(root: Path) -> None:
    configure(root, 'jobs = { bench = { run = "make", runner = "ubuntu-22.04" } }')

    assert any(
        "ubuntu-22.04 is deprecated and ends on 2027-04-17" in each for each in render(root).notices
    )
