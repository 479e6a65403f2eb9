"""Good distributions that faults are put into: the starters, really built here, and released files.

`base("markupsafe-linux")` gives a file's path. Starters are built by nox as a user would, once for each
state of a starter, and kept in `~/.cache/shipwheel-tests/built`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock
from released import CACHE, fetch

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
BUILT = CACHE / "built"
_LEFT = ("__pycache__", ".nox", ".shipwheel", "dist", "build", "*.egg-info", ".git")

# what is built by hand in CI: starter, sessions of nox
_SESSIONS = {
    "pure": ("build",),
    "c-extension": ("build", "wheel-3.12"),
    "abi3": ("build", "wheel"),
}
# base: filename, sha256
_RELEASED = {
    "markupsafe-linux": (
        "markupsafe-3.0.4-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
        "8e124f974786f831d6043728e38296969d3579db8896fe004682f5758e613581",
    ),
    "markupsafe-linux-aarch64": (
        "markupsafe-3.0.4-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
        "6a45c3d514f2436064db00d7fc8778d888f0236ebfed649b53d13a59e69ad51b",
    ),
    "markupsafe-musl": (
        "markupsafe-3.0.4-cp312-cp312-musllinux_1_2_x86_64.whl",
        "c9a7f43c0b202b334cc9184af09bb8f21d3a209e038efaf106936fb69e6b026e",
    ),
    "markupsafe-macos": (
        "markupsafe-3.0.4-cp312-cp312-macosx_11_0_arm64.whl",
        "0930db9bdc62d22944e10b066448bb65dc9abe9112880c7cab8da54db4284d5f",
    ),
    "markupsafe-macos-intel": (
        "markupsafe-3.0.4-cp312-cp312-macosx_10_13_x86_64.whl",
        "61631e08084be9e21a8967ec3139c7616ed7c5e9368e05c86d1b39562c8a57b6",
    ),
    "markupsafe-windows": (
        "markupsafe-3.0.4-cp312-cp312-win_amd64.whl",
        "11935df9bf455ed0c04eb87bcd720f02b1fe5e02128a9430f23aed6f93336fc7",
    ),
    "markupsafe-windows-arm": (
        "markupsafe-3.0.4-cp312-cp312-win_arm64.whl",
        "a4bbd2d87dd233b9fc5812160c3d0ffbe42edc22a26ce0469f58479ede633fe9",
    ),
    "markupsafe-free-threaded": (
        "markupsafe-3.0.4-cp314-cp314t-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
        "b4a635a0487774f841cb1fb62e907e7195cc95bc761e053184b8acc3ceb20733",
    ),
    "markupsafe-sdist": (
        "markupsafe-3.0.4.tar.gz",
        "2e9ad7dd851bf45fab9f75cbff4cb493fee9979e8d8c7c9c3ee119022518edd6",
    ),
    "itsdangerous-wheel": (
        "itsdangerous-2.2.0-py3-none-any.whl",
        "c6242fc49e35958c8b15141343aa660db5fc54d4f13a1db01a3f5891b98700ef",
    ),
    "itsdangerous-sdist": (
        "itsdangerous-2.2.0.tar.gz",
        "e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173",
    ),
    "packaging-wheel": (
        "packaging-26.3-py3-none-any.whl",
        "d7193f7c8e4e93f444fde0262bf90af30e16fa0ad0ad44cb553c87339b23cd1c",
    ),
    "packaging-sdist": (
        "packaging-26.3.tar.gz",
        "94edc256424af38762eb31306eed28beb9f0efc50a8837492c9d6fd6004aed79",
    ),
    "bcrypt-linux": (  # abi3, in Rust
        "bcrypt-5.0.0-cp39-abi3-manylinux_2_28_x86_64.whl",
        "f8429e1c410b4073944f03bd778a9e066e7fad723564a52ff91841d278dfc822",
    ),
    "bcrypt-macos": (  # universal2
        "bcrypt-5.0.0-cp39-abi3-macosx_10_12_universal2.whl",
        "0c418ca99fd47e9c59a301744d63328f17798b5947b0f791e9af3c1c499c2d0a",
    ),
    "bcrypt-windows": (
        "bcrypt-5.0.0-cp39-abi3-win_amd64.whl",
        "64ee8434b0da054d830fa8e89e1c8bf30061d539044a39524ff7dec90481e5c2",
    ),
    "bcrypt-pypy": (
        "bcrypt-5.0.0-pp311-pypy311_pp73-manylinux_2_28_x86_64.whl",
        "046ad6db88edb3c5ece4369af997938fb1c19d6a699b9c1b27b0db432faae4c4",
    ),
    "bcrypt-sdist": (
        "bcrypt-5.0.0.tar.gz",
        "f748f7c2d6fd375cc93d3fba7ef4a9e3a092421b8dbf34d8d4dc06be9492dfdd",
    ),
}


def _starter(name: str, kind: str) -> Callable[[], Path]:
    ending = ".whl" if kind == "wheel" else ".tar.gz"
    return lambda: next(path for path in built(name) if path.name.endswith(ending))


def _released(filename: str, sha256: str) -> Callable[[], Path]:
    return lambda: fetch(filename, sha256)


BASES: dict[str, Callable[[], Path]] = {
    **{f"{name}-{kind}": _starter(name, kind) for name in _SESSIONS for kind in ("wheel", "sdist")},
    **{name: _released(*file) for name, file in _RELEASED.items()},
}


@cache
def base(name: str) -> Path:
    """Give the path of a good distribution by its name here; it is not to be changed."""
    return BASES[name]()


@cache
def built(starter: str) -> tuple[Path, ...]:
    """Give a starter's sdist and wheel, built by nox where they are not there yet."""
    source = TEMPLATES / starter
    kept = BUILT / f"{starter}-{_digest(source)}"
    with _lock(starter):
        if not kept.is_dir():
            _build(source, _SESSIONS[starter], kept)
    return tuple(sorted(kept.iterdir()))


def _lock(starter: str) -> FileLock:
    BUILT.mkdir(parents=True, exist_ok=True)
    return FileLock(BUILT / f".{starter}.lock")


def _digest(source: Path) -> str:
    """Give the digest of what decides a starter's files, and of the Python that builds them."""
    digest = hashlib.sha256(sys.version.encode())
    left = shutil.ignore_patterns(*_LEFT)
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(set(folders) - left(folder, folders))
        for file in sorted(set(files) - left(folder, files)):
            path = Path(folder, file)
            digest.update(f"{path.relative_to(source)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def checkout(starter: str, folder: Path) -> Path:
    """Give a fresh copy of a starter below `folder`, in git, with one commit."""
    project = folder / starter
    shutil.copytree(TEMPLATES / starter, project, ignore=shutil.ignore_patterns(*_LEFT))
    _conftest().commit_everything(project)
    return project


@cache
def _conftest() -> Any:
    """Give the tests' conftest: pytest keeps its own copy to itself."""
    path = TEMPLATES.parent / "tests" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tests_conftest", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for their module there
    spec.loader.exec_module(module)
    return module


def _build(source: Path, sessions: tuple[str, ...], kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=BUILT) as temporary:
        project = checkout(source.name, Path(temporary))
        subprocess.run(
            [sys.executable, "-m", "nox", "--script-mode", "none", "-s", *sessions],
            cwd=project,
            env=_conftest().clean_environment(),
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        (project / "dist").rename(kept)
