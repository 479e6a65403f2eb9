"""A GitHub workflow as typed records, and as the plain data that is dumped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.rendering.yaml import Commented, Flow, Plain

Value = str | int | bool
_ONE_LINE = 80  # a list that is longer stands on lines of its own


class Uses(msgspec.Struct, frozen=True):
    """An action at a commit, `owner/action@COMMIT`, and the version that the comment behind it names."""

    action: str
    version: str


def action(catalog: Catalog, name: str) -> Uses:
    """Give an action of the Catalog as a step names it; raises KeyError."""
    known = catalog.actions[name]
    return Uses(known.pinned, known.version)


def lines(texts: Sequence[str]) -> str:
    """Give a list as an action reads it: the text itself, or one a line."""
    return texts[0] if len(texts) == 1 else "".join(f"{each}\n" for each in texts)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step: an action with its inputs, or one command; what ends in `_why` is a comment."""

    name: str
    condition: str = ""
    uses: Uses | None = None
    inputs: Mapping[str, Value] = {}
    environment: Mapping[str, str] = {}
    environment_why: str = ""
    folder: str = "."
    run: str = ""
    inputs_why: str = ""


class Grant(msgspec.Struct, frozen=True):
    """A permission of a job's token; `why` is a comment on each that is not to read the repository."""

    scope: str
    level: str
    why: str = ""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A container beside a job."""

    image: str
    environment: Mapping[str, str] = {}
    ports: tuple[str, ...] = ()
    options: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job: `matrix` says how often it runs (empty: once), `runs_on` a label, several, or an expression.

    `may_fail` is its `continue-on-error`; `condition_why` a comment above its condition.
    """

    id: str
    name: str
    why: str = ""
    condition: str = ""
    condition_why: str = ""
    needs: tuple[str, ...] = ()
    runs_on: str | tuple[str, ...]
    runs_on_why: str = ""
    minutes: int
    matrix: Mapping[str, Any] = {}
    may_fail: str | bool = False
    environment: str | None = None
    permissions: tuple[Grant, ...] = ()
    services: Mapping[str, Service] = {}
    steps: tuple[Step, ...]


class Concurrency(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs make others wait or end."""

    group: str
    cancel: bool
    why: str


class Workflow(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow: `events` are the triggers as GitHub writes them."""

    name: str
    events: Mapping[str, Any]
    concurrency: Concurrency
    environment: Mapping[str, str] = {}
    jobs: tuple[Job, ...]


def plain(workflow: Workflow) -> dict[str, Any]:
    """Give a workflow as data to dump: keys in the order in which a person reads them."""
    data: dict[str, Any] = {
        "name": workflow.name,
        Plain("on"): Commented(value=workflow.events, gap=True),
        "permissions": Commented(value={}, gap=True, behind="each job asks for what it needs"),
        "concurrency": Commented(
            value={
                "group": workflow.concurrency.group,
                "cancel-in-progress": workflow.concurrency.cancel,
            },
            gap=True,
            above=workflow.concurrency.why,
        ),
    }
    if workflow.environment:
        data["env"] = Commented(value=workflow.environment, gap=True)
    shell = Flow({"run": {"shell": "bash"}})
    data["defaults"] = Commented(value=shell, gap=True, behind="on Windows too")
    jobs = {
        job.id: Commented(value=_job(job), above=job.why, gap=index > 0)
        for index, job in enumerate(workflow.jobs)
    }
    data["jobs"] = Commented(value=jobs, gap=True)
    return data


def _job(job: Job) -> dict[str, Any]:
    why = job.condition_why
    short = len(job.condition) + len(why) <= _ONE_LINE
    condition = Commented(
        value=job.condition, above="" if short else why, behind=why if short else ""
    )
    data = {
        "name": job.name,
        "if": condition if job.condition else None,
        "needs": _names(job.needs),
        "runs-on": Commented(value=_labels(job.runs_on), behind=job.runs_on_why),
        "timeout-minutes": job.minutes,
        "strategy": _strategy(job),
        "continue-on-error": job.may_fail,
        "environment": job.environment,
        "permissions": _grants(job.permissions),
        "services": {name: _service(service) for name, service in job.services.items()},
        "steps": [_step(step) for step in job.steps],
    }
    return _told(data)


def _labels(labels: str | tuple[str, ...]) -> Any:
    return Flow(labels) if isinstance(labels, tuple) else labels


def _grants(grants: tuple[Grant, ...]) -> Any:
    levels = {grant.scope: grant.level for grant in grants}
    if not any(grant.why for grant in grants):
        return _short(levels)
    if len(grants) == 1:
        return Commented(value=_short(levels), behind=grants[0].why)
    return {grant.scope: Commented(value=grant.level, behind=grant.why) for grant in grants}


def _names(names: tuple[str, ...]) -> Any:
    if len(names) < 2:
        return names[0] if names else None
    return Flow(names) if sum(len(name) + 2 for name in names) <= _ONE_LINE else names


def _strategy(job: Job) -> dict[str, Any]:
    return {"fail-fast": False, "matrix": job.matrix} if job.matrix else {}


def _service(service: Service) -> dict[str, Any]:
    return _told(
        {
            "image": service.image,
            "env": service.environment,
            "ports": service.ports,
            "options": service.options,
        }
    )


def _step(step: Step) -> dict[str, Any]:
    uses = step.uses
    return _told(
        {
            "name": step.name,
            "if": step.condition,
            "uses": Commented(value=uses.action, behind=uses.version) if uses else None,
            "with": _inputs(step),
            "env": _environment(step),
            "working-directory": "" if step.folder == "." else step.folder,
            "run": step.run,
        }
    )


def _environment(step: Step) -> Any:
    if not step.environment_why:
        return _short(step.environment)
    return Commented(value=step.environment, behind=step.environment_why)


def _inputs(step: Step) -> Any:
    inputs = _short(step.inputs)
    if not step.inputs_why:
        return inputs
    if isinstance(inputs, Flow):
        return Commented(value=inputs, behind=step.inputs_why)
    first, *rest = step.inputs
    head = {first: Commented(value=step.inputs[first], behind=step.inputs_why)}
    return head | {name: step.inputs[name] for name in rest}


def _short(data: Mapping[str, Value]) -> Any:
    """Give a small mapping of plain words as one line."""
    texts = [f"{name}: {value}, " for name, value in data.items()]
    short = sum(map(len, texts)) <= _ONE_LINE and "\n" not in "".join(texts)
    return Flow(data) if data and short else data


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what there is nothing to say of: every default is GitHub's own."""
    return {
        key: value
        for key, value in data.items()
        if value is not None and value is not False and value not in ("", (), {}, [])
    }
