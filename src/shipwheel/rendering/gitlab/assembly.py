"""The one file that GitLab includes, and the one that includes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.rendering.gitlab.jobs import escaped, job_of, needs_docker
from shipwheel.rendering.gitlab.model import Job
from shipwheel.rendering.gitlab.parts import SPREAD, Part, parts_of
from shipwheel.rendering.gitlab.reach import Reach, rules
from shipwheel.rendering.gitlab.script import tool_lines
from shipwheel.rendering.gitlab.sharing import shared
from shipwheel.rendering.pipeline import Pipeline
from shipwheel.rendering.yaml import Commented, dump

_DOCKER_PORT = 2376
# the API of Debian bookworm's client, docker 20.10; the daemon alone would take none before 1.44
_OLDEST_CLIENT = "1.41"


def gitlab_pipeline(
    ci: Pipeline, release: Pipeline | Sequence[Pipeline] | None, catalog: Catalog
) -> str:
    """Give the body of `.gitlab/shipwheel.yml`: changes and releases (one a package) in one file.

    Raises ConfigurationError for needs of the user's that GitLab cannot meet.
    """
    releases = _several(release)
    parts = parts_of((ci, *releases), catalog)
    common, jobs = shared([(_common_to(part), job_of(part, parts, catalog)) for part in parts])
    base, *hidden = _templates(ci, parts, catalog)
    every = (_first(base, ci), *hidden, *common, *_rules(parts, ci, releases), *jobs)
    return dump({job.name: job.data() for job in every})


def gitlab_root(path: str) -> str:
    """Give `.gitlab-ci.yml` for a project that has none; `path` is the generated file's."""
    return dump(
        {
            "include": Commented(
                value=[{"local": path}],
                above="The jobs of the package: written by `shipwheel render`, all called shipwheel:…"
                " Jobs of your own stand below. If you list `stages`, keep build, test and deploy.",
            ),
            "workflow": Commented(
                value={
                    "auto_cancel": {"on_new_commit": "interruptible"},
                    "rules": _workflow_rules(),
                },
                above="One pipeline for a change: a merge request's, not its branch's too.",
                gap=True,
            ),
        }
    )


def _workflow_rules() -> list[dict[str, str]]:
    return [
        {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'},
        {"if": "$CI_COMMIT_TAG"},
        {"if": "$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", "when": "never"},
        {"if": "$CI_COMMIT_BRANCH"},
    ]


def _several(release: Pipeline | Sequence[Pipeline] | None) -> tuple[Pipeline, ...]:
    if release is None:
        return ()
    return (release,) if isinstance(release, Pipeline) else tuple(release)


def _common_to(part: Part) -> str:
    """Name the hidden job for what is common to a part and its like on other machines."""
    if part.lane.kind not in SPREAD:
        return ""
    package = f"{part.cells[0].package}:" if part.cells[0].package else ""
    return f".shipwheel:{package}{part.lane.kind}:{part.runner.system}"


def _first(base: Job, ci: Pipeline) -> Job:
    """Say above the first job what holds for the whole file."""
    crons = "".join(f" {each}" for each in ci.schedules)
    scheduled = (
        f" To run on a schedule, add one (Build, Pipeline schedules):{crons}." if crons else ""
    )
    return msgspec.structs.replace(
        base,
        why="Hidden jobs that the others extend. No stages are set: these are GitLab's own, build, test"
        " and deploy. A merge request needs no job that gathers the others: its pipeline fails when one"
        f" of them does, so require that (Settings, Merge requests, Pipelines must succeed).{scheduled}",
    )


def _templates(ci: Pipeline, parts: tuple[Part, ...], catalog: Catalog) -> Iterator[Job]:
    yield Job(
        name=".shipwheel",
        inherit={"default": False},
        variables={
            "NOX_SCRIPT_MODE": "none",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            **{name: escaped(value) for name, value in ci.environment.items()},
        },
        notes={
            "inherit": "Your `default:` is for your jobs: a cache in it could reach what is published.",
            "variables": "The tools come from the lock with hashes, into the job's own Python.",
        },
    )
    images = {"linux": catalog.images["python"].pinned}
    for system in dict.fromkeys(part.runner.system for part in parts):
        yield Job(
            name=f".shipwheel:{system}",
            extends=(".shipwheel",),
            image=images.get(system),
            before_script=tool_lines(ci.tool, system),
        )
    if any(needs_docker(part) for part in parts):
        yield _docker(catalog)


def _docker(catalog: Catalog) -> Job:
    return Job(
        name=".shipwheel:docker",
        why="cibuildwheel builds Linux wheels in containers, which a docker beside the job starts."
        " A runner of your own must allow it: `privileged = true`, and the volume /certs/client.",
        services=({"name": catalog.images["docker-dind"].pinned, "alias": "docker"},),
        variables={
            "DOCKER_HOST": f"tcp://docker:{_DOCKER_PORT}",
            "DOCKER_TLS_CERTDIR": "/certs",
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": "/certs/client",
            "DOCKER_MIN_API_VERSION": _OLDEST_CLIENT,
        },
        notes={
            "variables": "The last is for the daemon, which takes no client as old as Debian's by itself."
        },
    )


def _rules(parts: tuple[Part, ...], ci: Pipeline, releases: tuple[Pipeline, ...]) -> Iterator[Job]:
    reaches: dict[str, Reach] = {part.reach.name: part.reach for part in parts}
    for name, reach in reaches.items():
        yield Job(name=name, why=_when(reach), rules=rules(reach, ci, releases))


def _when(reach: Reach) -> str:
    if reach.uploads:
        return "For a tag alone: a release that is tried by hand ends at the gate."
    named = [
        "merge requests" if reach.merge_requests else "",
        "the main branch" if reach.main else "",
        "releases" if reach.releases else "",
    ]
    despite = ", also where a job before it failed" if reach.despite else ""
    return f"For {', '.join(each for each in named if each)}{despite}."
