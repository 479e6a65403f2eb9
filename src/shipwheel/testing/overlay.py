"""The overlay: a staged copy of the tree whose packages hold the wheel's files alone."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from shipwheel.errors import MachineError
from shipwheel.machine.environment import Environment
from shipwheel.project.facts import Project, Runner
from shipwheel.testing.hook import proof_folder
from shipwheel.testing.installed import WheelFiles, read_wheel_files
from shipwheel.testing.layout import OverlayPlan, Place, find_places, plan_overlay
from shipwheel.testing.listing import drives_only_us, staged_files
from shipwheel.testing.pytest_options import pytest_addopts
from shipwheel.testing.requirements import measures_coverage
from shipwheel.workspace import Workspace, job_stem

_AT_ONCE = 1 << 20  # bytes of a file that is copied in one piece
_BINARY = getattr(os, "O_BINARY", 0)  # Windows


class Overlay(msgspec.Struct, frozen=True):
    """A staged tree.

    `root` is its folder and `tree` the checkout it was made from; `placed` maps paths in it to the
    wheel's, relative to site-packages; `copies` says that these are copies, not links. `places` are the
    project's packages; `proofs` is where processes note what they imported.
    """

    root: Path
    tree: Path
    placed: Mapping[str, str]
    copies: bool
    places: tuple[Place, ...]
    proofs: Path
    names: tuple[str, ...]
    stubs: bool = False
    copied: int = 0


def project_names(project: Project, wheel: WheelFiles) -> tuple[str, ...]:
    """Give the project's import names, those of the facts and those of the wheel."""
    declared = (each.name for each in project.packages.value if not each.stubs)
    return tuple(sorted({*declared, *wheel.names}))


def stage_overlay(
    workspace: Workspace,
    project: Project,
    job_id: str,
    environment: Environment,
    wheel: Path,
    *,
    copies: bool | None = None,
    files: tuple[str, ...] | None = None,
) -> Overlay:
    """Make the overlay of a job anew, in `.shipwheel/overlay/`.

    `copies` puts copies of the installed files where links would stand: always on Windows, and by
    default where coverage is measured, which follows links and would count files of site-packages.
    `files` is `staged_files(root)` where that is known already. Raises MachineError where files cannot
    be written.
    """
    held = read_wheel_files(wheel)
    tree = Path(project.root)
    root = workspace.overlays / job_stem(job_id)
    listed = _inputs(tree, staged_files(tree) if files is None else files)
    declared = [(each.name, _real(tree, each.path)) for each in project.packages.value if each.path]
    places = find_places(declared, held.names, listed, held.files)
    plan = plan_overlay(listed, held.files, places, _test_paths(project))
    as_copies = sys.platform == "win32" or measures_coverage(project) if copies is None else copies
    try:
        remove_overlay(workspace, job_id)
        _stage(tree, root, plan, environment.site_packages, copies=as_copies)
        if project.test.runner.value is Runner.PYTEST:
            _end_search(root)
    except OSError as error:
        raise MachineError(
            "the tests' copy of the tree cannot be made",
            where=str(root),
            evidence=str(error),
            hint="look for room on the disk and for files that may not be read",
        ) from error
    return Overlay(
        root=root,
        tree=tree,
        placed=plan.placed,
        copies=as_copies,
        places=places,
        proofs=proof_folder(workspace, job_id),
        names=project_names(project, held),
        stubs=held.stubs or _all_stubs(project),
        copied=len(plan.copied),
    )


def _inputs(tree: Path, listed: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out a noxfile that only starts the tests."""
    if "noxfile.py" not in listed:
        return listed
    try:
        text = (tree / "noxfile.py").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return listed
    return tuple(each for each in listed if each != "noxfile.py" or not drives_only_us(text))


def remove_overlay(workspace: Workspace, job_id: str) -> None:
    """Remove a job's overlay and nothing else: links are taken away, not followed."""
    root = workspace.overlays / job_stem(job_id)
    if root.is_symlink() or root.is_file():
        root.unlink()
    elif root.exists():
        if sys.version_info >= (3, 12):
            shutil.rmtree(root, onexc=_unlock)
        else:
            shutil.rmtree(root, onerror=_unlock)


def _unlock(_function: Callable[[str], object], path: str, _error: object) -> None:
    """Make what a test left read-only removable, and try again."""
    for each in (os.path.dirname(path), path):  # noqa: PTH120
        if not os.path.islink(each):  # noqa: PTH114
            os.chmod(each, stat.S_IRWXU)  # noqa: PTH101
    if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
        shutil.rmtree(path)
    else:
        os.unlink(path)  # noqa: PTH108


def _test_paths(project: Project) -> tuple[str, ...]:
    return (*project.test.paths.value, *(project.config.test.paths or ()))


def _all_stubs(project: Project) -> bool:
    packages = project.packages.value
    return bool(packages) and all(each.stubs for each in packages)


def _real(tree: Path, path: str) -> str:
    """Give a package's path with links inside the tree resolved: its files lie there."""
    full = (tree / path).resolve()
    base = tree.resolve()
    return full.relative_to(base).as_posix() if full.is_relative_to(base) else path


def _stage(tree: Path, root: Path, plan: OverlayPlan, site_packages: Path, *, copies: bool) -> None:
    source, target, site = str(tree), str(root), str(site_packages)
    root.mkdir(parents=True)
    for folder in _folders((*plan.copied, *plan.placed)):
        os.mkdir(os.path.join(target, folder))  # noqa: PTH102, PTH118
    umask = 0o777 & ~stat.S_IMODE(root.stat().st_mode)
    for path in plan.copied:
        _copy(source, target, path, umask)
    for path, inside in plan.placed.items():
        origin = os.path.join(site, inside)  # noqa: PTH118
        if copies:
            shutil.copy2(origin, os.path.join(target, path))  # noqa: PTH118
        else:
            os.symlink(origin, os.path.join(target, path))  # noqa: PTH118, PTH211


def _folders(paths: Iterable[str]) -> list[str]:
    """Give every folder that the paths need, outer ones first."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(folders)


def _copy(tree: str, root: str, path: str, umask: int) -> None:
    """Copy a file with its mode; a link stays one. What is neither (a socket) is left out.

    Few system calls: this runs for every file of the tree before each test run.
    """
    source = os.path.join(tree, path)  # noqa: PTH118
    target = os.path.join(root, path)  # noqa: PTH118
    found = os.lstat(source)
    mode = stat.S_IMODE(found.st_mode)
    if stat.S_ISLNK(found.st_mode):
        _copy_link(tree, source, target)
    elif stat.S_ISREG(found.st_mode):
        if found.st_size <= _AT_ONCE:
            _copy_small(source, target, mode)
        else:
            shutil.copyfile(source, target)
            umask = 0o777
        if mode & umask:
            os.chmod(target, mode)  # noqa: PTH101


def _copy_small(source: str, target: str, mode: int) -> None:
    with open(source, "rb", buffering=0) as file:  # noqa: PTH123
        data = file.read()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        while data:
            data = data[os.write(handle, data) :]
    finally:
        os.close(handle)


def _copy_link(tree: str, source: str, target: str) -> None:
    """Put a link as it is where it stays inside the tree, else one to where it really leads.

    An absolute link into the tree becomes relative: tests shall not get at the checkout through it.
    """
    text = os.readlink(source)  # noqa: PTH115
    leads_to = os.path.normpath(os.path.join(os.path.dirname(source), text))  # noqa: PTH118, PTH120
    inside = leads_to == tree or leads_to.startswith(tree + os.sep)
    if not inside:
        text = leads_to
    elif os.path.isabs(text):  # noqa: PTH117
        text = os.path.relpath(leads_to, os.path.dirname(source))  # noqa: PTH120
    try:
        os.symlink(text, target)  # noqa: PTH211
    except OSError:
        # Windows without the right to make links: a file can be copied, a folder is left out
        if os.path.isfile(source):  # noqa: PTH113
            shutil.copy2(source, target)


def _end_search(root: Path) -> None:
    """Keep pytest's search for a configuration from leaving the overlay, which lies in the checkout.

    Where the project has none, an empty `pytest.ini` is what pytest takes as the root's.
    """
    if pytest_addopts(root) is None:
        (root / "pytest.ini").write_text(
            "# put here by shipwheel: the project configures nothing for pytest\n[pytest]\n",
            encoding="utf-8",
        )
