"""Workflows of real projects and of the starters, for both providers: no linter finds anything in them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from linters import Unavailable, schema, zizmor
from real_projects import REAL, download

from shipwheel.dists.sdist import unpack_sdist

pytestmark = [pytest.mark.integration, pytest.mark.real]

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STARTERS = sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())
BOTH = '\n[tool.shipwheel.ci]\nproviders = ["github", "gitlab"]\n'


def _projects(folder: Path) -> list[Path]:
    """Give every project, unpacked or copied, without workflows of its own."""
    made = [unpack_sdist(download(real), folder / real.name) for real in REAL]
    for name in STARTERS:
        shutil.copytree(TEMPLATES / name, folder / name)
        made.append(folder / name)
    for project in made:
        for own in (".github", ".gitlab"):
            shutil.rmtree(project / own, ignore_errors=True)
        (project / ".gitlab-ci.yml").unlink(missing_ok=True)
        _for_both(project)
    return made


def _for_both(project: Path) -> None:
    path = project / "pyproject.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if not text:
        path = project / "shipwheel.toml"
    if "[tool.shipwheel.ci]" in text:
        text = re.sub(r"(?m)^providers = .*$", "", text)
        text = text.replace("[tool.shipwheel.ci]", BOTH.strip())
    else:
        text += BOTH if path.name == "pyproject.toml" else BOTH.replace("tool.shipwheel.", "")
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory, tools, commit):
    """Render every project twice: the second time changes nothing."""
    projects = _projects(tmp_path_factory.mktemp("rendered"))
    for project in projects:
        commit(project)
        first = tools.shipwheel(project, "render")
        assert first.code == 0, f"{project.name}: {first.text}"
        files = {path: path.read_bytes() for path in _files(project)}
        assert tools.shipwheel(project, "render").code == 0
        assert {path: path.read_bytes() for path in _files(project)} == files
    return projects


def _files(project: Path) -> list[Path]:
    own = (*project.glob(".github/**/*.yml"), *project.glob(".gitlab*/**/*.yml"))
    return sorted((*own, *project.glob(".gitlab-ci.yml")))


def test_nothing_is_found_in_a_workflow(rendered) -> None:
    workflows = [path for each in rendered for path in _files(each) if ".github" in str(path)]
    assert len(workflows) >= 3 * len(rendered)  # ci, release, dependabot
    try:
        assert zizmor(workflows) == []
        assert schema([path for path in workflows if path.parent.name == "workflows"]) == []
        assert (
            schema([path for path in workflows if path.name == "dependabot.yml"], "dependabot")
            == []
        )
    except Unavailable as reason:
        pytest.skip(str(reason))


def test_nothing_is_found_in_a_pipeline_of_gitlab(rendered) -> None:
    files = [path for each in rendered for path in _files(each) if ".github" not in str(path)]
    assert len(files) == 2 * len(rendered)
    try:
        assert schema(files, "gitlab-ci") == []
    except Unavailable as reason:
        pytest.skip(str(reason))
