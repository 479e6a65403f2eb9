"""A wheel for another architecture: which Python it is for, and its tests below the emulator."""

from __future__ import annotations

from pathlib import Path

from shipwheel.building.built import Built
from shipwheel.building.placement import retire
from shipwheel.dists.record import Proof
from shipwheel.errors import JobSkipped, MachineError, ShipwheelError
from shipwheel.machine.interpreter import Interpreter
from shipwheel.sessions.jobrun import JobRun


def foreign_python(run: JobRun) -> Interpreter | None:
    """Give the other architecture's Python that the job's wheel is for, None for this machine's own wheel.

    Raises JobSkipped where it is not here, in CI MachineError.
    """
    if run.job.platform is None:
        return None
    for each in run.opened.machine.emulated:
        if each.target == run.job.python:
            return each
    kind = MachineError if run.opened.machine.ci else JobSkipped
    raise kind(
        run.job.reason or f"no Python {run.job.python} for {run.job.platform} is here",
        where=run.job.id,
        hint=run.job.remedy,
    )


def planned_id(run: JobRun) -> str | None:
    """Give the id of the planned file that this very job makes, None for this machine's own wheel."""
    if run.job.platform is None:
        return None
    made = (file.id for file in run.opened.plan.files if file.local_job == run.job.id)
    return next(made, None)


def note_target(run: JobRun, wheel: Built) -> None:
    """Note for which glibc zig compiled the wheel, and who says that it keeps to it."""
    target = wheel.tools.get("zig target")
    if target is not None:
        detail = {"target": target, "by": "auditwheel", "tag": wheel.tags[0].rpartition("-")[2]}
        run.proofs.append(Proof(what="glibc", sha256=wheel.sha256, detail={**detail}))


def test_foreign(run: JobRun, wheel: Built, foreign: Interpreter) -> None:
    """Test a wheel that cannot be loaded here in its own Python below the emulator.

    Raises JobError for failing tests; the wheel does not stay in `dist/` then.
    """
    from shipwheel.sessions.test import prove  # noqa: PLC0415 - this machine's own wheels wait for less

    by = {
        "by": Path(foreign.emulator[0]).name,
        "python": foreign.version,
        "platform": str(run.job.platform),
    }
    try:
        prove(run, foreign, wheel.path, wheel.sha256, by=by)
    except ShipwheelError:
        retire(run.workspace, lambda _id, name: name != wheel.path.name, emit=run.emit)
        raise
