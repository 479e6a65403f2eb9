"""From parts to GitLab's jobs: what each waits for, runs, and hands on."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import JobKind
from shipwheel.rendering.closing import TOLD
from shipwheel.rendering.gitlab.matrix import Spread, spread
from shipwheel.rendering.gitlab.model import Artifacts, Job, Need
from shipwheel.rendering.gitlab.parts import SPREAD, Part, is_upload
from shipwheel.rendering.gitlab.script import (
    System,
    docker_lines,
    package_lines,
    python_lines,
    released_tool_lines,
    step_lines,
    word,
)
from shipwheel.rendering.gitlab.waiting import NEEDS_LIMIT, waiting
from shipwheel.rendering.pipeline import Tool

RELEASE = ".shipwheel/release.json"
_AUDIENCES = {"pypi": "PYPI_ID_TOKEN", "testpypi": "TESTPYPI_ID_TOKEN"}
_ATTESTING = {"SIGSTORE_ID_TOKEN": "sigstore"}  # where shipwheel[attestations] is installed
_RELEASE_EXPIRES = "30 days"
_PLAN = ".shipwheel/plan.json"


def job_of(part: Part, parts: tuple[Part, ...], catalog: Catalog) -> Job:
    """Give the job of a part; `parts` are all, for what it waits for."""
    rows = spread(part.cells, part.pipeline.tool)
    waits, dependencies = waiting(part, parts)
    upload = is_upload(part.lane)
    planned = rows.variables if part.lane.kind is not None and not upload else {}
    return Job(
        name=part.name,
        why=_why(part),
        stage=part.stage,
        extends=(*_templates(part), part.reach.name),
        tags=part.runner.tags,
        image=catalog.images["python-slim"].pinned if upload else part.runner.image,
        services=_services(part),
        variables={**_variables(part), **planned},
        matrix=rows.matrix,
        needs=waits,
        dependencies=dependencies,
        minutes=part.lane.minutes,
        allow_failure=part.allow_failure,
        environment=_environment(part),
        resource_group=_one_at_a_time(part),
        id_tokens=_id_tokens(part),
        before_script=_before(part),
        script=tuple(_script(part, rows, catalog)),
        artifacts=_artifacts(part, rows),
        notes=dict(_notes(part, waits)),
    )


def _why(part: Part) -> str:
    if part.runner.suffix and part.lane.kind in SPREAD and not part.lane.part_of:
        return ""  # the name says it, and the job before
    fails = "They may fail without stopping anything." if part.cells[0].allow_failure else ""
    return " ".join(each for each in (part.lane.why or f"{part.lane.name}.", fails) if each)


def _templates(part: Part) -> tuple[str, ...]:
    docker = (".shipwheel:docker",) if needs_docker(part) else ()
    return (f".shipwheel:{part.runner.system}", *docker)


def needs_docker(part: Part) -> bool:
    """Say whether cibuildwheel starts containers there."""
    return part.lane.kind is JobKind.WHEELS and part.runner.system == "linux"


# --- what it is given -------------------------------------------------------------------------------


def _variables(part: Part) -> dict[str, str]:
    lane = part.lane
    told: dict[str, str] = {}
    if lane.history:
        told["GIT_DEPTH"] = "0"
    if is_upload(lane):
        told["GIT_STRATEGY"] = "none"
    if lane.own is not None:
        told["SHIPWHEEL_PLAN"] = _PLAN
        told |= {name: escaped(value) for name, value in lane.own.environment.items()}
    return told


def escaped(text: str) -> str:
    """Give a value that GitLab leaves as it is: it puts variables into variables."""
    return text.replace("$", "$$")


def _services(part: Part) -> tuple[dict[str, object], ...]:
    if part.runner.system != "linux":
        return ()
    return tuple(
        {
            "name": service.image,
            "alias": name,
            **(
                {"variables": {key: escaped(value) for key, value in service.environment.items()}}
                if service.environment
                else {}
            ),
        }
        for name, service in part.lane.services
    )


def _environment(part: Part) -> dict[str, str]:
    if part.lane.environment is None:
        return {}
    if part.lane.kind is JobKind.PUBLISH:
        return {"name": part.lane.environment}
    return {"name": part.lane.environment, "action": "access"}  # no deployment


def _one_at_a_time(part: Part) -> str | None:
    """Give the group of which one job runs at a time; GitLab drops one with a colon in its name unsaid."""
    return part.name.replace(":", "-") if part.lane.kind is JobKind.PUBLISH else None


def _id_tokens(part: Part) -> dict[str, str]:
    index = part.pipeline.index
    if not part.lane.oidc or index not in _AUDIENCES:
        return {}
    return {_AUDIENCES[index]: index, **_ATTESTING}


def _notes(part: Part, waits: tuple[Need, ...] | None) -> Iterator[tuple[str, str]]:
    lane = part.lane
    if waits is None:
        why = "" if lane.kind is JobKind.GATE else f"GitLab allows {NEEDS_LIMIT}, and "
        yield (
            "dependencies",
            (f"No `needs`: {why}it waits for every job of the stages before, yours among them."),
        )
    if lane.history:
        yield "variables", "With all commits and tags: the version may come from them."
    if any(service.ports or service.options for _, service in lane.services):
        yield (
            "services",
            (
                "Reached under their aliases; GitLab waits for their ports, and has no use for options."
            ),
        )
    if lane.kind is JobKind.PUBLISH:
        yield from _upload_notes(part)
    elif lane.secrets:
        yield (
            "script",
            f"Variables to set for this job, protected and masked: {_named(lane.secrets)}.",
        )


def _upload_notes(part: Part) -> Iterator[tuple[str, str]]:
    yield "variables", "No checkout: this job sees the gate's files alone, and no source."
    yield (
        "environment",
        (
            "Protect it (Settings, CI/CD, Protected environments), and the tags that start a release."
        ),
    )
    if part.lane.oidc:
        yield (
            "id_tokens",
            (
                "Trusted publishing: GitLab.com alone has it. No token is stored anywhere, nor fallen back to."
            ),
        )
    names = part.lane.secrets or (() if part.lane.oidc else ("TWINE_USERNAME", "TWINE_PASSWORD"))
    if names:
        yield (
            "script",
            f"Variables to set for this environment, protected and masked: {_named(names)}.",
        )


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(names)


# --- what it runs -----------------------------------------------------------------------------------


def _before(part: Part) -> tuple[str, ...]:
    if not is_upload(part.lane):
        return ()
    return released_tool_lines(part.pipeline.tool, _folder(part.cells[0].directory, "dist"))


def _script(part: Part, rows: Spread, catalog: Catalog) -> Iterator[str]:
    lane, system = part.lane, part.runner.system
    if is_upload(lane):
        yield from _publishing(part)
        return
    if lane.kind is not JobKind.GATE:
        yield from package_lines(part.pipeline.packages.get(system, ()), system)
    if needs_docker(part):
        yield from docker_lines(_emulated(part, catalog), catalog)
    yield from python_lines(rows.pythons, system)
    yield from step_lines(lane.before, system)
    yield from _own(part) if lane.own else _session(rows, system)
    yield from step_lines(lane.after, system)


def _session(rows: Spread, system: System) -> Iterator[str]:
    words = [word(each, system) for each in rows.words]
    arguments = f" -- {' '.join(words[1:])}" if words[1:] else ""
    yield f"nox --no-dependencies -s {words[0]}{arguments}"


def _own(part: Part) -> Iterator[str]:
    own = part.lane.own
    assert own is not None
    yield f"shipwheel plan --json {_PLAN}"
    yield own.run.rstrip("\n") if own.run else f"nox --no-dependencies -s {own.session}"


def _publishing(part: Part) -> Iterator[str]:
    directory = part.cells[0].directory
    there = "" if directory == "." else f"cd {directory} && "
    trusted = " --trusted-publishing" if _id_tokens(part) else ""
    how = trusted if part.lane.kind is JobKind.PUBLISH else " --read-back"
    yield f"{there}shipwheel publish --release {RELEASE}{how}"


def _emulated(part: Part, catalog: Catalog) -> Iterator[str]:
    for cell in part.cells:
        platform = catalog.platform(cell.platform or "")
        if platform is not None and platform.emulated and platform.gitlab:
            yield platform.arch


# --- what it hands on -------------------------------------------------------------------------------


def _artifacts(part: Part, rows: Spread) -> Artifacts | None:
    lane = part.lane
    if lane.own is not None or is_upload(lane):
        return None
    cell = part.cells[0]
    state = _folder(cell.directory, ".shipwheel")
    record = rows.stem
    # a job that makes several wheels has a record and a log of each
    many = any(each.wheels > 1 for each in part.cells)
    own = "wheels-*" if many else record
    paths = [f"{state}/logs/{own}.*"]
    if lane.gives in {"dist", "record", "report"}:
        paths.insert(0, f"{state}/records/{own}.json")
    if lane.gives == "dist":
        files = "*.whl" if lane.kind is JobKind.WHEELS else ""
        paths.insert(0, f"{_folder(cell.directory, 'dist')}/{files}")
    if lane.gives == "report":
        paths += [f"{state}/verify.json", f"{state}/report.html"]
    if any(each.measured for each in part.cells):
        paths.append(f"{state}/cache/coverage/{record}/")
    if lane.gives == "coverage":
        paths += [f"{state}/coverage.xml", f"{state}/coverage.txt"]
    if lane.gives == "release":
        return _released(part, part.pipeline.tool)
    junit = (f"{state}/logs/{record}.xml",) if lane.kind is JobKind.TEST else ()
    covered = f"{state}/coverage.xml" if lane.gives == "coverage" else ""
    return Artifacts(paths=tuple(paths), junit=junit, coverage=covered)


def _released(part: Part, tool: Tool) -> Artifacts:
    directory = part.cells[0].directory
    told = (_folder(directory, each) for each in TOLD)
    paths = [f"{_folder(directory, 'dist')}/", *told, tool.lock]
    if tool.kind == "wheel":
        paths.append(tool.value)
    return Artifacts(paths=tuple(paths), expire_in=_RELEASE_EXPIRES, when="on_success")


def _folder(directory: str, name: str) -> str:
    return name if directory == "." else f"{directory}/{name}"
