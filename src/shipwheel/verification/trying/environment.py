"""A wheel put into a clean environment and tried there: the effects of the install checks, as facts."""

from __future__ import annotations

import shlex
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from shipwheel import process
from shipwheel.dists.modules import site_path
from shipwheel.errors import JobError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.machine.environment import (
    Environment,
    create_environment,
    environment_variables,
)
from shipwheel.machine.interpreter import Interpreter
from shipwheel.verification.dependencies import read_installed, unmet
from shipwheel.verification.facts import InstallFacts, WheelFacts
from shipwheel.verification.judging.judgement import is_elsewhere, plan_tasks
from shipwheel.verification.seen import Caution
from shipwheel.verification.trying.extras import try_extras
from shipwheel.verification.trying.installation import Place, Trial, install_here, told
from shipwheel.verification.trying.landed import (
    absent_scripts,
    broken_scripts,
    compare_files,
    recorded_hash,
    shared_files,
)
from shipwheel.verification.trying.probing import Answers, empty
from shipwheel.verification.trying.uninstalling import files_below, leftovers, uninstall

_SMOKE = 600.0  # seconds
_MEANT = ("warn", "deprecat")  # in the line that a warning is told of: the module says it itself


def try_wheel(
    wheel: WheelFacts,
    interpreter: Interpreter,
    trial: Trial,
    extras_untried: str = "",
    *,
    emit: Emit = silent,
) -> InstallFacts:
    """Install a wheel into an environment of its own, from wheels alone, and import what it holds.

    Where a dependency has no wheel, it is built, which is told, so that the rest can be seen too.

    Its extras are tried unless `extras_untried` says why not.

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
        facts = _try(wheel, interpreter, trial, Path(folder), extras_untried)
    seconds = time.perf_counter() - started
    emit(StepDone(step, seconds, facts.failure.splitlines()[0] if facts.failure else ""))
    return facts


def _try(
    wheel: WheelFacts,
    interpreter: Interpreter,
    trial: Trial,
    folder: Path,
    extras_untried: str,
) -> InstallFacts:
    empty_facts = InstallFacts(wheel=wheel, python=interpreter.target)
    at = (wheel.file.filename, interpreter.target)
    with trial.timeline.step("environment", *at):
        # several run side by side: their steps within are for the log
        environment = create_environment(
            folder / "env", interpreter, installer=trial.installer, log=trial.log
        )
    place = Place(wheel, environment, folder, trial)
    before = files_below(environment)
    try:
        with trial.timeline.step("install", *at):
            refused = install_here(place)
    except JobError as error:
        return replace(empty_facts, failure=told(error))
    facts = _look(replace(empty_facts, built=refused, extras_untried=extras_untried), place)
    if wheel.metadata and wheel.metadata.extras and not extras_untried:
        facts = try_extras(facts, place)
    return _take_away(facts, place, before)


def _look(facts: InstallFacts, place: Place) -> InstallFacts:
    """Look at what was installed, then run it; in this order, since imports may write."""
    wheel, trial, environment = facts.wheel, place.trial, place.environment
    site = environment.site_packages
    altered, absent = compare_files(wheel, site)
    installed = read_installed(site)
    own = installed.get(canonicalize_name(wheel.file.name))
    with trial.timeline.step("import", wheel.file.filename, facts.python):
        answers = _imports(place)
    smoke = _smoke(place)
    return replace(
        with_answers(facts, answers, site),
        version=own.version if own else "",
        proof=recorded_hash(site, wheel.file.name),
        altered=altered,
        absent=absent,
        shared=shared_files(wheel, installed, altered),
        scripts_absent=absent_scripts(wheel, environment.bin),
        scripts_broken=broken_scripts(wheel, environment.bin),
        installed=installed,
        unmet=tuple(unmet(installed.values(), answers.markers)),
        required=frozenset(trial.modules or ()),
        smoke=smoke,
    )


def _imports(place: Place) -> Answers:
    tag = place.environment.interpreter.tag
    tasks = plan_tasks(place.wheel, tag, place.trial.modules)
    return place.probing().attempt(tasks, compiled=_run_only(place.wheel, place.environment))


def with_answers(facts: InstallFacts, answers: Answers, site: Path) -> InstallFacts:
    """Add what the probe said; of the warnings those that are told of the wheel's own lines."""
    own = frozenset(facts.wheel.importable)
    here = str(site.parent)  # a temporary folder, of a name that nobody will see again
    attempts = tuple(
        replace(
            each,
            message=each.message.replace(here, "…"),
            trace=each.trace.replace(here, "…"),
            cautions=_own_cautions(each.cautions, site, own),
        )
        for each in answers.attempts
    )
    return replace(
        facts,
        imports=tuple(each for each in attempts if not each.group),
        entry_points=tuple(each for each in attempts if each.group),
        markers=answers.markers,
        stdlib=answers.stdlib,
        platform=answers.markers.get("sys_platform", ""),
        untried=answers.untried,
        uncompiled=answers.uncompiled,
    )


def _run_only(wheel: WheelFacts, environment: Environment) -> dict[str, str]:
    """Give the Python files that are not imported here, but run, with where they lie."""
    found = {}
    for member in wheel.payload:
        path = site_path(member.name)
        module = path.removesuffix(".py").replace("/", ".")
        runs = path.endswith("/__main__.py") or is_elsewhere(module, sys.platform)
        if path.endswith(".py") and runs:
            found[path] = str(environment.site_packages.joinpath(*path.split("/")))
    return found


def _own_cautions(
    cautions: tuple[Caution, ...], site: Path, own: frozenset[str]
) -> tuple[Caution, ...]:
    found = []
    for each in cautions:
        path = Path(each.path)
        name = path.relative_to(site).as_posix() if path.is_relative_to(site) else ""
        if name in own and not any(mark in _line(path, each.line).lower() for mark in _MEANT):
            found.append(replace(each, path=name))
    return tuple(found)


def _line(path: Path, number: int) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return next((line for at, line in enumerate(file, 1) if at == number), "")
    except OSError:
        return ""


def _take_away(facts: InstallFacts, place: Place, before: frozenset[str]) -> InstallFacts:
    """Uninstall the wheel, and see what stays."""
    name, trial = facts.wheel.file.name, place.trial
    with trial.timeline.step("uninstall", facts.wheel.file.filename, facts.python):
        stuck = uninstall(place.environment, name, trial.installer, trial.log)
    left = leftovers(before, files_below(place.environment), facts.installed, name)
    return replace(facts, stuck=stuck, left=() if stuck else left)


def _smoke(place: Place) -> str:
    """Run the project's smoke command; give its last lines where it fails."""
    trial, environment = place.trial, place.environment
    if not trial.smoke:
        return ""
    command = shlex.split(trial.smoke)
    if command[0] in {"python", "python3"}:
        command[0] = str(environment.python)
    with trial.timeline.step("smoke", place.wheel.file.filename, place.python):
        done = process.run(
            command,
            cwd=empty(place.folder),
            env=environment_variables(environment),
            log=trial.log,
            timeout=_SMOKE,
        )
    return "" if done.ok else f"`{trial.smoke}` ended with {done.returncode}: {done.tail()}"
