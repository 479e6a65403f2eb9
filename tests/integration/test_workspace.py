"""Two packages in one repository: each with its sessions, the one tested with what was built of the other."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from shipwheel.machine.here import this_machine

pytestmark = pytest.mark.integration

CORE, APP = "packages/cadence", "packages/cadence-cli"


def record(project: Path, package: str, job: str) -> dict[str, Any]:
    path = project / package / ".shipwheel" / "records" / f"{job}.json"
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def wheel(project: Path, package: str) -> Path:
    (found,) = (project / package / "dist").glob("*.whl")
    return found


@pytest.fixture
def newest(interpreters) -> str:
    return max((each for each in interpreters), key=lambda each: int(each.partition(".")[2]))


def test_bare_nox_does_everything_and_rehearse_too(template, tools) -> None:
    project = template("monorepo")
    ran = tools.nox(project, "-j2")
    assert ran.code == 0, ran.text[-8000:]
    for package in (CORE, APP):
        assert record(project, package, "verify")["status"] == "passed"
        assert len(list((project / package / "dist").iterdir())) == 2
    assert not (project / "dist").exists()
    rehearsed = tools.nox(project, "--no-dependencies", "-s", "cadence-cli:rehearse")
    assert rehearsed.code == 0, rehearsed.text[-8000:]
    taken = record(project, APP, "rehearse")["consumed"]
    assert [each["filename"] for each in taken] == [wheel(project, CORE).name]

    again = tools.nox(project, "-s", "cadence-cli:test")
    assert again.code == 0
    assert "Running session cadence:build" not in again.text, "unchanged: not waited for"
    verified = tools.shipwheel(project, "verify", "--static", "--json")
    assert len(json.loads(verified.out)["files"]) == 4


def test_the_tests_take_the_wheel_that_was_just_built(template, tools, newest) -> None:
    """An index has a `cadence` of another's too: a version that only our tree has proves who served."""
    project = template("monorepo")
    change(project / CORE / "pyproject.toml", 'version = "1.0.0"', 'version = "1.1.7"')
    change(project / APP / "pyproject.toml", "cadence>=1.0", "cadence==1.1.7")
    ran = tools.nox(project, "-s", f"cadence-cli:test-{newest}")
    assert ran.code == 0, ran.text[-8000:]
    built = wheel(project, CORE)
    assert built.name.startswith("cadence-1.1.7-")
    taken = {
        each["id"]: each["sha256"] for each in record(project, APP, f"test-{newest}")["consumed"]
    }
    assert taken["cadence:any"] == hashlib.sha256(built.read_bytes()).hexdigest()
    log = project / APP / ".shipwheel" / "logs" / f"test-{newest}.log"
    assert log.read_text(encoding="utf-8").startswith(f"$ nox -s cadence-cli:test-{newest}\n")


def test_a_change_of_the_one_that_breaks_the_other_is_red(template, tools, newest) -> None:
    project = template("monorepo")
    cell = f"cadence-cli:test-{newest}"
    assert tools.nox(project, "-s", cell).code == 0
    change(project / CORE / "src/cadence/__init__.py", '"week": (7, 0)', '"week": (8, 0)')
    ran = tools.nox(project, "-s", cell)
    assert ran.code == 1
    assert "test_prints_a_date_a_line" in ran.text
    assert record(project, APP, f"test-{newest}")["status"] == "failed"
    # the checkout alone decides nothing: without a build the old wheel serves
    change(project / CORE / "src/cadence/__init__.py", '"week": (8, 0)', '"week": (7, 0)')
    assert tools.nox(project, "--no-dependencies", "-s", cell).code == 1


def test_a_sibling_that_is_not_built_names_its_session(template, tools, newest) -> None:
    project = template("monorepo")
    assert tools.nox(project, "-s", "cadence-cli:build").code == 0
    ran = tools.nox(project, "--no-dependencies", "-s", f"cadence-cli:test-{newest}")
    assert ran.code == 1
    assert "cadence-cli needs cadence, which has not been built" in ran.err
    assert "`nox -s cadence:build`" in ran.err


def test_another_file_than_was_built_is_refused(template, tools, newest) -> None:
    project = template("monorepo")
    assert tools.nox(project, "-s", "build").code == 0
    with wheel(project, CORE).open("ab") as file:
        file.write(b"\0")
    ran = tools.nox(project, "--no-dependencies", "-s", f"cadence-cli:test-{newest}")
    assert ran.code == 1
    assert "is not the file that cadence:build made" in ran.err


def test_a_version_that_the_sibling_has_not_is_told_with_both(template, tools, newest) -> None:
    project = template("monorepo")
    change(project / APP / "pyproject.toml", "cadence>=1.0", "cadence>=2.0")
    ran = tools.nox(project, "-s", f"cadence-cli:test-{newest}")
    assert ran.code == 1
    assert (
        "cadence-cli requires cadence>=2.0, and the cadence that was just built is 1.0.0" in ran.err
    )


def test_pip_takes_the_sibling_too(template, tools, newest) -> None:
    project = template("monorepo")
    root = project / "pyproject.toml"
    root.write_text(f'[tool.shipwheel]\ninstaller = "pip"\n\n{root.read_text("utf-8")}', "utf-8")
    ran = tools.nox(project, "-s", f"cadence-cli:test-{newest}")
    assert ran.code == 0, ran.text[-8000:]
    ids = [each["id"] for each in record(project, APP, f"test-{newest}")["consumed"]]
    assert ids == ["any", "cadence:any"]


def test_a_member_by_itself_finds_its_siblings(template, tools, newest) -> None:
    project = template("monorepo")
    shutil.copy(project / "noxfile.py", project / APP / "noxfile.py")
    alone = tools.nox(project / APP, "-s", f"test-{newest}")
    assert alone.code == 1
    assert "`nox -s cadence:build` at the workspace's root" in alone.err
    assert tools.nox(project, "-s", "cadence:build").code == 0
    again = tools.nox(project / APP, "-s", f"test-{newest}")
    assert again.code == 0, again.text[-8000:]
    assert "cadence:any" in {
        each["id"] for each in record(project, APP, f"test-{newest}")["consumed"]
    }


def test_an_extension_serves_each_python_with_its_wheel(template, tools, interpreters) -> None:
    """The starter with a C extension takes the place of the pure sibling."""
    project = template("monorepo")
    shutil.rmtree(project / CORE)
    extension = template("c-extension", to="monorepo/packages/nearword")
    shutil.rmtree(extension / ".git")
    change(project / APP / "pyproject.toml", "cadence>=1.0", "nearword>=1")
    source = project / APP / "src" / "cadence_cli"
    (source / "__main__.py").write_text("import nearword\n", encoding="utf-8")
    tests = "import nearword._speedups, cadence_cli.__main__\n\ndef test_it():\n    pass\n"
    (project / APP / "tests" / "test_command.py").write_text(tests, encoding="utf-8")
    first, *_ = sorted(interpreters, key=lambda each: int(each.partition(".")[2]))
    python = "3.12" if "3.12" in interpreters else first
    ran = tools.nox(project, "-s", f"cadence-cli:test-{python}")
    assert ran.code == 0, ran.text[-8000:]
    assert f"Running session nearword:wheel-{python}" in ran.text
    (taken,) = (
        each["filename"]
        for each in record(project, APP, f"test-{python}")["consumed"]
        if each["id"].startswith("nearword:")
    )
    assert f"-cp{python.replace('.', '')}-" in taken


def test_the_plan_has_a_table_a_package(template, tools) -> None:
    project = template("monorepo")
    ran = tools.shipwheel(project, "plan", "--json")
    found = json.loads(ran.out)
    assert (found["schema"], [each["project"]["name"] for each in found["packages"]]) == (
        1,
        ["cadence", "cadence-cli"],
    )
    alone = tools.shipwheel(project / APP, "plan", "--json")
    assert json.loads(alone.out) == found["packages"][1]
    assert not any("required to build" in each for each in found["packages"][1]["notices"])
    change(project / APP / "pyproject.toml", '"hatchling>=1.27"', '"hatchling>=1.27", "cadence"')
    told = json.loads(tools.shipwheel(project, "plan", "--json").out)["packages"][1]["notices"]
    assert any(each.startswith("cadence is required to build cadence-cli") for each in told)
    refused = tools.shipwheel(project, "publish")
    assert refused.code == 2
    assert "root of a workspace" in refused.err


def test_init_and_doctor_look_at_every_package(template, tools) -> None:
    project = template("monorepo")
    written = (project / "noxfile.py").read_text(encoding="utf-8")
    (project / "noxfile.py").unlink()
    missing = tools.shipwheel(project, "doctor", "--json")
    assert '"noxfile.py"' in missing.out
    ran = tools.shipwheel(project, "init", "--no-ci")
    assert ran.code == 0, ran.text
    assert (project / "noxfile.py").read_text(encoding="utf-8") == written
    assert not (project / CORE / "noxfile.py").exists()
    found = tools.shipwheel(project, "doctor", "--json")
    assert found.code == 0, found.text
    rows = {row["what"]: row["state"] for row in json.loads(found.out)["rows"]}
    assert rows["cadence: a Python to build with"] == "ok"
    assert rows["cadence-cli: a Python to build with"] == "ok"
    assert "noxfile.py" not in rows


def test_a_ci_job_of_a_member_takes_what_others_handed_over(template, tools, tmp_path) -> None:
    """Files and records of other jobs in a fresh checkout, nothing else: as artifacts bring them."""
    project = template("monorepo")
    assert tools.nox(project, "-s", "build").code == 0
    fresh = template("monorepo", to="fresh")
    for package in (CORE, APP):
        shutil.copytree(project / package / "dist", fresh / package / "dist")
        shutil.copytree(
            project / package / ".shipwheel/records", fresh / package / ".shipwheel/records"
        )
    job = f"test-3.{sys.version_info.minor}"
    named = f"cadence-cli:{job}-{this_machine().platform}"
    call = ["--no-dependencies", "-s", f"cadence-cli:{job}"]
    ran = tools.nox(fresh, *call, env={"SHIPWHEEL_JOB": named, "CI": "1"})
    assert ran.code == 0, ran.text[-8000:]
    assert f"SHIPWHEEL_JOB={named} nox -s cadence-cli:{job}" in ran.text
    found = record(fresh, APP, f"{job}-{this_machine().platform}")
    assert [each["id"] for each in found["consumed"]] == ["any", "cadence:any"]


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ('["packages/cadnce"]', "did you mean 'packages/cadence'?"),
        ('["packages/*", "twin"]', "two packages of the workspace are called 'cadence'"),
    ],
)
def test_a_wrong_root_is_told_at_once(members: str, what: str, template, tools) -> None:
    project = template("monorepo")
    shutil.copytree(project / CORE, project / "twin")
    change(project / "pyproject.toml", '["packages/*"]', members)
    ran = tools.nox(project, "-l")
    assert ran.code == 2
    assert what in ran.err
