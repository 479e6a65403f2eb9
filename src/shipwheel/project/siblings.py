"""The packages of one repository that need each other: who needs whom, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from shipwheel.project.facts import Project
from shipwheel.project.names import names_of, normalize, requirement_name


def own_name(project: Project) -> str:
    """Give the name of a member as sessions and files have it (PEP 503)."""
    return normalize(project.name.value)


def index_requirements(
    project: Project, texts: Iterable[str], others: Mapping[str, Project]
) -> tuple[str, ...]:
    """Give requirements of a project as an index knows them (PEP 508).

    In the place of a package of its repository (`others`, by normalized name) stands what that requires at
    run time; what names the project itself is left out.
    """
    found: list[str] = []
    seen = {own_name(project)}
    queue = list(texts)
    while queue:
        text = queue.pop(0)
        name = requirement_name(text) or ""
        if name in seen:
            continue
        if name not in others:
            found.append(text)
        else:
            seen.add(name)
            queue += others[name].dependencies.value
    return tuple(dict.fromkeys(found))


def direct_siblings(project: Project, known: Collection[str]) -> tuple[str, ...]:
    """Give which of the `known` packages a project names: for itself, an extra, its tests or tools."""
    groups = [*project.extras.value.values(), *project.groups.value.values()]
    tools = (project.lint.value, project.type.value, project.docs.value)
    groups += [facts.requirements for facts in tools if facts is not None]
    groups += [project.test.requirements.value, project.config.test.requires]
    return _named([project.dependencies.value, *groups], project, known)


def siblings_of(projects: Sequence[Project]) -> dict[str, tuple[str, ...]]:
    """Give for each package by name the others that its environments may hold, built from here.

    What it names itself, and what those bring along.
    """
    known = [own_name(each) for each in projects]
    brought = {own_name(each): _brought(each, known) for each in projects}
    return {
        own_name(each): _closed(own_name(each), direct_siblings(each, known), brought)
        for each in projects
    }


def in_order(projects: Sequence[Project]) -> tuple[Project, ...]:
    """Give the packages so that each comes behind those that it needs.

    In a circle, which installers allow, the order that was given decides.
    """
    known = {own_name(each): each for each in projects}
    needs = {name: _brought(each, known) for name, each in known.items()}
    ordered: list[str] = []

    def put(name: str, above: frozenset[str]) -> None:
        for need in needs[name]:
            if need not in above and need not in ordered:
                put(need, above | {name})
        if name not in ordered:
            ordered.append(name)

    for name in known:
        put(name, frozenset({name}))
    return tuple(known[name] for name in ordered)


def _brought(project: Project, known: Collection[str]) -> tuple[str, ...]:
    """Give what comes along where the package is installed, extras and all."""
    extras = project.extras.value.values()
    return _named([project.dependencies.value, *extras], project, known)


def _named(
    groups: Sequence[Sequence[str]], project: Project, known: Collection[str]
) -> tuple[str, ...]:
    named = names_of(line for group in groups for line in group)
    return tuple(name for name in known if name in named and name != own_name(project))


def _closed(
    name: str, first: Sequence[str], brought: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    found: list[str] = []
    queue = list(first)
    while queue:
        each = queue.pop(0)
        if each not in found and each != name:
            found.append(each)
            queue += brought[each]
    return tuple(found)
