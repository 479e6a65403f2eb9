"""From Plans to pipelines: which lanes a workflow has, in the order of the data."""

from __future__ import annotations

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.errors import ConfigurationError
from shipwheel.indexes.known import find_index
from shipwheel.planning.job import JobKind
from shipwheel.planning.plan import Plan
from shipwheel.project.config import CiConfig
from shipwheel.project.facts import Kind, Project
from shipwheel.rendering.closing import release_lanes, required_check
from shipwheel.rendering.making import making_lanes
from shipwheel.rendering.member import Member
from shipwheel.rendering.needs import is_environment
from shipwheel.rendering.own import own_lanes, waited_for, with_own_needs
from shipwheel.rendering.pipeline import Event, Lane, Pipeline, Provider
from shipwheel.rendering.runners import on_provider
from shipwheel.rendering.tool import TRUSTED, extras_for, tool_of

_FOLDERS = {"github": ".github/workflows", "gitlab": ".gitlab"}


def pipelines(
    project: Project, plan: Plan, catalog: Catalog, provider: Provider
) -> tuple[Pipeline, ...]:
    """Give the pipelines of a repository that is one package: for changes, and for a release.

    `plan` is one made for `every_python`. Raises ConfigurationError for needs of the user's that cannot
    be met on this provider.
    """
    member = Member(project=project, plan=plan)
    return workspace_pipelines((member,), catalog, provider, project.config.ci)


def workspace_pipelines(
    members: tuple[Member, ...], catalog: Catalog, provider: Provider, ci: CiConfig
) -> tuple[Pipeline, ...]:
    """Give the pipelines of a repository: one for changes to any package, and one for each one's release.

    `ci` are the repository's settings. Raises ConfigurationError also for a package that CI would test
    nowhere: its release could not pass the gate.
    """
    for member in members:
        _check_tested(member)
        _check_index(member, catalog)
    changes = _changes(members, catalog, provider, ci)
    releases = (_release(member, members, catalog, provider, ci) for member in members)
    return (changes, *releases)


def _check_index(member: Member, catalog: Catalog) -> None:
    """Refuse an index that nobody knows, or whose name the upload's environment cannot have.

    The environment is called as its index is, and a release is late to learn that there is none such.
    """
    config = member.project.config
    index = config.publish.index
    if index in catalog.indexes:
        return
    if not is_environment(index):
        raise ConfigurationError(
            f"{index!r} cannot name the upload's environment in CI",
            where="[tool.shipwheel.publish] index",
            hint='give the index a name: index = "internal", with [tool.shipwheel.index.internal]'
            " upload and simple",
        )
    find_index(index, catalog.indexes, config.index)


def _check_tested(member: Member) -> None:
    """Refuse what is tested nowhere; the wheels of platforms that only cibuildwheel has it tests itself."""
    tested = any(job.kind is JobKind.TEST and job.platform for job in member.ci_jobs)
    empty = member.project.config.test.platforms == ()
    if tested or not member.plan.project.pythons:
        return
    if empty or member.project.kind.value is Kind.PURE:
        raise ConfigurationError(
            f"no platform is tested: CI would release {member.project.name.value} untried",
            where="[tool.shipwheel.test] platforms",
            hint='name at least one: platforms = ["manylinux_x86_64"]; without the key it is tested on'
            " every platform that a hosted runner has",
        )


def _changes(
    members: tuple[Member, ...], catalog: Catalog, provider: Provider, ci: CiConfig
) -> Pipeline:
    lanes = making_lanes(members, members, catalog, Event.CI)
    runner = lanes[0].cells[0].runner
    own = own_lanes(ci, Event.CI, lanes, runner)
    early = tuple(each for each in own if each.own and each.own.before is None)
    gate = required_check((*lanes, *(each for each in own if each not in early)), runner)
    return Pipeline(
        event=Event.CI,
        provider=provider,
        title="CI",
        filename=_filename(Event.CI, provider, ci, None),
        tool=tool_of(members[0].project, catalog, provider, extras_for(members, catalog)),
        lanes=_finished((*lanes, *own, gate), provider, catalog, ci),
        branches=ci.branches,
        tags=ci.tags,
        schedules=ci.schedules,
        paths=ci.paths,
        paths_ignore=ci.paths_ignore,
        environment=ci.environment,
        packages=ci.packages,
        runners=ci.runners,
        index=members[0].project.config.publish.index,
        directories=tuple(member.directory for member in members),
    )


def _release(
    member: Member,
    members: tuple[Member, ...],
    catalog: Catalog,
    provider: Provider,
    ci: CiConfig,
) -> Pipeline:
    """Give a package's release: it builds the siblings that the package needs, and ships itself alone."""
    built = (*(each for each in members if each.name in member.siblings), member)
    index = member.project.config.publish.index
    trusted = index in TRUSTED
    lanes = making_lanes((member,), built, catalog, Event.RELEASE)
    # GitLab's pages take links to files alone, which somebody would have to host
    page = ci.github_release if provider == "github" else "none"
    closing = release_lanes(member, lanes, catalog, trusted=trusted, environment=index, page=page)
    own = own_lanes(ci, Event.RELEASE, lanes, lanes[0].cells[0].runner)
    every = (*lanes, *own, *waited_for(closing, own, Event.RELEASE))
    return Pipeline(
        event=Event.RELEASE,
        provider=provider,
        title=f"Release {member.name}" if member.name else "Release",
        filename=_filename(Event.RELEASE, provider, ci, member.name),
        tool=tool_of(member.project, catalog, provider, extras_for(members, catalog)),
        lanes=_finished(every, provider, catalog, ci),
        branches=ci.branches,
        tags=_tags(member, members, ci),
        environment=ci.environment,
        packages=ci.packages,
        runners=ci.runners,
        index=index,
        trusted=trusted,
        package=member.name,
        directory=member.directory,
        directories=tuple(each.directory for each in built),
    )


def _tags(member: Member, members: tuple[Member, ...], ci: CiConfig) -> tuple[str, ...]:
    """Give the tags of a release; a version must follow where they would fit another package's too.

    `core-v*` fits `core-viewer-v1.0`, `core-v[0-9]*` does not.
    """
    if not member.name:
        return ci.tags
    others = [str(each.name) for each in members if each.name != member.name]
    tags = (f"{member.name}-{tag}" for tag in ci.tags)
    return tuple(
        f"{tag.rstrip('*')}[0-9]*"
        if tag.endswith("*") and any(name.startswith(tag.rstrip("*")) for name in others)
        else tag
        for tag in tags
    )


def _finished(
    lanes: tuple[Lane, ...], provider: Provider, catalog: Catalog, ci: CiConfig
) -> tuple[Lane, ...]:
    fitted = with_own_needs(lanes, ci, catalog)
    return tuple(on_provider(lane, provider, catalog, ci) for lane in needing_parts(fitted))


def needing_parts(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    """Let what needs a lane need the parts too that it was split into."""
    parts: dict[str, list[str]] = {}
    for lane in lanes:
        if lane.part_of:
            parts.setdefault(lane.part_of, []).append(lane.id)
    return tuple(
        msgspec.structs.replace(
            lane,
            needs=tuple(each for need in lane.needs for each in (need, *parts.get(need, ()))),
        )
        for lane in lanes
    )


def _filename(event: Event, provider: Provider, ci: CiConfig, package: str | None) -> str:
    if provider == "gitlab":
        return f"{_FOLDERS[provider]}/shipwheel.yml"
    name = ci.workflows.get(event.value, f"{event.value}.yml")
    if package and event is Event.RELEASE:
        stem, _, suffix = name.rpartition(".")
        name = f"{stem}-{package}.{suffix}"
    return f"{_FOLDERS[provider]}/{name}"
