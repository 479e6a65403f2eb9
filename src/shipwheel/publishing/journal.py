"""What is known to have reached an index, kept through the death of the process that sent it."""

from __future__ import annotations

import threading
from enum import StrEnum
from pathlib import Path

import msgspec

from shipwheel.errors import MachineError
from shipwheel.files import digest_of, write_bytes


class Stage(StrEnum):
    """How far a file came: its sending began, the index took it, the index lists it."""

    SENDING = "sending"
    TAKEN = "taken"
    LISTED = "listed"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A file's stage, and the sha256 of the bytes that it is about."""

    sha256: str
    stage: Stage


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    schema: int = 1
    index: str
    project: str
    version: str
    files: dict[str, Entry] = {}


class Journal:
    """The journal of one release on one index; each note is on the disk before the next step."""

    def __init__(self, folder: Path, *, index: str, project: str, version: str) -> None:
        self._path = folder / f"publish-{digest_of(index, project, version)[:16]}.json"
        kept = _read(self._path)
        same = kept is not None and (kept.index, kept.project, kept.version) == (
            index,
            project,
            version,
        )
        self._lock = threading.Lock()  # files may be on their way at once
        self._kept = kept if kept and same else _Kept(index=index, project=project, version=version)

    def stage(self, filename: str, sha256: str) -> Stage | None:
        """Give how far these bytes came under that name, None where nothing is known."""
        entry = self._kept.files.get(filename)
        return entry.stage if entry is not None and entry.sha256 == sha256 else None

    def note(self, filename: str, sha256: str, stage: Stage) -> None:
        """Write down how far a file came; raises MachineError where that cannot be written."""
        with self._lock:
            if self.stage(filename, sha256) is not stage:
                self._write(filename, Entry(sha256=sha256, stage=stage))

    def _write(self, filename: str, entry: Entry) -> None:
        self._kept = msgspec.structs.replace(
            self._kept, files={**self._kept.files, filename: entry}
        )
        try:
            write_bytes(self._path, msgspec.json.encode(self._kept) + b"\n")
        except OSError as error:
            raise MachineError(
                "the journal of the upload cannot be written",
                where=str(self._path),
                evidence=str(error),
                hint="an upload that cannot be resumed is not begun",
            ) from error


def _read(path: Path) -> _Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
