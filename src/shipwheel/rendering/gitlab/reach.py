"""In which pipelines a job runs, as GitLab's rules: GitLab has one file for changes and releases alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from shipwheel.errors import ConfigurationError
from shipwheel.planning.job import Tier
from shipwheel.rendering.pipeline import Pipeline
from shipwheel.rendering.yaml import Flow

_MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'
_MERGE_TRAIN = '$CI_MERGE_REQUEST_EVENT_TYPE == "merge_train"'
_SCHEDULE = '$CI_PIPELINE_SOURCE == "schedule"'
_BY_HAND = '$CI_PIPELINE_SOURCE == "web"'
_DEFAULT_BRANCH = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
_USUAL = frozenset({"main", "master"})  # what the default branch is called


class Reach(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """The pipelines of a job: merge requests, the main branch, and releases.

    `releases` are the packages whose tags it runs for, "" for that of a repository with one package.
    `uploads`: only for a tag; a release that is tried out by hand ends before it. `despite`: it runs
    also where what it waits for failed.
    """

    merge_requests: bool = False
    main: bool = False
    releases: tuple[str, ...] = ()
    uploads: bool = False
    despite: bool = False

    def joined(self, other: Reach) -> Reach:
        """Give the pipelines of both."""
        return Reach(
            merge_requests=self.merge_requests or other.merge_requests,
            main=self.main or other.main,
            releases=tuple(dict.fromkeys((*self.releases, *other.releases))),
            uploads=self.uploads or other.uploads,
            despite=self.despite or other.despite,
        )

    def covers(self, other: Reach) -> bool:
        """Say whether this job is in every pipeline of another."""
        return (
            self.merge_requests >= other.merge_requests
            and self.main >= other.main
            and set(self.releases) >= set(other.releases)
            and not (self.uploads and not other.uploads)
        )

    @property
    def name(self) -> str:
        """Give the hidden job that holds these rules."""
        parts = [
            "merge-requests" if self.merge_requests else "",
            "main" if self.main else "",
            *(
                f"{'upload' if self.uploads else 'release'}{each and f':{each}'}"
                for each in self.releases
            ),
        ]
        despite = ":despite-failures" if self.despite else ""
        return f".shipwheel:on:{'+'.join(each for each in parts if each)}{despite}"


def rules(reach: Reach, ci: Pipeline, releases: tuple[Pipeline, ...]) -> tuple[dict[str, Any], ...]:
    """Give a job's rules: the first that fits decides, and with it how far the job looks."""
    found = (*_changes(reach, ci), *_releases(reach, releases), *_main(reach, ci))
    return tuple({**each, "when": "always"} for each in found) if reach.despite else found


def _changes(reach: Reach, ci: Pipeline) -> Iterator[dict[str, Any]]:
    if reach.main:
        yield _rule(_MERGE_TRAIN, Tier.MAIN)
    if reach.merge_requests:
        yield _rule(_MERGE_REQUEST, Tier.PR, paths=_paths(ci))


def _releases(reach: Reach, releases: tuple[Pipeline, ...]) -> Iterator[dict[str, Any]]:
    for release in releases:
        if (release.package or "") in reach.releases:
            for tag in release.tags:
                yield _rule(f"$CI_COMMIT_TAG =~ {pattern(tag)}", Tier.RELEASE, tag="$CI_COMMIT_TAG")
    if reach.releases and not reach.uploads:
        yield _rule(_BY_HAND, Tier.RELEASE, tag="")


def _main(reach: Reach, ci: Pipeline) -> Iterator[dict[str, Any]]:
    if not reach.main:
        return
    yield _rule(_SCHEDULE, Tier.MAIN)
    for branch in ci.branches:
        if branch not in _USUAL:
            yield _rule(f"$CI_COMMIT_BRANCH =~ {pattern(branch)}", Tier.MAIN, paths=_paths(ci))
    yield _rule(_DEFAULT_BRANCH, Tier.MAIN, paths=_paths(ci))


def _rule(
    condition: str, tier: Tier, *, tag: str | None = None, paths: tuple[str, ...] = ()
) -> dict[str, Any]:
    rule: dict[str, Any] = {"if": condition}
    if paths:
        rule["changes"] = paths
    if tier is Tier.PR:
        rule["interruptible"] = True
    told = {} if tag is None else {"SHIPWHEEL_TAG": tag}
    rule["variables"] = Flow({"SHIPWHEEL_TIER": tier.value, **told})
    return rule


def _paths(ci: Pipeline) -> tuple[str, ...]:
    if ci.paths_ignore:
        raise ConfigurationError(
            "GitLab has no rule that leaves paths out",
            where="[tool.shipwheel.ci] paths-ignore",
            hint="name what matters instead: paths = [...]",
        )
    return ci.paths


def pattern(glob: str) -> str:
    """Give a pattern of branches or tags as GitLab's regular expression: `v*` is `/^v.*$/`.

    `[0-9]`, `+` and `?` mean the same in both. Raises ConfigurationError for one that excludes.
    """
    if glob.startswith("!"):
        raise ConfigurationError(
            f"GitLab's rules cannot exclude {glob[1:]!r}",
            where="[tool.shipwheel.ci] branches, tags",
            hint="write patterns of what is wanted alone",
        )
    stars = re.sub(r"\*+", "*", glob)
    escaped = "".join(".*" if each == "*" else _character(each) for each in stars)
    return f"/^{escaped}$/"


def _character(each: str) -> str:
    if each in "[]+?-":
        return each
    return re.escape(each).replace("/", "\\/")
