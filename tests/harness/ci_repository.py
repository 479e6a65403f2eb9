"""A starter as a user's repository with rendered pipelines, and shipwheel itself as a wheel in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_IDENTITY = ("-c", "user.name=A Maintainer", "-c", "user.email=maintainer@example.org")


def tool_wheel(folder: Path, environ: Mapping[str, str]) -> Path:
    """Build shipwheel's own wheel from this tree, once for a test run: what CI installs is what is tested."""
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.glob("shipwheel-*.whl"))
    if found:
        return found[0]
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder)]
    _call([*command, str(ROOT)], folder, environ)
    (wheel,) = folder.glob("shipwheel-*.whl")
    return wheel


def settings(
    pythons: tuple[str, ...], provider: str, wheel: Path, index: str | None, more: str = ""
) -> str:
    """Give the configuration of a starter that runs here: this machine's platform, an index on loopback."""
    listed = ", ".join(f'"{each}"' for each in pythons)
    own = f"""
[tool.shipwheel.publish]
index = "loopback"

[tool.shipwheel.index.loopback]
upload = "{index}"
simple = "{index}/simple/"
"""
    return f"""
[tool.shipwheel]
pythons = [{listed}]

[tool.shipwheel.wheels]
platforms = ["manylinux_x86_64"]

[tool.shipwheel.ci]
providers = ["{provider}"]
tool = "tools/{wheel.name}"
{more}
{own if index else ""}"""


def ci_repository(
    folder: Path, starter: str, configuration: str, wheel: Path, environ: Mapping[str, str]
) -> Path:
    """Copy a starter, configure it, put the tool's wheel in, render, lock, and commit everything."""
    shutil.copytree(
        ROOT / "templates" / starter, folder, ignore=shutil.ignore_patterns(".shipwheel", "dist")
    )
    for rendered in (".github", ".gitlab", ".gitlab-ci.yml"):
        _remove(folder / rendered)
    (folder / "tools").mkdir()
    shutil.copyfile(wheel, folder / "tools" / wheel.name)
    project = folder / "pyproject.toml"
    own, _, _ = project.read_text(encoding="utf-8").partition("\n[tool.shipwheel")  # it stands last
    project.write_text(own + configuration, encoding="utf-8")
    git(folder, environ, "init", "--quiet", "--initial-branch", "main")
    _call([sys.executable, "-m", "shipwheel", "render", "--lock"], folder, environ)
    commit(folder, environ, "Start")
    return folder


def commit(folder: Path, environ: Mapping[str, str], message: str) -> None:
    """Commit everything that git does not ignore."""
    git(folder, environ, "add", "--all")
    git(folder, environ, "commit", "--quiet", "--message", message)


def git(folder: Path, environ: Mapping[str, str], *words: str) -> None:
    """Run git under an identity of the tests' own."""
    _call(["git", *_IDENTITY, *words], folder, environ)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()


def _call(command: list[str], folder: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        )
