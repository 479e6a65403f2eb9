"""Which platform wheels cibuildwheel would build: asked of it, never guessed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from shipwheel import process
from shipwheel.data.catalog import Catalog, Platform
from shipwheel.errors import ConfigurationError
from shipwheel.files import digest_of, write_text
from shipwheel.project.facts import Project
from shipwheel.workspace import Workspace


def wheel_identifiers(workspace: Workspace, project: Project, catalog: Catalog) -> tuple[str, ...]:
    """Give the build identifiers of the shipped platform wheels (`cp312-manylinux_x86_64`).

    cibuildwheel is asked for each operating system with explicit architectures, so that any machine
    gives the same answer; its answers are kept by the digest of what decides them. Raises
    ConfigurationError where it refuses its own configuration.
    """
    platforms = shipped_platforms(project, catalog)
    key = digest_of(
        version("cibuildwheel"),
        json.dumps(platforms),
        str(project.requires_python.value),
        _own_table(Path(project.root)),
    )
    kept = _read(workspace.cache / "identifiers.json", key)
    if kept is not None:
        return kept
    asked = _ask_all(Path(project.root), platforms, catalog)
    chosen = tuple(each for each in asked if each.partition("-")[2] in platforms)
    write_text(
        workspace.cache / "identifiers.json", json.dumps({"key": key, "identifiers": chosen})
    )
    return chosen


def shipped_platforms(project: Project, catalog: Catalog) -> tuple[str, ...]:
    """Give the platforms that wheels are shipped for; raises ConfigurationError for unknown ones."""
    known = [platform.id for platform in catalog.platforms]
    wanted = project.config.wheels.platforms
    if wanted is None:
        return tuple(platform.id for platform in catalog.platforms if platform.default)
    for name in wanted:
        if name not in known:
            raise ConfigurationError(
                f"cibuildwheel knows no platform {name!r}",
                where="[tool.shipwheel.wheels] platforms",
                hint=f"known are {', '.join(known)}",
            )
    return tuple(wanted)


def _ask_all(root: Path, platforms: Iterable[str], catalog: Catalog) -> list[str]:
    archs: dict[str, set[str]] = {}
    for platform in catalog.platforms:
        if platform.id in platforms:
            archs.setdefault(platform.os, set()).add(_arch(platform))
    calls = [(system, ",".join(sorted(names))) for system, names in sorted(archs.items())]
    with ThreadPoolExecutor() as pool:
        answers = pool.map(lambda call: _ask(root, *call), calls)
    return [line for answer in answers for line in answer]


def _arch(platform: Platform) -> str:
    """Give cibuildwheel's word for an architecture: Windows' are written in capitals, but x86."""
    upper = platform.os == "windows" and platform.arch != "x86"
    return platform.arch.upper() if upper else platform.arch


def _ask(root: Path, system: str, archs: str) -> list[str]:
    # -P: a module in the project's root must not shadow the standard library
    command = [sys.executable, "-P", "-m", "cibuildwheel", "--print-build-identifiers"]
    done = process.run([*command, "--platform", system, "--archs", archs, str(root)])
    if not done.ok:
        raise ConfigurationError(
            "cibuildwheel refuses its configuration",
            where="[tool.cibuildwheel]",
            evidence=done.tail(),
            hint="cibuildwheel.pypa.io/en/stable/options lists what it takes",
        )
    return [line.strip() for line in done.output.splitlines() if line.strip()]


def _own_table(root: Path) -> str:
    """Give the text that decides cibuildwheel's selection; any change of the file asks again."""
    path = root / "pyproject.toml"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _read(path: Path, key: str) -> tuple[str, ...] | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return tuple(kept["identifiers"]) if kept.get("key") == key else None
