"""What a project requires at run time, as an index knows it."""

from __future__ import annotations

from shipwheel.project.facts import Project
from shipwheel.project.layout import find_root
from shipwheel.project.siblings import index_requirements, own_name
from shipwheel.sessions.context import Opened
from shipwheel.sessions.members import open_packages


def run_time_requirements(opened: Opened) -> tuple[str, ...]:
    """Give a project's run-time requirements (PEP 508); for packages of its repository, what those require."""
    project = opened.project
    return index_requirements(project, project.dependencies.value, others_of(opened))


def others_of(opened: Opened) -> dict[str, Project]:
    """Give the other packages of a project's repository by their normalized names."""
    root = find_root(opened.workspace.root)
    packages = open_packages(root) if root is not None else None
    if packages is None or packages.at(opened.workspace.root) is None:
        return {}
    return {own_name(each.project): each.project for each in packages.every}
