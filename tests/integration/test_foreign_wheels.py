"""Wheels for macOS and Windows, which cannot run here, are verified by their bytes."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from foreign_wheels import FOREIGN, download

pytestmark = [pytest.mark.integration, pytest.mark.real]


def verified(tools, *files: Path) -> tuple[int, dict[str, Any]]:
    """Verify `files` statically, away from any project: the exit code and the report."""
    names = [str(file) for file in files]
    ran = tools.run("shipwheel", "verify", "--static", "--json", "-", *names, cwd=files[0].parent)
    return ran.code, json.loads(ran.out)


def told(report: dict[str, Any], rule: str, level: str) -> dict[str, str]:
    """Give file -> message of each finding of `rule` at `level`."""
    return {
        each["file"]: each["message"]
        for each in report["findings"]
        if (each["rule"], each["level"]) == (rule, level)
    }


def without(member: str, source: Path, target: Path) -> Path:
    """Copy a wheel, leaving out one member."""
    with zipfile.ZipFile(source) as full, zipfile.ZipFile(target, "w") as less:
        for name in full.namelist():
            if name != member:
                less.writestr(name, full.read(name))
        assert member in full.namelist()
    return target


def test_released_wheels_are_without_a_finding(tools, tmp_path) -> None:
    here = [Path(shutil.copy(download(wheel), tmp_path)) for wheel in FOREIGN]
    code, report = verified(tools, *here)
    assert code == 0
    assert report["findings"] == []
    assert {each["filename"] for each in report["files"]} == {wheel.filename for wheel in FOREIGN}


def test_an_extension_that_is_gone_is_found(tools, tmp_path) -> None:
    less = [without(each.module, download(each), tmp_path / each.filename) for each in FOREIGN]
    code, report = verified(tools, *less)
    assert code != 0
    found = told(report, "record-absent", "error")
    assert set(found) == {each.filename for each in FOREIGN}
    assert all(each.module in found[each.filename] for each in FOREIGN)


def test_a_name_for_another_python_is_found(tools, tmp_path) -> None:
    names = [each.filename.replace("cp312-cp312", "cp313-cp313") for each in FOREIGN]
    for each, name in zip(FOREIGN, names, strict=True):
        shutil.copy(download(each), tmp_path / name)
    code, report = verified(tools, *(tmp_path / name for name in names))
    assert code != 0
    assert set(told(report, "tags-agree", "error")) == set(names)


def test_a_name_for_another_platform_is_told(tools, tmp_path) -> None:
    """A warning outside a project: released wheels differ so, and installers read the name alone."""
    others = {
        "macosx_10_13_x86_64": "macosx_10_13_universal2",
        "macosx_11_0_arm64": "macosx_11_0_universal2",
        "win_amd64": "win_arm64",
    }
    names = [each.filename.replace(each.platform, others[each.platform]) for each in FOREIGN]
    for each, name in zip(FOREIGN, names, strict=True):
        shutil.copy(download(each), tmp_path / name)
    _, report = verified(tools, *(tmp_path / name for name in names))
    found = told(report, "tags-agree", "warning")
    assert set(found) == set(names)
    assert all(
        others[each.platform] in found[name] for each, name in zip(FOREIGN, names, strict=True)
    )
