"""The order in which modules are tried: below the packages whose import they begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from shipwheel.verification.judgement import Task

# [module, [[task's number, attribute], …], [nodes below it]], as probe.py reads it
Node: TypeAlias = "list[str | list[list[int | str]] | list[Node]]"


def forest(tasks: Iterable[Task], *, deep: bool = True) -> list[Node]:
    """Give the nodes that the probe does; with `deep` a module lies below its nearest package.

    Without it each module is a node of its own, whose packages are imported with it. An entry point
    belongs to the node of its module.
    """
    own: dict[str, list[list[int | str]]] = {}
    for task in tasks:
        own.setdefault(task.module, []).append([task.number, task.attr])
    roots: list[Node] = []
    below: dict[str, list[Node]] = {}
    for module in sorted(own, key=lambda name: name.split(".")):
        children: list[Node] = []
        parent = _nearest(module, below) if deep else ""
        (below[parent] if parent else roots).append([module, own[module], children])
        below[module] = children
    return roots


def _nearest(module: str, known: Iterable[str]) -> str:
    """Give the longest known name that a module lies below, empty for none."""
    parts = module.split(".")
    names = (".".join(parts[:depth]) for depth in range(len(parts) - 1, 0, -1))
    return next((name for name in names if name in known), "")


def below_another(task: Task, tasks: Sequence[Task]) -> bool:
    """Say whether a task's module was tried in a process that had imported its package before."""
    return bool(_nearest(task.module, {each.module for each in tasks}))
