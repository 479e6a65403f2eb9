"""Where interpreters may lie: PATH, and the folders of the tools that install them.

Nothing here is started. findpython knows most tools; uv, mise, conda and the runners' tool cache are ours.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

WINDOWS = sys.platform == "win32"

# python, python3, python3.12, python3.14t, pypy3.11 and so on; no -config, no -dbg, no script
_NAME = re.compile(r"(python|pypy)(\d(\.?\d+)?t?)?" + (r"\.exe" if WINDOWS else ""), re.IGNORECASE)
# the commands of pyenv, asdf, mise and rye choose an interpreter by the working directory and fail for
# those that are not active; Microsoft's open its store
_SHIMS = frozenset({"shims", "windowsapps"})
_CONDA_ROOTS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba")


class Candidates(msgspec.Struct, frozen=True):
    """Files that may be interpreters, best place first, and the folders that decide what they are.

    `found`: origin and real path, each path once. `folders`: whoever remembers `found` must look again
    as soon as one of these has changed.
    """

    found: tuple[tuple[str, str], ...]
    folders: tuple[str, ...]


def find_candidates(environ: Mapping[str, str]) -> Candidates:
    """List what may be an interpreter on this machine; environments made by venv are left out."""
    found: dict[str, str] = {}
    folders: dict[str, None] = {}
    for origin, place in _places(environ):
        folders[place] = None
        for path in _pythons_in(place):
            found.setdefault(path, origin)
    for path in _registered():
        found.setdefault(path, "registry")
    return Candidates(tuple((origin, path) for path, origin in found.items()), tuple(folders))


def is_environment(executable: str) -> bool:
    """Say whether an executable is a virtual environment's: nothing to make another one from."""
    return _environment_of(os.path.dirname(executable)) is not None  # noqa: PTH120 - strings here


def _places(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give each folder that may hold interpreters, and those whose change brings another one."""
    for folder in environ.get("PATH", "").split(os.pathsep):
        yield from _place_on_path(folder)
    for origin, root in _roots(environ):
        yield origin, str(root)
        for child in _children(root):
            yield origin, child
            yield from ((origin, os.path.join(child, each)) for each in ("bin", "install/bin"))  # noqa: PTH118
    for root in _conda_prefixes(environ):
        yield "conda", str(root if WINDOWS else root / "bin")
    yield "running", os.path.dirname(os.path.realpath(sys.executable))  # noqa: PTH120


def _place_on_path(folder: str) -> Iterator[tuple[str, str]]:
    if not os.path.isabs(folder) or _SHIMS & set(folder.lower().replace("\\", "/").split("/")):  # noqa: PTH117
        return  # a relative entry runs whatever lies in the working directory
    yield "PATH", folder
    if (environment := _environment_of(folder)) and (home := _home_of(environment)):
        yield "PATH", home  # an active environment stands for the Python that it was made from


def _roots(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """Give the folders in which each tool makes one folder an installation."""
    # 40 ms, and only when looking anew
    from findpython.providers.asdf import AsdfProvider  # noqa: PLC0415
    from findpython.providers.pyenv import PyenvProvider  # noqa: PLC0415
    from findpython.providers.rye import RyeProvider  # noqa: PLC0415

    for root in uv_roots(environ, Path.home(), sys.platform):
        yield "uv", root
    if (pyenv := PyenvProvider.create()) is not None:
        yield "pyenv", pyenv.root / "versions"
    if (asdf := AsdfProvider.create()) is not None:
        yield "asdf", asdf.root / "installs/python"
    if (rye := RyeProvider.create()) is not None:
        yield "rye", rye.root
    yield "mise", _mise_root(environ) / "installs/python"
    if cache := environ.get("RUNNER_TOOL_CACHE"):  # GitHub's runners: Python/3.12.8/x64
        for child in _children(Path(cache) / "Python"):
            yield "toolcache", Path(child)
    if sys.platform == "darwin":
        yield "python.org", Path("/Library/Frameworks/Python.framework/Versions")
    if WINDOWS and (local := environ.get("LOCALAPPDATA")):
        yield "python.org", Path(local) / "Programs/Python"
        yield "python.org", Path(local) / "Python"


def uv_roots(environ: Mapping[str, str], home: Path, system: str) -> tuple[Path, ...]:
    """Give where uv keeps its Pythons on a system (`sys.platform`), the place of today first.

    https://docs.astral.sh/uv/reference/storage/: macOS has Linux's place; findpython looks in Apple's,
    which uv used until 0.4. On Windows `data` is in the documentation and in no path that was seen.
    """
    if chosen := environ.get("UV_PYTHON_INSTALL_DIR"):
        return (Path(chosen).expanduser(),)
    if system == "win32":
        roaming = environ.get("APPDATA")
        if not roaming:
            return ()
        return tuple(Path(roaming) / each for each in ("uv/python", "uv/data/python"))
    apple = (home / "Library/Application Support/uv/python",) if system == "darwin" else ()
    return (_data_home(environ, home) / "uv/python", *apple)


def _data_home(environ: Mapping[str, str], home: Path) -> Path:
    data = environ.get("XDG_DATA_HOME", "")
    return Path(data) if os.path.isabs(data) else home / ".local/share"  # noqa: PTH117


def _mise_root(environ: Mapping[str, str]) -> Path:
    if chosen := environ.get("MISE_DATA_DIR"):
        return Path(chosen).expanduser()
    if WINDOWS and (local := environ.get("LOCALAPPDATA")):
        return Path(local) / "mise"
    return _data_home(environ, Path.home()) / "mise"


def _conda_prefixes(environ: Mapping[str, str]) -> Iterator[Path]:
    """Give conda's own folder and its environments, as far as conda writes them down."""
    home = Path.home()
    roots = [home / name for name in _CONDA_ROOTS] + [Path("/opt/conda")]
    if executable := environ.get("CONDA_EXE"):
        roots.insert(0, Path(executable).parent.parent)
    if mamba := environ.get("MAMBA_ROOT_PREFIX"):
        roots.insert(0, Path(mamba))
    for root in dict.fromkeys(roots):
        yield root
        yield from (Path(child) for child in _children(root / "envs"))
    try:
        listed = (home / ".conda/environments.txt").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    yield from (Path(line) for line in listed[:200] if os.path.isabs(line))  # noqa: PTH117


def _registered() -> Iterator[str]:
    """Give what installers have written into the Windows registry (PEP 514), the launcher's source."""
    from findpython.providers.winreg import WinregProvider  # noqa: PLC0415 - as above

    registry = WinregProvider.create()
    if registry is None:
        return
    for each in registry.find_pythons():
        path = os.path.realpath(each.executable)
        if not is_environment(path):
            yield path


def _pythons_in(folder: str) -> Iterator[str]:
    """Give the real path of each interpreter-like file; `python` and `python3.12` are mostly one."""
    try:
        names = sorted(name for name in os.listdir(folder) if _NAME.fullmatch(name))  # noqa: PTH208
    except OSError:
        return
    if not names or _environment_of(folder):
        return
    for name in names:
        path = os.path.realpath(os.path.join(folder, name))  # noqa: PTH118
        if os.path.isfile(path) and os.access(path, os.X_OK) and not _is_stub(path):  # noqa: PTH113
            yield path


def _is_stub(path: str) -> bool:
    """Recognize Apple's placeholder, which opens a dialog where the developer tools are missing."""
    return (
        sys.platform == "darwin"
        and path == "/usr/bin/python3"
        and not Path("/Library/Developer/CommandLineTools/usr/bin/python3").exists()
    )


def _environment_of(folder: str) -> str | None:
    """Give the virtual environment that a folder of executables belongs to (PEP 405)."""
    for place in (os.path.dirname(folder), folder):  # noqa: PTH120
        if os.path.isfile(os.path.join(place, "pyvenv.cfg")):  # noqa: PTH113, PTH118
            return place
    return None


def _home_of(environment: str) -> str | None:
    try:
        text = (Path(environment) / "pyvenv.cfg").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip().lower() == "home":
            return value.strip() if os.path.isabs(value.strip()) else None  # noqa: PTH117
    return None


def _children(folder: Path) -> list[str]:
    try:
        return sorted(entry.path for entry in os.scandir(folder) if entry.is_dir())
    except OSError:
        return []
