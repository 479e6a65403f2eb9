"""The steps of a job but for its files: check out, Python, the tool, and one session or command."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import JobKind
from shipwheel.project.config import CiStep
from shipwheel.rendering.github.artifacts import RELEASE_FILE
from shipwheel.rendering.github.matrix import Spread
from shipwheel.rendering.github.model import Step, Uses, Value, action, lines
from shipwheel.rendering.pipeline import Event, Pipeline, Tool

PLAN_FILE = ".shipwheel/plan.json"
_SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}  # as runner.os says
_INSTALLS = {"macos": "brew install", "windows": "choco install --yes --no-progress"}
_NOX = "nox --no-dependencies -s"
# named by what a reader of the log looks for; other lanes' step bears the lane's name
_SESSIONS = {JobKind.WHEELS: "Build the wheel", JobKind.TEST: "Test", JobKind.GATE: "Judge"}


def check_out(catalog: Catalog, *, history: bool) -> Step:
    """Give the step that fetches the source, and leaves no credentials behind."""
    return Step(
        name="Check out",
        uses=action(catalog, "actions/checkout"),
        inputs={"persist-credentials": False} | ({"fetch-depth": 0} if history else {}),
        inputs_why="the version may come from tags" if history else "",
    )


def set_up_pythons(spread: Spread, pipeline: Pipeline, catalog: Catalog) -> Iterator[Step]:
    """Give the steps that bring the Pythons: the session's, and last, as the default, the tool's own."""
    targets, own = spread.of("python"), pipeline.tool.python
    known = dict.fromkeys(each for cell in spread.lane.cells for each in cell.pythons)
    wanted = (targets,) if targets else tuple(known)
    uses = action(catalog, "actions/setup-python")
    early = _prerelease(known, catalog)
    architecture = spread.of("architecture")
    if architecture:  # the tools are installed for the machine's own
        inputs = {"python-version": lines(wanted), "architecture": architecture, **early}
        yield Step(name="Set up the Python to test", uses=uses, inputs=inputs)
        wanted, early = (), {}
    versions = [each for each in wanted if each != own] + [own]
    yield Step(
        name="Set up the tools' Python" if architecture else "Set up Python",
        uses=uses,
        inputs={"python-version": lines(versions), **early},
        inputs_why="the last one is the default: it runs the tools" if len(versions) > 1 else "",
    )


def _prerelease(targets: Iterable[str], catalog: Catalog) -> dict[str, Value]:
    known = (catalog.python(each) for each in targets)
    early = any(python is not None and not python.released for python in known)
    return {"allow-prereleases": True} if early else {}


def install_tool(tool: Tool) -> Iterator[Step]:
    """Give the steps that install the tools from their lock, and shipwheel from its own source."""
    yield _locked(tool)
    if tool.kind == "tree":
        yield Step(
            name="Install this repository's shipwheel",
            run=f"python -m pip install --no-deps --no-index --no-build-isolation {tool.value}",
        )


def install_released_tool(tool: Tool) -> Iterator[Step]:
    """Give the same where there is no source: shipwheel itself then comes from the release's files."""
    yield _locked(tool)
    if tool.kind == "tree":
        yield Step(
            name="Install shipwheel from the release's wheel",
            run="python -m pip install --no-deps --no-index --find-links dist shipwheel",
        )


def _locked(tool: Tool) -> Step:
    lock = shlex.quote(tool.lock)
    return Step(
        name="Install the tools from their lock",
        run=f"python -m pip install --require-hashes --only-binary=:all: -r {lock}",
    )


def packages(spread: Spread, pipeline: Pipeline) -> Iterator[Step]:
    """Give the steps that install the user's system packages; a Linux wheel is built in a container."""
    in_container = spread.lane.kind is JobKind.WHEELS
    for system, names in pipeline.packages.items():
        if not names or system not in spread.systems or (in_container and system == "linux"):
            continue
        condition = only_on(spread, (system,)) or ""
        wanted = shlex.join(names)
        if system == "linux":
            yield Step(
                name="Refresh the list of system packages",
                condition=condition,
                run="sudo apt-get update",
            )
            install = "sudo apt-get install --yes --no-install-recommends"
        else:
            install = _INSTALLS[system]
        yield Step(name="Install system packages", condition=condition, run=f"{install} {wanted}")


def only_on(spread: Spread, systems: tuple[str, ...]) -> str | None:
    """Give the condition for some systems: empty where all cells have one, None where none has."""
    there = [each for each in spread.systems if each in systems]
    if not there:
        return None
    if len(there) == len(spread.systems):
        return ""
    return " || ".join(f"runner.os == '{_SYSTEMS[each]}'" for each in there)


def emulator(spread: Spread, catalog: Catalog) -> Iterator[Step]:
    """Give the step for machines that this one is not; nothing is kept between runs."""
    if not spread.of("emulated"):
        return
    image = catalog.images.get("binfmt")
    inputs: dict[str, Value] = {"image": image.pinned} if image else {}
    yield Step(
        name="Set up emulation",
        condition=spread.expression("emulated"),
        uses=action(catalog, "docker/setup-qemu-action"),
        inputs=inputs | {"cache-image": False},
    )


def own_steps(steps: Iterable[CiStep], spread: Spread) -> Iterator[Step]:
    """Give the user's steps as they are, on the systems that they name."""
    for step in steps:
        condition = only_on(spread, step.on) if step.on else ""
        if condition is None:
            continue
        uses, _, version = (step.uses or "").partition("#")
        yield Step(
            name=step.name,
            condition=condition,
            uses=Uses(uses.strip(), version.strip()) if uses else None,
            inputs=step.with_,
            environment=step.environment,
            run=step.run or "",
        )


# --- what is run ------------------------------------------------------------------------------------


def session(spread: Spread, pipeline: Pipeline) -> Step:
    """Give the step that the job is there for: one nox session, told by variables whose job it is."""
    lane = spread.lane
    told = {"SHIPWHEEL_JOB": spread.named("job")}
    if lane.kind in {JobKind.VERIFY, JobKind.GATE}:
        told["SHIPWHEEL_TIER"] = _tier(pipeline)
    name, wanted = _argument("SESSION", spread.named("session"), told)
    run = f"{_NOX} {name}"
    if spread.of("only"):
        only, _ = _argument("ONLY", spread.of("only"), told)
        run += f" -- --only {only}"
    elif lane.cells[0].args and (lane.kind is JobKind.LOCK or not wanted):
        run += f" -- {shlex.join(lane.cells[0].args)}"
    name = _SESSIONS.get(lane.kind, lane.name) if lane.kind else lane.name
    return Step(
        name=f"{name}s" if any(cell.wheels > 1 for cell in lane.cells) else name,
        environment=told | _secrets(lane.secrets),
        run=run,
    )


def _argument(variable: str, value: str, told: dict[str, str]) -> tuple[str, bool]:
    """Give a word of a command: quoted as it is, or through a variable where the matrix decides."""
    if "${{" not in value:
        return shlex.quote(value), False
    if value == told["SHIPWHEEL_JOB"]:
        return '"$SHIPWHEEL_JOB"', True
    told[variable] = value
    return f'"${variable}"', True


def _tier(pipeline: Pipeline) -> str:
    if pipeline.event is Event.RELEASE:
        return "release"
    return "${{ github.event_name == 'pull_request' && 'pr' || 'main' }}"


def _secrets(names: Iterable[str]) -> dict[str, str]:
    return {name: f"${{{{ secrets.{name} }}}}" for name in names}


def own_session(spread: Spread) -> Iterator[Step]:
    """Give the steps of a job of the user's: the Plan as a file, then their session or command."""
    own = spread.lane.own
    assert own is not None
    told = {"SHIPWHEEL_PLAN": PLAN_FILE}
    yield Step(
        name="Write the Plan",
        environment=told,
        run='shipwheel plan --json "$SHIPWHEEL_PLAN"',
    )
    yield Step(
        name=spread.lane.name,
        environment={**told, **own.environment, **_secrets(spread.lane.secrets)},
        run=own.run or f"{_NOX} {shlex.quote(own.session or '')}",
    )


def publishing(spread: Spread, pipeline: Pipeline, *options: str) -> Step:
    """Give the step that sends the release, or reads it back."""
    credentials: Mapping[str, str] = {}
    sends = spread.lane.kind is JobKind.PUBLISH
    why = ""
    if sends and pipeline.trusted:
        options += ("--trusted-publishing",)
        credentials = _secrets(spread.lane.secrets)
    elif sends or spread.lane.environment:
        credentials = _secrets(("TWINE_USERNAME", "TWINE_PASSWORD", *spread.lane.secrets))
        why = "has no trusted publishing" if sends else "may show its pages to nobody without them"
    return Step(
        name=spread.lane.name,
        environment=credentials,
        environment_why=why and f"{pipeline.index} {why}",
        folder=spread.of("directory"),
        run=" ".join(("shipwheel publish --release", RELEASE_FILE, *options)),
    )
