"""A package of the repository, as the pipelines see it."""

from __future__ import annotations

from functools import cached_property

import msgspec

from shipwheel.planning.job import Job
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Project


class Member(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A package and its Plan for CI.

    `name` is the prefix of its sessions, None where the repository is the one package; `directory` is its
    folder, relative to the repository's root, with `/` (`.` for the root itself). `siblings` are the
    names of the other members that it depends on. `locked`: it has locks (PEP 751), which CI looks at.
    """

    project: Project
    plan: Plan
    name: str | None = None
    directory: str = "."
    siblings: tuple[str, ...] = ()
    locked: bool = False

    @cached_property
    def ci_jobs(self) -> tuple[Job, ...]:
        """Give the jobs that CI runs: every lane looks for its own among them."""
        return self.plan.ci_jobs()

    def prefixed(self, text: str) -> str:
        """Give a session or job id as the repository's root knows it: `core:test-3.12`."""
        return f"{self.name}:{text}" if self.name else text
