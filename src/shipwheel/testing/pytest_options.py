"""What the project's pytest configuration adds to every call, as pytest itself finds it."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

_LARGEST = 4 << 20  # bytes of a configuration file


def pytest_addopts(root: Path) -> str | None:
    """Give the addopts of the first file in `root` that configures pytest, None where none does.

    The order and what counts as a configuration are pytest's (findpaths.py of 9.2): a file of pytest's
    own name always counts, the others where they have its table.
    """
    for name, (read, own) in _FILES.items():
        text = _text(root / name)
        if text is None:
            continue
        found = read(text)
        if found is not None or own:
            return found or ""
    return None


def _text(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8-sig", "replace")
    except OSError:
        return None


def _from_toml(*tables: tuple[str, ...]) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        try:
            data: object = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return None
        found = [table for keys in tables if (table := _inner(data, keys)) is not None]
        return _words(found[0].get("addopts")) if found else None

    return read


def _from_ini(section: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
        try:
            parser.read_string(text)
        except configparser.Error:
            return None
        return _words(parser[section].get("addopts")) if parser.has_section(section) else None

    return read


def _inner(data: object, keys: tuple[str, ...]) -> Mapping[str, object] | None:
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else None


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


_FILES: dict[str, tuple[Callable[[str], str | None], bool]] = {
    "pytest.toml": (_from_toml(("pytest",)), True),
    ".pytest.toml": (_from_toml(("pytest",)), True),
    "pytest.ini": (_from_ini("pytest"), True),
    ".pytest.ini": (_from_ini("pytest"), True),
    "pyproject.toml": (
        _from_toml(("tool", "pytest", "ini_options"), ("tool", "pytest")),
        False,
    ),
    "tox.ini": (_from_ini("pytest"), False),
    "setup.cfg": (_from_ini("tool:pytest"), False),
}
