"""Bring the Catalog up to date with the world: `nox -s refresh`, or with `-- --check` only look.

Shows the difference of each file under src/shipwheel/data and writes it. A person reads it before it is
committed: how long an action's version has been out, and what its notes say, no answer here tells. Exit
codes: 0 done · 1 with --check, something would change · 2 the call is wrong · 3 some source could not be
read; what could be is refreshed all the same.
"""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import sys
import tomllib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from catalog_fetch import FetchError, digest, page, tags
from catalog_pythons import cpython_rows, pypy_rows
from catalog_rows import (
    Row,
    action_rows,
    image_rows,
    runner_rows,
    stamped,
    to_look_at,
)

from shipwheel.data.catalog import Action, Image, PythonVersion, RunnerImage
from shipwheel.data.rewriting import rewrite
from shipwheel.files import write_text

DATA = Path(__file__).resolve().parent.parent / "src" / "shipwheel" / "data"
CYCLE = "https://peps.python.org/api/release-cycle.json"
PYPY = "https://downloads.python.org/pypy/versions.json"
RUNNERS = "https://raw.githubusercontent.com/actions/runner-images/main/README.md"
REPOSITORIES = "https://github.com"

Change = Callable[[str, list[Row]], list[Row]]

_KINDS = {"pythons": PythonVersion, "runners": RunnerImage, "actions": Action, "images": Image}
_TABLES = {name: name.removesuffix("s") for name in _KINDS}


class Refresh:
    """The rows of each file as they become, and what could not be read on the way."""

    def __init__(self, folder: Path) -> None:
        """Read the files that are kept up to date."""
        self.old = {name: (folder / f"{name}.toml").read_text("utf-8") for name in _KINDS}
        self.rows = {name: self.known(name) for name in _KINDS}
        self.unread: list[str] = []

    def known(self, file: str) -> list[Row]:
        """Give the rows of a file as they stand on disk."""
        rows: list[Row] = tomllib.loads(self.old[file])[_TABLES[file]]
        return rows

    def take(self, file: str, source: str, change: Callable[[list[Row]], list[Row]]) -> None:
        """Change a file's rows by a source, or note why that cannot be; the rows must be the Catalog's."""
        try:
            rows = change(self.rows[file])
            for row in rows:
                msgspec.convert(row, _KINDS[file])
        except (FetchError, ValueError) as error:
            self.unread.append(f"{source}: {error}")
        else:
            self.rows[file] = rows

    def text(self, file: str, today: str) -> str:
        """Give a file anew: the same bytes where no row changed."""
        if self.rows[file] == self.known(file):
            return self.old[file]
        return rewrite(stamped(self.old[file], today), self.rows[file])


def main(argv: list[str]) -> int:
    """Refresh what is asked for and give the exit code."""
    call = _parsed(argv)
    try:
        refresh = Refresh(call.data)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    _pythons(refresh, call)
    _runners(refresh, call)
    _actions(refresh, call)
    _images(refresh, call)
    changed = {
        file: text
        for file in _KINDS
        if (text := refresh.text(file, call.today.isoformat())) != refresh.old[file]
    }
    _show(refresh, changed)
    if not call.check:
        for file, text in changed.items():
            write_text(call.data / f"{file}.toml", text)
    if refresh.unread:
        return 3
    return 1 if call.check and changed else 0


def _pythons(refresh: Refresh, call: Any) -> None:
    for place, change in ((call.release_cycle, cpython_rows), (call.pypy, pypy_rows)):
        refresh.take("pythons", place, partial(_by_page, place, change, call))


def _runners(refresh: Refresh, call: Any) -> None:
    place = call.runner_images
    refresh.take("runners", place, partial(_by_page, place, runner_rows, call))


def _actions(refresh: Refresh, call: Any) -> None:
    for row in refresh.known("actions"):
        place = f"{call.repositories.rstrip('/')}/{row['name']}"
        refresh.take("actions", place, partial(_by_tags, place, row["name"], call))


def _images(refresh: Refresh, call: Any) -> None:
    for row in refresh.known("images"):
        refresh.take("images", row["reference"], partial(_by_digest, row, call))


def _by_page(place: str, change: Change, call: Any, rows: list[Row]) -> list[Row]:
    return change(page(place, call.timeout), rows)


def _by_tags(place: str, name: str, call: Any, rows: list[Row]) -> list[Row]:
    return action_rows({name: tags(place, call.timeout)}, rows)


def _by_digest(image: Row, call: Any, rows: list[Row]) -> list[Row]:
    found = digest(image["reference"], call.timeout, call.registry)
    return image_rows({image["name"]: found}, rows)


def _show(refresh: Refresh, changed: dict[str, str]) -> None:
    for file, text in changed.items():
        print("".join(_difference(f"{file}.toml", refresh.old[file], text)), end="")
    for file in changed:
        for line in to_look_at(file, refresh.known(file), refresh.rows[file]):
            print(f"note: {line}")
    for line in refresh.unread:
        print(f"not read: {line}", file=sys.stderr)
    if not changed:
        print("nothing has changed" if not refresh.unread else "nothing else has changed")


def _difference(name: str, old: str, new: str) -> Iterable[str]:
    lines = (old.splitlines(keepends=True), new.splitlines(keepends=True))
    return difflib.unified_diff(*lines, fromfile=name, tofile=name)


def _parsed(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the data files")
    parser.add_argument("--timeout", type=float, default=30, help="seconds for each answer")
    today = dt.datetime.now(dt.UTC).date()
    parser.add_argument(
        "--today", type=dt.date.fromisoformat, default=today, help="for the headers"
    )
    parser.add_argument("--release-cycle", default=CYCLE, metavar="PLACE", help="a URL or a file")
    parser.add_argument("--pypy", default=PYPY, metavar="PLACE", help="a URL or a file")
    parser.add_argument("--runner-images", default=RUNNERS, metavar="PLACE", help="a URL or a file")
    parser.add_argument(
        "--repositories", default=REPOSITORIES, help="the URL or folder above OWNER/REPO"
    )
    parser.add_argument(
        "--registry", default=None, help="a URL in place of the images' own registry"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
