"""Which lanes a pipeline has, what they need, take and give."""

from __future__ import annotations

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import JobKind
from shipwheel.project.config import (
    CiConfig,
    CiJob,
    CiService,
    CiStep,
    Config,
    IndexConfig,
    PublishConfig,
    WheelsConfig,
)
from shipwheel.project.facts import Kind
from shipwheel.rendering.pipeline import Event

OWN = {"own": IndexConfig(upload="https://h.example/", simple="https://h.example/simple/")}


def outline(pipeline):
    return {lane.id: lane.needs for lane in pipeline.lanes}


def test_changes_of_a_pure_project(member, pipelines_of):
    changes, _release = pipelines_of(member())
    assert outline(changes) == {
        "build": (),
        "test": ("build",),
        "test-more": ("build",),
        "test-lowest": ("build",),
        "verify": ("build",),
        "gate": ("build", "test", "test-more", "test-lowest", "verify"),
    }
    assert changes.filename == ".github/workflows/ci.yml"
    assert [cell.job for cell in changes.lane("test").cells] == [
        "test-3.12-manylinux_x86_64",
        "test-3.15-manylinux_x86_64",
    ]
    assert changes.lane("test-more").unless_pr
    assert not changes.lane("verify").unless_pr


def test_release_of_an_extension(member, pipelines_of):
    _changes, release = pipelines_of(member(kind=Kind.EXTENSION))
    assert outline(release) == {
        "build": (),
        "wheels": ("build",),
        "test": ("wheels",),
        "verify": ("build", "wheels"),
        "gate": ("build", "wheels", "test", "verify"),
        "publish": ("gate",),
        "read-back": ("publish",),
        "github-release": ("read-back",),
    }
    assert len(release.lane("wheels").cells) == 16
    by_job = {cell.job: cell for cell in release.lane("test").cells}
    assert by_job["test-3.13-win_amd64"].takes == ("wheels-cp313-win_amd64",)
    assert by_job["test-3.13-win_amd64"].runner == "windows-2025"
    assert not any("musllinux" in job for job in by_job)


def test_a_pull_request_waits_for_no_wheel_that_it_does_not_test(member, pipelines_of):
    changes, _release = pipelines_of(member(kind=Kind.EXTENSION))
    tested = {job for cell in changes.lane("test").cells for job in cell.takes}
    assert tested == {cell.job for cell in changes.lane("wheels").cells}
    more = {cell.job for cell in changes.lane("wheels-more").cells}
    assert more
    assert not more & tested
    assert changes.lane("test").needs == ("wheels",)
    assert set(changes.lane("test-more").needs) <= {"wheels", "wheels-more"}
    assert "wheels-more" in changes.lane("test-more").needs


def test_every_lane_needs_lanes_above_it(member, pipelines_of):
    ci = CiConfig(
        services={"db": CiService(image="postgres:17@sha256:" + "0" * 64)},
        jobs={"site": CiJob(run="make site"), "sign": CiJob(run="x", workflows=("release",))},
    )
    made = member(kind=Kind.EXTENSION, config=Config(ci=ci))
    for pipeline in pipelines_of(made):
        seen = set()
        for lane in pipeline.lanes:
            assert set(lane.needs) <= seen, lane.id
            assert lane.id not in seen
            seen.add(lane.id)


def test_only_the_upload_has_an_identity_and_no_source(member, pipelines_of):
    for pipeline in pipelines_of(member()):
        for lane in pipeline.lanes:
            assert lane.oidc is (lane.kind is JobKind.PUBLISH)
            assert lane.checkout is (lane.id not in {"publish", "read-back", "github-release"}) or (
                lane.id == "gate"
            )


@pytest.mark.parametrize(
    ("provider", "wanted", "page"),
    [
        ("github", "published", "published"),
        ("github", "draft", "draft"),
        ("github", "none", None),
        ("gitlab", "published", None),
    ],
)
def test_a_page_for_the_release(member, pipelines_of, provider, wanted, page):
    ci = CiConfig(github_release=wanted)
    changes, release = pipelines_of(member(config=Config(ci=ci)), provider=provider)
    pages = [lane.page for lane in release.lanes if lane.id == "github-release"]
    assert pages == ([page] if page else [])
    assert not any(lane.page for lane in changes.lanes)


def test_nothing_else_is_called_like_the_required_check(member, pipelines_of):
    named = [
        lane.name
        for pipeline in pipelines_of(member("core", "core"), member("app", "app"))
        for lane in pipeline.lanes
    ]
    assert named.count("Gate") == 1


@pytest.mark.parametrize(
    ("index", "environments", "expected"),
    [
        ("pypi", {}, None),
        ("testpypi", {"publish": "shop"}, None),
        ("own", {}, "own"),
        ("own", {"publish": "shop"}, "shop"),
    ],
)
def test_an_index_of_ones_own_is_read_with_the_uploads_credentials(
    member, pipelines_of, index, environments, expected
):
    ci = CiConfig(environments=environments, secrets={"publish": ("EXTRA",)})
    made = member(config=Config(ci=ci, publish=PublishConfig(index=index), index=OWN))
    lane = pipelines_of(made)[1].lane("read-back")
    assert lane.environment == expected
    assert lane.secrets == (("EXTRA",) if expected else ())


@pytest.mark.parametrize(("index", "trusted"), [("pypi", True), ("testpypi", True), ("own", False)])
def test_who_is_trusted(member, pipelines_of, index, trusted):
    made = member(config=Config(publish=PublishConfig(index=index), index=OWN))
    release = pipelines_of(made)[1]
    assert release.trusted is trusted
    assert release.lane("publish").environment == index
    assert release.lane("publish").oidc is trusted


def test_an_index_that_nobody_knows_is_told_before_a_release_needs_it(member, pipelines_of):
    made = member(config=Config(publish=PublishConfig(index="onw"), index=OWN))
    with pytest.raises(ConfigurationError, match="there is no index 'onw'") as caught:
        pipelines_of(made)
    assert "did you mean 'own'?" in caught.value.hint


def test_pythons_beside_the_tools_own(member, pipelines_of):
    changes, _release = pipelines_of(member())
    own = load_catalog().ci_python
    assert changes.lane("build").cells[0].pythons == ()
    assert changes.lane("verify").cells[0].pythons == ("3.12", "3.13", "3.15")
    assert all(own not in cell.pythons for lane in changes.lanes for cell in lane.cells)
    older, _release = pipelines_of(member(config=Config(pythons=("3.9", "3.10"))))
    assert older.lane("build").cells[0].pythons == ("3.10",)


def test_tools_run_for_changes_alone(member, pipelines_of, tool_facts):
    changes, release = pipelines_of(member(lint=tool_facts))
    assert changes.lane("lint").needs == ()
    assert "lint" in changes.lane("gate").needs
    assert "lint" not in outline(release)


def test_services_stand_beside_linux_cells_alone(member, pipelines_of):
    service = CiService(image="postgres:17@sha256:" + "0" * 64)
    changes = pipelines_of(member(config=Config(ci=CiConfig(services={"db": service}))))[0]
    more, elsewhere = changes.lane("test-more"), changes.lane("test-elsewhere-more")
    assert more.services == (("db", service),)
    assert elsewhere.services == ()
    assert {cell.platform for cell in elsewhere.cells} == {"macosx_arm64", "win_amd64"}
    assert elsewhere.unless_pr
    assert {"test-more", "test-elsewhere-more"} <= set(changes.lane("gate").needs)
    assert changes.lane("build").services == ()


def test_steps_secrets_and_times_by_kind(member, pipelines_of):
    step = CiStep(name="Compile", jobs=("test",), run="make")
    ci = CiConfig(
        steps=(step,),
        secrets={"test": ("TOKEN",)},
        environments={"publish": "production"},
        timeouts={"checks": 7, "test": 90},
    )
    changes, release = pipelines_of(member(config=Config(ci=ci)))
    test = changes.lane("test")
    assert (test.before, test.after, test.secrets) == ((step,), (), ("TOKEN",))
    assert (test.environment, test.minutes) == ("test", 90)
    assert changes.lane("build").before == ()
    assert changes.lane("build").environment is None
    assert release.lane("publish").environment == "production"
    assert changes.lane("gate").secrets == ()


@pytest.mark.parametrize(
    ("job", "needs", "waits"),
    [
        (CiJob(run="x"), ("build",), "gate"),
        (CiJob(run="x", before=None), ("build",), None),
        (CiJob(run="x", after=("test",)), ("test", "test-more", "test-lowest"), "gate"),
        (CiJob(run="x", after=()), (), "gate"),
    ],
)
def test_a_job_of_the_users_own(member, pipelines_of, job, needs, waits):
    changes = pipelines_of(member(config=Config(ci=CiConfig(jobs={"site": job}))))[0]
    assert changes.lane("site").needs == needs
    assert ("site" in changes.lane("gate").needs) is (waits == "gate")
    assert changes.lane("site").unless_pr is ("test-more" in needs)


def test_a_release_waits_for_a_job_that_is_to_come_before_it(member, pipelines_of):
    job = CiJob(run="x", workflows=("release",), before="publish")
    changes, release = pipelines_of(member(config=Config(ci=CiConfig(jobs={"site": job}))))
    assert "site" not in outline(changes)
    assert release.lane("publish").needs == ("gate", "site")
    assert release.lane("gate").needs == ("build", "test", "verify")


def test_gitlab_has_its_own_runners(member, pipelines_of):
    catalog = load_catalog()
    changes, release = pipelines_of(member(), provider="gitlab")
    known = {runner.id for runner in catalog.runners if runner.provider == "gitlab"}
    for pipeline in (changes, release):
        assert pipeline.filename == ".gitlab/shipwheel.yml"
        assert {cell.runner for lane in pipeline.lanes for cell in lane.cells} <= known


def test_gitlab_has_no_runner_for_every_platform(member, pipelines_of):
    wheels = WheelsConfig(platforms=("manylinux_x86_64", "win_arm64"))
    with pytest.raises(ConfigurationError, match="GitLab has no runner of its own for win_arm64"):
        pipelines_of(member(config=Config(wheels=wheels)), provider="gitlab")
    ci = CiConfig(runners={"win_arm64": ("my-arm",)})
    changes, _release = pipelines_of(member(config=Config(wheels=wheels, ci=ci)), provider="gitlab")
    cells = [cell for lane in changes.lanes for cell in lane.cells if cell.platform == "win_arm64"]
    assert {cell.runner for cell in cells} == {"win_arm64"}


@pytest.mark.parametrize(
    ("may_fail", "expected"),
    [((), ("3.12", "3.15", "3.16")), (("3.15",), ("3.12", "3.15", "3.16")), (("3.16",), ("3.12", "3.15"))],
)  # fmt: skip
def test_verifying_does_not_wait_for_a_python_that_may_not_be_there(
    member, pipelines_of, may_fail, expected
):
    config = Config(pythons=("3.12", "3.15", "3.16"), allow_failure=may_fail)
    for pipeline in pipelines_of(member(config=config)):
        assert pipeline.lane("verify").cells[0].pythons == expected
        tested = [each.pythons for each in pipeline.lane("test").cells]
        assert ("3.16",) in tested or pipeline.event is not Event.RELEASE


@pytest.mark.parametrize(
    ("others", "tags", "expected"),
    [
        (("app",), ("v*",), ("core-v*",)),
        (("core-cli",), ("v*",), ("core-v*",)),
        (("core-viewer",), ("v*",), ("core-v[0-9]*",)),
        (("core-cli",), ("*",), ("core-[0-9]*",)),
        (("core-viewer",), ("v[0-9]*", "release-*"), ("core-v[0-9]*", "core-release-*")),
    ],
)
def test_no_release_begins_by_the_tag_of_another_package(
    member, pipelines_of, others, tags, expected
):
    config = Config(ci=CiConfig(tags=tags))
    members = (member(each, directory=f"packages/{each}", config=config) for each in others)
    core = member("core", directory="packages/core", config=config)
    _changes, first, *_ = pipelines_of(core, *members)
    assert first.tags == expected


def test_a_workspace_has_one_pipeline_for_changes_and_one_for_each_release(member, pipelines_of):
    core = member("core", directory="packages/core", kind=Kind.EXTENSION)
    app = member("app", directory="packages/app", siblings=("core",))
    changes, first, second = pipelines_of(core, app)
    assert [pipeline.filename.rpartition("/")[2] for pipeline in (changes, first, second)] == [
        "ci.yml",
        "release-core.yml",
        "release-app.yml",
    ]
    assert [cell.session for cell in changes.lane("build").cells] == ["core:build", "app:build"]
    assert first.tags == ("core-v*",)
    assert [cell.session for cell in first.lane("build").cells] == ["core:build"]
    assert [cell.session for cell in second.lane("build").cells] == ["core:build", "app:build"]
    assert {cell.package for cell in second.lane("test").cells} == {"app"}
    cell = next(
        each for each in changes.lane("test").cells if each.job == "app:test-3.12-manylinux_x86_64"
    )
    assert cell.takes == ("app:build", "core:wheels-cp312-manylinux_x86_64")
    assert changes.lane("test").needs == ("build", "wheels")
    assert second.directory == "packages/app"
