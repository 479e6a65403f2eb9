"""The graph of one project: its modules, what it requires, and where the two do not fit."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from shipwheel.data.private_names import private_names
from shipwheel.deps.graph.answer import Arrow, Graph, Mismatch, is_ok
from shipwheel.deps.graph.declared import Declared, ask_deptry
from shipwheel.deps.graph.environment import Filled, filled
from shipwheel.deps.graph.foreign import privates
from shipwheel.deps.graph.found_circles import (
    distribution_circles,
    module_circles,
    package_circles,
)
from shipwheel.deps.graph.installed import Installed, reached, read_installed, requirement_arrows
from shipwheel.deps.graph.mismatches import World, judged, vendored
from shipwheel.deps.graph.own import Own, import_arrows, loaded, read_own
from shipwheel.errors import MachineError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Kind, Project
from shipwheel.project.names import normalize, requirement_name
from shipwheel.project.siblings import index_requirements
from shipwheel.workspace import Workspace


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about.

    `others` are the packages of the same repository by normalized name: they are no index's, and lie beside the
    project. `interpreter` reads the markers; without one nothing is installed.
    """

    project: Project
    workspace: Workspace
    interpreter: Interpreter | None
    others: Mapping[str, Project] = {}
    deptry: Mapping[str, Any] = {}


def graph(subject: Subject, emit: Emit = silent) -> Graph:
    """Find the circles, the undeclared and unused imports, and the private names of others."""
    started = time.perf_counter()
    root = Path(subject.project.root)
    packages = subject.project.packages.value
    with _step(emit, "modules", str(root)):
        own = read_own(root, packages)
        imports = import_arrows(root, packages, own)
    required = _required(subject, emit)
    with _step(emit, "imports", "against what is declared"):
        mismatches, unsaid = _mismatches(subject, own, required)
    name = normalize(subject.project.name.value)
    circles = (
        *module_circles(imports),
        *package_circles(imports, own.modules),
        *distribution_circles(required.arrows, {name}),
    )
    _check_asked(required, ok=is_ok(circles, mismatches))
    brought = {top for each in required.installed.values() for top in each.modules}
    return Graph(
        project=subject.project.name.value,
        ok=is_ok(circles, mismatches),
        modules=tuple(own.modules),
        imports=imports,
        distributions=tuple(
            sorted({n for each in required.arrows for n in (each.source, each.target)})
        ),
        requirements=required.arrows,
        circles=circles,
        mismatches=mismatches,
        privates=privates(own, _tops(subject), brought, required.filled.folders),
        incomplete=(*_unread(own), *required.filled.incomplete, *unsaid),
        seconds=time.perf_counter() - started,
    )


def _check_asked(required: _Required, *, ok: bool) -> None:
    """Raise where all is well only because the requirements could not be had: nobody may take that for an answer."""
    if ok and required.run_time and required.filled.used is None and required.filled.incomplete:
        raise MachineError(
            "nobody knows what is undeclared: the requirements could not be installed",
            where="shipwheel deps graph",
            evidence="\n".join(required.filled.incomplete),
            hint="mend that and ask again; no circle was found",
        )


class _Required(msgspec.Struct, frozen=True, kw_only=True):
    """What is required, by where it stands, and what of it is installed."""

    run_time: dict[str, str]  # PEP 508 text: where
    optional: dict[str, str]
    development: dict[str, str]
    filled: Filled
    installed: dict[str, Installed]
    arrows: tuple[Arrow, ...]


def _required(subject: Subject, emit: Emit) -> _Required:
    project = subject.project
    run_time = dict.fromkeys(project.dependencies.value, project.dependencies.origin)
    optional, development = _extras(project)
    used = index_requirements(project, run_time, subject.others)
    more = index_requirements(project, (*optional, *development), subject.others)
    known = Filled(used=None, incomplete=("no Python of the Plan is here: nothing was installed",))
    if subject.interpreter is not None:
        known = filled(subject.workspace, subject.interpreter, used, more, emit)
    installed = read_installed(known.folders) | _beside(subject)
    version = subject.interpreter.version if subject.interpreter else "3.12.0"
    arrows = requirement_arrows(normalize(project.name.value), tuple(run_time), installed, version)
    return _Required(
        run_time=run_time,
        optional=optional,
        development=development,
        filled=known,
        installed=installed,
        arrows=arrows,
    )


def _extras(project: Project) -> tuple[dict[str, str], dict[str, str]]:
    """Give what extras for users and what those for development and groups require, each with where it stands."""
    own = normalize(project.name.value)
    words = private_names().development
    optional: dict[str, str] = {}
    development: dict[str, str] = {}
    for name, texts in project.extras.value.items():
        chosen = development if normalize(name) in words else optional
        chosen |= dict.fromkeys((t for t in texts if requirement_name(t) != own), f"extra {name}")
    for name, texts in project.groups.value.items():
        development |= dict.fromkeys(
            (t for t in texts if requirement_name(t) != own), f"group {name}"
        )
    return optional, development


def _beside(subject: Subject) -> dict[str, Installed]:
    return {
        name: Installed(
            name=name,
            version=project.version.value or "",
            modules=frozenset(each.top for each in project.packages.value),
            requires=project.dependencies.value,
        )
        for name, project in subject.others.items()
        if name != normalize(subject.project.name.value)
    }


def _tops(subject: Subject) -> set[str]:
    return {each.top for each in subject.project.packages.value}


def _mismatches(
    subject: Subject, own: Own, required: _Required
) -> tuple[tuple[Mismatch, ...], tuple[str, ...]]:
    """Give what does not fit, or why that cannot be said."""
    project = subject.project
    if project.dependencies.weak:
        said = f"{project.dependencies.origin}: the requirements are computed, so nobody knows what is undeclared"
        return (), (said,)
    if not own.modules:
        return (), ("not asked: imports: no module of the project's own was found",)
    if required.run_time and required.filled.used is None:
        return (), (
            "not asked: undeclared and unused imports: without the requirements nobody knows which module is whose",
        )
    staged = {_staged(name, module.package): name for name, module in own.modules.items()}
    files = {path: own.modules[name].data for path, name in staged.items()}
    found = ask_deptry(_declared(subject, required), files)
    run_time, optional = _by_name(required.run_time), _by_name(required.optional)
    world = World(
        own=own,
        staged=staged,
        installed=required.installed,
        declared=optional | run_time,
        development=_by_name(required.development),
        through=_of_optional(optional, required.installed) | reached(run_time, required.arrows),
        entry_points=tuple(project.entry_points.value),
        tops=_tops(subject),
        vendored=vendored(own.modules),
        loaded=loaded(own, project.packages.value, _targets(project)),
        pure=project.kind.value is Kind.PURE,
    )
    return judged(found, world), ()


def _of_optional(optional: Iterable[str], known: Mapping[str, Installed]) -> dict[str, str]:
    """Give what the requirements of extras require, by name: they were installed alone."""
    return {
        required: name
        for name in optional
        if name in known
        for text in known[name].requires
        if (required := requirement_name(text)) and "extra" not in text.partition(";")[2]
    }


def _targets(project: Project) -> list[str]:
    points = project.entry_points.value
    return [
        target.partition(":")[0].strip()
        for group in ("console_scripts", "gui_scripts")
        for target in points.get(group, {}).values()
    ]


def _declared(subject: Subject, required: _Required) -> Declared:
    return Declared(
        name=subject.project.name.value,
        run_time=tuple(required.run_time),
        optional=tuple(required.optional),
        development=tuple(required.development),
        modules={name: tuple(sorted(each.modules)) for name, each in required.installed.items()},
        own=tuple(sorted(_tops(subject))),
        settings=subject.deptry,
    )


def _staged(name: str, package: bool) -> str:  # noqa: FBT001 - a module's own field
    return name.replace(".", "/") + ("/__init__.py" if package else ".py")


def _by_name(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: where for text, where in texts.items() if (name := requirement_name(text))}


def _unread(own: Own) -> tuple[str, ...]:
    if not own.unread:
        return ()
    more = f" and {len(own.unread) - 3} more" if len(own.unread) > 3 else ""
    return (f"not read, for this Python's parser refuses them: {', '.join(own.unread[:3])}{more}",)


@contextmanager
def _step(emit: Emit, name: str, detail: str) -> Iterator[None]:
    started = time.perf_counter()
    emit(StepStarted(name, detail))
    yield
    emit(StepDone(name, time.perf_counter() - started))
