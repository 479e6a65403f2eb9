"""The union of the records in a folder: who made which bytes, and what was shown of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel.dists.record import FileRef, Made, Proof, Record, Status, read_record
from shipwheel.events import Emit, Notice, silent

_SCHEMA = 1
_LARGEST = 16 << 20  # bytes; a record is some kilobytes


class Maker(msgspec.Struct, frozen=True, kw_only=True):
    """A file and the job that made it."""

    job: str
    made: Made


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All records, by job id; each question is answered from the bytes' sha256."""

    records: tuple[Record, ...] = ()

    def record(self, job_id: str) -> Record | None:
        """Give a job's record, None where it has none."""
        return next((record for record in self.records if record.job == job_id), None)

    def made(self) -> Iterator[Maker]:
        """Give every file that a job made and did not fail at."""
        for record in self.records:
            if record.status is Status.PASSED:
                yield from (Maker(job=record.job, made=made) for made in record.made)

    def makers(self, file_id: str, *, builder: str | None = None) -> tuple[Maker, ...]:
        """Give who made the planned file `file_id`, of one builder where it is named."""
        return tuple(
            maker
            for maker in self.made()
            if maker.made.id == file_id and builder in {None, maker.made.builder}
        )

    def maker(self, sha256: str) -> Maker | None:
        """Give who made these bytes, None where no record says so."""
        return next((maker for maker in self.made() if maker.made.sha256 == sha256), None)

    def ids(self, sha256: str) -> tuple[str, ...]:
        """Give the planned files that these bytes were made as.

        There are several where an optional extension was left out: one wheel for all, made for each.
        """
        return tuple(maker.made.id for maker in self.made() if maker.made.sha256 == sha256)

    def consumers(self, sha256: str) -> tuple[str, ...]:
        """Give the ids of the jobs that used these bytes."""
        return tuple(
            record.job
            for record in self.records
            if any(ref.sha256 == sha256 for ref in record.consumed)
        )

    def proofs(self, sha256: str, what: str | None = None) -> tuple[tuple[str, Proof], ...]:
        """Give what passed jobs have shown of these bytes, with the job's id."""
        return tuple(
            (record.job, proof)
            for record in self.records
            if record.status is Status.PASSED
            for proof in record.proofs
            if proof.sha256 == sha256 and what in {None, proof.what}
        )

    def tested(self, sha256: str) -> tuple[str, ...]:
        """Give the ids of the jobs that tested exactly these bytes, and passed."""
        return tuple(job for job, _proof in self.proofs(sha256, "tests"))

    def is_ours(self, sha256: str) -> bool:
        """Say whether any record, of a failed job too, names these bytes as made by it."""
        return any(made.sha256 == sha256 for record in self.records for made in record.made)


def load_manifest(folder: Path, *, emit: Emit = silent) -> Manifest:
    """Read every `*.json` below `folder` (records from several CI jobs may lie in folders of their own).

    A file that is no record of ours is left out with a notice. Where two records name the same job,
    the later one counts.
    """
    records: dict[str, Record] = {}
    for path in sorted(folder.rglob("*.json")) if folder.is_dir() else ():
        record = _read(path)
        if record is None:
            emit(Notice(f"{path} is not a record of shipwheel's: left out"))
        elif record.job not in records or record.started >= records[record.job].started:
            records[record.job] = record
    return Manifest(records=tuple(records[job] for job in sorted(records)))


def refs(made: tuple[Made, ...]) -> tuple[FileRef, ...]:
    """Give made files as references."""
    return tuple(
        FileRef(id=each.id, filename=each.filename, sha256=each.sha256, size=each.size)
        for each in made
    )


def _read(path: Path) -> Record | None:
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
    except OSError:
        return None
    record = read_record(path)
    return record if record is not None and record.schema == _SCHEMA else None
