"""GitLab's file: what runs in which pipeline, what waits for what, and what nobody may weaken."""

from __future__ import annotations

import itertools
import re

import pytest
import yaml
from msgspec import structs

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import JobKind
from shipwheel.project.config import CiConfig, CiJob, CiService, CiStep, Config
from shipwheel.project.config import TestConfig as TestTable  # pytest takes Test… for a test
from shipwheel.project.facts import Kind
from shipwheel.rendering.gitlab.assembly import gitlab_pipeline, gitlab_root
from shipwheel.rendering.gitlab.matrix import spread
from shipwheel.rendering.gitlab.reach import pattern
from shipwheel.rendering.gitlab.script import python_lines, step_lines, tool_lines, word
from shipwheel.rendering.pipeline import Cell, Tool

STAGES = ["build", "test", "deploy"]
MERGE_REQUEST, TRAIN, TAG, BY_HAND, BRANCH = (
    '$CI_PIPELINE_SOURCE == "merge_request_event"',
    '$CI_MERGE_REQUEST_EVENT_TYPE == "merge_train"',
    "$CI_COMMIT_TAG =~ /^v.*$/",
    '$CI_PIPELINE_SOURCE == "web"',
    "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
)
TOOL = Tool(kind="index", value="shipwheel==1.0", lock=".gitlab/tools.txt", python="3.14")


def resolved(text: str) -> dict[str, dict]:
    """Give the jobs as GitLab sees them: what they extend put in, hashes merged, lists replaced."""
    data = yaml.safe_load(text)

    def whole(name: str) -> dict:
        job: dict = {}
        for each in data[name].get("extends", []):
            job = merged(job, whole(each))
        own = {key: value for key, value in data[name].items() if key != "extends"}
        return merged(job, own)

    return {name: whole(name) for name in data if not name.startswith(".")}


def merged(under: dict, over: dict) -> dict:
    both = {**under, **over}
    for key in under.keys() & over.keys():
        if isinstance(under[key], dict) and isinstance(over[key], dict):
            both[key] = merged(under[key], over[key])
    return both


def rows(job: dict) -> list[dict]:
    """Give the variables of each run of a job."""
    found = []
    for row in job.get("parallel", {}).get("matrix", [{}]):
        values = [each if isinstance(each, list) else [each] for each in row.values()]
        for choice in itertools.product(*values):
            chosen = dict(zip(row, choice, strict=True))
            told = {**job.get("variables", {}), **chosen}
            found.append({key: put_in(str(value), chosen) for key, value in told.items()})
    return found


def put_in(text: str, values: dict) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: str(values.get(found[1], found[0])), text)


def runs(jobs: dict[str, dict], condition: str) -> set[str]:
    """Give the Plan's jobs that run where a rule's condition is what holds."""
    return {
        row["SHIPWHEEL_JOB"]
        for job in jobs.values()
        if any(rule["if"] == condition for rule in job["rules"])
        for row in rows(job)
        if "SHIPWHEEL_JOB" in row
    }


def planned(pipeline, *, pull: bool = False) -> set[str]:
    return {
        cell.job
        for lane in pipeline.lanes
        if lane.checkout and lane.own is None and not (pull and lane.unless_pr)
        for cell in lane.cells
    }


@pytest.fixture(scope="module", params=["pure", "extension", "abi3", "own needs"])
def rendered(request, member, pipelines_of):
    config = Config()
    if request.param == "own needs":
        service = CiService(image="postgres:18@sha256:" + "ab" * 32, environment={"A": "$b"})
        job = CiJob(session="bench", after=("test",), before="publish", workflows=("release",))
        ci = CiConfig(services={"db": service}, jobs={"bench": job}, secrets={"test": ("TOKEN",)})
        config = Config(ci=ci, allow_failure=("3.16",), pythons=("3.12", "3.15", "3.16"))
    kind = Kind(request.param) if request.param != "own needs" else Kind.PURE
    return render(pipelines_of, member(kind=kind, config=config))


def render(pipelines_of, *members):
    ci, *releases = pipelines_of(*members, provider="gitlab")
    text = gitlab_pipeline(ci, releases, load_catalog())
    return ci, releases, text, resolved(text)


def test_each_pipeline_runs_what_its_lanes_say(rendered) -> None:
    ci, (release,), _, jobs = rendered
    everything = planned(ci) - {"gate"}
    assert runs(jobs, MERGE_REQUEST) == planned(ci, pull=True) - {"gate"}
    assert runs(jobs, TRAIN) == runs(jobs, BRANCH) == everything
    assert runs(jobs, TAG) == runs(jobs, BY_HAND) == planned(release)


def test_a_cell_stands_there_once(rendered) -> None:
    _, _, _, jobs = rendered
    told = [
        row["SHIPWHEEL_JOB"] for job in jobs.values() for row in rows(job) if "SHIPWHEEL_JOB" in row
    ]
    assert len(told) == len(set(told))


def test_sessions_and_arguments_are_the_plans(rendered) -> None:
    ci, releases, _, jobs = rendered
    cells = {
        cell.job: cell for each in (ci, *releases) for lane in each.lanes for cell in lane.cells
    }
    for job in jobs.values():
        for row in rows(job):
            if "SHIPWHEEL_JOB" not in row:
                continue
            cell = cells[row["SHIPWHEEL_JOB"]]
            line = next(each for each in job["script"] if each.startswith("nox "))
            called = put_in(line.replace("$env:", "$"), row).replace('"', "").split()
            session = called[called.index("-s") + 1]
            arguments = called[called.index("--") + 1 :] if "--" in called else []
            assert (session, tuple(arguments)) == (cell.session, cell.args)
            assert job.get("allow_failure", False) is cell.allow_failure


def test_nothing_touches_the_users_own_jobs(rendered) -> None:
    _, _, text, jobs = rendered
    data = yaml.safe_load(text)
    assert {name.partition(":")[0] for name in data} == {".shipwheel", "shipwheel"}
    assert all(job["inherit"] == {"default": False} for job in jobs.values())
    assert not any("cache" in job for job in jobs.values())


def test_what_is_waited_for_is_there_and_comes_before(rendered) -> None:
    _, _, _, jobs = rendered
    conditions = {name: {rule["if"] for rule in job["rules"]} for name, job in jobs.items()}
    names = list(jobs)
    for name, job in jobs.items():
        for need in job.get("needs", []):
            other, optional = (
                (need, False)
                if isinstance(need, str)
                else (need["job"], need.get("optional", False))
            )
            assert STAGES.index(jobs[other]["stage"]) <= STAGES.index(job["stage"])
            assert names.index(other) < names.index(name)
            assert optional is not (conditions[name] <= conditions[other])
        for other in job.get("dependencies", []):
            assert STAGES.index(jobs[other]["stage"]) < STAGES.index(job["stage"])
        assert ("needs" in job) is not ("dependencies" in job)


def test_only_the_upload_may_name_itself(rendered) -> None:
    _, _, _, jobs = rendered
    assert [name for name, job in jobs.items() if "id_tokens" in job] == ["shipwheel:publish"]
    publish = jobs["shipwheel:publish"]
    assert publish["id_tokens"] == {
        "PYPI_ID_TOKEN": {"aud": "pypi"},
        "SIGSTORE_ID_TOKEN": {"aud": "sigstore"},
    }
    assert publish["variables"]["GIT_STRATEGY"] == "none"
    assert re.fullmatch(r"[\w/${}. -]+", publish["resource_group"])  # what GitLab takes, no colon
    assert publish["environment"] == {"name": "pypi"}
    assert publish["script"] == [
        "shipwheel publish --release .shipwheel/release.json --trusted-publishing"
    ]
    assert {rule["if"] for rule in publish["rules"]} == {TAG}
    needed = [need if isinstance(need, str) else need["job"] for need in publish["needs"]]
    assert "shipwheel:gate" in needed


def test_only_merge_requests_are_cut_short(rendered) -> None:
    _, _, _, jobs = rendered
    for job in jobs.values():
        assert "interruptible" not in job
        assert {rule["if"] for rule in job["rules"] if rule.get("interruptible")} <= {MERGE_REQUEST}


def test_the_gate_takes_everything_and_gives_what_publish_needs(rendered) -> None:
    _, _, _, jobs = rendered
    gate = jobs["shipwheel:gate"]
    making = {
        name for name, job in jobs.items()
        if "artifacts" in job and {rule["if"] for rule in job["rules"]} & {TAG} and name != "shipwheel:gate"
    }  # fmt: skip
    assert set(gate["dependencies"]) == making
    assert gate["artifacts"]["paths"] == [
        "dist/",
        ".shipwheel/release.json",
        ".shipwheel/sbom.cdx.json",
        ".shipwheel/provenance.json",
        ".github/shipwheel-tools.txt",
    ]
    assert gate["artifacts"]["when"] == "on_success"


def test_containers_are_named_by_digest(rendered) -> None:
    _, _, _, jobs = rendered
    for name, job in jobs.items():
        images = [job.get("image", ""), *(each["name"] for each in job.get("services", []))]
        for image in filter(None, images):
            assert "@sha256:" in image or image.startswith("macos-"), name


def test_wheels_for_linux_have_a_docker_beside_them(member, pipelines_of) -> None:
    *_, jobs = render(pipelines_of, member(kind=Kind.EXTENSION))
    linux = jobs["shipwheel:wheels"]
    assert linux["services"][0]["alias"] == "docker"
    # docker 29 refuses bookworm's client (API 1.41), which the line below installs, unless it is told
    assert linux["variables"]["DOCKER_MIN_API_VERSION"] == "1.41"
    assert linux["script"][0].startswith("command -v docker || ")
    assert "services" not in jobs["shipwheel:wheels-more-windows"]


def test_a_gate_with_many_cells_stays_below_the_limits(member, pipelines_of) -> None:
    platforms = ("manylinux_x86_64", "musllinux_x86_64", "macosx_arm64", "win_amd64")
    config = Config(test=TestTable(platforms=platforms[:1] + platforms[2:]))
    *_, jobs = render(
        pipelines_of,
        *(member(f"p{n}", f"p{n}", kind=Kind.EXTENSION, config=config) for n in range(9)),
    )
    cells = {name: len(rows(job)) for name, job in jobs.items()}
    assert max(cells.values()) <= 200
    for name, job in jobs.items():
        needed = [each if isinstance(each, str) else each["job"] for each in job.get("needs", [])]
        assert sum(cells[each] for each in needed) <= 50, name


def test_a_workspace_releases_one_package_by_its_tag(member, pipelines_of) -> None:
    core = member("core", "packages/core")
    app = member("app", "packages/app", siblings=("core",))
    *_, jobs = render(pipelines_of, core, app)
    tags = {
        name: [rule["if"] for rule in job["rules"] if "TAG" in rule["if"]]
        for name, job in jobs.items()
    }
    assert tags["shipwheel:app:publish"] == ["$CI_COMMIT_TAG =~ /^app-v.*$/"]
    assert tags["shipwheel:core:publish"] == ["$CI_COMMIT_TAG =~ /^core-v.*$/"]
    assert len(tags["shipwheel:core:build"]) == 2, (
        "what app's release needs of core is built for it"
    )
    assert jobs["shipwheel:app:publish"]["script"][0].startswith("cd packages/app && ")
    record = "packages/core/.shipwheel/records/$SHIPWHEEL_RECORD.json"
    assert record in jobs["shipwheel:core:test"]["artifacts"]["paths"]
    assert {row["SHIPWHEEL_RECORD"] for row in rows(jobs["shipwheel:core:verify"])} == {
        "verify"  # as the session calls it in the package's folder
    }


def test_a_package_waits_for_what_it_takes_alone(member, pipelines_of) -> None:
    core = member("core", "packages/core")
    app = member("app", "packages/app", siblings=("core",))
    other = member("other", "packages/other")
    *_, jobs = render(pipelines_of, core, app, other)
    for job in ("test", "verify"):
        needed = {
            need["job"] if isinstance(need, dict) else need
            for need in jobs[f"shipwheel:app:{job}"]["needs"]
        }
        assert needed == {"shipwheel:core:build", "shipwheel:app:build"}


def test_more_jobs_than_gitlab_lets_be_needed_are_waited_for_by_stage(member, pipelines_of) -> None:
    ci, *releases = pipelines_of(member(kind=Kind.EXTENSION), provider="gitlab")
    many = [
        structs.replace(each, lanes=tuple(fourfold(lane) for lane in each.lanes))
        for each in (ci, *releases)
    ]
    jobs = resolved(gitlab_pipeline(many[0], many[1:], load_catalog()))
    verify = jobs["shipwheel:verify"]
    assert "needs" not in verify
    assert "shipwheel:wheels" in verify["dependencies"]
    assert {jobs[each]["stage"] for each in verify["dependencies"]} == {"build"}


def fourfold(lane):
    """Give a lane of wheels with four times the cells."""
    if lane.kind is not JobKind.WHEELS:
        return lane
    cells = tuple(
        structs.replace(cell, job=f"{cell.job}{n}", args=("--only", f"{cell.args[-1]}{n}"))
        for cell in lane.cells
        for n in "abcd"
    )
    return structs.replace(lane, cells=cells)


def test_the_root_includes_the_file_and_makes_one_pipeline_a_change() -> None:
    root = yaml.safe_load(gitlab_root(".gitlab/shipwheel.yml"))
    assert root["include"] == [{"local": ".gitlab/shipwheel.yml"}]
    assert {"if": "$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", "when": "never"} in root[
        "workflow"
    ]["rules"]
    assert root.keys() == {"include", "workflow"}


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"paths_ignore": ("docs/**",)}, "leaves paths out"),
        ({"tags": ("!v0*",)}, "cannot exclude"),
        ({"steps": (CiStep(name="x", jobs=("test",), uses="a/b@" + "0" * 40),)}, "no actions"),
    ],
)
def test_what_gitlab_cannot_do_is_refused(settings, what, member, pipelines_of) -> None:
    ci, *releases = pipelines_of(member(config=Config(ci=CiConfig(**settings))), provider="gitlab")
    with pytest.raises(ConfigurationError, match=what):
        gitlab_pipeline(ci, releases, load_catalog())


def test_own_runners_steps_packages_and_values(member, pipelines_of) -> None:
    ci = CiConfig(
        runners={"saas-linux-small-amd64": ("ours", "linux")},
        packages={"linux": ("libpq-dev",)},
        environment={"PRICE": "5$"},
        steps=(
            CiStep(name="a", jobs=("test",), run="make it", environment={"A": "x y"}),
            CiStep(name="b", jobs=("test",), at="after", run="make clean", on=("linux",)),
        ),
    )
    *_, jobs = render(pipelines_of, member(config=Config(ci=ci)))
    test = jobs["shipwheel:test"]
    assert test["tags"] == ["ours", "linux"]
    assert test["variables"]["PRICE"] == "5$$"
    assert test["script"][0].endswith(" libpq-dev")
    assert test["script"][-3:] == [
        "(export A='x y'; make it)",
        'nox --no-dependencies -s "test-$SHIPWHEEL_PYTHON"',
        "make clean",
    ]
    windows = jobs["shipwheel:test-more-windows"]["script"]
    assert windows[1:3] == ["$env:A = 'x y'", "make it"]
    assert not any("libpq" in line for line in jobs["shipwheel:publish"]["script"])


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("v*", "/^v.*$/"),
        ("main", "/^main$/"),
        ("release/**", "/^release\\/.*$/"),
        ("v[0-9]+.[0-9]+", "/^v[0-9]+\\.[0-9]+$/"),
        ("core-v*", "/^core-v.*$/"),
    ],
)
def test_patterns(glob, expected) -> None:
    assert pattern(glob) == expected


def cell(job, session, *args, pythons=()):
    return Cell(job=job, session=session, args=args, pythons=pythons, runner="x")


def test_one_variable_says_what_varies() -> None:
    cells = tuple(
        cell(f"test-{each}-win_amd64", f"test-{each}", pythons=(each,)) for each in ("3.9", "3.14t")
    )
    found = spread(cells, TOOL)
    assert found.matrix == ({"SHIPWHEEL_PYTHON": ("3.9", "3.14t")},)
    assert found.variables == {"SHIPWHEEL_JOB": "test-$SHIPWHEEL_PYTHON-win_amd64"}
    assert found.words == ("test-$SHIPWHEEL_PYTHON",)
    assert found.stem == "$SHIPWHEEL_JOB"


def test_what_has_no_common_form_is_a_row_each() -> None:
    cells = (cell("one", "s-one", pythons=("3.9",)), cell("two", "other", pythons=("3.9", "3.10")))
    found = spread(cells, TOOL)
    assert found.matrix == (
        {"SHIPWHEEL_JOB": "one", "SHIPWHEEL_SESSION": "s-one", "SHIPWHEEL_PYTHON": "3.9", "SHIPWHEEL_RECORD": "one"},
        {"SHIPWHEEL_JOB": "two", "SHIPWHEEL_SESSION": "other", "SHIPWHEEL_PYTHON": "3.9 3.10", "SHIPWHEEL_RECORD": "two"},
    )  # fmt: skip
    assert found.words == ("$SHIPWHEEL_SESSION",)


def test_one_cell_needs_no_matrix() -> None:
    found = spread((cell("build", "build", "--only", "x"),), TOOL)
    assert found.matrix == ()
    assert found.words == ("build", "--only", "x")
    assert found.pythons == ""


@pytest.mark.parametrize(
    ("text", "system", "expected"),
    [
        ("test-3.9", "windows", "test-3.9"),
        ("test-$SHIPWHEEL_PYTHON", "linux", '"test-$SHIPWHEEL_PYTHON"'),
        ("test-$SHIPWHEEL_PYTHON", "windows", '"test-$env:SHIPWHEEL_PYTHON"'),
        ("cp${SHIPWHEEL_PYTHON}t", "windows", '"cp${env:SHIPWHEEL_PYTHON}t"'),
    ],
)
def test_words(text, system, expected) -> None:
    assert word(text, system) == expected


def test_a_python_that_is_there_is_not_downloaded() -> None:
    assert python_lines("", "linux") == ()
    assert python_lines("3.9", "linux") == ("uv python find 3.9 || uv python install 3.9",)
    assert python_lines("3.9 3.10", "macos")[0].startswith("for python in 3.9 3.10; do ")
    assert python_lines("3.9 3.10", "windows") == ("uv python install 3.9 3.10",)


def test_tools_come_from_the_lock() -> None:
    (line,) = tool_lines(TOOL, "linux")
    assert "--require-hashes --only-binary=:all: -r .gitlab/tools.txt" in line
    tree = Tool(kind="tree", value=".", lock="x", python="3.14")
    assert tool_lines(tree, "linux")[1].endswith("--no-deps --no-index --no-build-isolation .")
    assert len(tool_lines(TOOL, "windows")) == 4


def test_steps_are_for_their_system() -> None:
    step = CiStep(name="x", jobs=("test",), run="a\nb\n", on=("macos",))
    assert list(step_lines((step,), "macos")) == ["a\nb"]
    assert list(step_lines((step,), "linux")) == []


def test_every_kind_of_job_has_a_stage(rendered) -> None:
    ci, _, _, jobs = rendered
    assert {job["stage"] for job in jobs.values()} == set(STAGES)
    assert any(lane.kind is JobKind.VERIFY for lane in ci.lanes)
