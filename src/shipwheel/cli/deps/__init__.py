"""`shipwheel deps`: what the project depends on, a question a command."""

from __future__ import annotations

import click

from shipwheel.cli.lazily import LazyGroup

# in the order of use: what is wrong, what to write down, what to know
_COMMANDS = (
    "lock",
    "patch",
    "audit",
    "floors",
    "conflicts",
    "readiness",
    "graph",
    "production",
    "profile",
    "api",
    "adopt",
)


@click.group(cls=LazyGroup, commands={name: f"shipwheel.cli.deps.{name}" for name in _COMMANDS})
def deps() -> None:
    """Ask about the project's dependencies."""
