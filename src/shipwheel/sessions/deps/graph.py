"""`graph`: who imports whom and who requires whom, asked of the tree and of the resolved requirements."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shipwheel.console.dependencies.graph import graph_section
from shipwheel.deps.graph.answer import Graph
from shipwheel.deps.graph.asking import Subject, graph
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.layout import find_root
from shipwheel.project.pyproject import PYPROJECT, table
from shipwheel.project.siblings import own_name
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.jobrun import JobRun
from shipwheel.sessions.members import open_packages


def run(run: JobRun) -> Graph:
    """Ask, and show what was found; raises JobError where there is an error among it."""
    return answer_in_session(run, GRAPH)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Graph:
    """Ask about a project; raises ConfigurationError for a word, since there is nothing to choose."""
    if words:
        raise ConfigurationError(
            f"graph takes no {words[0]!r}",
            where="the words behind `--`",
            hint="leave it out; of a folder of packages `shipwheel deps graph FOLDER` tells",
        )
    root = find_root(opened.workspace.root)
    packages = open_packages(root) if root is not None else None
    every = packages.every if packages and packages.at(opened.workspace.root) else ()
    subject = Subject(
        project=opened.project,
        workspace=opened.workspace,
        interpreter=chosen_interpreter(opened),
        others={own_name(each.project): each.project for each in every},
        deptry=deptry_settings(opened.workspace.root),
    )
    return graph(subject, emit)


def chosen_interpreter(opened: Opened) -> Interpreter | None:
    """Give the newest Python of the Plan that is here and is no prerelease in the Plan's eyes."""
    may_fail = opened.project.config.allow_failure
    here = [
        found
        for each in opened.plan.project.pythons
        if each not in may_fail and (found := opened.machine.interpreter(each))
    ]
    plain = [each for each in here if each.implementation == "cpython" and not each.free_threaded]
    return next(reversed(plain or here), None)


def deptry_settings(root: Path) -> Mapping[str, Any]:
    """Give the project's own [tool.deptry], nothing where there is none."""
    try:
        tables = tomllib.loads((root / PYPROJECT).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return table(tables, "tool", "deptry")


def _failure(found: Graph, kept: str) -> JobError:
    wrong = [each.module for each in found.mismatches if each.error]
    circles = sum(each.error for each in found.circles)
    said = [f"undeclared: {', '.join(wrong)}"] if wrong else []
    said += [f"{circles} import circles" if circles > 1 else "a circle"] if circles else []
    return JobError(
        f"what is imported is not in order: {'; '.join(said)}",
        where=kept,
        hint="declare what is imported, and cut the circles where the table says",
    )


GRAPH = Asked("graph", ask, graph_section, _failure)
