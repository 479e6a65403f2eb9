"""Runs of the tests with chosen versions: one environment, in which only what differs is put anew."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.deps.floors.answer import Run
from shipwheel.deps.floors.search import Pins
from shipwheel.dists.sibling import Sibling, constraint_file
from shipwheel.errors import JobError
from shipwheel.events import Emit, StepDone, StepStarted
from shipwheel.files import write_text
from shipwheel.machine.environment import Environment, uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.installer import direct_reference, installed
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.variables import for_installer
from shipwheel.project.facts import Project, Runner
from shipwheel.project.names import requirement_name
from shipwheel.testing.environment import prepare_test_environment, spoil
from shipwheel.testing.lowest import lowest_pins
from shipwheel.testing.overlay import stage_overlay
from shipwheel.testing.requirements import needed_requirements
from shipwheel.testing.run import run_tests
from shipwheel.workspace import Workspace, job_stem

JOB = "floors"
_LEAST, _TIMES = 60.0, 10.0  # seconds; times the first run: what takes longer hangs
_LONGEST = 300  # characters of a reason
_FRAME = " \t╰─▶│\N{MULTIPLICATION SIGN}"  # what uv draws around its reasons
_PLACE = re.compile(r" \([^() ]*[/\\][^() ]*\.py\)$")  # the file that an ImportError ends with


class Bench(msgspec.Struct, frozen=True):
    """What every run has in common: the project, its wheel, the interpreter, the siblings' wheels."""

    workspace: Workspace
    project: Project
    interpreter: Interpreter
    wheel: Path
    sha256: str
    siblings: tuple[Sibling, ...] = ()

    @property
    def tools(self) -> tuple[str, ...]:
        """Give what the tests need beside the wheel."""
        needed = needed_requirements(self.project)
        pytest = self.project.test.runner.value is Runner.PYTEST
        named = {requirement_name(each) for each in needed}
        return (*needed, "pytest") if pytest and "pytest" not in named else needed

    @property
    def logs(self) -> Path:
        """Give the folder of the runs' logs."""
        return self.workspace.logs / JOB


class Trials:
    """The runs of one search, an `Attempt`; each is counted, timed and kept.

    `most` is how many runs there are at most; `binary` are dependencies that are taken as wheels alone;
    `requires` are the wheel's requirements that count here, by normalized name, without markers.
    """

    def __init__(self, bench: Bench, emit: Emit) -> None:
        self.bench = bench
        self.runs: list[Run] = []
        self.most = 0
        self.binary: tuple[str, ...] = ()
        self.requires: Mapping[str, str] = {}
        self._emit = emit
        self.environment = self._environment()

    def at(self, what: str, pins: Pins) -> Run:
        """See Attempt."""
        lines = [f"{name}=={version}" for name, version in pins.items()]
        return self._run(what, lines)

    def lowest(self, what: str, floors: Pins) -> tuple[Run, Pins]:
        """See Attempt; where nothing fits together, nothing is run."""
        wanted = [_from(self.requires[name], version) for name, version in floors.items()]
        others = (text for name, text in self.requires.items() if name not in floors)
        log = self._log(what)
        try:
            pins = lowest_pins(
                self.environment,
                wanted,
                (*self.bench.tools, *others),
                extras=self.bench.project.test.extras.value,
                constraints=self.bench.project.test.constraint_files,
                root=Path(self.bench.project.root),
                log=log,
            )
        except JobError as error:
            return self._kept(
                Run(what=what, state="unresolved", seconds=0.0, why=_reason(error), log=str(log))
            ), {}
        used = dict(line.split("==", 1) for line in pins)
        kept = {name: used[name] for name in floors if name in used}
        return self._run(what, pins), kept

    def installed(self) -> dict[str, str]:
        """Give what is in the environment now, by normalized name."""
        return installed(self.environment)

    def _run(self, what: str, constraints: Iterable[str]) -> Run:
        log, started = self._log(what), time.perf_counter()
        number = len(self.runs) + 1
        most = f" of at most {self.most}" if self.most else ""
        self._emit(StepStarted("try", f"{number}{most}: {what}"))
        try:
            self._fill(constraints, log)
        except JobError as error:
            run = Run(what=what, state="unresolved", seconds=0.0, why=_reason(error), log=str(log))
        else:
            run = self._tests(what, log)
        run = msgspec.structs.replace(run, seconds=round(time.perf_counter() - started, 3))
        said = run.state if run.passed else f"{run.state}: {run.why}"
        self._emit(StepDone("try", run.seconds, f"{what}: {said}", run.passed))
        return self._kept(run)

    def _kept(self, run: Run) -> Run:
        self.runs.append(run)
        return run

    def _tests(self, what: str, log: Path) -> Run:
        bench = self.bench
        try:
            overlay = stage_overlay(
                bench.workspace, bench.project, JOB, self.environment, bench.wheel
            )
            outcome = run_tests(
                bench.workspace,
                bench.project,
                self.environment,
                bench.wheel,
                overlay,
                job_id=JOB,
                timeout=self._limit(),
                log=log,
            )
        except JobError as error:
            return Run(what=what, state="failed", seconds=0.0, why=_reason(error), log=str(log))
        return Run(what=what, state="passed", seconds=0.0, why=outcome.summary, log=str(log))

    def _limit(self) -> float | None:
        return max(_LEAST, _TIMES * self.runs[0].seconds) if self.runs else None

    def _log(self, what: str) -> Path:
        return (
            self.bench.logs
            / f"{len(self.runs) + 1:02}-{job_stem(what.replace(' ', '-').replace(',', ''))}.log"
        )

    def _environment(self) -> Environment:
        """Make the environment, filled as for any test; it is never taken for one of another run."""
        bench = self.bench
        for old in bench.logs.glob("*.log") if bench.logs.is_dir() else ():
            old.unlink(missing_ok=True)
        prepared = prepare_test_environment(
            bench.workspace,
            _by_uv(bench.project),
            bench.interpreter,
            bench.wheel,
            bench.sha256,
            job_id=JOB,
            siblings=bench.siblings,
            emit=_notices(self._emit),
            log=bench.logs / "00-environment.log",
            fresh=True,
        )
        spoil(prepared.environment)
        return prepared.environment

    def _fill(self, constraints: Iterable[str], log: Path) -> None:
        """Resolve with constraints, and change what differs; raises JobError where nothing fits."""
        folder, python = self.environment.path, str(self.environment.python)
        source, given = folder / "floors.in", folder / "floors-constraints.txt"
        result = folder / "floors.txt"
        extras = self.bench.project.test.extras.value
        reference = direct_reference(
            self.bench.project.name.value, self.bench.wheel, self.bench.sha256, extras
        )
        result.unlink(missing_ok=True)  # uv holds on to the versions of an earlier answer
        write_text(source, "\n".join([reference, *self.bench.tools]) + "\n")
        write_text(given, "".join(f"{each}\n" for each in constraints))
        files: tuple[str | Path, ...] = (
            given,
            *self.bench.project.test.constraint_files,
            *constraint_file(folder, self.bench.siblings),
        )
        limits: list[str | Path] = [part for file in files for part in ("-c", file)]
        wheels = [part for name in self.binary for part in ("--only-binary", name)]
        options = ("--quiet", "--no-header", "--no-annotate", "--python", python)
        self._uv("compile", *options, *limits, *wheels, "-o", result, source, log=log)
        self._uv("sync", "--python", python, result, log=log)

    def _uv(self, *words: str | os.PathLike[str], log: Path) -> None:
        done = process.run(
            (uv_command(), "pip", *words),
            cwd=Path(self.bench.project.root),
            env=for_installer(os.environ),
            log=log,
        )
        if not done.ok:
            raise installation_failure(
                done.tail(200), python=self.bench.interpreter.target, log=log
            )


def _from(requirement: str, version: str) -> str:
    comma = "," if any(each in requirement for each in "<>=!~") else ""
    return f"{requirement}{comma}>={version}"


def _by_uv(project: Project) -> Project:
    config = msgspec.structs.replace(project.config, installer="uv")
    return msgspec.structs.replace(project, config=config)


def _notices(emit: Emit) -> Emit:
    """Pass on what is worth knowing; steps within a step of ours are not shown."""
    return lambda event: emit(event) if not isinstance(event, (StepStarted, StepDone)) else None


def _reason(error: JobError) -> str:
    """Give why a run failed in one line: the last of the evidence that says something."""
    lines = [line.strip(_FRAME) for line in (error.evidence or "").splitlines()]
    lines = [line for line in lines if line]
    telling = [line for line in lines if line.startswith(("E ", "FAILED", "ERROR", "Because"))]
    shown = (telling or lines or [error.what])[0]
    plain = _PLACE.sub("", " ".join(shown.removeprefix("E ").split()))
    return plain[:_LONGEST]
