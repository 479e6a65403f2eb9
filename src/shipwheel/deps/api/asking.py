"""The project's tree against a release: fetched, laid out, read by a process of its own, judged."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.deps.api.answer import Api, Compared, Deprecation, Task
from shipwheel.deps.api.deprecations import is_due
from shipwheel.deps.api.numbering import numbering
from shipwheel.deps.api.releases import Released, choose, fetch, files_on_indexes
from shipwheel.deps.api.staging import in_tree, stage_sdist, stage_tree, stage_wheel
from shipwheel.deps.sources import configured_sources
from shipwheel.errors import JobError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.files import write_bytes
from shipwheel.project.facts import Package
from shipwheel.project.names import normalize

_STEP = "api"
_SECONDS = 300  # numpy's two versions take 25


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """The project as it is now: its name, its version where it can be read, its packages in `root`.

    `wheel` is one that was built of it: it is read where the tree has no sources (made by the build).
    """

    name: str
    version: str
    packages: tuple[Package, ...]
    root: Path
    wheel: Path | None = None


def api(tree: Tree, *, against: str = "", emit: Emit = silent) -> Api:
    """Compare a tree's public API with its newest final release, or with the release `against`.

    Nothing of either is imported. Raises MachineError where the index is out of reach, ConfigurationError
    for a version that was never released, ArchiveError for a release that cannot be unpacked, JobError
    for sources that griffe cannot read within its bounds.
    """
    started = time.perf_counter()
    emit(StepStarted(_STEP, f"{tree.name}: its public API and its last release"))
    with tempfile.TemporaryDirectory(prefix="shipwheel-api-") as name:
        folder = Path(name)
        _stage_now(tree, folder / "now")
        release = _fetched(tree, against, folder, emit)
        packages = tuple(each.name for each in tree.packages if not each.stubs)
        if release is not None:
            packages = _stage_release(tree, release, folder, packages)
        compared = _read(tree.name, folder, packages)
    seconds = time.perf_counter() - started
    found = judged(tree, release, compared, round(seconds, 2))
    said = (
        f"{len(found.breaking)} of {len(found.changes)} changes break" if release else "no release"
    )
    emit(StepDone(_STEP, seconds, said))
    return found


def judged(tree: Tree, release: Released | None, compared: Compared, seconds: float) -> Api:
    """Judge what was found: against a release by its number, without one by nothing."""
    deprecated = tuple(_placed(tree, each) for each in compared.deprecated)
    if release is None:
        return Api(project=tree.name, ok=True, version=tree.version, deprecated=deprecated,
                   unread=compared.unread, seconds=seconds)  # fmt: skip
    number = numbering(
        str(release.version),
        tree.version,
        breaks=any(each.breaks for each in compared.changes),
        adds=bool(compared.added),
        uploaded=release.file.uploaded,
    )
    return Api(
        project=tree.name,
        ok=number.tells and not compared.unread,
        version=tree.version,
        against=str(release.version),
        file=release.file.filename,
        numbering=number,
        changes=tuple(
            msgspec.structs.replace(each, file=in_tree(tree.packages, each.file))
            for each in compared.changes
        ),
        added=tuple(
            msgspec.structs.replace(each, file=in_tree(tree.packages, each.file))
            for each in compared.added
        ),
        deprecated=deprecated,
        unread=compared.unread,
        seconds=seconds,
    )


def _placed(tree: Tree, found: Deprecation) -> Deprecation:
    return msgspec.structs.replace(
        found,
        file=in_tree(tree.packages, found.file),
        due=is_due(found.removal, tree.version),
    )


def _fetched(tree: Tree, against: str, folder: Path, emit: Emit) -> Released | None:
    found = files_on_indexes(configured_sources(tree.root, emit), normalize(tree.name))
    try:
        release = choose((file for _index, file in found), tree.name, against)
        if release is not None:
            fetch(found[0][0], release.file, folder)
    finally:
        for index, _file in found[:1]:
            index.close()
    return release


def _stage_now(tree: Tree, into: Path) -> None:
    stage_tree(tree.root, tree.packages, into)
    if not into.is_dir() and tree.wheel is not None:
        stage_wheel(tree.wheel, into)
    if not into.is_dir():
        raise JobError(
            f"{tree.name} has no Python sources in the tree, and no wheel was built",
            where=str(tree.root),
            hint="run `nox -s build`, or say in [tool.shipwheel] packages where the sources lie",
        )


def _stage_release(
    tree: Tree, release: Released, folder: Path, packages: tuple[str, ...]
) -> tuple[str, ...]:
    """Lay the release out; give the names to compare: the tree's, and those that only the release has."""
    path, into = folder / release.file.filename, folder / "old"
    if not path.name.endswith(".whl"):
        stage_sdist(path, into, tree.packages, folder / "unpacked")
        return packages
    names = [each for each in stage_wheel(path, into) if not each.endswith("-stubs")]
    public = [each for each in names if not each.startswith("_") and each not in {"tests", "test"}]
    gone = [each for each in public if not any(_holds(own, each) for own in packages)]
    return (*packages, *gone)


def _holds(own: str, name: str) -> bool:
    return f"{name}.".startswith(f"{own}.") or f"{own}.".startswith(f"{name}.")


def _read(name: str, folder: Path, packages: tuple[str, ...]) -> Compared:
    for each in ("old", "now"):
        (folder / each).mkdir(exist_ok=True)
    old = folder / "old"
    task = Task(
        old=str(old) if any(old.iterdir()) else "", new=str(folder / "now"), packages=packages
    )
    asked, answer = folder / "task.json", folder / "answer.json"
    write_bytes(asked, msgspec.json.encode(task))
    command = (sys.executable, "-P", "-m", "shipwheel.deps.api.reader", asked, answer)
    done = process.run(command, cwd=folder, env={**os.environ}, timeout=_SECONDS)
    if done.ok and answer.is_file():
        return msgspec.json.decode(answer.read_bytes(), type=Compared)
    slow = done.returncode == process.TIMED_OUT
    raise JobError(
        f"the sources of {name} cannot be read" + (f" in {_SECONDS} seconds" if slow else ""),
        where="shipwheel deps api",
        evidence=done.tail(5),
        hint="a source that is made by a program may be nested too deeply; leave its package out with"
        " [tool.shipwheel] packages",
    )
