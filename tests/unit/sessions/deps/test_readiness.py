from __future__ import annotations

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.deps.readiness.answer import AskedCell, Readiness
from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import Job, JobKind, Tier
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.sessions.deps.readiness import named, unanswered

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


NO_NETWORK = "error: Failed to fetch: x\ncause: Connection refused"
WRONG_CERTIFICATE = "error: Failed to fetch: x\ncause: invalid peer certificate: UnknownIssuer"


@pytest.mark.parametrize(
    ("state", "may_fail", "unreached", "what", "evidence", "hint"),
    [
        ("unknown", (), NO_NETWORK, "an index is out of reach, and uv's", NO_NETWORK, "network"),
        ("unknown", (), WRONG_CERTIFICATE, "an index", WRONG_CERTIFICATE, "SSL_CERT_FILE"),
        ("unknown", (), "", "uv's cache does not hold", "not cached", "UV_OFFLINE"),
        ("unknown", ("3.15",), NO_NETWORK, None, None, None),
        ("missing", (), NO_NETWORK, None, None, None),
        ("ready", (), NO_NETWORK, None, None, None),
    ],
)
def test_a_cell_that_counts_and_is_not_known_is_the_machines_matter(
    state, may_fail, unreached, what, evidence, hint
) -> None:
    cell = AskedCell(python="3.15", platform="win32", asked="uv", state=state, reason="not cached")
    error = unanswered(
        Readiness(
            project="demo",
            ok=False,
            dependencies=0,
            cells=(cell,),
            may_fail=may_fail,
            offline=True,
            unreached=unreached,
        )
    )
    if what is None:
        assert error is None
        return
    assert error is not None
    assert error.what.startswith(what)
    assert (error.where, error.evidence) == ("Python 3.15 on win32", evidence)
    assert hint in (error.hint or "")
