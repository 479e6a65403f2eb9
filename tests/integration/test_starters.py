"""The starters, as a user copies them: the main job on every Python of this machine, end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration

PYTHONS = {f"3.{minor}" for minor in range(9, 14)}

# what a noxfile must not load: nox pays for it once a session
_HEAVY = ("auditwheel", "build", "cibuildwheel", "click", "requests", "rich", "twine", "yaml")
_LOADED = """
import sys, nox
before = set(sys.modules)
import shipwheel
shipwheel.register(nox)
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def records(project: Path) -> dict[str, dict[str, Any]]:
    files = (project / ".shipwheel" / "records").glob("*.json")
    return {record["job"]: record for record in (json.loads(file.read_bytes()) for file in files)}


def files_of(project: Path) -> dict[str, tuple[int, int]]:
    """Give each distribution's name, size and time of change: what is built anew differs."""
    return {
        path.name: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in (project / "dist").iterdir()
    }


@pytest.fixture(scope="module")
def here(interpreters) -> set[str]:
    return PYTHONS & interpreters.keys()


@pytest.mark.parametrize(
    ("name", "wheels"),
    [("pure", "one"), ("c-extension", "each"), ("abi3", "one"), ("cython-meson", "each")],
)
def test_the_main_job(name: str, wheels: str, template, tools, here) -> None:
    project = template(name)
    first = tools.nox(project, "-j2")
    assert first.code == 0, first.text[-8000:]

    left = records(project)
    assert {job for job in left if job.startswith("test-3")} == {f"test-{each}" for each in here}
    assert {each["status"] for each in left.values()} == {"passed"}
    assert min(left[f"test-{each}"]["tests_run"] for each in here) >= 20
    built = files_of(project)
    assert sum(each.endswith(".tar.gz") for each in built) == 1
    expected = 1 if wheels == "one" else len(here)
    assert sum(each.endswith(".whl") for each in built) == expected
    assert not [each for each in built if "linux_" in each and "manylinux" not in each]

    again = tools.nox(project, "-j2")
    assert again.code == 0, again.text[-8000:]
    assert files_of(project) == built, "an unchanged project builds nothing"

    rehearsed = tools.nox(project, "-s", "rehearse", "--no-dependencies")
    assert rehearsed.code == 0, rehearsed.text[-8000:]
    assert records(project)["rehearse"]["status"] == "passed"
    assert files_of(project) == built


def test_a_python_that_is_not_active_runs(template, tools, here) -> None:
    """On a machine with pyenv only shims are on PATH, and they fail for what is not active."""
    away = sorted(here - {f"3.{sys.version_info.minor}"})
    if not away:
        pytest.skip(f"the only Python of this machine is the one that runs the tests: {here}")
    project = template("pure")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    ran = tools.nox(project, "-s", f"test-{away[0]}", env={"PATH": path})
    assert ran.code == 0, ran.text[-4000:]
    assert records(project)[f"test-{away[0]}"]["python"] == away[0]


def test_what_is_built_and_unchanged_is_not_waited_for(template, tools, here) -> None:
    """A change, a lost file or another file of the name brings the build back before the tests."""
    project = template("pure")
    cell = f"test-{min(here)}"
    assert "Running session build" in tools.nox(project, "-s", cell).text
    again = tools.nox(project, "-s", cell)
    assert again.code == 0, again.text[-4000:]
    assert "Running session build" not in again.text

    wheel = next((project / "dist").glob("*.whl"))
    wheel.unlink()
    restored = tools.nox(project, "-s", cell)
    assert "Running session build" in restored.text
    assert wheel.is_file()

    with (project / "src" / "spanwords" / "__init__.py").open("a", encoding="utf-8") as module:
        module.write("ADDED = 1\n")
    before = records(project)["build"]["made"]
    changed = tools.nox(project, "-s", cell)
    assert changed.code == 0, changed.text[-4000:]
    assert "Running session build" in changed.text
    assert records(project)["build"]["made"] != before
    tested = {each["sha256"] for each in records(project)[cell]["consumed"]}
    assert tested <= {each["sha256"] for each in records(project)["build"]["made"]}


def test_a_noxfile_loads_nothing_heavy(template, tools) -> None:
    project = template("pure")
    for _ in range(2):  # the first has to look at the project, the second trusts what was kept
        loaded = _python(tools, project, _LOADED).split()
    assert "shipwheel" in loaded
    assert not set(loaded) & set(_HEAVY)


def _python(tools, project: Path, program: str) -> str:
    done = subprocess.run(
        [tools.python, "-c", program], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _break(project: Path) -> None:
    path = project / "src" / "spanwords" / "__init__.py"
    path.write_text(path.read_text(encoding="utf-8").replace("3_600", "3_601"), encoding="utf-8")


def _lose_a_module(project: Path) -> None:
    """Leave a module out of the wheel: on the checkout the tests would go on passing."""
    path = project / "pyproject.toml"
    packages = 'packages = ["src/spanwords"]'
    text = path.read_text(encoding="utf-8")
    assert packages in text
    path.write_text(text.replace(packages, f'{packages}\nexclude = ["__main__.py"]'), "utf-8")


@pytest.mark.parametrize(
    ("spoil", "evidence"),
    [(_break, "test_spans"), (_lose_a_module, "__main__")],
    ids=["a failing test", "a module that the wheel lost"],
)
def test_red_is_red(spoil: Callable[[Path], None], evidence: str, template, tools, here) -> None:
    project = template("pure")
    spoil(project)
    python = max(here)
    ran = tools.nox(project, "-s", f"test-{python}")
    assert ran.code == 1
    assert evidence in ran.text
    assert "Traceback (most recent call last):\n  File" not in ran.err
    assert records(project)[f"test-{python}"]["status"] == "failed"
