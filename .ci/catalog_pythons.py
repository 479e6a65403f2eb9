"""From what the world says of Pythons to rows of the Catalog: pure functions, as in `catalog_rows.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from packaging.version import InvalidVersion, Version

Row = dict[str, Any]

_FREE_THREADED_SINCE = (3, 13)  # PEP 703
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Branch(msgspec.Struct):
    pep: int
    status: str
    first_release: str
    end_of_life: str


class _PyPyRelease(msgspec.Struct):
    pypy_version: str
    python_version: str
    stable: bool
    date: str


def cpython_rows(answer: str, rows: Sequence[Row]) -> list[Row]:
    """Give the Pythons with CPython's branches as `release-cycle.json` of peps.python.org has them.

    A branch that is new gets its rows, the free-threaded one too; branches older than ours are not
    wanted. Raises ValueError where a branch is missing that ours say is alive.
    """
    branches = _decoded(answer, dict[str, _Branch])
    ours = [row for row in rows if row["implementation"] == "cpython"]
    alive = {row["version"] for row in ours if row["status"] != "end-of-life"}
    if missing := sorted(alive - branches.keys()):
        raise ValueError(f"nothing is said of Python {', '.join(missing)}")
    updated = [
        _with_branch(row, branches[row["version"]]) if row["version"] in branches else row
        for row in ours
    ]
    newest = max(_release(row["version"]) for row in ours)
    for version in sorted(branches, key=_release):
        if _release(version) > newest:
            updated += [_with_branch(row, branches[version]) for row in _new_cpython(version)]
    return [*updated, *(row for row in rows if row["implementation"] != "cpython")]


def pypy_rows(answer: str, rows: Sequence[Row]) -> list[Row]:
    """Give the Pythons with PyPy's as its `versions.json` has them.

    Maintained is what the newest stable release came out for. A first release is written down once:
    what was called stable at the time is not always what the file says years later.
    """
    releases = [each for each in _decoded(answer, list[_PyPyRelease]) if each.stable]
    ours = [row for row in rows if row["implementation"] == "pypy"]
    oldest = min(_release(row["version"]) for row in ours)
    try:
        newest = max(Version(each.pypy_version) for each in releases)
        alive = {_minor(each) for each in releases if Version(each.pypy_version) == newest}
    except (InvalidVersion, ValueError) as error:
        raise ValueError(f"no release of PyPy is named: {error}") from error
    first: dict[str, str] = {}
    for each in releases:
        first[_minor(each)] = min(each.date, first.get(_minor(each), each.date))
    known = {row["version"] for row in ours}
    updated = [_with_pypy(row, alive, first) for row in ours]
    updated += [
        _new_pypy(version, alive, first[version])
        for version in first.keys() - known
        if _release(version) >= oldest
    ]
    updated.sort(key=lambda row: _release(row["version"]))
    return [*(row for row in rows if row["implementation"] != "pypy"), *updated]


def _decoded(answer: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not what it should be: {error}") from error


def _release(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+\.\d+", version):
        raise ValueError(f"{version!r} is not a Python of the form X.Y")
    return tuple(int(part) for part in version.split("."))


def _with_branch(row: Row, branch: _Branch) -> Row:
    """Give a row with what is said of its branch; a first release that is only a month stays out."""
    row = {**row, "status": branch.status, "end_of_life": branch.end_of_life[:7], "pep": branch.pep}
    if _DAY.fullmatch(branch.first_release):
        row["first_release"] = branch.first_release
    elif not row.get("first_release"):
        row.pop("first_release", None)
    return row


def _new_cpython(version: str) -> list[Row]:
    plain = {"target": version, "implementation": "cpython", "version": version}
    rest = {"status": "", "first_release": "", "end_of_life": "", "pep": 0}
    rows = [{**plain, **rest}]
    if _release(version) >= _FREE_THREADED_SINCE:
        rows.append({**plain, "target": f"{version}t", "free_threaded": True, **rest})
    return rows


def _minor(release: _PyPyRelease) -> str:
    return ".".join(release.python_version.split(".")[:2])


def _with_pypy(row: Row, alive: set[str], first: Mapping[str, str]) -> Row:
    row = {**row, "status": _pypy_status(row["version"], alive)}
    if row["version"] in first:
        row.setdefault("first_release", first[row["version"]])
    return row


def _pypy_status(version: str, alive: set[str]) -> str:
    return "bugfix" if version in alive else "end-of-life"


def _new_pypy(version: str, alive: set[str], date: str) -> Row:
    return {
        "target": f"pypy{version}",
        "implementation": "pypy",
        "version": version,
        "status": _pypy_status(version, alive),
        "first_release": date,
    }
