"""A pipeline: the Plan's jobs as the lanes of a workflow, before any provider's words."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

import msgspec

from shipwheel.planning.job import JobKind
from shipwheel.project.config import CiJob, CiService, CiStep

Provider = Literal["github", "gitlab"]


class Event(StrEnum):
    """What a pipeline is for: changes, or a release."""

    CI = "ci"
    RELEASE = "release"


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one job of the Plan.

    `job` is its id, which `SHIPWHEEL_JOB` tells the session; `session` and `args` are what nox is called
    with; `pythons` are the targets to set up beside the tool's own Python (empty: that one will do);
    `runner` is a runner of the Catalog; `takes` are the ids of the jobs whose files it consumes;
    `wheels` is how many a job of that kind makes; `measured`: the coverage job takes what it measured;
    `package` is the name of a workspace's member, and `directory` its folder (`.` for a single package).
    """

    job: str
    session: str
    args: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    platform: str | None = None
    runner: str
    takes: tuple[str, ...] = ()
    wheels: int = 1
    measured: bool = False
    allow_failure: bool = False
    package: str | None = None
    directory: str = "."


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One job of a workflow: a cell, or a matrix of cells that are alike.

    `id` is the provider's job id (`build`, `wheels`, `wheels-more`, `test`, `test-more`, `checks`,
    `lowest`, `verify`, `gate`, `publish`, `read-back`, `github-release`); `name` is what a person reads; `why` is a comment
    above it. `needs` are lanes. `takes` says whose files it is given: `none`, `its` (each cell's own
    `takes`), `measured` (what those measured, whatever became of them), or `all` (every distribution
    and record made so far). `gives` says what it hands on: `dist`
    (distributions and the record), `record`, `report` (the record, `verify.json` and `report.html`),
    `release` (the files, `release.json` and the tools' lock), `coverage` (its two reports)
    or `none`. `history`: it needs the commits and tags. `checkout` is false for what must see no source.
    `unless_pr`: it does not run for a pull request. `part_of` is the lane that it was split from. `oidc`: it may ask for an identity token.
    `page`: it shows the release on the provider's pages, at once or as a draft. `minutes` is its time limit.
    """

    id: str
    kind: JobKind | None
    name: str
    why: str = ""
    cells: tuple[Cell, ...] = ()
    needs: tuple[str, ...] = ()
    takes: Literal["none", "its", "measured", "all"] = "none"
    gives: Literal["dist", "record", "report", "release", "coverage", "none"] = "none"
    history: bool = False
    checkout: bool = True
    unless_pr: bool = False
    part_of: str | None = None
    oidc: bool = False
    page: Literal["published", "draft"] | None = None
    environment: str | None = None
    secrets: tuple[str, ...] = ()
    minutes: int = 15
    before: tuple[CiStep, ...] = ()
    after: tuple[CiStep, ...] = ()
    services: tuple[tuple[str, CiService], ...] = ()
    own: CiJob | None = None  # a job of the user's

    @property
    def matrix(self) -> bool:
        """Say whether there are several cells."""
        return len(self.cells) > 1


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """Where shipwheel itself comes from in CI.

    `kind`: `index` (`value` is a requirement, `shipwheel==1.2`), `wheel` (a wheel's path in the
    repository) or `tree` (a folder in it that holds shipwheel's own source: `.`). `extras` of it are what
    the jobs that close a release need beside, on Linux alone, where these run. `lock` is the path of
    the tools' lock with hashes; `python` is the Python that runs it.
    """

    kind: Literal["index", "wheel", "tree"]
    value: str
    extras: tuple[str, ...] = ()
    lock: str
    python: str

    @property
    def named(self) -> str:
        """Give it as a person reads it: `shipwheel[attestations]==1.2`, `.[attestations]`."""
        if not self.extras:
            return self.value
        listed = ",".join(self.extras)
        if self.kind != "index":
            return f"{self.value}[{listed}]"
        name, bracket, others = self.value.partition("[")
        if bracket:
            return f"{name}[{listed},{others}"
        return re.sub(r"^[\w.-]+", rf"\g<0>[{listed}]", self.value)


class Pipeline(msgspec.Struct, frozen=True, kw_only=True):
    """All lanes of one workflow, in the order of the data, and when it runs.

    `package` and `directory` are those of a workspace's member whose release it is. `index` is the index
    that the release goes to; `trusted`: that index and this provider have trusted publishing.
    """

    event: Event
    provider: Provider
    title: str
    filename: str  # relative to the repository's root
    tool: Tool
    lanes: tuple[Lane, ...]
    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    paths_ignore: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    packages: dict[Literal["linux", "macos", "windows"], tuple[str, ...]] = {}
    runners: dict[str, str | tuple[str, ...]] = {}
    index: str = "pypi"
    trusted: bool = False
    package: str | None = None
    directory: str = "."
    directories: tuple[str, ...] = (".",)  # of every package in the repository

    def lane(self, lane_id: str) -> Lane:
        """Give a lane by id; raises KeyError."""
        for lane in self.lanes:
            if lane.id == lane_id:
                return lane
        raise KeyError(lane_id)
