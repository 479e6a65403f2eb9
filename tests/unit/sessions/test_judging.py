from __future__ import annotations

import pytest

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Made, Record, Status, write_record
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope, Tier
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project.facts import Kind
from shipwheel.publishing.release import Commit
from shipwheel.sessions.build import check_tag
from shipwheel.sessions.judging import by_makers, check_names, without_others
from shipwheel.sessions.publish import Options, parse
from shipwheel.sessions.verify import expected


def made(file_id: str, builder: str = "build") -> Made:
    return Made(id=file_id, filename=f"a-{file_id}", sha256=file_id * 2, size=1, builder=builder)


def record(job: str, *files: Made) -> Record:
    return Record(job=job, session=job, status=Status.PASSED, made=files)


def wheels(identifier: str, tier: Tier) -> Job:
    return Job(
        id=f"wheels-{identifier}",
        kind=JobKind.WHEELS,
        session="wheels",
        tier=tier,
        scope=Scope.RELEASE,
    )


PLAN = Plan(
    project=PlannedProject(
        name="a", version=None, kind=Kind.EXTENSION, requires_python=None, backend="b", pythons=()
    ),
    jobs=(
        Job(id="build", kind=JobKind.BUILD, session="build"),
        Job(id="wheel-3.12", kind=JobKind.WHEEL, session="wheel-3.12"),
        wheels("cp312-x", Tier.PR),
        wheels("cp312-y", Tier.RELEASE),
    ),
    files=(
        PlannedFile(id="sdist", kind="sdist", job="build", scope=Scope.LOCAL, local_job="build"),
        PlannedFile(
            id="cp312-x",
            kind="wheel",
            job="wheels-cp312-x",
            scope=Scope.LOCAL,
            local_job="wheel-3.12",
        ),
        PlannedFile(id="cp312-y", kind="wheel", job="wheels-cp312-y", scope=Scope.RELEASE),
    ),
    build_python="3.12",
)


@pytest.mark.parametrize(
    ("job", "file_id", "counts"),
    [
        ("build", "sdist", True),
        ("wheels-cp312-x", "cp312-x", True),
        ("wheel-3.12", "cp312-x", True),
        ("wheels-cp312-y", "cp312-x", False),
        ("test-3.12", "sdist", False),
        ("nobody", "cp312-y", False),
        # what no Plan names is told by its own rule
        ("wheel-3.8", "cp38-x", True),
    ],
)
def test_a_planned_file_is_made_by_its_makers_alone(job, file_id, counts):
    manifest = by_makers(PLAN, Manifest(records=(record(job, made(file_id)),)))
    assert [each.made.id for each in manifest.made()] == ([file_id] if counts else [])


def test_a_record_lies_under_its_jobs_name(tmp_path):
    check_names(tmp_path / "none")
    write_record(tmp_path / "build.json", record("build"))
    write_record(tmp_path / "api--test-3.12.json", record("api:test-3.12"))
    (tmp_path / "other.json").write_text("{}")
    check_names(tmp_path)
    write_record(tmp_path / "test-3.12.json", record("build"))
    with pytest.raises(JobError, match=r"test-3\.12\.json says that it is of build"):
        check_names(tmp_path)


def test_two_records_of_one_job_are_refused(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_record(tmp_path / folder / "build.json", record("build"))
    with pytest.raises(JobError, match="two records of build"):
        check_names(tmp_path)


@pytest.mark.parametrize(
    ("tier", "scope", "files"),
    [
        (None, Scope.LOCAL, ["sdist", "cp312-x"]),
        (Tier.PR, Scope.RELEASE, ["sdist", "cp312-x"]),
        (Tier.MAIN, Scope.RELEASE, ["sdist", "cp312-x"]),
        (Tier.RELEASE, Scope.RELEASE, ["sdist", "cp312-x", "cp312-y"]),
    ],
)
def test_a_tier_expects_what_its_jobs_make(tier, scope, files):
    plan, judged = expected(PLAN, tier, Scope.LOCAL)
    assert judged is scope
    assert [file.id for file in plan.in_scope(judged)] == files


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        (None, "1.0"),
        ("v1.0", None),
        ("v1.0", "1.0"),
        ("1.0.0", "1.0"),
        ("api-v1.0rc1", "1.0rc1"),
        ("release/1.0", "1.0.0"),
    ],
)
def test_a_tag_of_the_version(tag, version):
    check_tag(tag, version, "pyproject.toml")


@pytest.mark.parametrize(
    ("tag", "version"), [("v1.1", "1.0"), ("v1.0", "1.0.dev3"), ("nightly", "1.0"), ("v1.0", "one")]
)
def test_a_tag_of_another_version(tag, version):
    with pytest.raises(JobError) as caught:
        check_tag(tag, version, "pyproject.toml")
    assert tag in caught.value.what
    assert version in caught.value.what


def test_the_gates_arguments():
    assert parse(("--to", "testpypi", "--dry-run"), "gate") == Options("testpypi", dry_run=True)
    with pytest.raises(ConfigurationError, match="gate takes no argument '--force'") as caught:
        parse(("--force",), "gate")
    assert caught.value.where == "nox -s gate -- …"


@pytest.mark.parametrize(
    ("args", "options"),
    [
        (("--from=staging", "--to", "pypi"), Options("pypi", source="staging")),
        (("--to", "pypi", "--from", "a", "--dry-run"), Options("pypi", dry_run=True, source="a")),
    ],
)
def test_the_arguments_of_a_promotion(args, options):
    assert parse(args, promotes=True) == options
    with pytest.raises(ConfigurationError, match="gate takes no argument '--from"):
        parse(("--from=staging",), "gate")


@pytest.mark.parametrize("args", [("--to",), ("--to", "--dry-run"), ("--to=",), ("--from", "a")])
def test_an_index_has_to_be_named(args):
    with pytest.raises(ConfigurationError, match=r"needs an index|has to be named") as caught:
        parse(args, promotes=True)
    assert "`--to NAME-OR-URL`, `--from NAME-OR-URL` and `--dry-run`" in caught.value.hint


@pytest.mark.parametrize(
    ("tags", "package", "own"),
    [
        (("core-v1.0", "core-viewer-v1.0"), "core", ("core-v1.0",)),
        (("core-v1.0", "core-viewer-v1.0"), "core-viewer", ("core-viewer-v1.0",)),
        (("app-v1.0",), "core", ()),
        (("core-release-1.0",), "core", ("core-release-1.0",)),
        # a tag that names no package is of all
        (("v1.0", "2026-11"), "app", ("v1.0", "2026-11")),
    ],
)
def test_the_tag_of_another_package_releases_nothing(tags, package, own):
    commit = Commit(id="c0ffee", tags=tags)
    assert without_others(commit, package, ("app", "core", "core-viewer")).tags == own
