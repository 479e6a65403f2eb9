"""Built files, kept by the digest of their inputs, and trusted only by their bytes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel.files import sha256, write_bytes
from shipwheel.workspace import Workspace

_ENTRY = "entry.json"
_STEM = 24  # characters of a digest that name a folder
_GENERATIONS = 6  # of each planned file; an older one can be built again


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A kept file; the entry is written after the file, so that a half-written one has none.

    `id` is the planned file's; `resolved` are the versions of the build requirements, found out at
    `resolved_at` (seconds); `tools` is what the record says of how it was made; `compiler` tells
    the C compiler of an extension project's wheel from another.
    """

    key: str
    id: str
    filename: str
    sha256: str
    size: int
    made_at: float
    resolved: dict[str, str] = {}
    resolved_at: float = 0.0
    tools: dict[str, str] = {}
    warnings: tuple[str, ...] = ()
    compiler: str = ""


def find_kept(workspace: Workspace, key: str) -> Kept | None:
    """Give the entry for a digest of inputs, None where there is none or the file's bytes are others."""
    entry = _read(_folder(workspace, key) / _ENTRY)
    if entry is None or entry.key != key:
        return None
    path = kept_path(workspace, entry)
    try:
        same = path.stat().st_size == entry.size and sha256(path) == entry.sha256
    except OSError:
        return None
    return entry if same else None


def kept_path(workspace: Workspace, kept: Kept) -> Path:
    """Give the place of a kept file."""
    return _folder(workspace, kept.key) / kept.filename


def keep(
    workspace: Workspace,
    key: str,
    file: Path,
    *,
    file_id: str,
    resolved: dict[str, str],
    resolved_at: float,
    tools: dict[str, str],
    warnings: tuple[str, ...] = (),
    compiler: str = "",
) -> Kept:
    """Move a finished file into its place, then write the entry that makes it count."""
    entry = Kept(
        key=key,
        id=file_id,
        filename=file.name,
        sha256=sha256(file),
        size=file.stat().st_size,
        made_at=time.time(),
        resolved=resolved,
        resolved_at=resolved_at,
        tools=tools,
        warnings=warnings,
        compiler=compiler,
    )
    folder = _folder(workspace, key)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    file.replace(folder / file.name)
    write_entry(workspace, entry)
    _forget_old(workspace, file_id)
    return entry


def write_entry(workspace: Workspace, kept: Kept) -> None:
    """Write an entry, or write it anew with a later time of resolution."""
    write_bytes(_folder(workspace, kept.key) / _ENTRY, msgspec.json.encode(kept))


def all_kept(workspace: Workspace) -> Iterator[Kept]:
    """Give every entry; whatever else lies there is passed over."""
    for path in workspace.wheels.glob(f"*/{_ENTRY}"):
        entry = _read(path)
        if entry is not None:
            yield entry


def _forget_old(workspace: Workspace, file_id: str) -> None:
    """Remove all but the newest entries of a planned file: every edit of a project makes one."""
    entries = sorted(
        (each for each in all_kept(workspace) if each.id == file_id),
        key=lambda each: each.made_at,
        reverse=True,
    )
    for each in entries[_GENERATIONS:]:
        shutil.rmtree(_folder(workspace, each.key), ignore_errors=True)


def _folder(workspace: Workspace, key: str) -> Path:
    return workspace.wheels / key[:_STEM]


def _read(path: Path) -> Kept | None:
    """Read an entry; one that names another place than its own is none: what it names may be removed."""
    try:
        entry = msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None
    plain = Path(entry.filename).name == entry.filename and entry.filename not in {"", ".."}
    own = plain and path.parent.name == entry.key[:_STEM]
    return entry if own else None
