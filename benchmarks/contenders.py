"""Who runs: the same job by hand, by tox, by a plain noxfile, and by shipwheel."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ground import PYTHONS, CannotMeasure, Ground, Timed, place_project, run

_SHELL = """\
#!/bin/sh
# by hand: an sdist; then for each Python a wheel from it, an environment, the tests in it
set -eu
if [ $# -eq 0 ]; then
  rm -rf out
  uv build --quiet --sdist --out-dir out
  printf '%s\\n' PYTHONS | xargs -P2 -I{} sh "$0" {}
  exit
fi
uv build --quiet --wheel --python "$1" --out-dir "out/$1" out/*.tar.gz
uv venv --quiet --python "$1" "out/env-$1"
uv pip install --quiet --python "out/env-$1" out/"$1"/*.whl pytest
"out/env-$1/bin/pytest" -q --junitxml="out/junit-$1.xml"
""".replace("PYTHONS", " ".join(PYTHONS))

_TOX = f"""\
[tox]
env_list = {",".join("py" + each.replace(".", "") for each in PYTHONS)}

[testenv]
package = wheel
deps = pytest
commands = pytest -q --junitxml=out/junit-{{env_name}}.xml
"""

_NOX = f"""\
import nox

nox.options.default_venv_backend = "uv"


@nox.session(python={list(PYTHONS)!r}, allow_parallel=True)
def test(session):
    session.install(".", "pytest")
    session.run("pytest", "-q", f"--junitxml=out/junit-{{session.python}}.xml")
"""

_OURS = """\
import nox, shipwheel

shipwheel.register(nox)
"""
_TABLE = f"\n[tool.shipwheel]\npythons = {list(PYTHONS)!r}\n"


@dataclass(frozen=True)
class Contender:
    """A way to do the job: its files, its first command and the one for an unchanged project."""

    id: str
    title: str
    tool: str
    files: dict[str, str]
    cold: tuple[str, ...]
    again: tuple[str, ...] | None
    reports: str
    appended: str = ""
    proofs: list[int] = field(default_factory=list)

    def prepare(self, ground: Ground) -> None:
        """Make the pristine project that each round copies."""
        place_project(ground, self.id, self.files, self.appended)

    def fresh(self, ground: Ground, turn: int) -> Path:
        """Copy the project to a path of its own: no cache that goes by the path may help."""
        project = ground.work / "rounds" / f"{self.id}-{turn}"
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(ground.work / "projects" / self.id, project, symlinks=True)
        return project

    def run(self, ground: Ground, project: Path, command: Sequence[str]) -> Timed:
        """Run and time one command, then demand the proof that the tests of every Python ran."""
        for old in project.glob(self.reports):
            old.unlink()
        timed = run(command, cwd=project, env=ground.environ(self.tool))
        self.proofs.append(_tests_passed(project, self.reports))
        return timed


def _tests_passed(project: Path, reports: str) -> int:
    files = sorted(project.glob(reports))
    if len(files) != len(PYTHONS):
        raise CannotMeasure(f"{project}: {len(files)} JUnit reports for {len(PYTHONS)} Pythons")
    return sum(_passed(file) for file in files)


def _passed(report: Path) -> int:
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    total = {
        name: sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    }
    passed = total["tests"] - total["failures"] - total["errors"] - total["skipped"]
    if not passed or total["failures"] or total["errors"]:
        raise CannotMeasure(f"{report}: {total}")
    return passed


CONTENDERS = (
    Contender(
        id="ours",
        title="shipwheel: `nox -j2 -s test`",
        tool="shipwheel",
        files={"noxfile.py": _OURS},
        appended=_TABLE,
        cold=("nox", "-j2", "-s", "test"),
        again=("nox", "-j2", "-s", "test"),
        reports=".shipwheel/logs/test-3.*.xml",
    ),
    Contender(
        id="shell",
        title="(a) shell: sdist, wheels from it, uv, `xargs -P2`",
        tool="shell",
        files={"job.sh": _SHELL},
        cold=("sh", "job.sh"),
        again=None,
        reports="out/junit-*.xml",
    ),
    Contender(
        id="tox",
        title="(b) `tox -p 2`, tox-uv, `package = wheel`",
        tool="tox",
        files={"tox.ini": _TOX},
        cold=("tox", "-c", "tox.ini", "-p", "2"),
        again=("tox", "-c", "tox.ini", "-p", "2"),
        reports="out/junit-*.xml",
    ),
    Contender(
        id="nox",
        title='(c) plain noxfile, uv, `install(".", "pytest")`, `nox -j2`',
        tool="nox",
        files={"noxfile.py": _NOX},
        cold=("nox", "-j2", "-s", "test"),
        again=("nox", "-j2", "-r", "-s", "test"),
        reports="out/junit-*.xml",
    ),
)
