"""A running environment, read: its distributions, where each came from, and what they are imported as.

Its interpreter is asked where its packages lie; nothing is installed, and nothing is written there, not
even bytecode.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import msgspec

from shipwheel import process
from shipwheel.errors import ConfigurationError
from shipwheel.project.names import normalize
from shipwheel.redaction import without_credentials
from shipwheel.verification.dependencies import distributions_in
from shipwheel.verification.modules import modules_of

_SECONDS = 30.0
_MOST_FILES = 100_000
_MOST_URL = 1 << 16
_MARK = "shipwheel-environment:"
Origin = Literal["index", "editable", "local", "url", "vcs"]

# packaging's own names for markers; what a .pth file prints comes before the mark
_SCRIPT = f"""
import json, os, platform, sys, sysconfig
v = sys.implementation.version
paths = [each for each in sys.path if os.path.basename(each) in ("site-packages", "dist-packages")]
print({_MARK!r} + json.dumps({{"prefix": sys.prefix, "base": sys.base_prefix, "paths": paths,
  "own": [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")],
  "version": platform.python_version(),
  "markers": {{"implementation_name": sys.implementation.name,
    "implementation_version": "%d.%d.%d" % v[:3], "os_name": os.name,
    "platform_machine": platform.machine(), "platform_release": platform.release(),
    "platform_python_implementation": platform.python_implementation(),
    "platform_system": platform.system(), "platform_version": platform.version(),
    "python_full_version": platform.python_version(),
    "python_version": "%d.%d" % sys.version_info[:2], "sys_platform": sys.platform}}}}))
"""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution of the environment by its normalized name; `label` is as it calls itself.

    `modules` are the dotted names that its files can be imported as; `requires` PEP 508 strings;
    `url` where it came from if that is not an index, without credentials.
    """

    name: str
    label: str
    version: str
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    modules: frozenset[str] = frozenset()
    origin: Origin = "index"
    url: str = ""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """An environment: its folder, its Python (`3.11.4`), its marker values and distributions by name.

    `outside`: packages of the system's Python are seen in it too.
    """

    place: str
    version: str
    markers: Mapping[str, str]
    held: Mapping[str, Held]
    outside: bool = False

    @property
    def release(self) -> str:
        """Give its Python as `3.11`."""
        return self.markers["python_version"]


def locate(named: str | None, root: Path, environ: Mapping[str, str], own: str) -> Path:
    """Give the interpreter of the environment that is meant: a named one, the active one, else `.venv`.

    `own` is the environment that shipwheel itself runs in: active it counts last, for it is seldom the
    project's. Raises ConfigurationError where there is none.
    """
    if named is not None:
        found = _interpreter(Path(named))
        if found is None:
            raise ConfigurationError(
                f"{named} is neither an environment nor a Python",
                where="shipwheel deps adopt",
                hint="name an environment's folder, or its python",
            )
        return found
    active = environ.get("VIRTUAL_ENV") or environ.get("CONDA_PREFIX")
    is_own = active is not None and os.path.realpath(active) == os.path.realpath(own)
    places = [root / ".venv", root / "venv", root / "env"]
    if active is not None:
        places.insert(len(places) if is_own else 0, Path(active))
    for place in places:
        found = _interpreter(place)
        if found is not None:
            return found
    raise ConfigurationError(
        "no running environment is known",
        where=str(root),
        hint="activate it, or name its folder: `shipwheel deps adopt ~/envs/NAME`",
    )


def read_running(python: Path) -> Running:
    """Ask an interpreter where its packages lie and read them; raises ConfigurationError where it cannot say."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = (str(python), "-I", "-B", "-c", _SCRIPT)
    done = process.run(command, env=environ, timeout=_SECONDS)
    said = _said(done.output) if done.ok else None
    if said is None:
        raise ConfigurationError(
            "the environment's Python does not answer",
            where=str(python),
            evidence=done.tail(6),
            hint="does it run? A moved environment has to be made anew",
        )
    own, paths = [str(each) for each in said["own"]], [str(each) for each in said["paths"]]
    held: dict[str, Held] = {}
    for path in dict.fromkeys([*own, *paths]):
        for each in _held_in(path):
            held.setdefault(each.name, each)
    return Running(
        place=str(said["prefix"]),
        version=str(said["version"]),
        markers={str(key): str(value) for key, value in said["markers"].items()},
        held=held,
        outside=any(not each.startswith(str(said["prefix"])) for each in paths),
    )


def _said(output: str) -> dict[str, Any] | None:
    _, mark, text = output.rpartition(_MARK)
    try:
        found = json.loads(text.splitlines()[0]) if mark else None
    except (ValueError, IndexError):
        return None
    return found if isinstance(found, dict) and found.get("markers") else None


def _interpreter(place: Path) -> Path | None:
    """Give an environment's interpreter, or the path itself where it is one; links are not followed."""
    names = ("bin/python", "Scripts/python.exe", "bin/python3", "python.exe")
    if place.is_dir():
        return next((place / name for name in names if (place / name).exists()), None)
    runs = (
        place.is_file() and os.access(place, os.X_OK) and place.stem.startswith(("python", "pypy"))
    )
    return Path(os.path.abspath(place)) if runs else None  # noqa: PTH100 - a link names an environment


def _held_in(path: str) -> Iterable[Held]:
    for each in distributions_in(path):
        try:
            found = _held(each)
        except (OSError, UnicodeError, ValueError):
            continue  # half removed, or written by nobody's rules
        if found is not None:
            yield found


def _held(each: Distribution) -> Held | None:
    label, version = each.metadata["Name"], each.metadata["Version"]
    if not label or not version:
        return None
    origin, url = _origin(each)
    return Held(
        name=normalize(label),
        label=label,
        version=version,
        requires=tuple(each.requires or ()),
        extras=tuple(normalize(name) for name in each.metadata.get_all("Provides-Extra") or ()),
        modules=_modules(each),
        origin=origin,
        url=url,
    )


def _modules(each: Distribution) -> frozenset[str]:
    paths = [str(PurePosixPath(path)) for path in (each.files or ())[:_MOST_FILES]]
    inside = [path for path in paths if not path.startswith(("..", "/"))]
    found = {name for name, _path in modules_of(inside)}
    listed = (each.read_text("top_level.txt") or "").split()
    return frozenset(found or {name for name in listed if name.isidentifier()})


def origin_of(text: str | None) -> tuple[Origin, str]:
    """Say where a distribution came from by its direct_url.json (PEP 610), None where it has none."""
    told = _told(text)
    url = told.get("url")
    if not url:
        return "index", ""
    place = without_credentials(str(url))
    folder, vcs = told.get("dir_info"), told.get("vcs_info")
    if isinstance(folder, dict) and folder.get("editable"):
        return "editable", place
    if isinstance(vcs, dict):
        return "vcs", f"{vcs.get('vcs', 'git')}+{place}@{vcs.get('commit_id', '')}"
    return ("local" if place.startswith("file:") else "url"), place


def _told(text: str | None) -> dict[str, Any]:
    if not text or len(text) > _MOST_URL:
        return {}
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _origin(each: Distribution) -> tuple[Origin, str]:
    """Say where a distribution came from; `setup.py develop` left no record but an egg-info in the tree."""
    text = each.read_text("direct_url.json")
    linked = str(getattr(each, "_path", "")).endswith(".egg-info") and each.files is None
    return ("editable", "") if linked and not text else origin_of(text)
