"""A whole release that passes the gate, as values; each test breaks one thing of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from packaging.version import Version

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import FileRef, Made, Proof, Record, Status
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Job, JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan, PlannedProject
from shipwheel.project import facts
from shipwheel.project.config import Config, VerifyConfig
from shipwheel.project.facts import Fact, Kind, Package, Project, Runner
from shipwheel.publishing.gate import judge, scope_for
from shipwheel.publishing.held import HeldFile
from shipwheel.publishing.named import versions_in
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import Commit, Release
from shipwheel.publishing.there import There
from shipwheel.verification.report import Finding, Level, Report, VerifiedFile

SDIST, WHEEL, LAPTOP, MACOS = (
    "demo-1.0.tar.gz",
    *(
        f"demo-1.0-cp312-cp312-{platform}.whl"
        for platform in ("manylinux_2_17_x86_64", "manylinux_2_36_x86_64", "macosx_11_0_arm64")
    ),
)
LINUX_ID, MACOS_ID = "cp312-manylinux_x86_64", "cp312-macosx_arm64"

LOOPBACK = Index(name="loop", upload="http://127.0.0.1:1/", simple="http://127.0.0.1:1/simple/")
PYPI = Index(
    name="pypi",
    upload="https://upload.pypi.org/legacy/",
    simple="https://pypi.org/simple/",
    takes_local_versions=False,
    takes_private=False,
    max_file_size=1000,
    completion_days=14,
)
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def digest(name: str) -> str:
    """Give a stand-in for the hash of a file's bytes."""
    return (name.encode().hex() * 8)[-64:]


def fact(value: Any) -> Fact:
    return Fact(value=value, origin="test")


def project(ignore: dict[str, str] | None = None, *, private: bool = False) -> Project:
    return Project(
        root="/p",
        name=fact("Demo"),
        version=fact("1.0"),
        backend=fact("hatchling"),
        build_requires=(),
        requires_python=fact(None),
        pythons=fact(()),
        kind=fact(Kind.EXTENSION),
        dependencies=fact(()),
        extras=fact({}),
        groups=fact({}),
        entry_points=fact({}),
        packages=fact((Package(name="demo"), Package(name="demo-stubs", stubs=True))),
        test=facts.TestFacts(
            runner=fact(Runner.PYTEST),
            commands=fact(()),
            requirements=fact(()),
            extras=fact(()),
            paths=fact(()),
            environment=fact({}),
            coverage=fact(False),
        ),
        lint=fact(None),
        type=fact(None),
        docs=fact(None),
        private=private,
        config=Config(verify=VerifyConfig(ignore=ignore or {}, smoke="demo --version")),
    )


def plan() -> Plan:
    """An extension project on Linux: the laptop makes one wheel, cibuildwheel two, 3.13 may fail."""
    test = {"kind": JobKind.TEST, "consumes": (LINUX_ID,)}
    return Plan(
        project=PlannedProject(
            name="Demo",
            version=None,
            kind=Kind.EXTENSION,
            requires_python=None,
            backend="hatchling",
            pythons=("3.12",),
        ),
        jobs=(
            Job(id="build", kind=JobKind.BUILD, session="build"),
            Job(id="wheel-3.12", kind=JobKind.WHEEL, session="wheel-3.12"),
            *(
                Job(
                    id=f"wheels-{each}",
                    kind=JobKind.WHEELS,
                    session="wheels",
                    args=("--only", each),
                    scope=Scope.RELEASE,
                )
                for each in (LINUX_ID, MACOS_ID)
            ),
            Job(id="test-3.12", session="test-3.12", python="3.12", **test),
            Job(id="test-3.13", session="test-3.13", python="3.13", allow_failure=True, **test),
            Job(id="test-3.9", session="test-3.9", python="3.9", scope=Scope.RELEASE, **test),
            Job(id="test-lowest", session="test-lowest", python="3.12", lowest=True, **test),
        ),
        files=(
            PlannedFile(
                id="sdist", kind="sdist", job="build", scope=Scope.LOCAL, local_job="build"
            ),
            PlannedFile(
                id=LINUX_ID,
                kind="wheel",
                job=f"wheels-{LINUX_ID}",
                scope=Scope.LOCAL,
                local_job="wheel-3.12",
            ),
            PlannedFile(id=MACOS_ID, kind="wheel", job=f"wheels-{MACOS_ID}", scope=Scope.RELEASE),
        ),
        build_python="3.12",
    )


def record(job: str, **fields: Any) -> Record:
    return Record(**{"job": job, "session": job, "status": Status.PASSED, "commit": "c1", **fields})


def made(file_id: str, filename: str, builder: str) -> Made:
    return Made(id=file_id, filename=filename, sha256=digest(filename), size=10, builder=builder)


def wheel_record(job: str, file_id: str, filename: str, builder: str) -> Record:
    sdist = FileRef(id="sdist", filename=SDIST, sha256=digest(SDIST), size=10)
    return record(job, consumed=(sdist,), made=(made(file_id, filename, builder),))


def proved_by(job: str, filename: str, **fields: Any) -> Record:
    return record(
        job, proofs=(Proof(what="tests", sha256=digest(filename)),), tests_run=5, **fields
    )


def held(*names: str) -> tuple[HeldFile, ...]:
    return tuple(HeldFile(filename=name, sha256=digest(name), size=10) for name in names)


@dataclass(frozen=True)
class World:
    """All that `judge` is told."""

    scope: Scope
    index: Index
    dist: tuple[HeldFile, ...]
    records: dict[str, Record]
    plan: Plan = field(default_factory=plan)
    project: Project = field(default_factory=project)
    commit: Commit | None = field(default_factory=lambda: Commit(id="c1", tags=("v1.0",)))
    report: Report | None = None
    there: There | None = None

    def but(self, **changes: Any) -> World:
        return replace(self, **changes)

    def with_record(self, changed: Record) -> World:
        return replace(self, records={**self.records, changed.job: changed})

    def without_record(self, job: str) -> World:
        return replace(self, records={k: v for k, v in self.records.items() if k != job})

    def judge(self) -> Release:
        return judge(
            self.plan,
            self.report or verified(self.dist),
            Manifest(records=tuple(self.records.values())),
            dist=self.dist,
            scope=self.scope,
            index=self.index,
            project=self.project,
            commit=self.commit,
            there=self.there,
            now=NOW,
        )


def verified(dist: tuple[HeldFile, ...], **fields: Any) -> Report:
    files = tuple(
        VerifiedFile(filename=each.filename, kind="wheel", sha256=each.sha256, size=each.size)
        for each in dist
    )
    return msgspec.structs.replace(Report(ok=True, files=files, checks=(), findings=()), **fields)


def _records(*records: Record) -> dict[str, Record]:
    return {each.job: each for each in records}


@pytest.fixture
def local() -> World:
    """What this machine makes, for loopback."""
    return World(
        scope=Scope.LOCAL,
        index=LOOPBACK,
        dist=held(SDIST, LAPTOP),
        records=_records(
            record("build", made=(made("sdist", SDIST, "build"),), tools={"build": "1.3"}),
            wheel_record("wheel-3.12", LINUX_ID, LAPTOP, "laptop"),
            proved_by("test-3.12", LAPTOP, python="3.12", python_version="3.12.1"),
        ),
        commit=None,
    )


@pytest.fixture
def release() -> World:
    """The whole release, for PyPI."""
    return World(
        scope=Scope.RELEASE,
        index=PYPI,
        dist=held(SDIST, WHEEL, MACOS),
        records=_records(
            record("build", made=(made("sdist", SDIST, "build"),)),
            wheel_record(f"wheels-{LINUX_ID}", LINUX_ID, WHEEL, "cibuildwheel"),
            wheel_record(f"wheels-{MACOS_ID}", MACOS_ID, MACOS, "cibuildwheel"),
            proved_by("test-3.12", WHEEL),
            proved_by("test-3.9", WHEEL),
        ),
    )


def refused(world: World) -> dict[str, list[str]]:
    """Give the rules that stand against a release, each with its messages."""
    with pytest.raises(Refused) as caught:
        world.judge()
    found: dict[str, list[str]] = {}
    for reason in caught.value.reasons:
        found.setdefault(reason.rule, []).append(reason.message)
    return found


def test_a_local_release(local):
    made_release = local.judge()
    assert [(each.id, each.filename, each.builder) for each in made_release.files] == [
        ("sdist", SDIST, "build"),
        (LINUX_ID, LAPTOP, "laptop"),
    ]
    assert (made_release.project, made_release.version) == ("Demo", "1.0")
    assert made_release.scope is Scope.LOCAL
    assert made_release.pythons == ("3.12",)
    assert made_release.modules == ("demo",)
    assert made_release.smoke == "demo --version"
    assert made_release.tools == {"build": "1.3"}
    proof = made_release.tests[0]
    assert (proof.job, proof.python, proof.tests_run) == ("test-3.12", "3.12.1", 5)
    assert proof.files == (digest(LAPTOP),)


def test_a_whole_release(release):
    made_release = release.judge()
    assert {each.filename for each in made_release.files} == {SDIST, WHEEL, MACOS}
    assert [each.filename for each in made_release.in_order] == [MACOS, WHEEL, SDIST]
    assert made_release.pythons == ("3.12", "3.9")
    assert made_release.target == PYPI
    assert made_release.commit == Commit(id="c1", tags=("v1.0",))
    assert made_release.exceptions == {}
    assert made_release.notes == (f"no job of the Plan tests {MACOS}",)


def test_scopes():
    assert scope_for(LOOPBACK) is Scope.LOCAL
    assert scope_for(PYPI) is Scope.RELEASE
    half = Index(name="x", upload="http://127.0.0.1/", simple="https://example.org/simple/")
    assert scope_for(half) is Scope.RELEASE


@pytest.mark.parametrize(
    ("dist", "rule", "told"),
    [
        (held(LAPTOP), "missing-file", "sdist is planned and not in dist/"),
        (held(SDIST), "missing-file", f"{LINUX_ID} is planned and not in dist/"),
        (held(SDIST, LAPTOP, "notes.txt"), "foreign-file", "notes.txt lies in dist/"),
        (held(SDIST, LAPTOP, "other-2.0.tar.gz"), "foreign-file", "other-2.0.tar.gz lies in dist/"),
    ],
)
def test_the_set_is_complete_and_nothing_else(local, dist, rule, told):
    found = refused(local.but(dist=dist))
    assert list(found) == [rule]
    assert told in found[rule][0]


def test_changed_bytes_are_named_with_both_hashes(local):
    changed = HeldFile(filename=LAPTOP, sha256="f" * 64, size=10)
    found = refused(local.but(dist=(*held(SDIST), changed)))
    assert set(found) == {"missing-file", "changed-file"}
    assert "f" * 64 in found["changed-file"][0]
    assert digest(LAPTOP) in found["changed-file"][0]


def test_a_laptops_wheel_never_stands_in_for_the_planned_builders(release):
    world = release.without_record(f"wheels-{LINUX_ID}").with_record(
        wheel_record("wheel-3.12", LINUX_ID, WHEEL, "laptop")
    )
    found = refused(world)
    assert found["other-builder"] == [
        f"{WHEEL} was made by laptop; a release takes {LINUX_ID} from cibuildwheel alone"
    ]


def test_where_both_made_the_same_bytes_the_planned_builder_speaks(release):
    world = release.with_record(wheel_record("wheel-3.12", LINUX_ID, WHEEL, "laptop"))
    assert {each.builder for each in world.judge().files} == {"build", "cibuildwheel"}


def test_a_wheel_of_the_wider_scope_is_left_out_of_a_rehearsal(local):
    world = local.but(dist=held(SDIST, LAPTOP, MACOS)).with_record(
        wheel_record(f"wheels-{MACOS_ID}", MACOS_ID, MACOS, "cibuildwheel")
    )
    made_release = world.judge()
    assert MACOS not in {each.filename for each in made_release.files}
    assert made_release.notes == (f"{MACOS} ({MACOS_ID}) lies in dist/ and is not of this scope",)


def test_what_the_plan_no_longer_names(local):
    old = "demo-1.0-cp38-cp38-manylinux_2_17_x86_64.whl"
    world = local.but(dist=held(SDIST, LAPTOP, old)).with_record(
        wheel_record("wheel-3.8", "cp38-manylinux_x86_64", old, "laptop")
    )
    assert list(refused(world)) == ["unplanned-file"]


def test_two_files_for_one_planned(local):
    world = local.but(dist=held(SDIST, LAPTOP, WHEEL)).with_record(
        wheel_record(f"wheels-{LINUX_ID}", LINUX_ID, WHEEL, "cibuildwheel")
    )
    assert "duplicate-file" in refused(world)


def test_a_wheel_of_another_sdist(local):
    other = FileRef(id="sdist", filename=SDIST, sha256="0" * 64, size=10)
    stale = record("wheel-3.12", consumed=(other,), made=(made(LINUX_ID, LAPTOP, "laptop"),))
    assert list(refused(local.with_record(stale))) == ["other-sdist"]


@pytest.mark.parametrize(
    ("report", "rule", "count"),
    [
        (verified(held(SDIST, LAPTOP), static=True), "not-verified", 1),
        (verified(held(SDIST)), "not-verified", 1),
        (verified(()), "not-verified", 2),
        (verified(held(SDIST, LAPTOP), ok=False), "verify-error", 1),
        (
            verified(
                held(SDIST, LAPTOP),
                ok=False,
                findings=(
                    Finding(rule="record", level=Level.ERROR, file=LAPTOP, message="hash"),
                    Finding(rule="tags", level=Level.WARNING, file=LAPTOP, message="odd"),
                ),
            ),
            "verify-error",
            1,
        ),
    ],
)
def test_verification(local, report, rule, count):
    found = refused(local.but(report=report))
    assert {name: len(messages) for name, messages in found.items()} == {rule: count}


def test_without_any_verification(local):
    with pytest.raises(Refused) as caught:
        judge(
            local.plan,
            None,
            Manifest(records=tuple(local.records.values())),
            dist=held(SDIST),
            scope=local.scope,
            index=local.index,
            project=local.project,
        )
    assert [reason.rule for reason in caught.value.reasons] == ["missing-file", "not-verified"]


def test_verification_of_other_bytes_does_not_count(local):
    other = VerifiedFile(filename=LAPTOP, kind="wheel", sha256="0" * 64, size=10)
    report = verified(held(SDIST))
    report = msgspec.structs.replace(report, files=(*report.files, other))
    assert list(refused(local.but(report=report))) == ["not-verified"]


@pytest.mark.parametrize(
    ("changed", "rule", "told"),
    [
        (None, "not-tested", "test-3.12 has not run"),
        (
            record("test-3.12", status=Status.FAILED, reason="3 failed"),
            "tests-failed",
            "test-3.12 failed: 3 failed",
        ),
        (
            record("test-3.12", status=Status.SKIPPED, reason="no Python"),
            "tests-failed",
            "test-3.12 skipped: no Python",
        ),
        (proved_by("test-3.12", WHEEL), "not-tested", "test-3.12 passed with other bytes"),
        (record("test-3.12"), "not-tested", "test-3.12 passed with other bytes"),
        (
            record("test-3.12", proofs=(Proof(what="verify", sha256=digest(LAPTOP)),)),
            "not-tested",
            "test-3.12 passed with other bytes",
        ),
    ],
)
def test_tests_of_these_very_bytes(local, changed, rule, told):
    world = local.with_record(changed) if changed else local.without_record("test-3.12")
    found = refused(world)
    assert list(found) == [rule]
    assert found[rule][0].startswith(told)


def test_an_import_check_counts_where_no_tests_are_known(local):
    shown = Proof(what="imports", sha256=digest(LAPTOP))
    made_release = local.with_record(record("test-3.12", proofs=(shown,))).judge()
    assert made_release.tests[0].what == ("imports",)


def test_jobs_that_may_fail_are_named_and_no_reason(local):
    failed = {"status": Status.FAILED, "reason": "2 failed"}
    world = local.with_record(record("test-3.13", **failed)).with_record(
        record("test-lowest", **failed)
    )
    made_release = world.judge()
    assert made_release.notes == (
        "test-3.13 failed, as it may: 2 failed",
        "test-lowest failed, as it may: 2 failed",
    )
    assert {each.job: each.allow_failure for each in made_release.tests} == {
        "test-3.12": False,
        "test-3.13": True,
        "test-lowest": False,
    }


def test_the_release_needs_the_tests_of_other_machines_too(release):
    assert list(refused(release.without_record("test-3.9"))) == ["not-tested"]


PURE = "demo-1.0-py3-none-any.whl"
LINUX, WINDOWS = "manylinux_x86_64", "win_amd64"


def platform_test(python: str, platform: str, **fields: Any) -> Job:
    return Job(
        **{
            "id": f"test-{python}-{platform}",
            "kind": JobKind.TEST,
            "session": f"test-{python}",
            "python": python,
            "platform": platform,
            "consumes": ("any",),
            "scope": Scope.RELEASE,
            **fields,
        }
    )


@pytest.fixture
def pure() -> World:
    """A pure project on Linux, whose CI tests 3.12 and 3.13 there and on Windows; 3.15 may fail."""
    cells = [
        Job(
            id=f"test-{python}",
            kind=JobKind.TEST,
            session=f"test-{python}",
            python=python,
            consumes=("any",),
        )
        for python in ("3.12", "3.13")
    ]
    platforms = [
        platform_test(python, each, allow_failure=python == "3.15")
        for each in (LINUX, WINDOWS)
        for python in ("3.12", "3.13", "3.15")
    ]
    files = tuple(
        PlannedFile(id=each, kind=kind, job="build", scope=Scope.LOCAL, local_job="build")
        for each, kind in (("sdist", "sdist"), ("any", "wheel"))
    )
    proved = [
        msgspec.structs.replace(
            proved_by(job.id, PURE), session=job.session, platform=job.platform, python=job.python
        )
        for job in platforms
        if not job.allow_failure
    ]
    built = record("build", made=(made("sdist", SDIST, "build"), made("any", PURE, "build")))
    return World(
        scope=Scope.RELEASE,
        index=PYPI,
        dist=held(SDIST, PURE),
        records=_records(built, *proved),
        plan=msgspec.structs.replace(
            plan(),
            jobs=(Job(id="build", kind=JobKind.BUILD, session="build"), *cells, *platforms),
            files=files,
        ),
    )


def test_a_release_needs_the_tests_of_each_platform_and_not_this_machines_cells(pure):
    made_release = pure.judge()
    assert [each.job for each in made_release.tests] == [
        f"test-{python}-{platform}" for platform in (LINUX, WINDOWS) for python in ("3.12", "3.13")
    ]
    assert made_release.pythons == ("3.12", "3.13")
    assert made_release.notes == ()


def test_a_platform_that_was_never_tested_is_one_reason_that_says_what_to_do(pure):
    world = pure
    for python in ("3.12", "3.13"):
        world = world.without_record(f"test-{python}-{WINDOWS}")
    with pytest.raises(Refused) as caught:
        world.judge()
    (reason,) = caught.value.reasons
    assert reason.rule == "not-tested"
    assert reason.message == (
        "the tests on win_amd64 have not run with these files: Python 3.12, 3.13"
    )
    assert "release workflow" in str(reason.hint)
    assert '[tool.shipwheel.test] platforms = ["manylinux_x86_64"]' in str(reason.hint)


@pytest.mark.parametrize(
    ("laptop", "message"),
    [
        ({"platform": LINUX}, None),
        ({"platform": WINDOWS}, "the tests on manylinux_x86_64 have not run"),
        ({"platform": None}, "the tests on manylinux_x86_64 have not run"),
        ({"platform": LINUX, "session": "test-lowest"}, "the tests on manylinux_x86_64"),
        ({"platform": LINUX, "status": Status.FAILED}, "the tests on manylinux_x86_64"),
        ({"platform": LINUX, "proofs": ()}, "the tests on manylinux_x86_64 have not run"),
    ],
)
def test_a_laptops_tests_of_these_very_bytes_are_tests_on_its_platform(pure, laptop, message):
    here = msgspec.structs.replace(proved_by("test-3.12", PURE), **laptop)
    world = pure.without_record(f"test-3.12-{LINUX}").with_record(here)
    if message is None:
        assert world.judge().version == "1.0"
    else:
        assert refused(world)["not-tested"][0].startswith(message)


@pytest.mark.parametrize(
    ("changed", "rule", "message"),
    [
        ({"platform": LINUX}, "not-tested", "test-3.12-win_amd64 ran on manylinux_x86_64"),
        ({"platform": None}, "not-tested", "test-3.12-win_amd64 ran on an unnamed platform"),
        (
            {"status": Status.FAILED, "reason": "1 failed"},
            "tests-failed",
            "test-3.12-win_amd64 failed: 1 failed",
        ),
        (
            {"proofs": (Proof(what="tests", sha256="0" * 64),)},
            "not-tested",
            "test-3.12-win_amd64 passed with other bytes",
        ),
        (
            {"proofs": (Proof(what="some-tests", sha256=digest(PURE)),)},
            "not-tested",
            "test-3.12-win_amd64 passed with other bytes",
        ),
    ],
)
def test_a_platforms_record_is_of_that_platform_and_these_bytes(pure, changed, rule, message):
    job = f"test-3.12-{WINDOWS}"
    found = refused(pure.with_record(msgspec.structs.replace(pure.records[job], **changed)))
    assert list(found) == [rule]
    assert found[rule][0].startswith(message)


def test_a_platforms_own_failure_is_not_made_good_by_a_laptop(pure):
    failed = msgspec.structs.replace(pure.records[f"test-3.12-{LINUX}"], status=Status.FAILED)
    here = msgspec.structs.replace(proved_by("test-3.12", PURE), platform=LINUX)
    assert list(refused(pure.with_record(failed).with_record(here))) == ["tests-failed"]


def test_what_failed_and_does_not_decide_is_named(pure):
    late = record(f"test-3.15-{LINUX}", status=Status.FAILED, reason="2 failed", platform=LINUX)
    here = record("test-3.13", status=Status.FAILED, reason="no network")
    assert pure.with_record(late).with_record(here).judge().notes == (
        "test-3.13 failed on this machine: no network",
        f"test-3.15-{LINUX} failed, as it may: 2 failed",
    )


def test_a_release_whose_files_no_cell_tests_asks_for_none(release):
    jobs = [
        msgspec.structs.replace(job, consumes=("cp312-elsewhere",))
        if job.kind is JobKind.TEST
        else job
        for job in release.plan.jobs
    ]
    world = release.but(plan=msgspec.structs.replace(release.plan, jobs=tuple(jobs)))
    made_release = world.without_record("test-3.12").without_record("test-3.9").judge()
    assert made_release.notes == (f"no job of the Plan tests {WHEEL}, {MACOS}",)


def test_a_cell_of_a_laptop_is_no_test_of_a_release_that_has_its_own(release):
    windows = platform_test("3.12", WINDOWS, consumes=(MACOS_ID,))
    planned = msgspec.structs.replace(release.plan, jobs=(*release.plan.jobs, windows))
    shown = msgspec.structs.replace(proved_by(windows.id, MACOS), platform=WINDOWS)
    made_release = release.but(plan=planned).with_record(shown).judge()
    assert made_release.notes == (f"no job of the Plan tests {WHEEL}",)


def test_a_wheel_that_cibuildwheel_tested_while_building_is_tested(release):
    job = f"wheels-{MACOS_ID}"
    shown = Proof(what="tests", sha256=digest(MACOS))
    tested = msgspec.structs.replace(release.records[job], proofs=(shown,))
    made_release = release.with_record(tested).judge()
    assert made_release.notes == ()
    assert [each.what for each in made_release.tests if each.job == job] == [("tests",)]


def renamed(world: World, old: str, new: str) -> World:
    """Let a file have another name from the start, so that only its name can be wrong."""

    def change(value: Record) -> Record:
        text = msgspec.json.encode(value).decode()
        text = text.replace(old, new).replace(digest(old), digest(new))
        return msgspec.json.decode(text, type=Record)

    names = [new if each.filename == old else each.filename for each in world.dist]
    records = {job: change(each) for job, each in world.records.items()}
    return world.but(dist=held(*names), records=records)


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        (SDIST, "demo-1.1.tar.gz", {"versions-differ", "version-tag"}),
        (SDIST, "other-1.0.tar.gz", {"file-name"}),
        (SDIST, "demo.tar.gz", {"file-name"}),
        (WHEEL, "demo-1.0-cp312.whl", {"file-name"}),
    ],
)
def test_one_name_and_one_version(release, old, new, rules):
    assert set(refused(renamed(release, old, new))) == rules


def test_the_plans_version_counts(local):
    planned = msgspec.structs.replace(local.plan.project, version="2.0")
    world = local.but(plan=msgspec.structs.replace(local.plan, project=planned))
    found = refused(world)
    assert found == {
        "versions-differ": [
            "a release has one version, found 1.0 (demo-1.0.tar.gz), 2.0 (the Plan)"
        ]
    }


def test_a_local_version_is_for_an_index_that_takes_it(local):
    world = renamed(
        renamed(local, SDIST, "demo-1.0+g12.tar.gz"), LAPTOP, LAPTOP.replace("1.0", "1.0+g12")
    )
    assert world.judge().version == "1.0+g12"
    picky = msgspec.structs.replace(LOOPBACK, takes_local_versions=False)
    assert list(refused(world.but(index=picky))) == ["local-version"]


def test_what_the_index_does_not_take(release):
    small = msgspec.structs.replace(PYPI, max_file_size=9)
    found = refused(release.but(index=small, project=project(private=True)))
    assert {name: len(messages) for name, messages in found.items()} == {
        "private": 1,
        "too-large": 3,
    }


def test_a_private_project_goes_to_an_index_of_ones_own(local):
    assert local.but(project=project(private=True)).judge().private


def test_the_local_scope_stays_here(local):
    assert list(refused(local.but(index=msgspec.structs.replace(PYPI, name="x")))) == [
        "local-scope"
    ]


@pytest.mark.parametrize(
    ("commit", "rules"),
    [
        (None, {"no-commit"}),
        (Commit(id="c1", dirty=True, changed=("a.py",), tags=("1.0",)), {"dirty-tree"}),
        (Commit(id="c1"), {"version-tag"}),
        (Commit(id="c1", tags=("v1.1", "nightly")), {"version-tag"}),
        (Commit(id="c2", tags=("v1.0",)), {"other-commit"}),
    ],
)
def test_the_commit(release, commit, rules):
    world = release.but(commit=commit)
    assert set(refused(world)) == rules
    excuses = dict.fromkeys(rules, "we know")
    assert world.but(project=project(excuses)).judge().exceptions == excuses


def test_an_excuse_that_was_not_needed_is_not_in_the_release(release):
    assert release.but(project=project({"version-tag": "never"})).judge().exceptions == {}


def test_no_excuse_for_what_concerns_the_bytes(local):
    rules = ["missing-file", "foreign-file", "changed-file", "not-tested", "not-verified"]
    excused = local.but(
        project=project(dict.fromkeys(rules, "please")), dist=held(SDIST), report=verified(())
    )
    assert set(refused(excused)) == {"missing-file", "not-verified"}


def test_every_reason_at_once(local):
    world = local.but(dist=held(SDIST, "notes.txt"), report=verified((), static=True))
    with pytest.raises(Refused) as caught:
        world.without_record("test-3.12").judge()
    rules = [reason.rule for reason in caught.value.reasons]
    assert sorted(rules) == [
        "foreign-file",
        "missing-file",
        "not-tested",
        "not-verified",
        "not-verified",
    ]
    text = "\n".join(caught.value.lines())
    assert text.startswith("error: the release is refused, for 5 reasons")
    assert "`nox -s wheel-3.12` makes it" in text


def test_an_empty_plan_publishes_nothing(local):
    empty = msgspec.structs.replace(local.plan, files=(), jobs=())
    found = refused(local.but(plan=empty, dist=(), records={}))
    assert found == {"missing-file": ["there is nothing to publish in dist/"]}


@pytest.mark.parametrize(
    ("tag", "version", "says"),
    [
        ("v1.0", "1.0", True),
        ("1.0.0", "1.0", True),
        ("demo-1.0", "1.0", True),
        ("demo-v1.0rc1", "1.0rc1", True),
        ("release/1.0", "1.0", True),
        ("py3-demo-1.0", "1.0", True),
        ("2026.11", "2026.11", True),
        ("v11.0", "1.0", False),
        ("v1.0.1", "1.0", False),
        ("v1.0", "1.0.post1", False),
        ("v0.1.0", "1.0", False),
        ("nightly", "1.0", False),
    ],
)
def test_tags_and_versions(tag, version, says):
    assert (Version(version) in versions_in(tag)) is says


def test_what_was_set_aside_is_written_down_with_what_it_said(release):
    found = release.but(commit=Commit(id="c1"), project=project({"version-tag": "nightly"})).judge()
    assert found.exceptions == {"version-tag": "nightly"}
    [said] = found.set_aside
    assert (said.rule, "it has no tag" in said.message) == ("version-tag", True)


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_excuse_without_a_reason_is_none(release, reason):
    world = release.but(commit=Commit(id="c1"), project=project({"version-tag": reason}))
    assert set(refused(world)) == {"version-tag"}


def test_what_the_index_has_is_judged_with_the_rest(release):
    first = NOW - dt.timedelta(days=20)
    there = There(files={WHEEL: "c" * 64, "demo-1.0.zip": None}, first=first)
    world = release.but(there=there, commit=Commit(id="c1"))
    assert set(refused(world)) == {"other-bytes", "extra-file", "version-tag", "window-closed"}


def test_what_the_index_grants_is_a_reason_and_other_bytes_never_are(release):
    first = NOW - dt.timedelta(days=20)
    granted = {"extra-file": "conda's", "window-closed": "support said so", "too-large": "granted"}
    world = release.but(
        there=There(files={WHEEL: digest(WHEEL), "demo-1.0.zip": None}, first=first),
        index=msgspec.structs.replace(PYPI, max_file_size=9),
        project=project({**granted, "version-tag": "not needed"}),
    )
    made_release = world.judge()
    assert made_release.exceptions == granted
    assert made_release.excuses == granted
    changed = There(files={WHEEL: "c" * 64})
    excused = world.but(there=changed, project=project({**granted, "other-bytes": "please"}))
    assert set(refused(excused)) == {"other-bytes"}


def test_half_a_release_is_told_until_when_it_can_be_completed(release):
    there = There(files={WHEEL: digest(WHEEL)}, first=NOW - dt.timedelta(days=2))
    notes = release.but(there=there).judge().notes
    assert "pypi has 1 of 3 files, and takes the rest until 2026-12-03" in notes[-1]
