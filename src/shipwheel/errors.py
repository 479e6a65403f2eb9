"""What stops a run: what happened, where, the evidence, and what to do next."""

from __future__ import annotations

import errno
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of the command line; scripts rely on them."""

    DONE = 0
    FOUND = 1  # a finding, drift, a refused release, a failed build or test
    USAGE = 2  # the call or the configuration is wrong
    MACHINE = 3  # an interpreter, a tool or an index is missing
    INTERRUPTED = 130


class ShipwheelError(Exception):
    """An error with everything a person needs to mend it.

    `what` is one sentence; `where` a file, key or URL; `evidence` lines of output or values, already
    free of secrets; `hint` the next step. Raised for what stops the run: what is wrong with a file is
    a Finding instead.
    """

    exit_code = ExitCode.FOUND
    reference = "error"

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        evidence: str | None = None,
        hint: str | None = None,
        reference: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.evidence = evidence
        self.hint = hint
        if reference is not None:
            self.reference = reference

    def lines(self) -> list[str]:
        """Give the error as plain lines: what, where, evidence (indented), what to do next."""
        lines = [f"error: {self.what}"]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.evidence:
            lines.extend(f"  | {line}" for line in self.evidence.rstrip().splitlines())
        if self.hint:
            first, *rest = self.hint.splitlines()
            lines.append(f"  next: {first}")
            lines.extend(f"        {line}" for line in rest)
        return lines


class ConfigurationError(ShipwheelError):
    """The call or the project's configuration is wrong."""

    exit_code = ExitCode.USAGE
    reference = "configuration"


class MachineError(ShipwheelError):
    """This machine lacks something: an interpreter, a compiler, a tool, an index within reach."""

    exit_code = ExitCode.MACHINE
    reference = "machine"


class JobError(ShipwheelError):
    """A job ran and failed: a build, a test, a check, an upload."""

    exit_code = ExitCode.FOUND
    reference = "job"


class JobSkipped(ShipwheelError):  # noqa: N818 - a verdict, not a fault
    """A job cannot run here; `what` is the reason and `hint` what would bring it."""

    exit_code = ExitCode.DONE
    reference = "skipped"


def unexpected(error: Exception) -> ShipwheelError:
    """Give what was not foreseen as an error of ours, with its cause; the system's refusals first.

    A full disk, a folder that cannot be written to or a name too long is the machine's matter; all
    else is a fault of shipwheel's, and says so.
    """
    if isinstance(error, OSError):
        found: ShipwheelError = _refused_by_system(error)
    else:
        found = ShipwheelError(
            f"shipwheel itself failed: {type(error).__name__}",
            evidence=str(error),
            hint="this is a fault in shipwheel: please report it with the job's log",
            reference="internal",
        )
    found.__cause__ = error
    return found


_REFUSALS = {
    errno.ENOSPC: "free some space on that disk and run again: nothing half-written is kept",
    errno.EDQUOT: "free some of your quota and run again: nothing half-written is kept",
    errno.EACCES: "make it accessible to your user, or work on a copy of the project",
    errno.EPERM: "make it accessible to your user, or work on a copy of the project",
    errno.EROFS: "work on a copy of the project, on a disk that can be written to",
    errno.EMFILE: "allow more open files: `ulimit -n`",
}


def is_refusal(error: OSError) -> bool:
    """Say whether the system, not the file, is the cause: no space, no right, no more open files."""
    return error.errno in _REFUSALS


def _refused_by_system(error: OSError) -> MachineError:
    said = error.strerror or str(error) or type(error).__name__
    return MachineError(
        f"the system refused: {said[:1].lower()}{said[1:]}",
        where=None if error.filename is None else str(error.filename),
        hint=_REFUSALS.get(
            error.errno or 0,
            "run again; if it stays so, this is a fault in shipwheel: please report it",
        ),
    )
