"""Builds that cannot come out well, through nox with the real compiler: one clear error, and nothing else lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from backends import PROJECTS

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        sys.platform != "linux", reason="the compilers' words and tmpfs are Linux's"
    ),
]

MINOR = sys.version_info[1]
TARGET = f"3.{MINOR}"
TAG = f"cp3{MINOR}"
NOXFILE = "import nox, shipwheel\n\nshipwheel.register(nox)\n"
# as MarkupSafe's: whatever goes wrong with the extension, there is a wheel
OPTIONAL = """
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

class Optional(build_ext):
    def build_extension(self, ext):
        try:
            super().build_extension(ext)
        except Exception as error:
            raise RuntimeError("optional") from error

def run(**more):
    setup(package_dir={"": "src"}, packages=["setuptools_c"], **more)

try:
    sources = ["src/setuptools_c/_total.c"]
    run(ext_modules=[Extension("setuptools_c._total", sources)], cmdclass={"build_ext": Optional})
except RuntimeError as error:
    print(f"WARNING: The C extension could not be compiled: {error.__cause__}")
    run()
"""
FALLBACK = """
try:
    from ._total import total
except ImportError:
    def total(one, other):
        return one + other
"""
BROKEN = f"""
#if PY_VERSION_HEX >> 16 == 0x03{MINOR:02X}
static int broken(void) {{ return nothing_of_this_name; }}
#endif
"""


@pytest.fixture
def other(interpreters: dict[str, Path]) -> str:
    """Give another Python of this machine."""
    found = [name for name in ("3.13", "3.12", "3.11", "3.10") if name in interpreters]
    left = [name for name in found if name != TARGET]
    if not left:
        pytest.skip("this machine has one Python alone")
    return left[0]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a project whose extension is C, not yet in git, without its own settings."""
    found = tmp_path / "projekt ü"
    shutil.copytree(PROJECTS / "setuptools-c", found)
    (found / "noxfile.py").write_text(NOXFILE, encoding="utf-8")
    return found


def settings(project: Path, text: str) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def is_clear(text: str) -> bool:
    """Say whether a text tells an error with its next step, once, and no traceback."""
    errors = [line for line in text.splitlines() if line.startswith("error: ")]
    return len(errors) == 1 and "  next: " in text and "Traceback" not in text


def wheels(project: Path) -> list[str]:
    return sorted(each.name for each in (project / "dist").glob("*.whl"))


def test_an_extension_that_one_python_cannot_compile(tools, project, commit, other) -> None:
    settings(project, f'\n[tool.shipwheel]\npythons = ["{TARGET}", "{other}"]\n')
    with (project / "src/setuptools_c/_total.c").open("a", encoding="utf-8") as file:
        file.write(BROKEN)
    commit(project)
    ran = tools.nox(project, "-s", "wheel")
    assert ran.code == 1
    assert is_clear(ran.text)
    assert "the wheel could not be built: the extension does not compile" in ran.err
    (first, *_) = [line for line in ran.err.splitlines() if line.startswith("  | ")]
    assert "_total.c:" in first
    assert "error: " in first
    assert "nothing_of_this_name" in first
    assert str(project / ".shipwheel" / "logs" / f"wheel-{TARGET}.log") in ran.err
    (left,) = wheels(project)
    assert f"-cp{other.replace('.', '')}-" in left


@pytest.mark.parametrize("allowed", [False, True])
def test_an_optional_extension_that_was_left_out(tools, project, commit, other, allowed) -> None:
    text = (project / "pyproject.toml").read_text("utf-8")
    text = text[: text.index("[tool.setuptools]")]
    (project / "pyproject.toml").write_text(text, "utf-8")
    settings(
        project, f'\n[tool.shipwheel]\nkind = "extension"\npythons = ["{TARGET}", "{other}"]\n'
    )
    (project / "setup.py").write_text(OPTIONAL, "utf-8")
    (project / "src/setuptools_c/__init__.py").write_text(FALLBACK, "utf-8")
    if allowed:
        settings(project, "\n[tool.shipwheel.wheels]\nallow-pure = true\n")
    commit(project)
    ran = tools.nox(
        project, "-s", "rehearse" if allowed else f"wheel-{TARGET}", env={"CC": "false"}
    )
    if not allowed:
        assert ran.code == 1
        assert is_clear(ran.text)
        assert "the extension is missing" in ran.err
        assert "could not be compiled: " in ran.err
        assert "allow-pure = true" in ran.err
        assert wheels(project) == []
        return
    # one wheel is that of both Pythons, and whole as a release
    assert ran.code == 0, ran.text[-6000:]
    assert "warning: the extension is missing" in ran.text
    assert wheels(project) == ["setuptools_c-1.0-py3-none-any.whl"]
    assert "whole: 2 files" in ran.text


@pytest.fixture
def small_disk(project: Path) -> Iterator[Callable[[int], None]]:
    """Mount a disk of its own where the project's state lies; gives what leaves some bytes free on it."""
    state = project / ".shipwheel"
    state.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", state]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk (tmpfs) can be mounted by root alone, and not in every container")

    def leave(free: int) -> None:
        usage = os.statvfs(state)
        used = (usage.f_blocks - usage.f_bfree) * usage.f_frsize
        size = f"remount,size={used + free}"
        subprocess.run(["mount", "-o", size, state], check=True)

    yield leave
    subprocess.run(["umount", "--lazy", state], check=True)


def test_a_disk_that_is_full(tools, project, commit, small_disk) -> None:
    settings(project, f'\n[tool.shipwheel]\npythons = ["{TARGET}"]\n')
    commit(project)
    built = tools.nox(project, "-s", "build")
    assert built.code == 0, built.text
    session = f"wheel-{TARGET}"
    # a build environment; what is unpacked and compiled
    for free in (100_000, 40_000):
        small_disk(free)
        ran = tools.nox(project, "--no-dependencies", "-s", session)
        assert ran.code == 1
        assert is_clear(ran.text), ran.text
        assert "disk" in ran.err or "no space left" in ran.err
        assert "nothing half-written is kept" in ran.err, ran.text
        assert wheels(project) == []
    small_disk(100_000_000)
    again = tools.nox(project, "--no-dependencies", "-s", session)
    assert again.code == 0, again.text
    assert len(wheels(project)) == 1
