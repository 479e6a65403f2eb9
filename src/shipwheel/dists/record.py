"""What one job consumed, made and proved, with sha256; written by that job alone."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec

from shipwheel.files import to_json, write_bytes


class Status(StrEnum):
    """How a job ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class FileRef(msgspec.Struct, frozen=True, kw_only=True):
    """A file by name and bytes. `id` is that of the planned file (`sdist`, `any`, `cp312-…`)."""

    id: str
    filename: str
    sha256: str
    size: int


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the job made, and what made it (`build`, `laptop`, `cibuildwheel`)."""

    id: str
    filename: str
    sha256: str
    size: int
    builder: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Something shown of a file's bytes: `what` is `tests`, `imports`, `verify`, `lowest`, and so on."""

    what: str
    sha256: str
    detail: dict[str, str | int | float | bool] = {}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A job's record. Times are seconds; `started` is UTC in ISO 8601; `inputs` is a digest.

    `commit` is what the sdist was built from, with `+dirty` where the tree differed; None elsewhere.
    `notes` is what else a summary says of the run.
    """

    schema: int = 1
    job: str
    session: str
    status: Status
    reason: str | None = None
    python: str | None = None
    python_version: str | None = None
    platform: str | None = None
    started: str = ""
    seconds: float = 0.0
    commit: str | None = None
    inputs: str | None = None
    tools: dict[str, str] = {}
    consumed: tuple[FileRef, ...] = ()
    made: tuple[Made, ...] = ()
    proofs: tuple[Proof, ...] = ()
    tests_run: int | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def write_record(path: Path, record: Record) -> None:
    """Write a record aside and rename it into place."""
    write_bytes(path, to_json(record))


def read_record(path: Path) -> Record | None:
    """Read a record; None where it is missing or is not one of ours (an interrupted writer leaves none)."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return None
