"""Which glibc a project's manylinux wheels promise: that of the image that cibuildwheel would take."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any

from shipwheel.errors import ConfigurationError

Level = tuple[int, int]

# what zig can link against: its own lists of symbols begin there
OLDEST: Level = (2, 17)
# PEP 513, 571, 599: the names before PEP 600 gave the glibc itself
_NAMED: Mapping[str, Level] = {"1": (2, 5), "2010": (2, 12), "2014": (2, 17)}
_IMAGE = re.compile(r"manylinux(?:_(?P<major>\d+)_(?P<minor>\d+)|(?P<named>2014|2010|1))(?!\d)")


def glibc_level(root: Path, identifier: str, environ: Mapping[str, str]) -> Level:
    """Give the glibc of the image in which cibuildwheel would make a wheel, as (major, minor).

    `identifier` is its build identifier (`cp312-manylinux_x86_64`). CIBW_MANYLINUX_…_IMAGE decides,
    then the project's `[tool.cibuildwheel]` with its overrides, then cibuildwheel's own default. Raises
    ConfigurationError for an image whose name does not tell, and for a glibc that zig does not know.
    """
    key = f"manylinux-{_arch(identifier)}-image"
    image, where = _image(root, key, identifier, environ)
    level = read_level(image)
    if level is None:
        raise ConfigurationError(
            f"the glibc of the image {image!r} cannot be told from its name",
            where=where,
            hint="`zig = true` needs an image with manylinux_2_N or manylinux2014 in its name,"
            "\nor take `zig` out of [tool.shipwheel.wheels]",
        )
    if level < OLDEST:
        raise ConfigurationError(
            f"zig targets no glibc before {OLDEST[0]}.{OLDEST[1]}, and the image {image!r} promises"
            f" {level[0]}.{level[1]}",
            where=where,
            hint='take "manylinux2014" or a later image',
        )
    return level


def read_level(image: str) -> Level | None:
    """Read the glibc out of an image's name, `quay.io/pypa/manylinux_2_28_x86_64@sha256:…` or `manylinux2014`."""
    found = _IMAGE.search(image)
    if found is None:
        return None
    return _NAMED.get(found["named"] or "") or (int(found["major"]), int(found["minor"]))


def tagged_level(filename: str) -> Level | None:
    """Give the oldest glibc that a wheel's filename promises to need no more than; None: none at all."""
    levels = (read_level(tag) for tag in filename.removesuffix(".whl").split("-")[-1].split("."))
    return min((level for level in levels if level is not None), default=None)


def _arch(identifier: str) -> str:
    tag, _, platform = identifier.partition("-")
    arch = platform.partition("_")[2]
    return f"pypy_{arch}" if tag.startswith("pp") else arch


def _image(root: Path, key: str, identifier: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Give the image's name and where it stands."""
    variable = f"CIBW_{key.upper().replace('-', '_')}"
    if told := environ.get(variable, ""):
        return told, variable
    own = list(_settings(root, key, identifier))
    if own:
        return own[-1], f"[tool.cibuildwheel] {key}"
    text = files("cibuildwheel.resources").joinpath("defaults.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)["tool"]["cibuildwheel"]
    return str(table.get(key, "")), f"cibuildwheel's default for {key}"


def _settings(root: Path, key: str, identifier: str) -> Iterator[str]:
    """Give what the project says of an image, the last word last."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return
    table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("cibuildwheel", {})
    matching = (each for each in table.get("overrides", ()) if _is_for(each, identifier))
    for each in (table, table.get("linux", {}), *matching):
        if key in each:
            yield str(each[key])


def _is_for(override: Mapping[str, Any], identifier: str) -> bool:
    select = override.get("select", "")
    patterns = select.split() if isinstance(select, str) else select
    return any(fnmatchcase(identifier, pattern) for pattern in patterns)
