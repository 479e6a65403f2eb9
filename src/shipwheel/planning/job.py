"""One thing to do, and one file to be made: the two records that a Plan consists of."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Scope(StrEnum):
    """Who can do it: this machine, or only the release's machines."""

    LOCAL = "local"
    RELEASE = "release"


class Tier(StrEnum):
    """How often a job runs in CI: for every change, for the main branch too, or for a release alone."""

    PR = "pr"
    MAIN = "main"
    RELEASE = "release"

    @property
    def rank(self) -> int:
        """Give its place in the order: a job of one tier runs in every later one."""
        return list(Tier).index(self)


class JobKind(StrEnum):
    """The kinds of jobs; each has a session of the same name."""

    BUILD = "build"
    WHEEL = "wheel"
    WHEELS = "wheels"
    TEST = "test"
    COVERAGE = "coverage"
    LINT = "lint"
    TYPE = "type"
    DOCS = "docs"
    LOCK = "lock"
    PATCH = "patch"
    AUDIT = "audit"
    FLOORS = "floors"
    CONFLICTS = "conflicts"
    READINESS = "readiness"
    GRAPH = "graph"
    PRODUCTION = "production"
    PROFILE = "profile"
    API = "api"
    ADOPT = "adopt"
    VERIFY = "verify"
    REHEARSE = "rehearse"
    REPRODUCE = "reproduce"
    GATE = "gate"
    PUBLISH = "publish"


# what a person asks about dependencies: nothing of the release waits for it
DEPENDENCY_KINDS = (
    *(JobKind.LOCK, JobKind.PATCH, JobKind.AUDIT, JobKind.FLOORS, JobKind.CONFLICTS),
    *(JobKind.READINESS, JobKind.GRAPH, JobKind.PRODUCTION, JobKind.PROFILE, JobKind.API),
    JobKind.ADOPT,
)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job of the Plan.

    `id` is unique (`test-3.12`, `test-3.12-win_amd64`); `session` and `args` are what runs it; `python`
    is its target or None; `platform` is cibuildwheel's platform part, None where any will do; `needs`
    are job ids; `consumes` are ids of planned files. `reason` says why a `release` job cannot run here
    and `remedy` what would bring it. `lowest`: with the lowest declared direct dependencies.
    `tier` and `runner` (a runner of the Catalog) say when and where CI runs it; a test job without a
    platform is this machine's own, and CI has one for each platform in its place.
    `shard` is the id of the job of CI that runs this one together with others in a release,
    `early_shard` the like for a change; None where it has one to itself. `also` are cibuildwheel's
    identifiers of the later Pythons that the job's one wheel serves: where no job tests it, they do.
    """

    id: str
    kind: JobKind
    session: str
    args: tuple[str, ...] = ()
    python: str | None = None
    platform: str | None = None
    runner: str | None = None
    needs: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    scope: Scope = Scope.LOCAL
    tier: Tier = Tier.PR
    shard: str | None = None
    early_shard: str | None = None
    also: tuple[str, ...] = ()
    lowest: bool = False
    allow_failure: bool = False
    reason: str | None = None
    remedy: str | None = None

    @property
    def called(self) -> frozenset[str]:
        """Give the ids under which CI runs it: its own, and those of its shards."""
        names = (self.id, self.shard, self.early_shard)
        return frozenset(each for each in names if each is not None)


class PlannedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a release must contain.

    `id` is `sdist`, `any`, or cibuildwheel's build identifier; `kind` is `sdist` or `wheel`; `job` is the
    id of the job that makes it for the release; `local_job` the one that makes it here, if any.
    `ships` is false for a wheel that serves this machine's tests alone (a Python that cibuildwheel is
    told to leave out).
    """

    id: str
    kind: str
    job: str
    scope: Scope
    local_job: str | None = None
    ships: bool = True
