"""The true inputs of an sdist, as one digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.building import members
from shipwheel.building.epoch import epoch_mark
from shipwheel.building.repository import Repository, find_repository
from shipwheel.events import Emit, silent
from shipwheel.files import digest_of
from shipwheel.project.facts import Project

_VERSION = "sdist/2"  # counted up when an sdist is made in another way
_DECIDE_VERSIONS = (
    "SETUPTOOLS_SCM_",
    "HATCH_VCS_",
    "PDM_BUILD_SCM_",
    "POETRY_DYNAMIC_VERSIONING_",
    "VERSIONINGIT_",
    "PBR_VERSION",
    "DUNAMAI_",
)
# `meson dist` packs HEAD: a change that is not committed would be left out, and nobody told
_PACK_COMMITS = frozenset({"mesonpy"})


class Inputs(msgspec.Struct, frozen=True):
    """What an sdist is made from: the members of the tree and a digest over all that decides.

    `repository` is None where the tree is no git checkout; `scm`: the version comes from it.
    `from_commit`: the backend packs what git has committed, not what lies in the folder.
    """

    root: Path
    paths: tuple[str, ...]
    digest: str
    repository: Repository | None
    scm: bool = False
    from_commit: bool = False

    @property
    def stageable(self) -> bool:
        """Say whether a copy of the members builds as the tree would; a submodule's has no tags."""
        return not (self.scm and self.repository is not None and self.repository.is_bound)


def read_inputs(
    project: Project, *, environ: Mapping[str, str] | None = None, emit: Emit = silent
) -> Inputs:
    """Hash the members (bytes, execute bit, link targets), their time and what else decides the version.

    The time is the commit's, so that the same files in another commit are another sdist: built anew
    from that commit, anywhere, it has the same bytes. Where the version comes from git: the description of HEAD, which holds nearest tag, distance and
    dirtiness, and the tags. Raises MachineError where git refuses the tree.
    """
    root = Path(project.root)
    packages = [package.path for package in project.packages.value]
    paths = members.list_members(root, packages, emit=emit)
    repository = find_repository(root)
    environ = os.environ if environ is None else environ
    parts = [_VERSION, *version_variables(environ), epoch_mark(root, environ, repository)]
    parts += member_digests(root, paths)
    from_git = project.scm_version or _asks_git(project, root)
    if from_git and repository is not None:
        parts += [_describe(root), *repository.tags()]
    from_commit = project.backend.value in _PACK_COMMITS and not from_git
    return Inputs(root, paths, digest_of(*parts), repository, project.scm_version, from_commit)


def _asks_git(project: Project, root: Path) -> bool:
    """Say whether Meson runs programs as it configures: a version from git is then its own matter."""
    path = root / "meson.build"
    if project.backend.value not in _PACK_COMMITS or not path.is_file():
        return False
    return "run_command" in path.read_text(encoding="utf-8", errors="replace")


def member_digests(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """Give one line a member: its path, whether it may be executed, and its content's hash."""
    for path in paths:
        full = os.path.join(root, path)  # noqa: PTH118 - called for every file
        if os.path.islink(full):  # noqa: PTH114
            yield f"{path}\0link\0{os.readlink(full)}"  # noqa: PTH115
            continue
        try:
            with open(full, "rb") as file:  # noqa: PTH123
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                executable = bool(os.fstat(file.fileno()).st_mode & 0o100) and os.name == "posix"
        except OSError as error:
            digest, executable = f"unreadable: {error.errno}", False
        yield f"{path}\0{'x' if executable else '-'}\0{digest}"


def version_variables(environ: Mapping[str, str]) -> list[str]:
    """Give the environment variables that decide versions or times, as `NAME=value`, sorted."""
    return sorted(
        f"{name}={value}"
        for name, value in environ.items()
        if name.startswith(_DECIDE_VERSIONS) or name == "SOURCE_DATE_EPOCH"
    )


def _describe(root: Path) -> str:
    command = ["git", "--no-optional-locks", "describe", "--always", "--long", "--dirty", "--tags"]
    return process.run([*command, "--abbrev=40"], cwd=root).output.strip()
