"""Where things lie in a project: `dist/` for distributions, `.shipwheel/` for all else of ours."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from shipwheel.errors import MachineError
from shipwheel.files import digest_of, write_text

STATE = ".shipwheel"

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
_UNSAFE = re.compile(r"[^A-Za-z0-9_+-]+")


def job_stem(job_id: str) -> str:
    """Give the file name stem of a job id; a workspace member's `PACKAGE:test-3.12` has a colon.

    A session of the user's may be called anything (`tests(path='../data')`): what is no plain name
    becomes one, with a digest that keeps two of them apart. Files are written to such a name and
    folders emptied, so that it must never lead elsewhere.
    """
    stem = job_id.replace(":", "--")
    if _PLAIN.fullmatch(stem):
        return stem
    return f"{_UNSAFE.sub('-', stem).strip('-')[:60]}-{digest_of(job_id)[:8]}".lstrip("-")


class Workspace(msgspec.Struct, frozen=True):
    """The folders of one project; nothing is made before `prepare` or a writer needs it."""

    root: Path

    @property
    def dist(self) -> Path:
        """Give the folder of the distributions, the one place a release is taken from."""
        return self.root / "dist"

    @property
    def state(self) -> Path:
        """Give our own folder, git-ignored by a file that it holds itself."""
        return self.root / STATE

    @property
    def records(self) -> Path:
        """Give the folder of the jobs' records."""
        return self.state / "records"

    @property
    def wheels(self) -> Path:
        """Give the folder of built sdists and wheels, kept by the digest of their inputs."""
        return self.state / "wheels"

    @property
    def logs(self) -> Path:
        """Give the folder of the jobs' logs and JUnit files."""
        return self.state / "logs"

    @property
    def old(self) -> Path:
        """Give the folder to which files of ours move that no longer belong in `dist/`."""
        return self.state / "old"

    @property
    def environments(self) -> Path:
        """Give the folder of the environments."""
        return self.state / "envs"

    @property
    def overlays(self) -> Path:
        """Give the folder of the staged copies in which tests run."""
        return self.state / "overlay"

    @property
    def cache(self) -> Path:
        """Give the folder of what can be made again at any time: the Plan, coverage data, proofs."""
        return self.state / "cache"

    def record(self, job_id: str) -> Path:
        """Give the file of a job's record."""
        return self.records / f"{job_stem(job_id)}.json"

    def log(self, job_id: str) -> Path:
        """Give the file of a job's log."""
        return self.logs / f"{job_stem(job_id)}.log"

    def junit(self, job_id: str) -> Path:
        """Give the file of a job's JUnit report."""
        return self.logs / f"{job_stem(job_id)}.xml"

    def prepare(self) -> None:
        """Make `.shipwheel/` with its own `.gitignore`.

        Raises MachineError where the project cannot be written to.
        """
        ignore = self.state / ".gitignore"
        if ignore.is_file():
            return
        try:
            self.state.mkdir(exist_ok=True)
            write_text(ignore, "# made by shipwheel; everything in here can be made again\n*\n")
        except OSError as error:
            raise MachineError(
                "shipwheel cannot write to the project",
                where=str(self.state),
                evidence=str(error),
                hint="make the project's folder writable, or work on a copy of it",
            ) from error
