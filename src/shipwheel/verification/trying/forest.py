"""The order in which modules are tried: below the packages whose import they begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from shipwheel.verification.judging.judgement import Task

# [module, [[task's number, attribute], …], [nodes below it]], as probe.py reads it
Node: TypeAlias = "list[str | list[list[int | str]] | list[Node]]"


def forest(tasks: Iterable[Task], *, deep: bool = True) -> list[Node]:
    """Give the nodes that the probe does; with `deep` a module lies below its package.

    A package that is no task itself is a node without any. Without `deep` each module is a node of its
    own, whose packages are imported with it. An entry point belongs to the node of its module.
    """
    own: dict[str, list[list[int | str]]] = {}
    for task in tasks:
        own.setdefault(task.module, []).append([task.number, task.attr])
    names = {name for module in own for name in _with_packages(module)} if deep else set(own)
    roots: list[Node] = []
    below: dict[str, list[Node]] = {}
    for module in sorted(names, key=lambda name: name.split(".")):
        children: list[Node] = []
        parent = module.rpartition(".")[0] if deep else ""
        (below[parent] if parent else roots).append([module, own.get(module, []), children])
        below[module] = children
    return roots


def _with_packages(module: str) -> Iterator[str]:
    """Give a module and each package that it lies in."""
    parts = module.split(".")
    yield from (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
