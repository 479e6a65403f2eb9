"""Which platform wheels cibuildwheel would build: asked of it, never guessed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
import tomllib
from importlib.metadata import version
from pathlib import Path

import msgspec
from cibuildwheel.selector import EnableGroup

from shipwheel import process
from shipwheel.data.catalog import Catalog, Platform
from shipwheel.errors import ConfigurationError
from shipwheel.files import digest_of, write_bytes
from shipwheel.machine.cache import cache_folder
from shipwheel.planning.platforms import shipped_platforms
from shipwheel.planning.shipping import nothing_selected
from shipwheel.project.facts import Project


class Identifiers(msgspec.Struct, frozen=True, kw_only=True):
    """The build identifiers of the shipped platform wheels, and what the user should know of them."""

    identifiers: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    key: str = ""


def wheel_identifiers(project: Project, catalog: Catalog) -> Identifiers:
    """Give the build identifiers of the shipped platform wheels (`cp312-manylinux_x86_64`).

    cibuildwheel is asked for each operating system with explicit architectures, so that any machine
    gives the same answer; its answers are kept, for all checkouts of a user's, by the digest of what
    decides them. A group in `enable`
    that it does not know any more is left out with a notice. Raises ConfigurationError where it
    refuses its own configuration otherwise, and where it would build nothing on the platforms that
    wheels are to ship for: such a release would be an sdist alone, and nobody asked for that.
    """
    platforms = shipped_platforms(project, catalog)
    requires = project.requires_python.value or ""
    text = _own_file(Path(project.root))
    key = digest_of(version("cibuildwheel"), json.dumps(platforms), requires, _deciding(text))
    kept_in = cache_folder() / "identifiers" / f"{key[:32]}.json"
    kept = _read(kept_in, key)
    if kept is None:
        kept = _ask_all(text, requires, platforms, catalog, key)
        with contextlib.suppress(OSError):  # a home that cannot be written to costs time, no more
            write_bytes(kept_in, msgspec.json.encode(kept))
    if platforms and not kept.identifiers:
        raise nothing_selected(platforms, project)
    return kept


def _ask_all(
    text: str, requires: str, platforms: tuple[str, ...], catalog: Catalog, key: str
) -> Identifiers:
    archs: dict[str, set[str]] = {}
    for platform in catalog.platforms:
        if platform.id in platforms:
            archs.setdefault(platform.os, set()).add(cibuildwheel_arch(platform))
    calls = [(system, ",".join(sorted(names))) for system, names in sorted(archs.items())]
    text, notices = _without_unknown_groups(text)
    with tempfile.TemporaryDirectory(prefix="shipwheel-") as folder:
        (Path(folder) / "pyproject.toml").write_text(text, encoding="utf-8")
        answers = process.parallel(
            lambda call: _ask(folder, requires, *call), calls, workers=len(calls) or 1
        )
    found = [line for answer in answers for line in answer]
    chosen = tuple(each for each in found if each.partition("-")[2] in platforms)
    return Identifiers(identifiers=chosen, notices=tuple(notices), key=key)


def _without_unknown_groups(text: str) -> tuple[str, list[str]]:
    """Leave out of `[tool.cibuildwheel] enable` what this cibuildwheel does not know, with a notice."""
    wanted = tomllib.loads(text).get("tool", {}).get("cibuildwheel", {}).get("enable", [])
    groups = wanted.split() if isinstance(wanted, str) else wanted
    known = {group.value for group in EnableGroup} | {"all"}
    unknown = [group for group in groups if group not in known]
    if isinstance(wanted, str) and unknown:  # all groups in one string
        left = json.dumps(" ".join(group for group in groups if group in known))
        text = re.sub(rf"""(["']){re.escape(wanted)}\1""", lambda _: left, text)
    for group in unknown:
        text = re.sub(rf"""(["'])({re.escape(group)})\1\s*,?""", "", text)
    notices = [
        f"cibuildwheel {version('cibuildwheel')} knows no group {group!r}:"
        " take it out of [tool.cibuildwheel] enable"
        for group in unknown
    ]
    return text, notices


def cibuildwheel_arch(platform: Platform) -> str:
    """Give cibuildwheel's word for an architecture: Windows' are written in capitals, but x86."""
    upper = platform.os == "windows" and platform.arch != "x86"
    return platform.arch.upper() if upper else platform.arch


def _ask(folder: str, requires: str, system: str, archs: str) -> list[str]:
    # -P: a module in the working directory must not shadow the standard library
    command = [sys.executable, "-P", "-m", "cibuildwheel", "--print-build-identifiers"]
    done = process.run(
        [*command, "--platform", system, "--archs", archs, folder],
        env=_environment(requires),
    )
    if not done.ok:
        raise ConfigurationError(
            "cibuildwheel refuses its configuration",
            where="[tool.cibuildwheel]",
            evidence=done.tail(),
            hint="cibuildwheel.pypa.io/en/stable/options lists what it takes",
        )
    return [line.strip() for line in done.output.splitlines() if line.strip()]


def _deciding(text: str) -> str:
    """Give what of a pyproject.toml decides cibuildwheel's selection: projects that agree in it share an answer."""
    table = tomllib.loads(text).get("tool", {}).get("cibuildwheel", {})
    return json.dumps(table, sort_keys=True, default=str)


def _environment(requires: str) -> dict[str, str]:
    """Give this process's environment without `CIBW_*`: one terminal's settings are no one else's Plan."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CIBW_")}
    # cibuildwheel reads it from PEP 621 metadata alone; our facts know more
    return {**own, **({"CIBW_PROJECT_REQUIRES_PYTHON": requires} if requires else {})}


def _own_file(root: Path) -> str:
    """Give the text of the file that holds cibuildwheel's own settings."""
    path = root / "pyproject.toml"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _read(path: Path, key: str) -> Identifiers | None:
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Identifiers)
    except (OSError, msgspec.DecodeError):
        return None
    return kept if kept.key == key else None
