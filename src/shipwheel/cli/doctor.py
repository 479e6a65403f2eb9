"""`shipwheel doctor`: what is missing on this machine and in this project, each with its mend."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import click
import msgspec

from shipwheel.cli.call import STDOUT, Call, json_option, print_tables, write_report
from shipwheel.cli.workflows import workflow_rows
from shipwheel.console.checkup import checkup_tables
from shipwheel.errors import ExitCode
from shipwheel.files import to_json
from shipwheel.machine.diagnosis import Diagnosis, diagnose, gather_tools
from shipwheel.planning.job import JobKind
from shipwheel.project.explain import Explanation, explain
from shipwheel.project.facts import Kind, Runner
from shipwheel.project.layout import find_root
from shipwheel.sessions.context import Opened, open_project
from shipwheel.sessions.members import Packages, open_packages


@click.command()
@json_option("The diagnosis")
@click.pass_obj
def doctor(call: Call, /, *, json_file: str | None) -> int:
    """Show what the Plan needs of this machine and of this project, and what brings it.

    Exits with 3 where something is missing without which nothing can be built or tested here.
    """
    with call.progress() as emit:
        packages = open_packages(call.root, refresh=True, emit=emit)
        if packages is not None:
            name, rows = packages.root.name, tuple(examine_workspace(packages))
        else:
            opened = open_project(call.root, refresh=True, emit=emit)
            name, rows = opened.plan.project.name, tuple(examine(opened))
    ok = all(row.state != "missing" for row in rows)
    if json_file is not None:
        found = {"schema": 1, "ok": ok, "rows": msgspec.to_builtins(rows)}
        write_report(json_file, to_json(found))
    if json_file != STDOUT:
        print_tables(checkup_tables(name, rows))
    return ExitCode.DONE if ok else ExitCode.MACHINE


def examine(opened: Opened) -> Iterator[Diagnosis]:
    """Look at the machine, then at the project; starts the tools to ask their versions."""
    root = opened.workspace.root
    above = find_root(root) or root
    yield from _machine_rows((opened,))
    yield from project_rows(
        opened,
        noxfile=any((each / "noxfile.py").is_file() for each in (root, above)),
        writable=os.access(root, os.W_OK),
    )
    yield from workflow_rows(above)


def examine_workspace(packages: Packages) -> Iterator[Diagnosis]:
    """Look at the machine, then at each package, then at what is the whole repository's."""
    yield from _machine_rows(packages.every)
    for member in packages.members:
        root = member.opened.workspace.root
        for row in project_rows(member.opened, noxfile=True, writable=os.access(root, os.W_OK)):
            yield msgspec.structs.replace(row, what=f"{member.name}: {row.what}")
    if not (packages.root / "noxfile.py").is_file():
        yield _no_noxfile()
    yield from workflow_rows(packages.root)


def _machine_rows(every: tuple[Opened, ...]) -> tuple[Diagnosis, ...]:
    plans = [opened.plan for opened in every]
    return diagnose(
        every[0].machine,
        gather_tools(),
        pythons=tuple(dict.fromkeys(each for plan in plans for each in plan.project.pythons)),
        compiled=any(plan.project.kind is not Kind.PURE for plan in plans),
        containers=any(plan.of_kind(JobKind.WHEELS) for plan in plans),
    )


def project_rows(opened: Opened, *, noxfile: bool, writable: bool) -> Iterator[Diagnosis]:
    """Judge the project: a Python to build with, a place to write, a noxfile, and no guesses."""
    plan = opened.plan
    if plan.build_python is None:
        yield _no_python(opened)
    else:
        detail = f"Python {plan.build_python}, the newest of the project's that is here"
        yield Diagnosis(what="a Python to build with", state="ok", detail=detail)
    yield _row(
        "the project's folder",
        "can be written to",
        ok=writable,
        mend="make it writable, or copy it",
    )
    if not noxfile:
        yield _no_noxfile()
    if opened.project.test.runner.value is Runner.NONE:
        yield Diagnosis(
            what="tests",
            state="notice",
            detail="none known, so that only an import is checked",
            mend="if there are some, set [tool.shipwheel.test] command",
        )
    yield from guess_rows(explain(opened.project))


def _no_noxfile() -> Diagnosis:
    mend = "`shipwheel init` writes it"
    return Diagnosis(what="noxfile.py", state="notice", detail="not there", mend=mend)


def guess_rows(facts: Iterable[Explanation]) -> Iterator[Diagnosis]:
    """Give a row a weak fact, with the key that settles it."""
    for fact in facts:
        if fact.weak:
            mend = f"if that is wrong, set {fact.settle}" if fact.settle else ""
            detail = f"guessed: {fact.value} ({fact.origin})"
            yield Diagnosis(what=fact.name, state="notice", detail=detail, mend=mend)


def _row(what: str, detail: str, *, ok: bool, mend: str) -> Diagnosis:
    if ok:
        return Diagnosis(what=what, state="ok", detail=detail)
    return Diagnosis(what=what, state="missing", detail="cannot be written to", mend=mend)


def _no_python(opened: Opened) -> Diagnosis:
    build = next(job for job in opened.plan.jobs if job.kind is JobKind.BUILD)
    return Diagnosis(
        what="a Python to build with",
        state="missing",
        detail=build.reason or "none of the project's Pythons is here",
        mend=build.remedy or "",
    )
