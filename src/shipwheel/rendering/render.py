"""All files of a repository as they should be: text alone, nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from shipwheel.rendering.bots import has_own_dependabot, renovate_config
from shipwheel.rendering.companions import attributes, dependabot, renovate
from shipwheel.rendering.inputs import inputs_of
from shipwheel.rendering.lanes import workspace_pipelines
from shipwheel.rendering.limits import check_limits, check_size, sharded
from shipwheel.rendering.needs import check_needs
from shipwheel.rendering.pipeline import Event, Pipeline, Provider
from shipwheel.rendering.rendered import RenderedFile
from shipwheel.rendering.repository import Repository
from shipwheel.rendering.tool import lock_path
from shipwheel.rendering.triggers import AUDIT_FILE

GITLAB_ROOT = ".gitlab-ci.yml"


def rendered_files(repository: Repository) -> tuple[RenderedFile, ...]:
    """Give every file that shipwheel writes for a repository, as it should be now.

    Raises ConfigurationError for needs of the user's that cannot be met, or for more jobs than a
    provider takes.
    """
    inputs = inputs_of(repository)
    providers = repository.ci.providers
    workflows = [
        each for provider in providers for each in _workflows(repository, provider, inputs)
    ]
    ours = [file.path for file in workflows if file.role == "whole"]
    bots = list(_bots(repository, ours, inputs))
    lock = [lock_path(providers[0])] if providers else []
    generated = sorted([*ours, *(file.path for file in bots), *lock])
    return (*workflows, *bots, *([attributes(generated, inputs)] if generated else []))


def _workflows(repository: Repository, provider: Provider, inputs: str) -> Iterator[RenderedFile]:
    check_needs(repository.ci, repository.catalog, provider)
    found = tuple(
        _within_limits(pipeline)
        for pipeline in workspace_pipelines(
            repository.members, repository.catalog, provider, repository.ci
        )
    )
    files = (
        _github(repository, found, inputs)
        if provider == "github"
        else _gitlab(repository, found, inputs)
    )
    for file in files:
        check_size(file)
        yield file


def _within_limits(pipeline: Pipeline) -> Pipeline:
    fitted = sharded(pipeline)
    check_limits(fitted)
    return fitted


def _github(
    repository: Repository, found: Iterable[Pipeline], inputs: str
) -> Iterator[RenderedFile]:
    from shipwheel.rendering.github.assembly import github_workflow  # noqa: PLC0415

    for pipeline in found:
        yield RenderedFile(
            path=pipeline.filename,
            role="whole",
            kind="github",
            body=github_workflow(pipeline, repository.catalog),
            inputs=inputs,
        )
        if pipeline.event is Event.CI and repository.ci.audit is not None:
            yield _audit(repository, pipeline, repository.ci.audit, inputs)


def _audit(repository: Repository, changes: Pipeline, schedule: str, inputs: str) -> RenderedFile:
    from shipwheel.rendering.github.audit import audit_workflow  # noqa: PLC0415

    body = audit_workflow(changes, schedule, repository.catalog)
    path = PurePosixPath(changes.filename).with_name(AUDIT_FILE)
    return RenderedFile(path=str(path), role="whole", kind="github", body=body, inputs=inputs)


def _gitlab(
    repository: Repository, found: tuple[Pipeline, ...], inputs: str
) -> Iterator[RenderedFile]:
    from shipwheel.rendering.gitlab.assembly import gitlab_pipeline, gitlab_root  # noqa: PLC0415

    changes = next(each for each in found if each.event is Event.CI)
    releases = tuple(each for each in found if each.event is Event.RELEASE)
    body = gitlab_pipeline(changes, releases, repository.catalog)
    file = RenderedFile(
        path=changes.filename, role="whole", kind="gitlab", body=body, inputs=inputs
    )
    yield file
    yield RenderedFile(
        path=GITLAB_ROOT,
        role="once",
        kind="gitlab-root",
        body=gitlab_root(changes.filename),
        inputs=inputs,
        includes=changes.filename,
    )


def _bots(repository: Repository, workflows: list[str], inputs: str) -> Iterator[RenderedFile]:
    """Give the setting of the bot that the project has, else of the one that GitHub brings."""
    providers = repository.ci.providers
    if not providers:
        return
    if renovate_config(repository.root) is not None:
        yield renovate(providers[0], workflows, inputs)
    elif "github" in providers and not has_own_dependabot(repository.root):
        yield dependabot(inputs)
