"""From what the world says to rows of the Catalog: pure functions, an answer's text and our rows in.

Each gives new rows in the form of the file's own, ours being the last ones known: what an answer does not
tell stays as it is. An answer that is not what it should be raises ValueError, so that a page that
changed its form never empties a file. `refresh_catalog.py` fetches and writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]

_EXACT = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

# how the table of actions/runner-images marks an image: a badge, or a raised word
_MARK = re.compile(
    r"!\[(preview|beta|deprecated)\]|<sup>\s*(preview|beta|deprecated)", re.IGNORECASE
)
_STATUS = {"preview": "preview", "beta": "preview", "deprecated": "deprecated"}
_SYSTEMS = {"ubuntu": "linux", "macos": "macos", "xcode": "macos", "windows": "windows"}
# our words for a processor are those of each system's wheel tags
_PROCESSORS = {
    ("linux", "x64"): "x86_64",
    ("linux", "arm64"): "aarch64",
    ("macos", "x64"): "x86_64",
    ("macos", "arm64"): "arm64",
    ("windows", "x64"): "amd64",
    ("windows", "arm64"): "arm64",
}
_LABEL = re.compile(r"`([\w.-]+)`")
_GONE = {"status": "deprecated"}
_MOVES_OR_COSTS = re.compile(r"latest|-large$|-xlarge$")


def runner_rows(readme: str, rows: Sequence[Row]) -> list[Row]:
    """Give the runners with GitHub's as the README of actions/runner-images lists them.

    The status follows the table; a label that left it is deprecated. `end` stands in announcements
    alone and is kept. New labels come behind those of their system.
    """
    listed = _listed(readme)
    github = {row["id"] for row in rows if row["provider"] == "github"}
    if not github & listed.keys():
        raise ValueError("none of the runners that we know is in the table")
    updated = [
        {**row, "status": listed.get(row["id"], _GONE)["status"]} if row["id"] in github else row
        for row in rows
    ]
    for runner_id, row in listed.items():
        if runner_id not in github:
            updated.insert(_behind(updated, row["os"]), row)
    return updated


def action_rows(answers: Mapping[str, str], rows: Sequence[Row]) -> list[Row]:
    """Give the actions at their newest exact version; `answers`: `git ls-remote --tags`, a name each.

    An action without an answer stays. Raises ValueError as `newest_tag` does, and where a version that
    we have stands for another commit now: exact versions do not move, so somebody moved it.
    """
    return [_newest(row, answers[row["name"]]) if row["name"] in answers else row for row in rows]


def newest_tag(answer: str) -> tuple[str, str]:
    """Give the newest final version among tags (`v7.0.1`, not `v7` or `v8.0.0-beta.1`) and its commit.

    An annotated tag is listed twice; its commit is the line that ends in `^{}`. Raises ValueError
    where there is no such tag.
    """
    commits: dict[str, str] = {}
    for line in answer.splitlines():
        commit, _, ref = line.partition("\t")
        name, _, peeled = ref.removeprefix("refs/tags/").partition("^")
        if _COMMIT.fullmatch(commit) and _EXACT.fullmatch(name) and (peeled or name not in commits):
            commits[name] = commit
    if not commits:
        raise ValueError("there is no tag of the form vX.Y.Z")
    newest = max(commits, key=_numbers)
    return newest, commits[newest]


def image_rows(digests: Mapping[str, str], rows: Sequence[Row]) -> list[Row]:
    """Give the images with the digests that the registry gave; one without keeps what it has."""
    for name, digest in digests.items():
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{name}: {digest!r} is no digest")
    return [
        {**row, "digest": digests[row["name"]]} if row["name"] in digests else row for row in rows
    ]


def stamped(text: str, today: str) -> str:
    """Give a data file with the day in its header on which its facts were read."""
    return re.sub(r"(?<=[Rr]ead on )\d{4}-\d{2}-\d{2}", today, text, count=1)


def to_look_at(file: str, old: Sequence[Row], new: Sequence[Row]) -> list[str]:
    """Say what a person must judge about changed rows, a line each."""
    before = {row.get("name", row.get("id")): row for row in old}
    said = []
    for row in new if file in {"actions", "runners"} else ():
        known = before.get(row.get("name", row.get("id")))
        if file == "actions" and known and known["version"] != row["version"]:
            major = _numbers(known["version"])[0] != _numbers(row["version"])[0]
            said.append(
                f"{row['name']} {row['version']}: how long it has been out is not in its tag; "
                f"look before committing{', and it is another major version' if major else ''}"
            )
        if file == "runners" and row["status"] == "deprecated" and "end" not in row:
            said.append(f"{row['id']} is deprecated: its announcement may have the day, for `end`")
    return said


def _newest(row: Row, answer: str) -> Row:
    version, commit = newest_tag(answer)
    if _numbers(version) < _numbers(row["version"]):
        raise ValueError(f"the newest tag is {version}, ours is newer: {row['version']}")
    if version == row["version"] and commit != row["commit"]:
        raise ValueError(f"{version} was moved to {commit}: exact versions do not move")
    return {**row, "version": version, "commit": commit}


def _listed(readme: str) -> dict[str, Row]:
    """Read the table of images: a row a label that neither moves nor costs."""
    lines = [line for line in readme.splitlines() if line.startswith("|")]
    start = next((at for at, line in enumerate(lines) if "YAML Label" in line), None)
    if start is None:
        raise ValueError("there is no table with a column `YAML Label`")
    header = _cells(lines[start])
    if not {"Image", "Architecture", "YAML Label"} <= set(header):
        raise ValueError(f"the table's columns are {', '.join(header)}")
    found: dict[str, Row] = {}
    for line in lines[start + 2 :]:
        cells = dict(zip(header, _cells(line), strict=False))
        if "YAML Label" not in cells or "`" not in cells["YAML Label"]:
            break  # another table
        for label in _LABEL.findall(cells["YAML Label"]):
            if not _MOVES_OR_COSTS.search(label):
                found[label] = _runner(label, cells["Image"], cells["Architecture"])
    return found


def _runner(label: str, image: str, processor: str) -> Row:
    name, _, _ = image.partition(" ")
    system = _SYSTEMS.get(name.lower())
    arch = _PROCESSORS.get((system or "", processor))
    if system is None or arch is None:
        raise ValueError(f"{label}: what are {name!r} and {processor!r}?")
    mark = _MARK.search(image)
    status = _STATUS[(mark[1] or mark[2]).lower()] if mark else "available"
    return {
        "id": label,
        "provider": "github",
        "os": system,
        "arch": arch,
        "status": status,
        "labels": [label],
    }


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _behind(rows: Sequence[Row], system: str) -> int:
    """Give the place behind GitHub's last runner of a system."""
    alike = [
        at for at, row in enumerate(rows) if (row["provider"], row["os"]) == ("github", system)
    ]
    return alike[-1] + 1 if alike else len(rows)


def _numbers(version: str) -> tuple[int, ...]:
    match = _EXACT.fullmatch(version)
    if match is None:
        raise ValueError(f"{version!r} is not of the form vX.Y.Z")
    return tuple(int(number) for number in match.groups())
