"""What all tests share: the Pythons of this machine, an environment free of ours, projects in git."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

# how fast a machine makes examples is no property of ours: the first text takes seconds on a busy one
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

collect_ignore = ["projects"]  # they are tested where they are installed

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"

# What a test run, nox or an activated environment leaves behind, and what must not reach a tool
# under test. CI among them: it turns a missing Python into an error, so a test asks for it by name.
_FOREIGN = (
    "PYTEST_",
    "COV_",
    "COVERAGE_",
    "NOX",
    "TOX_",
    "SHIPWHEEL_",
    "GIT_",
    "GITHUB_",
    "GITLAB_",
)
_FOREIGN_NAMES = {
    "CI",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONWARNINGS",
    "NO_COLOR",
    "FORCE_COLOR",
}
_KEPT = {"GIT_SSL_CAINFO"}

_IDENTITY = {
    "GIT_AUTHOR_NAME": "A Maintainer",
    "GIT_AUTHOR_EMAIL": "maintainer@example.org",
    "GIT_AUTHOR_DATE": "2026-11-01T12:00:00+00:00",
    "GIT_COMMITTER_NAME": "A Maintainer",
    "GIT_COMMITTER_EMAIL": "maintainer@example.org",
    "GIT_COMMITTER_DATE": "2026-11-01T12:00:00+00:00",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give this process's environment without traces of the test run, and `extra` on top."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or not (name.startswith(_FOREIGN) or name in _FOREIGN_NAMES)
    }
    return {**kept, **(extra or {})}


def commit_everything(project: Path) -> None:
    """Make `project` a git repository with one commit of what lies in it, under a fixed identity."""
    env = clean_environment(_IDENTITY)
    for command in (
        ["git", "init", "--quiet", "--initial-branch", "main"],
        ["git", "add", "--all"],
        ["git", "commit", "--quiet", "--message", "Start"],
    ):
        subprocess.run(command, cwd=project, env=env, check=True, stdin=subprocess.DEVNULL)


@dataclass(frozen=True)
class Ran:
    """A finished command: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Give both streams, for assertions that do not care which."""
        return self.out + self.err


@dataclass(frozen=True)
class Tools:
    """The environment in which shipwheel and nox are installed: the one that runs the tests."""

    python: Path

    def run(
        self,
        module: str,
        *args: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        timeout: float = 900,
    ) -> Ran:
        """Run `python -m module args` in `cwd`; a program that hangs ends after `timeout` seconds."""
        done = subprocess.run(
            [os.fspath(self.python), "-m", module, *args],
            cwd=cwd,
            env=clean_environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def nox(self, project: Path, *args: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run nox in a project, without its script mode: the tools are here already."""
        return self.run("nox", "--script-mode", "none", *args, cwd=project, env=env)

    def shipwheel(self, project: Path, *args: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run the command line in a project."""
        return self.run("shipwheel", *args, cwd=project, env=env)


@pytest.fixture(scope="session")
def tools() -> Tools:
    """Give the environment of the tools."""
    return Tools(Path(sys.executable))


def _candidates() -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob("versions/*/bin/python3.*"))
    folders: Sequence[str] = os.environ.get("PATH", "").split(os.pathsep)
    for folder in folders:
        if folder and Path(folder).name != "shims":  # a shim fails for what is not active
            yield from sorted(Path(folder).glob("python3.*"))


@pytest.fixture(scope="session")
def interpreters() -> dict[str, Path]:
    """Give the CPythons of this machine by `3.N`, found here without any code of ours."""
    found: dict[str, Path] = {}
    for path in _candidates():
        target = path.name.removeprefix("python")
        if target.removeprefix("3.").isdigit() and path.is_file():
            found.setdefault(target, path)
    return found


@pytest.fixture(scope="session")
def needs_python(interpreters: dict[str, Path]) -> Callable[..., Path]:
    """Give an interpreter by `3.N`, or skip the test with the reason."""

    def need(target: str) -> Path:
        if target not in interpreters:
            pytest.skip(
                f"Python {target} is not on this machine (found: {', '.join(interpreters)})"
            )
        return interpreters[target]

    return need


@pytest.fixture(scope="session")
def commit() -> Callable[[Path], None]:
    """Give the function that makes a folder a git repository with one commit."""
    return commit_everything


@pytest.fixture
def template(tmp_path: Path) -> Callable[[str], Path]:
    """Give a fresh copy of a starter project in a git repository of its own, with one commit."""

    def copy(name: str, to: str = "") -> Path:
        project = tmp_path / (to or name)
        made = shutil.ignore_patterns(
            "__pycache__", ".nox", ".shipwheel", "dist", "build", "*.egg-info"
        )
        shutil.copytree(TEMPLATES / name, project, ignore=made)
        commit_everything(project)
        return project

    return copy
