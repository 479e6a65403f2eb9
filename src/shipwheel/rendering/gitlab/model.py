"""GitLab's words as records, in the order in which a file gives them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from shipwheel.rendering.gitlab.matrix import Row
from shipwheel.rendering.yaml import Commented, Flow

_LINE = 60  # columns for a list behind its key


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A job to wait for; `optional`: it is not in every pipeline; `files`: its artifacts are taken."""

    job: str
    optional: bool = False
    files: bool = True

    def text(self) -> str | Flow:
        """Give the short form where it says the same."""
        if self.files and not self.optional:
            return self.job
        told: dict[str, Any] = {"job": self.job}
        if not self.files:
            told["artifacts"] = False
        if self.optional:
            told["optional"] = True
        return Flow(told)


class Artifacts(msgspec.Struct, frozen=True, kw_only=True):
    """The files that a job hands on, with what a merge request shows: `junit`, `coverage` (Cobertura)."""

    paths: tuple[str, ...]
    junit: tuple[str, ...] = ()
    coverage: str = ""
    expire_in: str = "1 week"
    when: Literal["always", "on_success"] = "always"

    def data(self) -> dict[str, Any]:
        """Give `artifacts:`."""
        told: dict[str, Any] = {"when": self.when, "expire_in": self.expire_in, "paths": self.paths}
        if self.junit:
            told["reports"] = {"junit": self.junit[0] if len(self.junit) == 1 else self.junit}
        if self.coverage:
            report = {"coverage_format": "cobertura", "path": self.coverage}
            told.setdefault("reports", {})["coverage_report"] = report
        return told


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job of a pipeline, or a hidden one (`.name`) that others extend.

    `needs` None: it waits for the stages before its own; `dependencies` are then the jobs whose
    artifacts it gets. `why` stands above it; `notes` above the keys that they are named for.
    """

    name: str
    why: str = ""
    stage: str | None = None
    extends: tuple[str, ...] = ()
    inherit: dict[str, Any] = {}
    tags: tuple[str, ...] = ()
    image: str | None = None
    services: tuple[dict[str, Any], ...] = ()
    variables: dict[str, str] = {}
    matrix: tuple[Row, ...] = ()
    needs: tuple[Need, ...] | None = None
    dependencies: tuple[str, ...] = ()
    rules: tuple[dict[str, Any], ...] = ()
    minutes: int | None = None
    allow_failure: bool = False
    environment: dict[str, str] = {}
    resource_group: str | None = None
    id_tokens: dict[str, str] = {}
    before_script: tuple[Any, ...] = ()
    script: tuple[Any, ...] = ()
    artifacts: Artifacts | None = None
    notes: dict[str, str] = {}

    def data(self) -> Commented:
        """Give the job with its comments."""
        told = {
            key: Commented(value=value, above=self.notes[key]) if key in self.notes else value
            for key, value in self._keys()
            if value not in (None, (), {}, False) or (key == "needs" and value is not None)
        }
        return Commented(value=told, above=self.why, gap=True)

    def _keys(self) -> tuple[tuple[str, Any], ...]:
        needs = None if self.needs is None else tuple(need.text() for need in self.needs)
        return (
            ("inherit", self.inherit),
            ("extends", Flow(self.extends) if self.extends else None),
            ("stage", self.stage),
            ("tags", Flow(self.tags) if self.tags else None),
            ("image", self.image),
            ("services", self.services),
            ("variables", self.variables),
            ("parallel", {"matrix": [_row(row) for row in self.matrix]} if self.matrix else None),
            ("needs", Flow(()) if needs == () else needs),
            ("dependencies", self.dependencies),
            ("rules", self.rules),
            ("timeout", f"{self.minutes} minutes" if self.minutes else None),
            ("allow_failure", self.allow_failure),
            ("environment", self.environment),
            ("resource_group", self.resource_group),
            ("id_tokens", {name: {"aud": aud} for name, aud in self.id_tokens.items()}),
            ("before_script", self.before_script),
            ("script", self.script),
            ("artifacts", self.artifacts.data() if self.artifacts else None),
        )


def _row(row: Row) -> dict[str, Any]:
    """Give a matrix's row; a list that fits on its line stands there."""
    return {
        name: Flow(value) if isinstance(value, tuple) and len(", ".join(value)) <= _LINE else value
        for name, value in row.items()
    }
