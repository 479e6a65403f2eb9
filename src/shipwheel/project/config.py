"""The project's own settings: `[tool.shipwheel]`, or `shipwheel.toml` where there is no pyproject."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec


class TestConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """How tests run; what is left out is found in the project."""

    command: tuple[str | tuple[str, ...], ...] | None = None  # one argv, or several
    extras: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    requires: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    paths: tuple[str, ...] | None = None
    platforms: tuple[str, ...] | None = None  # those that CI tests on


class WheelsConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Which platform wheels are shipped; the default is the Catalog's."""

    platforms: tuple[str, ...] | None = None
    allow_pure: bool = False  # an optional extension may be missing from the wheel
    compiler_cache: bool = True  # ccache or sccache where it is here; never for a release
    zig: bool = False  # `wheel-X.Y` compiles with zig, for the glibc that the wheels promise
    cross: tuple[Literal["manylinux_aarch64"], ...] = ()  # with zig: made and tested here too
    # how many wheels a job of CI makes: one, a platform's all, or at most so many
    shards: Literal["identifier", "platform"] | Annotated[int, msgspec.Meta(ge=1)] | None = None


class VerifyConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """What `verify` looks at beside what every project needs."""

    modules: tuple[str, ...] | None = None
    smoke: str = ""
    ignore: dict[str, str] = {}


class PublishConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Where `publish` sends files unless it is told otherwise."""

    index: str = "pypi"


class IndexConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """A named index; credentials never stand here. `kind` is what it runs on, where its URL does not tell."""

    upload: str
    simple: str
    kind: str | None = None


class IgnoredAdvisory(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Why an advisory is ignored, and the last day on which it is."""

    reason: str
    until: dt.date | None = None


class DepsConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """What is asked about dependencies, and of whom. Keys of `ignore_advisories` are their ids or aliases."""

    kind: Literal["library", "application"] | None = None  # whose bounds are judged how
    audit_service: str | None = None
    ignore_advisories: dict[str, str | IgnoredAdvisory] = {}
    exclude_newer: str | None = None  # what is younger is not locked: a span, a day or a moment


class CiStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A step of the user's own before or after the session of some jobs: one command, or one action.

    `jobs` are kinds of jobs (`build`, `wheels`, `test`, `checks`, `verify`); `on` narrows them to
    operating systems; `uses` is `owner/action@COMMIT # vX.Y.Z`, with its inputs in `with`.
    """

    name: str
    jobs: tuple[str, ...]
    at: Literal["before", "after"] = "before"
    on: tuple[Literal["linux", "macos", "windows"], ...] = ()
    run: str | None = None
    uses: str | None = None
    with_: dict[str, str] = msgspec.field(default_factory=dict, name="with")
    environment: dict[str, str] = {}


class CiService(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """A container that runs beside the jobs of some kinds, on Linux: a database to test against."""

    image: str  # by digest: name:tag@sha256:…
    jobs: tuple[str, ...] = ("test",)
    ports: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    options: str = ""


class CiJob(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A job of the user's own, at a named point of a workflow.

    It runs `session` or the command `run` after the kinds of jobs in `after`, with the tool, the files
    made so far and the Plan as JSON in the file that `SHIPWHEEL_PLAN` names. `before = "publish"`: the
    release waits for it; else the gate does in `ci` and nothing in `release`.
    """

    after: tuple[str, ...] = ("build",)
    before: Literal["gate", "publish"] | None = "gate"
    workflows: tuple[Literal["ci", "release"], ...] = ("ci",)
    session: str | None = None
    run: str | None = None
    runner: str | None = None
    pythons: tuple[str, ...] = ()
    environment: dict[str, str] = {}


class CiConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Where workflows are rendered for, where shipwheel comes from there, and the project's own needs.

    Keys of `secrets`, `environments` and `timeouts` are kinds of jobs; keys of `runners` are runners or
    platforms of the Catalog, their values labels; keys of `packages` are operating systems.
    """

    providers: tuple[Literal["github", "gitlab"], ...] = ("github",)
    tool: str | None = None
    branches: tuple[str, ...] = ("main",)
    tags: tuple[str, ...] = ("v*",)
    github_release: Literal["published", "draft", "none"] = "published"
    schedules: tuple[str, ...] = ()
    audit: str | None = None  # "daily", "weekly" or a cron line: a workflow of its own
    paths: tuple[str, ...] = ()
    paths_ignore: tuple[str, ...] = ()
    workflows: dict[Literal["ci", "release"], str] = {}  # file names other than ci.yml, release.yml
    environment: dict[str, str] = {}
    packages: dict[Literal["linux", "macos", "windows"], tuple[str, ...]] = {}
    runners: dict[str, str | tuple[str, ...]] = {}
    timeouts: dict[str, int] = {}  # minutes
    secrets: dict[str, tuple[str, ...]] = {}
    environments: dict[str, str] = {}
    steps: tuple[CiStep, ...] = ()
    services: dict[str, CiService] = {}
    jobs: dict[str, CiJob] = {}
    unmanaged: tuple[str, ...] = ()


class WorkspaceConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """The packages of a repository that holds several."""

    members: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """`[tool.shipwheel]`, typed and strict; every key has a default."""

    pythons: tuple[str, ...] | None = None
    allow_failure: tuple[str, ...] = ()
    kind: Literal["pure", "extension", "abi3", "platform"] | None = None
    packages: dict[str, str] | None = None  # import name -> folder or file in the tree
    installer: Literal["uv", "pip"] = "uv"
    test: TestConfig = TestConfig()
    wheels: WheelsConfig = WheelsConfig()
    verify: VerifyConfig = VerifyConfig()
    publish: PublishConfig = PublishConfig()
    index: dict[str, IndexConfig] = {}
    ci: CiConfig = CiConfig()
    deps: DepsConfig = DepsConfig()
    workspace: WorkspaceConfig = WorkspaceConfig()
