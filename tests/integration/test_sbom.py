"""The bill of materials of much-used projects' releases, held to CycloneDX's schema and read by its library."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from good_files import GoodFile, fetch_all, good_files
from packaging.utils import parse_wheel_filename
from released import project_of
from tiny_release import release_of

from shipwheel.publishing.release import Commit
from shipwheel.publishing.sbom import write_sbom

json_validator = pytest.importorskip(
    "cyclonedx.validation.json", reason="cyclonedx-python-lib is not installed (group `engines`)"
)
pytestmark = [pytest.mark.integration, pytest.mark.real]

# odd links, foreign libraries with and without lists of their own, a list of Rust's crates, nothing special
PROJECTS = ("aiohttp", "cryptography", "pillow", "requests")


def wheels_of(project: str) -> tuple[GoodFile, ...]:
    return tuple(
        file
        for file in good_files()
        if file.filename.endswith(".whl") and project_of(file.filename) == project
    )


@pytest.mark.parametrize("project", PROJECTS)
def test_it_is_what_the_schema_asks_for(project, tmp_path):
    from cyclonedx.model.bom import Bom
    from cyclonedx.schema import SchemaVersion

    files = wheels_of(project)
    assert files, f"good_files.toml has no wheel of {project} that CI takes"
    dist = tmp_path / "dist"
    dist.mkdir()
    for path in fetch_all(files):
        os.symlink(path, dist / path.name)
    version = str(parse_wheel_filename(files[0].filename)[1])
    release = release_of(
        dist,
        project=project,
        version=version,
        made="2026-01-02T03:04:05+00:00",
        commit=Commit(id="c" * 40),
        tools={"cibuildwheel": "4.0"},
    )
    text = write_sbom(tmp_path, release, dist).read_text("utf-8")
    assert json_validator.JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    written = json.loads(text)
    refs = [each["bom-ref"] for each in components(written)]
    assert len(refs) == len(set(refs))
    known = Bom.from_json(written)
    assert known is not None
    assert known.validate()
    assert {file.sha256 for file in files} == {
        each["hashes"][0]["content"] for each in written["components"] if each["type"] == "file"
    }


def components(bom: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [bom["metadata"]["component"], *bom["components"]]
    while waiting:
        found = waiting.pop()
        waiting.extend(found.get("components", ()))
        yield found
