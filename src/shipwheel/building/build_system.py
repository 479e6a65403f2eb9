"""The `[build-system]` table of a source tree (PEP 517, PEP 518)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from shipwheel.errors import ConfigurationError

# what pip and build take where nothing is said; setuptools 40.8 is the first with the legacy backend
_LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
_LEGACY_REQUIRES = ("setuptools>=40.8.0",)


class BuildSystem(msgspec.Struct, frozen=True, kw_only=True):
    """Backend, what it needs, and the folders in the tree that it lies in (empty for an installed one)."""

    backend: str = _LEGACY_BACKEND
    requires: tuple[str, ...] = _LEGACY_REQUIRES
    backend_path: tuple[str, ...] = ()


def read_build_system(root: Path) -> BuildSystem:
    """Read pyproject.toml; the legacy setuptools backend where it has no table.

    Raises ConfigurationError for broken TOML, a table of the wrong shape, no project at all, and a
    backend-path that leads out of the tree.
    """
    path = root / "pyproject.toml"
    if not path.is_file():
        if not (root / "setup.py").is_file() and not (root / "setup.cfg").is_file():
            raise ConfigurationError(
                "there is nothing to build: no pyproject.toml, setup.py or setup.cfg",
                where=str(root),
            )
        return BuildSystem()
    try:
        with path.open("rb") as file:
            return parse_build_system(root, tomllib.load(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError("broken TOML", where=str(path), evidence=str(error)) from error


def parse_build_system(root: Path, document: dict[str, object]) -> BuildSystem:
    """Read the table out of a parsed pyproject.toml."""
    table = document.get("build-system")
    if table is None:
        return BuildSystem()
    try:
        told = msgspec.convert(table, _Table)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            "[build-system] is not as PEP 518 has it",
            where=str(root / "pyproject.toml"),
            evidence=str(error),
        ) from error
    return BuildSystem(
        backend=told.backend or _LEGACY_BACKEND,
        requires=told.requires,
        backend_path=tuple(_inside(root, each) for each in told.backend_path),
    )


class _Table(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"backend": "build-backend", "backend_path": "backend-path"},
):
    requires: tuple[str, ...]
    backend: str | None = None
    backend_path: tuple[str, ...] = ()


def _inside(root: Path, folder: str) -> str:
    full = (root / folder).resolve()
    if not full.is_relative_to(root.resolve()):
        raise ConfigurationError(
            "backend-path leads out of the project",
            where=str(root / "pyproject.toml"),
            evidence=folder,
        )
    return str(full)
