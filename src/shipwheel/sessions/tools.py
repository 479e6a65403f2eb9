"""`lint`, `type`, `docs`: the project's own tools, with the project's own configuration."""

from __future__ import annotations

from pathlib import Path

from shipwheel import process
from shipwheel.dists.sibling import constraint_file
from shipwheel.errors import JobError
from shipwheel.machine.environment import create_environment, environment_variables
from shipwheel.machine.installer import Installation, direct_reference, install, installed
from shipwheel.planning.job import JobKind
from shipwheel.project.facts import ToolFacts
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.siblings import siblings_for
from shipwheel.testing.siblings import taken
from shipwheel.workspace import job_stem


def run(run: JobRun) -> None:
    """Run the job's commands in the project's root, in an environment with what they need.

    Raises JobError for the first command that fails.
    """
    facts = _facts(run)
    interpreter = run.interpreter()
    with run.step("environment", f"Python {interpreter.version}"):
        environment = create_environment(
            run.workspace.environments / job_stem(run.job.id),
            interpreter,
            installer=run.opened.project.config.installer,
            emit=run.emit,
            log=run.log,
        )
        own, siblings = (
            _own(run),
            siblings_for(run.opened, run.job.python) if run.job.consumes else (),
        )
        install(
            environment,
            Installation(
                requirements=(*facts.requirements, *own),
                constraint_files=constraint_file(environment.path, siblings),
            ),
            installer=run.opened.project.config.installer,
            emit=run.emit,
            log=run.log,
        )
        run.consumed.extend(taken(siblings, installed(environment)))
    variables = environment_variables(environment, network=True)
    for command in facts.commands:
        _run_command(run, [*command, *run.args], environment.bin, variables)


def _facts(run: JobRun) -> ToolFacts:
    project = run.opened.project
    found = {
        JobKind.LINT: project.lint.value,
        JobKind.TYPE: project.type.value,
        JobKind.DOCS: project.docs.value,
    }[run.job.kind]
    if found is None:
        raise JobError(f"the project has no configuration for {run.job.kind.value}")
    return found


def _own(run: JobRun) -> tuple[str, ...]:
    """Give the built wheel as a requirement, for a tool that imports the project."""
    name = run.opened.project.name.value
    consumed = (run.consume(file_id) for file_id in run.job.consumes)
    return tuple(direct_reference(name, path, ref.sha256) for path, ref in consumed)


def _run_command(run: JobRun, command: list[str], bin_: Path, variables: dict[str, str]) -> None:
    program = bin_ / command[0]
    argv = [str(program) if program.exists() else command[0], *command[1:]]
    with run.step(" ".join(command)):
        done = process.run(argv, cwd=run.workspace.root, env=variables, log=run.log, emit=run.emit)
        if not done.ok:
            raise JobError(
                f"{run.job.id}: `{' '.join(command)}` ended with exit code {done.returncode}",
                where=str(run.log),
                evidence=done.tail(30),
            )
