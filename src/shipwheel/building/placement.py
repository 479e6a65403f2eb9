"""Files into `dist/`, and files of ours out of it; a foreign file is never touched."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from shipwheel.building.keep import Kept, all_kept, kept_path
from shipwheel.dists.artifact import Artifact, parse_filename
from shipwheel.dists.lock import hold
from shipwheel.dists.manifest import Manifest, load_manifest
from shipwheel.errors import JobError, MachineError, ShipwheelError
from shipwheel.events import Emit, Notice, silent
from shipwheel.files import sha256, written_aside
from shipwheel.workspace import Workspace


def place(
    workspace: Workspace, kept: Kept, *, manifest: Manifest | None = None, emit: Emit = silent
) -> Path:
    """Put a kept file into `dist/` and give its path; a file that is there already stays.

    Files of ours that it takes the place of (another version of the project, the same planned file
    under another name) move to `.shipwheel/old/`. Raises JobError where a foreign file has its name.
    """
    target = workspace.dist / kept.filename
    with _held(workspace, emit):
        ours = _Ours(workspace, manifest)
        if not _is_there(target, kept):
            _make_way(workspace, target, ours)
            _copy(kept_path(workspace, kept), target)
        for path, artifact in _artifacts(workspace.dist):
            if path != target and _is_replaced(artifact, kept, path, ours):
                _move_away(workspace, path, emit)
    return target


def retire(
    workspace: Workspace,
    belongs: Callable[[str, str], bool],
    *,
    manifest: Manifest | None = None,
    emit: Emit = silent,
) -> list[Path]:
    """Move files of ours that no longer belong to `.shipwheel/old/`, and give their new places.

    `belongs` is asked with a file's planned id and its name.
    """
    moved = []
    with _held(workspace, emit):
        ours = _Ours(workspace, manifest)
        for path in _files(workspace.dist):
            file_id = ours.id_of(path)
            if file_id is not None and not belongs(file_id, path.name):
                moved.append(_move_away(workspace, path, emit))
    return moved


def foreign_files(workspace: Workspace, manifest: Manifest | None = None) -> list[Path]:
    """Give the files in `dist/` that no record of ours made, hidden ones left out, sorted."""
    ours = _Ours(workspace, manifest)
    return [path for path in _files(workspace.dist) if ours.id_of(path) is None]


class _Ours:
    """Which bytes are ours: named in a record, or kept (an interrupted job has written no record)."""

    def __init__(self, workspace: Workspace, manifest: Manifest | None) -> None:
        self._kept = {kept.sha256: kept.id for kept in all_kept(workspace)}
        self._workspace = workspace
        self._manifest = manifest

    def id_of(self, path: Path) -> str | None:
        """Give the planned id of a file that is ours, None for a foreign one."""
        try:
            digest = sha256(path)
        except OSError:
            return None
        return self._kept.get(digest) or self._records().get(digest)

    def _records(self) -> dict[str, str]:
        if self._manifest is None:
            self._manifest = load_manifest(self._workspace.records)
        return {made.sha256: made.id for each in self._manifest.records for made in each.made}


def _is_there(target: Path, kept: Kept) -> bool:
    try:
        return target.stat().st_size == kept.size and sha256(target) == kept.sha256
    except OSError:
        return False


def _make_way(workspace: Workspace, target: Path, ours: _Ours) -> None:
    if not os.path.lexists(target):
        return
    if target.is_dir() or ours.id_of(target) is None:
        raise JobError(
            f"{target.name} is in dist/ already, with other bytes, and was not made by shipwheel",
            where=str(target),
            hint="move or remove it: shipwheel does not touch files that it did not make",
        )
    _move_away(workspace, target, silent)


def _is_replaced(artifact: Artifact, kept: Kept, path: Path, ours: _Ours) -> bool:
    new = parse_filename(kept.filename)
    if artifact.name != new.name:
        return False
    if artifact.version == new.version and artifact.kind != new.kind:
        return False
    file_id = ours.id_of(path)
    return file_id is not None and (artifact.version != new.version or file_id == kept.id)


def _move_away(workspace: Workspace, path: Path, emit: Emit) -> Path:
    workspace.old.mkdir(parents=True, exist_ok=True)
    target = workspace.old / path.name
    with contextlib.suppress(FileNotFoundError):  # another run was first
        path.replace(target)
        emit(
            Notice(f"{path.name} no longer belongs in dist/: moved to {workspace.state.name}/old/")
        )
    return target


def _copy(source: Path, target: Path) -> None:
    """Copy aside and rename: `dist/` never holds a part of a file."""
    try:
        with written_aside(target) as file, source.open("rb") as content:
            shutil.copyfileobj(content, file, 1 << 20)
    except OSError as error:
        raise MachineError(
            "a built file could not be put into dist/",
            where=str(target),
            evidence=str(error),
            hint="make dist/ writable, with space on its disk, and run again",
        ) from error


def _artifacts(folder: Path) -> Iterator[tuple[Path, Artifact]]:
    for path in _files(folder):
        with contextlib.suppress(ShipwheelError):
            yield path, parse_filename(path.name)


def _files(folder: Path) -> Collection[Path]:
    if not folder.is_dir():
        return ()
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _held(workspace: Workspace, emit: Emit) -> contextlib.AbstractContextManager[None]:
    return hold(workspace.cache / "locks" / "dist.lock", "another run that writes to dist/", emit)
