"""Where each fact came from, as rows for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from shipwheel.project.facts import Compiled, Fact, Package, Project, ToolFacts


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as a row: its name, value as text, origin, and what settles it where it is a guess."""

    name: str
    value: str
    origin: str
    weak: bool = False
    settle: str | None = None


def explain(project: Project) -> tuple[Explanation, ...]:
    """Give a row a fact, in reading order; facts of testing are named `test …`."""
    return tuple(_rows(project))


def _rows(project: Project) -> Iterator[Explanation]:
    names = "name version backend requires_python pythons kind packages dependencies extras groups"
    for name in (*names.split(), "entry_points"):
        yield _row(name.replace("_", "-"), getattr(project, name))
        if name == "kind" and project.compiled is not None:
            yield _row("compiled", project.compiled)
        if name == "kind" and project.abi3_floor is not None:
            yield Explanation(
                name="abi3 from", value=project.abi3_floor, origin=project.kind.origin
            )
    for name in (
        "runner",
        "commands",
        "requirements",
        "extras",
        "paths",
        "environment",
        "coverage",
    ):
        yield _row(f"test {name}", getattr(project.test, name))
    for name in ("lint", "type", "docs"):
        yield _row(name, getattr(project, name))


def _row(name: str, fact: Fact[Any]) -> Explanation:
    return Explanation(
        name=name,
        value=shown(fact.value),
        origin=fact.origin,
        weak=fact.weak,
        settle=fact.settle,
    )


def shown(value: Any) -> str:
    """Give a fact's value as one line; nothing and emptiness are a dash."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Package):
        return f"{value.name} ({value.path})" if value.path else f"{value.name} (made by the build)"
    if isinstance(value, Compiled | ToolFacts):
        return _compiled(value) if isinstance(value, Compiled) else _commands(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {shown(each)}" for key, each in value.items()) or "—"
    if isinstance(value, tuple):
        nested = any(isinstance(each, tuple) for each in value)
        parts = [" ".join(each) if nested else shown(each) for each in value]
        return ("; " if nested else ", ").join(parts) or "—"
    return "—" if value is None else str(value)


def _compiled(value: Compiled) -> str:
    if value.crates:
        return "Rust"
    files = f"{value.files} file{'' if value.files == 1 else 's'}"
    return f"{files}, {-(-value.size // 1000)} KB; as much as {-(-value.weight // 1000)} KB of C"


def _commands(value: ToolFacts) -> str:
    return "; ".join(" ".join(argv) for argv in value.commands)
