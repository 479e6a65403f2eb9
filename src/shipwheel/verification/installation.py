"""A wheel put into a clean environment and tried there: the effects of the install checks, as facts."""

from __future__ import annotations

import json
import os
import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from packaging.utils import canonicalize_name

from shipwheel import process
from shipwheel.dists.sibling import Supply, constraint_file
from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.files import sha256
from shipwheel.machine.environment import (
    Environment,
    Installer,
    create_environment,
    environment_variables,
)
from shipwheel.machine.failures import NO_WHEEL
from shipwheel.machine.installer import Installation, direct_reference, install
from shipwheel.machine.interpreter import Interpreter
from shipwheel.verification.dependencies import read_installed, unmet
from shipwheel.verification.facts import Attempt, InstallFacts, WheelFacts, site_path
from shipwheel.verification.imports import Task, plan_tasks

_RESTARTS = 25  # modules that may end the process, before the rest counts as not tried
_WHOLE = 600.0  # seconds for all modules of a wheel on a Python


@dataclass(frozen=True, slots=True)
class Trial:
    """How wheels are tried. `limit` is seconds a module; `folder` is where environments are made.

    `siblings` are the wheels of the same repository's other packages.
    """

    installer: Installer = "uv"
    modules: tuple[str, ...] | None = None
    smoke: str = ""
    limit: float = 60.0
    siblings: Supply = field(default_factory=dict)
    folder: Path | None = None
    log: Path | None = None


def try_wheel(
    wheel: WheelFacts, interpreter: Interpreter, trial: Trial, *, emit: Emit = silent
) -> InstallFacts:
    """Install a wheel into an environment of its own, from wheels alone, and import what it holds.

    Where a dependency has no wheel, it is built, which is told, so that the rest can be seen too.

    What the wheel does wrong is in the facts. Raises MachineError for what is this machine's fault (an
    index out of reach, an interpreter that does not start).
    """
    step = f"install {wheel.file.filename} on {interpreter.target}"
    emit(StepStarted(step))
    started = time.perf_counter()
    if trial.folder is not None:
        trial.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="verify-", dir=trial.folder, ignore_cleanup_errors=True
    ) as folder:
        facts = _try(wheel, interpreter, trial, Path(folder))
    seconds = time.perf_counter() - started
    emit(StepDone(step, seconds, facts.failure.splitlines()[0] if facts.failure else ""))
    return replace(facts, seconds=seconds)


def _try(wheel: WheelFacts, interpreter: Interpreter, trial: Trial, folder: Path) -> InstallFacts:
    empty = InstallFacts(wheel=wheel, python=interpreter.target)
    path = folder / "env"
    # several run side by side: their steps within are for the log
    environment = create_environment(path, interpreter, installer=trial.installer, log=trial.log)
    try:
        refused = _install(wheel, environment, trial)
    except JobError as error:
        return replace(empty, failure=_told(error))
    return _look(replace(empty, built=refused), environment, interpreter, trial, folder)


def _install(wheel: WheelFacts, environment: Environment, trial: Trial) -> str:
    """Install from wheels alone; give why that was refused where it took building a dependency.

    Raises JobError with the first refusal where building does not help either.
    """
    named = direct_reference(wheel.file.name, wheel.file.path.resolve(), wheel.file.sha256)
    siblings = trial.siblings.get(environment.interpreter.target, ())
    constraints = constraint_file(environment.path, siblings)
    wanted = Installation(requirements=(named,), only_binary=True, constraint_files=constraints)
    try:
        install(environment, wanted, installer=trial.installer, log=trial.log)
    except JobError as refusal:
        if refusal.reference != NO_WHEEL:
            raise
        wanted = msgspec.structs.replace(wanted, only_binary=False)
        try:
            install(environment, wanted, installer=trial.installer, log=trial.log)
        except ShipwheelError:
            raise refusal from None
        return refusal.what
    return ""


def _told(error: JobError) -> str:
    """Give an installer's error as evidence."""
    return "\n".join(part for part in (error.what, error.evidence) if part)


def _look(
    facts: InstallFacts,
    environment: Environment,
    interpreter: Interpreter,
    trial: Trial,
    folder: Path,
) -> InstallFacts:
    """Look at what was installed, then run it; in this order, since imports may write."""
    site = environment.site_packages
    altered, absent = compare_files(facts.wheel, site)
    installed = read_installed(site)
    own = installed.get(canonicalize_name(facts.wheel.file.name))
    probing = Probing(environment, folder, trial)
    tasks = plan_tasks(facts.wheel, interpreter.tag, trial.modules)
    attempts = probing.attempt(tasks, facts.wheel)
    return replace(
        facts,
        version=own.version if own else "",
        proof=recorded_hash(site, facts.wheel.file.name),
        altered=altered,
        absent=absent,
        scripts_absent=absent_scripts(facts.wheel, environment.bin),
        imports=tuple(each for each in attempts if not each.group),
        entry_points=tuple(each for each in attempts if each.group),
        unmet=tuple(unmet(installed.values(), probing.markers)),
        stdlib=probing.stdlib,
        platform=probing.markers.get("sys_platform", ""),
        required=frozenset(trial.modules or ()),
        smoke=_smoke(trial, environment, folder),
    )


def compare_files(wheel: WheelFacts, site: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the wheel's files that are installed with other bytes, and those that are not there."""
    altered, absent = [], []
    for member in wheel.members:
        path = site_path(member.name)
        if member.kind != "file" or not path or path.endswith(".dist-info/RECORD"):
            continue
        there = site.joinpath(*path.split("/"))
        if not there.is_file():
            absent.append(path)
        elif member.sha256 and sha256(there) != member.sha256:
            altered.append(path)
    return tuple(altered), tuple(absent)


def recorded_hash(site: Path, name: str) -> str:
    """Give the sha256 that the installer recorded of the file it took (PEP 610), or nothing.

    pip writes it into archive_info; uv keeps the fragment of the URL that it was given.
    """
    for path in site.glob("*.dist-info/direct_url.json"):
        stem = path.parent.name.removesuffix(".dist-info").rpartition("-")[0]
        if canonicalize_name(stem) == name:
            return _origin_hash(json.loads(path.read_text(encoding="utf-8")))
    return ""


def _origin_hash(told: Mapping[str, Any]) -> str:
    archive = told.get("archive_info") or {}
    hashes = archive.get("hashes") or {}
    if "sha256" in hashes:
        return str(hashes["sha256"])
    algorithm, _, value = str(archive.get("hash", "")).partition("=")
    if algorithm == "sha256":
        return value
    fragment = parse_qs(urlsplit(str(told.get("url", ""))).fragment)
    return next(iter(fragment.get("sha256", ())), "")


def absent_scripts(wheel: WheelFacts, folder: Path) -> tuple[str, ...]:
    """Give the console scripts for which there is no program."""
    names = wheel.entry_points.get("console_scripts", {})
    return tuple(
        name
        for name in sorted(names)
        if not any((folder / f"{name}{suffix}").is_file() for suffix in ("", ".exe"))
    )


def _smoke(trial: Trial, environment: Environment, folder: Path) -> str:
    if not trial.smoke:
        return ""
    command = shlex.split(trial.smoke)
    if command[0] in {"python", "python3"}:
        command[0] = str(environment.python)
    done = process.run(
        command,
        cwd=_empty(folder),
        env=environment_variables(environment),
        log=trial.log,
        timeout=_WHOLE,
    )
    return "" if done.ok else f"`{trial.smoke}` ended with {done.returncode}: {done.tail()}"


def _empty(folder: Path) -> Path:
    """Give the folder in which the project's code runs: not ours, not the checkout."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    return empty


class Probing:
    """The probe in one environment: started, and started again after what ended it."""

    def __init__(self, environment: Environment, folder: Path, trial: Trial) -> None:
        self.environment = environment
        self.folder = folder
        self.trial = trial
        self.markers: dict[str, str] = {}
        self.stdlib: frozenset[str] = frozenset()

    def attempt(self, tasks: Sequence[Task], wheel: WheelFacts) -> tuple[Attempt, ...]:
        """Try every task; a task that ends the process is told, and the rest is tried in another."""
        answers: dict[int, dict[str, Any]] = {}
        left = list(tasks)
        until = time.monotonic() + _WHOLE
        for _ in range(_RESTARTS):
            code, tail, results = self._start(left, wheel, until - time.monotonic())
            self._learn(answers, results)
            for answer in answers.values():
                if answer["status"] == "started":
                    answer.update(ended(code, tail))
            left = [task for task in left if task.number not in answers]
            if not left or time.monotonic() > until:
                break
        return tuple(_attempt(task, answers.get(task.number)) for task in tasks)

    def _learn(self, answers: dict[int, dict[str, Any]], results: list[dict[str, Any]]) -> None:
        for result in results:
            if "task" in result:
                answers[result["task"]] = result
            else:
                self.markers = result["markers"]
                self.stdlib = frozenset(result["stdlib"])

    def _start(
        self, tasks: list[Task], wheel: WheelFacts, limit: float
    ) -> tuple[int, str, list[dict[str, Any]]]:
        asked, results = self.folder / "tasks.json", self.folder / "results.json"
        own = sorted({root.partition(".")[0] for root in wheel.roots})
        work = {"limit": self.trial.limit, "own": own, "tasks": [asdict(task) for task in tasks]}
        asked.write_text(json.dumps(work), encoding="utf-8")
        results.write_text("", encoding="utf-8")
        with as_file(files("shipwheel.verification") / "probe.py") as probe:
            # -I: neither the working directory nor the user's site; -B: nothing is written
            done = process.run(
                [self.environment.python, "-I", "-B", "-X", "faulthandler", probe, asked, results],
                cwd=_empty(self.folder),
                env=environment_variables(self.environment),
                log=self.trial.log,
                timeout=max(limit, 1.0),
            )
        lines = results.read_text(encoding="utf-8").splitlines()
        return done.returncode, done.tail(), [json.loads(line) for line in lines if line]


def ended(code: int, tail: str) -> dict[str, str]:
    """Give what to say of the task in whose course the process ended."""
    if code < 0 or (os.name == "nt" and code > 0x7FFFFFFF):
        return {
            "status": "crashed",
            "error": "signal",
            "message": f"the interpreter crashed with signal {-code}"
            if code < 0
            else f"the interpreter crashed ({code:#x})",
            "trace": tail,
        }
    if code == 124:
        return {"status": "timeout", "message": "it did not end in time", "trace": tail}
    return {
        "status": "crashed",
        "error": "exit",
        "message": f"it ended the interpreter with exit code {code}",
        "trace": tail,
    }


def _attempt(task: Task, answer: Mapping[str, Any] | None) -> Attempt:
    told = answer or {"status": "timeout", "message": "it was not tried: others took all the time"}
    return Attempt(
        target=task.label,
        group=task.group,
        status=told["status"],
        error=told.get("error", ""),
        message=told.get("message", ""),
        missing=told.get("missing", ""),
        absent=tuple(told.get("absent", ())),
        absent_elsewhere=tuple(told.get("absent_elsewhere", ())),
        trace=told.get("trace", ""),
    )
