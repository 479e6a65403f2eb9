"""The Plan of a real project, with cibuildwheel asked which wheels it would build."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


@pytest.fixture
def extension(template: Callable[..., Path]) -> Path:
    return template("c-extension", "speedy")


def add(project: Path, text: str) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


@pytest.mark.parametrize(
    ("setting", "what", "next_step"),
    [
        (
            '[tool.cibuildwheel]\nskip = "*"',
            "cibuildwheel would build no wheel at all",
            "[tool.shipwheel.wheels] platforms = []",
        ),
        (
            '[tool.shipwheel.wheels]\nplatforms = ["macosx_arm46"]',
            "cibuildwheel knows no platform 'macosx_arm46'",
            "did you mean macosx_arm64?",
        ),
        (
            '[tool.shipwheel.test]\nplatforms = ["manylinux_aarch46"]',
            "cibuildwheel knows no platform 'manylinux_aarch46'",
            "did you mean manylinux_aarch64?",
        ),
    ],
    ids=["no wheel", "wheels' platform", "tests' platform"],
)
def test_a_plan_that_cannot_be(
    tools, extension: Path, setting: str, what: str, next_step: str
) -> None:
    add(extension, setting)
    for _ in range(2):  # the second time from what was kept of cibuildwheel's answers
        ran = tools.shipwheel(extension, "plan")
        assert ran.code == 2, ran.text
        assert what in ran.err
        assert next_step in ran.err
        assert "Traceback" not in ran.text


def test_each_wheel_of_a_platform_with_pythons_is_tested_there(tools, extension: Path) -> None:
    add(extension, '[tool.shipwheel]\npythons = ["3.12", "3.13"]')
    add(extension, '[tool.cibuildwheel]\nbuild = "cp312-* cp313-*"')
    ran = tools.shipwheel(extension, "plan", "--json")
    assert ran.code == 0, ran.text
    plan = json.loads(ran.out)
    made = {job["args"][1]: job["tier"] for job in plan["jobs"] if job["kind"] == "wheels"}
    tests = {job["id"]: job for job in plan["jobs"] if job["kind"] == "test" and job["platform"]}
    assert set(made) == {
        f"{tag}-{platform}"
        for tag in ("cp312", "cp313")
        for platform in (
            "manylinux_x86_64",
            "manylinux_aarch64",
            "musllinux_x86_64",
            "macosx_arm64",
            "win_amd64",
        )
    }
    consumed = {each for job in tests.values() for each in job["consumes"]}
    assert consumed == {each for each in made if "musllinux" not in each}
    assert tests["test-3.13-win_amd64"]["session"] == "test-3.13"
    assert tests["test-3.13-win_amd64"]["runner"] == "windows-2025"
