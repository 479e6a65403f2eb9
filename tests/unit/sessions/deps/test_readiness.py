from __future__ import annotations

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import Job, JobKind, Tier
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.deps.readiness import named

CATALOG = load_catalog()


def test_words_are_pythons_and_platforms() -> None:
    pythons, platforms = named(["3.15", "win_arm64", "3.14t", "pypy3.11"], CATALOG)
    assert pythons == ["3.15", "3.14t", "pypy3.11"]
    assert [each.id for each in platforms] == ["win_arm64"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("win_arm46", "did you mean win_arm64"),
        ("3.99", "did you mean 3.9"),
        ("3", "a Python is written"),
    ],
)
def test_other_words_are_refused(word: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        named([word], CATALOG)
    assert said in (caught.value.hint or "")


def test_it_is_no_job_of_a_pipeline() -> None:
    plan = Plan(
        project=PlannedProject(
            name="x", version="1", kind=Kind.PURE, requires_python=None, backend="b", pythons=()
        ),
        jobs=(
            Job(id="readiness", kind=JobKind.READINESS, session="readiness"),
            Job(id="lint", kind=JobKind.LINT, session="lint"),
        ),
        files=(),
        build_python=None,
    )
    assert [job.id for job in plan.ci_jobs(Tier.RELEASE)] == ["lint"]
