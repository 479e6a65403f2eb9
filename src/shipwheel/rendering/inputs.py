"""What a project says that its workflows are made from, as one digest: a change of it is the project's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from shipwheel.files import digest_of
from shipwheel.project.facts import Project, Runner
from shipwheel.project.pyproject import PYPROJECT, parse_toml
from shipwheel.project.tree import Tree
from shipwheel.rendering.member import Member
from shipwheel.rendering.repository import Repository


def inputs_of(repository: Repository) -> str:
    """Give the hex digest of everything in the project's own files that decides what is rendered.

    Where the tool comes from by default is its own version, and no decision of the project's.
    """
    ci = msgspec.to_builtins(repository.ci)
    del ci["unmanaged"]  # says who writes a file, not what stands in it
    if ci["audit"] is None:  # a key that came later changes nobody's files
        del ci["audit"]
    parts: list[Any] = [ci, repository.source]
    parts += [_of(member, repository.root) for member in repository.members]
    return digest_of(msgspec.json.encode(parts, order="sorted"))


def _of(member: Member, root: Path) -> dict[str, Any]:
    project, config = member.project, member.project.config
    # a key that came later changes nobody's files
    locked = {"locked": True} if member.locked else {}
    return locked | {
        "member": [member.name, member.directory, member.siblings],
        "name": project.name.value,
        "kind": [project.kind.value, project.abi3_floor],
        "pythons": [project.requires_python.value, project.pythons.value, config.pythons],
        "allowed": config.allow_failure,
        "platforms": [config.wheels.platforms, config.test.platforms],
        "tests": [project.test.runner.value is Runner.NONE, project.test.coverage.value],
        "checks": [
            None if fact.value is None else fact.value.installs_project
            for fact in (project.lint, project.type, project.docs)
        ],
        "index": [config.publish.index, msgspec.to_builtins(config.index)],
        "cibuildwheel": _cibuildwheel(project, root),
    }


def _cibuildwheel(project: Project, root: Path) -> Any:
    """Give cibuildwheel's own table: it decides which wheels there are."""
    text = Tree(project.root or root).read(PYPROJECT)
    if text is None or "cibuildwheel" not in text:
        return None
    return parse_toml(text, PYPROJECT).get("tool", {}).get("cibuildwheel")
