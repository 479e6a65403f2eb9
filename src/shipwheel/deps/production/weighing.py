"""What a distribution weighs once installed, by what its files are."""

from __future__ import annotations

import functools
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from shipwheel.data.catalog import data_text
from shipwheel.deps.production.answer import Weight

_TESTS = frozenset({"test", "tests", "_tests", "testing"})


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What production.toml holds."""

    strays: tuple[str, ...]
    vendored: tuple[str, ...]
    compiled: tuple[str, ...]


@functools.cache
def names() -> Names:
    """Read the names; raises msgspec.ValidationError for a file that is not of its form."""
    return msgspec.convert(tomllib.loads(data_text("production")), Names)


def weigh(files: Iterable[str], site: Path, environment: Path) -> tuple[Weight, int]:
    """Weigh the files of a RECORD, which are relative to site-packages; give the weight and their number.

    Bytecode does not count: whether there is any is the installer's matter. A path that leads out of the
    environment is not looked at.
    """
    sums = {"python": 0, "compiled": 0, "tests": 0, "other": 0}
    count = 0
    top = os.path.realpath(environment)
    for file in files:
        path = os.path.normpath(site / file)
        if file.endswith(".pyc") or not os.path.realpath(path).startswith(top + os.sep):
            continue
        try:
            size = os.lstat(path).st_size
        except OSError:
            continue
        sums[kind_of_file(file)] += size
        count += 1
    return Weight(**sums), count


def kind_of_file(path: str) -> str:
    """Give what a file of a RECORD is: `tests` are those in a package's own folder of tests."""
    parts = path.split("/")
    if len(parts) > 2 and not _TESTS.isdisjoint(parts[1:-1]):
        return "tests"
    file = parts[-1]
    if file.endswith(names().compiled) or ".so." in file:
        return "compiled"
    return "python" if file.endswith((".py", ".pyi")) else "other"
