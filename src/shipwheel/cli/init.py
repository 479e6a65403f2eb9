"""`shipwheel init`: the noxfile, settings where they are needed, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from shipwheel.cli.call import Call, json_option, print_tables, write_report
from shipwheel.cli.noxfile import (
    Noxfile,
    State,
    advice,
    clashes,
    hiding,
    judge,
    main_command,
    noxfile_text,
)
from shipwheel.cli.outcome import InitFile, Outcome, outcome_tables
from shipwheel.cli.settings import own_text, pyproject_text, suggestions
from shipwheel.cli.workflows import init_workflows
from shipwheel.errors import ExitCode, MachineError
from shipwheel.files import to_json, write_bytes
from shipwheel.planning.job import JobKind, Scope
from shipwheel.process import run as run_process
from shipwheel.project.explain import Explanation, explain
from shipwheel.sessions.context import Opened, open_project
from shipwheel.sessions.members import Packages, open_packages
from shipwheel.sessions.specs import session_specs
from shipwheel.sessions.workspace_specs import workspace_specs

_GIT_YES, _GIT_NO = 0, 1  # what `git check-ignore` answers; 128 where there is no git


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--no-script", is_flag=True, help="Leave the PEP 723 header out of the noxfile.")
@click.option("--no-ci", is_flag=True, help="Leave the workflow files out.")
@json_option("What was found and done")
@click.pass_obj
def init(
    call: Call, /, *, dry_run: bool, no_script: bool, no_ci: bool, json_file: str | None
) -> int:
    """Write the noxfile, settings where they are needed, and the workflows where there are none.

    Nothing is overwritten that shipwheel did not write. Exits with 1 where a noxfile of your own needs
    lines that only you can add, or a session of it another name.
    """
    root = call.root.resolve()
    with call.progress() as emit:
        packages = open_packages(root, emit=emit)
        every = packages.every if packages else (open_project(root, emit=emit),)
    if packages is not None:
        outcome = decide_workspace(packages, script=not no_script, dry_run=dry_run)
    else:
        outcome = decide(every[0], script=not no_script, dry_run=dry_run)
    if not dry_run:
        _write(root, outcome.files)
    if not no_ci:
        workflows = init_workflows(root, dry_run=dry_run)
        outcome = msgspec.structs.replace(outcome, workflows=workflows)
    if json_file is not None:
        write_report(json_file, to_json(outcome))
    if json_file != "-":
        print_tables(tuple(outcome_tables(outcome, *every)))
    return ExitCode.FOUND if outcome.add or outcome.rename else ExitCode.DONE


def decide(opened: Opened, *, script: bool, dry_run: bool) -> Outcome:
    """Decide what is written and what is left to the user; writes nothing itself."""
    root = opened.workspace.root
    noxfile = _noxfile(opened, root / "noxfile.py", script=script)
    taken = clashes(noxfile, [spec.name for spec in session_specs(opened.plan)])
    renamed = hiding(noxfile, taken)
    if renamed:
        taken = tuple(
            name for name in taken if not name.startswith("test-") and name not in renamed
        )
    rows = explain(opened.project)
    local = opened.plan.of_kind(JobKind.TEST, Scope.LOCAL)
    written = InitFile(path="noxfile.py", state=noxfile.state, text=noxfile.text)
    return Outcome(
        dry_run=dry_run,
        files=(written, *_settings(root, rows)),
        add=advice(noxfile, taken),
        clashes=taken,
        command=main_command(noxfile, taken, [job.session for job in local if not job.lowest]),
        header=noxfile.alone,
        rename=renamed,
        problem=noxfile.problem,
        dist_ignored=_dist_ignored(root),
        facts=rows,
    )


def decide_workspace(packages: Packages, *, script: bool, dry_run: bool) -> Outcome:
    """Decide the same for a workspace: one noxfile at its root, settings in each package."""
    noxfile = _noxfile(packages.every[0], packages.root / "noxfile.py", script=script)
    taken = clashes(noxfile, [spec.name for spec in workspace_specs(packages)])
    files = [InitFile(path="noxfile.py", state=noxfile.state, text=noxfile.text)]
    facts: list[Explanation] = []
    for member in packages.members:
        rows = explain(member.opened.project)
        files += _settings(member.opened.workspace.root, rows, member.directory)
        facts += (msgspec.structs.replace(row, name=f"{member.name}: {row.name}") for row in rows)
    return Outcome(
        dry_run=dry_run,
        files=tuple(files),
        add=advice(noxfile, taken),
        clashes=taken,
        command=main_command(noxfile, taken, ()),
        header=noxfile.alone,
        problem=noxfile.problem,
        dist_ignored=all(_dist_ignored(each.workspace.root) for each in packages.every),
        facts=tuple(facts),
    )


def _noxfile(opened: Opened, path: Path, *, script: bool) -> Noxfile:
    if path.is_symlink() and not path.exists():
        return Noxfile(State.DIFFERS, problem="it is a link to nowhere")
    try:
        existing = _read(path)
    except UnicodeDecodeError:
        return Noxfile(State.DIFFERS, problem="it is not UTF-8")
    return judge(existing, noxfile_text(opened.project.config.ci.tool, script=script))


def _settings(
    root: Path, rows: tuple[Explanation, ...], directory: str = "."
) -> Iterator[InitFile]:
    """Give the settings to write; `directory` is the package's folder below a workspace's root."""
    wanted = suggestions(rows)
    before = "" if directory == "." else f"{directory}/"
    pyproject = _read(root / "pyproject.toml")
    if pyproject is None:
        own = own_text(_read(root / "shipwheel.toml"), wanted)
        if own is not None:
            yield InitFile(path=f"{before}shipwheel.toml", state=State.NEW, text=own)
        return
    text = pyproject_text(pyproject, wanted)
    if text is not None:
        added = text.removeprefix(pyproject)
        yield InitFile(path=f"{before}pyproject.toml", state=State.ADDED, text=added)


def _read(path: Path) -> str | None:
    """Give a file's text with its own line ends, None where there is none."""
    return path.read_bytes().decode("utf-8") if path.exists() else None


def _write(root: Path, files: tuple[InitFile, ...]) -> None:
    for file in files:
        if file.text is None:
            continue
        path = (root / file.path).resolve()  # a link stays one
        before = path.read_bytes() if file.state is State.ADDED else b""
        try:
            write_bytes(path, before + file.text.encode("utf-8"))
        except OSError as error:
            raise MachineError(
                f"{file.path} cannot be written",
                where=str(path),
                evidence=error.strerror,
                hint="make the project's folder writable, or work on a copy of it",
            ) from error


def _dist_ignored(root: Path) -> bool:
    """Say whether git ignores `dist/`; true where there is no git to ask."""
    try:
        asked = run_process(["git", "check-ignore", "-q", "dist/any.whl"], cwd=root)
    except MachineError:
        return True
    return asked.returncode != _GIT_NO
