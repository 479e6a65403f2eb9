"""What a project requires at run time, as an index knows it."""

from __future__ import annotations

from collections.abc import Mapping

from shipwheel.project.facts import Project
from shipwheel.project.layout import find_root
from shipwheel.project.names import requirement_name
from shipwheel.project.siblings import own_name
from shipwheel.sessions.context import Opened
from shipwheel.sessions.members import open_packages


def run_time_requirements(opened: Opened) -> tuple[str, ...]:
    """Give a project's run-time requirements (PEP 508); for packages of its repository, what those require."""
    return requirements_of(opened.project, others_of(opened))


def requirements_of(project: Project, others: Mapping[str, Project]) -> tuple[str, ...]:
    """Give a project's run-time requirements; in place of a package of its repository, what that requires."""
    found: list[str] = []
    seen = {own_name(project)}
    queue = list(project.dependencies.value)
    while queue:
        text = queue.pop(0)
        name = requirement_name(text) or ""
        if name not in others:
            found.append(text)
        elif name not in seen:
            seen.add(name)
            queue += others[name].dependencies.value
    return tuple(dict.fromkeys(found))


def others_of(opened: Opened) -> dict[str, Project]:
    """Give the other packages of a project's repository by their normalized names."""
    root = find_root(opened.workspace.root)
    packages = open_packages(root) if root is not None else None
    if packages is None or packages.at(opened.workspace.root) is None:
        return {}
    return {own_name(each.project): each.project for each in packages.every}
