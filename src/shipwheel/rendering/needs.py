"""What is wrong with the project's own needs in CI: kinds, runners, names and jobs. Pure; nothing is run.

What is added to a workflow has to pass the same checks as what stands there without it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from shipwheel.data.catalog import Catalog
from shipwheel.errors import ConfigurationError
from shipwheel.project.config import CiConfig, CiJob
from shipwheel.rendering.extras import (
    check_environment,
    check_run,
    check_service,
    check_session,
    check_step,
    check_told,
)
from shipwheel.rendering.pipeline import Provider
from shipwheel.rendering.triggers import check_triggers

TABLE = "tool.shipwheel.ci"
KINDS = ("build", "wheels", "test", "checks", "verify")
CLOSING = ("gate", "publish")  # take secrets, an environment and a time limit, no steps

_OURS = re.compile(
    r"(build|wheels|test|test-lowest|checks|lint|type|docs|lock|coverage|verify|gate|publish|read-back|github-release)"
    r"(-more|-elsewhere)*(-\d+)?"
)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENVIRONMENT = re.compile(r"[\w][\w ./-]{0,254}")
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._/:@=-]*")
_HOSTED_MINUTES = 360  # GitHub ends a job on its own machines then; on others after five days
_MOST_MINUTES = 7200
_SELF_HOSTED = "self-hosted"


def check_needs(ci: CiConfig, catalog: Catalog, provider: Provider) -> None:
    """Refuse needs that cannot be met on a provider; raises ConfigurationError with the key."""
    check_triggers(ci)
    _check_audit(ci)
    check_environment(ci.environment, f"[{TABLE}] environment")
    kinds = (*KINDS, *ci.jobs)
    for number, step in enumerate(ci.steps):
        where = f"[[{TABLE}.steps]] {number + 1}, {step.name!r}"
        _check_kinds(step.jobs, kinds, where)
        check_step(step, where, provider)
    for name, service in ci.services.items():
        where = f"[{TABLE}.services.{name}]"
        _check_kinds(service.jobs, kinds, where)
        check_service(name, service, where)
    for name, job in ci.jobs.items():
        _check_job(name, job, ci, catalog, provider)
    _check_tables(ci, (*kinds, *CLOSING))
    _check_packages(ci)
    _check_runners(ci, catalog, provider)


def _check_audit(ci: CiConfig) -> None:
    if ci.audit is not None and "github" not in ci.providers:
        raise ConfigurationError(
            "an audit on a schedule is rendered for GitHub alone",
            where=f"[{TABLE}] audit",
            hint="on GitLab, make a schedule (Build, Pipeline schedules) for a job of your own with"
            ' session = "audit"; a job\'s own token may push no branch there',
        )


def nearest(name: str, known: Iterable[str]) -> str:
    """Give a hint: the nearest known name, else all of them."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"


def _check_kinds(wanted: Iterable[str], kinds: Iterable[str], where: str) -> None:
    known = tuple(kinds)
    for kind in wanted:
        if kind not in known:
            raise ConfigurationError(
                f"{kind!r} is no kind of job", where=where, hint=nearest(kind, known)
            )


def _check_tables(ci: CiConfig, kinds: tuple[str, ...]) -> None:
    tables: Mapping[str, Mapping[str, object]] = {
        "secrets": ci.secrets,
        "environments": ci.environments,
        "timeouts": ci.timeouts,
    }
    for key, table in tables.items():
        _check_kinds(table, kinds, f"[{TABLE}.{key}]")
    for names in ci.secrets.values():
        for name in names:
            _check_secret(name)
    for name in ci.environments.values():
        if not is_environment(name):
            raise ConfigurationError(
                f"{name!r} is no name of an environment",
                where=f"[{TABLE}.environments]",
                hint='letters, digits, spaces, `-`, `.` and `/`: "pypi"',
            )
    most = _MOST_MINUTES if ci.runners else _HOSTED_MINUTES
    for kind, minutes in ci.timeouts.items():
        if not 0 < minutes <= most:
            raise ConfigurationError(
                f"a time limit of {minutes} minutes cannot be had",
                where=f"[{TABLE}.timeouts] {kind}",
                hint=f"it is a number of minutes from 1 to {most}",
            )


def is_environment(name: str) -> bool:
    """Say whether a deployment environment can be called so."""
    return _ENVIRONMENT.fullmatch(name) is not None


def _check_secret(name: str) -> None:
    if not _NAME.fullmatch(name) or name.upper().startswith("GITHUB_"):
        raise ConfigurationError(
            f"{name!r} is no name of a secret",
            where=f"[{TABLE}.secrets]",
            hint="name it as the provider knows it, its value never stands here:"
            ' test = ["DATABASE_PASSWORD"]; names that begin with GITHUB_ are GitHub\'s',
        )


def _check_packages(ci: CiConfig) -> None:
    for system, names in ci.packages.items():
        for name in names:
            if not _PACKAGE.fullmatch(name):
                raise ConfigurationError(
                    f"{name!r} is no name of a system package",
                    where=f"[{TABLE}.packages] {system}",
                    hint='one name an item: linux = ["libpq-dev"]',
                )


def _check_job(name: str, job: CiJob, ci: CiConfig, catalog: Catalog, provider: Provider) -> None:
    where = f"[{TABLE}.jobs.{name}]"
    if not _ID.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is no id of a job", where=where, hint="letters, digits, `-` and `_`"
        )
    if _OURS.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is a job of shipwheel's own", where=where, hint=f'call it "own-{name}"'
        )
    if (job.session is None) is (job.run is None):
        raise ConfigurationError(
            "a job runs a session or a command, and one of them",
            where=where,
            hint='session = "benchmark", or run = "python tools/benchmark.py"',
        )
    if job.run is not None:
        check_run(job.run, where)
    if job.session is not None:
        check_session(job.session, where)
    check_environment(job.environment, where)
    _check_kinds(job.after, KINDS, where)
    _check_place(job, where)
    for python in job.pythons:
        if catalog.python(python) is None:
            known = [each.target for each in catalog.pythons]
            raise ConfigurationError(
                f"{python!r} is no Python", where=where, hint=nearest(python, known)
            )
    if job.runner is not None and job.runner not in ci.runners:
        _check_label(job.runner, catalog, provider, f"{where} runner")


def _check_place(job: CiJob, where: str) -> None:
    if not job.workflows:
        raise ConfigurationError(
            "a job stands in a workflow",
            where=where,
            hint='workflows = ["ci"], ["release"] or both',
        )
    if job.before == "publish" and "release" not in job.workflows:
        raise ConfigurationError(
            "a job before `publish` stands in the release's workflow",
            where=where,
            hint='workflows = ["release"]',
        )


def _check_runners(ci: CiConfig, catalog: Catalog, provider: Provider) -> None:
    where = f"[{TABLE}.runners]"
    known = (*(each.id for each in catalog.runners), *(each.id for each in catalog.platforms))
    for key, value in ci.runners.items():
        if key not in known:
            raise ConfigurationError(
                f"{key!r} is neither a runner nor a platform", where=where, hint=nearest(key, known)
            )
        runner = catalog.runner(key)
        elsewhere = runner is not None and runner.provider != provider
        shared = runner is None and len(ci.providers) > 1  # one provider's label under both's key
        labels = (value,) if isinstance(value, str) else value
        if not labels or not all(labels):
            raise ConfigurationError("a runner has a label", where=f"{where} {key}", hint=_labels())
        for label in labels:
            check_told(label, f"{where} {key}", "label")
        if provider == "github" and not elsewhere and not shared and _SELF_HOSTED not in labels:
            for label in labels:
                _check_label(label, catalog, provider, f"{where} {key}")


def _check_label(label: str, catalog: Catalog, provider: Provider, where: str) -> None:
    known = [each.id for each in catalog.runners if each.provider == provider]
    if label not in known and provider == "github":
        raise ConfigurationError(
            f"GitHub has no runner {label!r}",
            where=where,
            hint=f"{nearest(label, known)}; {_labels()}",
        )


def _labels() -> str:
    return f'a machine of your own has labels: ["{_SELF_HOSTED}", "linux"]'
