"""What `docs/own-needs.md` shows is accepted and rendered, and it shows every key that there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.project.config import CiConfig, CiJob, CiService, CiStep
from shipwheel.project.facts import Kind
from shipwheel.project.pyproject import parse_config
from shipwheel.rendering.github.assembly import github_workflow
from shipwheel.rendering.gitlab.assembly import gitlab_pipeline
from shipwheel.rendering.needs import check_needs

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("own-needs.md", "drift.md", "gitlab.md", "workflows.md")
_BLOCK = re.compile(r"```toml\n(.*?)```(?:\n\n```yaml\n(.*?)```)?", re.DOTALL)
EXAMPLES = [
    pytest.param(found[1], found[2], id=f"{page}: {found[1].splitlines()[-1][:40]}")
    for page in PAGES
    for found in _BLOCK.finditer((ROOT / "docs" / page).read_text(encoding="utf-8"))
    if "[tool.shipwheel.ci" in found[1]
]
# what GitLab has not; the page on GitLab says so
_GITHUB_ALONE = ("paths-ignore", "uses = ")


def config_of(toml):
    raw = tomllib.loads(toml)["tool"]["shipwheel"]
    return parse_config(raw, "the page", prefix="tool.shipwheel")


@pytest.mark.parametrize(("toml", "yaml"), EXAMPLES)
def test_an_example_is_rendered_for_github(member, pipelines_of, toml, yaml):
    config, catalog = config_of(toml), load_catalog()
    check_needs(config.ci, catalog, "github")
    example = member(kind=Kind.EXTENSION, config=config)
    text = "\n".join(github_workflow(each, catalog) for each in pipelines_of(example, ci=config.ci))
    for line in (yaml or "").splitlines():
        assert line in text.splitlines()


@pytest.mark.parametrize(("toml", "yaml"), EXAMPLES)
def test_an_example_is_rendered_for_gitlab_or_refused(member, pipelines_of, toml, yaml):
    config, catalog = config_of(toml), load_catalog()

    def text():
        check_needs(config.ci, catalog, "gitlab")
        example = member(kind=Kind.EXTENSION, config=config)
        changes, *releases = pipelines_of(example, provider="gitlab", ci=config.ci)
        return gitlab_pipeline(changes, releases, catalog)

    if any(each in toml for each in _GITHUB_ALONE):
        with pytest.raises(ConfigurationError):
            text()
    else:
        assert "shipwheel:gate:" in text()


def test_every_key_is_shown():
    page = (ROOT / "docs" / "own-needs.md").read_text(encoding="utf-8")
    shown = [tomllib.loads(found[1]) for found in _BLOCK.finditer(page)]
    tables = [each["tool"]["shipwheel"].get("ci", {}) for each in shown]
    inner = {"services": CiService, "jobs": CiJob, "steps": CiStep}
    for name, kind in inner.items():
        held = [each[name] for each in tables if name in each]
        rows = [row for each in held for row in (each.values() if name != "steps" else each)]
        assert {key for row in rows for key in row} == keys_of(kind), name
    assert {key for each in tables for key in each} == keys_of(CiConfig)


def keys_of(kind):
    return {field.encode_name for field in msgspec.structs.fields(kind)}
