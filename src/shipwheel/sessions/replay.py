"""A CI job as a person runs it at home: the command, and whether this machine is the one for it."""

from __future__ import annotations

import shlex

from shipwheel.errors import MachineError
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.planning.job import Job, JobKind
from shipwheel.sessions.ci import JOB, TIER, CiCall

# a 64-bit Windows runs 32-bit programs: such a cell needs a Python of that kind, not another machine
_RUNS_TOO = {"win_amd64": ("win32",), "win_arm64": ("win32", "win_amd64")}
_TIERED = frozenset({JobKind.VERIFY, JobKind.GATE})


def home_command(job: Job, args: tuple[str, ...], call: CiCall, package: str | None = None) -> str:
    """Give the command that does at home what this run of the job does, with the variables it was told.

    `package` is the member's name where a workspace's root is the place to run it.
    """
    before = f"{package}:" if package else ""
    told = []
    if call.job == job.id:
        told.append(f"{JOB}={shlex.quote(before + job.id)}")
    if call.tier is not None and job.kind in _TIERED:
        told.append(f"{TIER}={call.tier.value}")
    words = [*told, "nox", "-s", shlex.quote(before + job.session)]
    return " ".join([*words, *(["--", *map(shlex.quote, args)] if args else [])])


def making_command(job: Job, package: str | None = None) -> str:
    """Give the command that runs a job of the Plan."""
    return home_command(job, job.args, CiCall(), package)


def interpreter_for(job: Job, machine: Machine) -> Interpreter | None:
    """Give the job's Python on this machine, of the job's platform where that is not the machine's own."""
    if job.python is None:
        return None
    # a wheel for another architecture is built by this machine's own Python
    own = job.platform is None or job.kind is JobKind.WHEEL
    if own or job.platform == machine.platform:
        return machine.interpreter(job.python)
    wanted = str(job.platform).replace("_", "-")  # as sysconfig.get_platform() writes it
    return next(
        (
            each
            for each in machine.interpreters
            if each.target == job.python and each.platform.replace("_", "-") == wanted
        ),
        None,
    )


def check_machine(job: Job, machine: Machine) -> None:
    """Raise MachineError for a test of another platform than this machine's.

    The shipped wheels are cibuildwheel's matter: it builds for other architectures too.
    """
    runs = (machine.platform, *_RUNS_TOO.get(machine.platform, ()))
    if job.kind is not JobKind.TEST or job.platform is None or job.platform in runs:
        return
    raise MachineError(
        f"{job.id} is a job for {job.platform}, and this machine is {machine.platform}",
        where=JOB,
        hint=f"run it on such a machine, or what is nearest here: `nox -s {job.session}`",
    )
