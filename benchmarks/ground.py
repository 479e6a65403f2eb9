"""What every contender stands on: the project, the Pythons, an environment a tool, a clean environ."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
TOOLS = {"shell": ("uv",), "tox": ("tox", "tox-uv", "uv"), "nox": ("nox", "uv")}
REPOSITORY = Path(__file__).resolve().parent.parent

_SDIST = "markupsafe-3.0.4.tar.gz"
_SHA256 = "2e9ad7dd851bf45fab9f75cbff4cb493fee9979e8d8c7c9c3ee119022518edd6"
_UV = find_uv_bin()
_FOREIGN = ("CI", "COV_", "NOX", "PYTEST_", "PYTHON", "SHIPWHEEL_", "TOX", "VIRTUAL_ENV")


class CannotMeasure(SystemExit):
    """The measurement would say nothing; the text says why."""


@dataclass(frozen=True)
class Timed:
    """A finished command: wall-clock seconds and combined output."""

    seconds: float
    output: str


@dataclass(frozen=True)
class Ground:
    """The folder that all is done in, and the folders of the Pythons."""

    work: Path
    interpreters: dict[str, Path]

    def tool(self, name: str) -> Path:
        """Give the environment of a tool."""
        return self.work / "tools" / name

    def environ(self, tool: str) -> dict[str, str]:
        """Give the environment variables: the tool first on PATH, then every Python, then the system."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        folders = [self.tool(tool) / "bin", *(each.parent for each in self.interpreters.values())]
        return {**kept, "PATH": os.pathsep.join([*map(str, folders), *_system_path()])}


def run(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> Timed:
    """Run a command to its end and time it; a failure ends the measurement with the output's end."""
    started = time.perf_counter()
    done = subprocess.run(
        [os.fspath(part) for part in command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        errors="replace",
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-40:])
        raise CannotMeasure(f"{tail}\n\n{command} in {cwd} ended with {done.returncode}")
    return Timed(seconds, done.stdout)


def lay_ground(work: Path, tools: Mapping[str, Sequence[str]] = TOOLS) -> Ground:
    """Find the Pythons, unpack the project, install shipwheel and the tools: nothing of this is timed."""
    ground = Ground(work, _find_pythons())
    work.mkdir(parents=True, exist_ok=True)
    _unpack(_download(work), work / "pristine")
    for tool, requirements in tools.items():
        _install(ground, tool, *requirements)
    _install(ground, "shipwheel", str(_wheel(ground)))
    return ground


def place_project(ground: Ground, name: str, files: Mapping[str, str], appended: str = "") -> Path:
    """Make a contender's pristine project: the sdist's tree with `files`, in git, with one commit."""
    project = ground.work / "projects" / name
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(ground.work / "pristine", project)
    for file, text in files.items():
        (project / file).write_text(text, encoding="utf-8")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as table:
        table.write(appended)
    identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "Start"]):
        run(["git", *command], cwd=project, env=os.environ)
    return project


def _find_pythons() -> dict[str, Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = {}
    for version in PYTHONS:
        on_path = shutil.which(f"python{version}", path=os.pathsep.join(_system_path()))
        candidates = sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))
        candidates += [Path(on_path)] if on_path else []
        if not candidates:
            raise CannotMeasure(
                f"Python {version} is not here; the benchmark needs all of {PYTHONS}"
            )
        found[version] = candidates[0]
    return found


def _system_path() -> list[str]:
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return [each for each in folders if each and "shims" not in each and "venv" not in each]


def _download(work: Path) -> Path:
    """Get the sdist once, by pip's own means (its index, its certificates), and check its bytes."""
    sdist = work / _SDIST
    if not sdist.is_file():
        name, version = _SDIST.removesuffix(".tar.gz").split("-")
        download = ["pip", "download", "--quiet", "--no-deps", "--no-binary", name]
        run(
            [sys.executable, "-m", *download, "--dest", work, f"{name}=={version}"],
            cwd=work,
            env=os.environ,
        )
    if hashlib.sha256(sdist.read_bytes()).hexdigest() != _SHA256:
        raise CannotMeasure(f"{sdist} is not the file that was measured before; remove it")
    return sdist


def _unpack(sdist: Path, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    with tarfile.open(sdist) as archive:
        # Debian 12's Python 3.11.2 does not know `filter` yet; the bytes are held to their hash
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(into.with_suffix(".unpacked"), **safely)
    (into.with_suffix(".unpacked") / sdist.name.removesuffix(".tar.gz")).rename(into)


def _wheel(ground: Ground) -> Path:
    """Build this repository's wheel: users have it installed, not as a checkout."""
    out = ground.work / "wheel"
    shutil.rmtree(out, ignore_errors=True)
    build = [_UV, "build", "--quiet", "--wheel", "--out-dir", out, REPOSITORY]
    run(build, cwd=ground.work, env=os.environ)
    return next(out.glob("*.whl"))


def _install(ground: Ground, tool: str, *requirements: str) -> None:
    """Make a tool's environment, with bytecode, as an installer leaves it to a user."""
    path = ground.tool(tool)
    venv = [_UV, "venv", "--quiet", "--clear", "--python", ground.interpreters["3.12"], path]
    run(venv, cwd=ground.work, env=os.environ)
    install = [
        _UV,
        "pip",
        "install",
        "--quiet",
        "--compile-bytecode",
        "--python",
        path / "bin/python",
    ]
    run([*install, *requirements], cwd=ground.work, env=os.environ)


def write_between(begin: str, end: str, text: str) -> None:
    """Put the last tables between their two marks in README.md."""
    readme = Path(__file__).resolve().parent / "README.md"
    head, first, rest = readme.read_text(encoding="utf-8").partition(begin)
    _, last, tail = rest.partition(end)
    if not last:
        raise CannotMeasure(f"{readme} lacks {begin.strip()} or {end}: the tables were not written")
    readme.write_text(f"{head}{first}{text}\n{last}{tail}", encoding="utf-8")
