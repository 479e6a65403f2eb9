"""Which questions about dependencies a project can be asked."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.planning.dependencies import dependency_jobs
from shipwheel.project.facts import Fact

OF_CODE = {"readiness", "graph", "api"}
OF_LOCKS = {"lock", "patch", "audit"}
OF_INSTALLS = {"floors", "conflicts", "production", "profile"}


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({}, OF_CODE | {"adopt"}),
        ({"dependencies": ("numpy",)}, OF_CODE | OF_LOCKS | OF_INSTALLS),
        ({"groups": {"test": ("pytest",)}}, OF_CODE | OF_LOCKS | {"adopt"}),
        ({"extras": {"fast": ("lxml",)}}, OF_CODE | OF_LOCKS | {"adopt"}),
        ({"extras": {"nothing": ()}}, OF_CODE | {"adopt"}),
    ],
)
def test_what_is_asked(project, facts, asked):
    values = {name: Fact(value=value, origin="the test") for name, value in facts.items()}
    jobs = dependency_jobs(msgspec.structs.replace(project(), **values))
    assert {job.id for job in jobs} == asked
    assert all(job.id == job.session == job.kind.value for job in jobs)
