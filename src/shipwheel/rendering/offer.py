"""`shipwheel.render`: the workflows of a repository written, or compared with what they should be."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel.data.ageing import runner_notices
from shipwheel.errors import ConfigurationError, ShipwheelError
from shipwheel.events import Emit, silent
from shipwheel.rendering.bots import extends_preset, preset_line, preset_path, renovate_config
from shipwheel.rendering.kept import files_of
from shipwheel.rendering.lock import judge_lock
from shipwheel.rendering.rendered import Drift, RenderedFile, Verdict
from shipwheel.rendering.repository import Repository, open_repository
from shipwheel.rendering.tool import extras_for, tool_of
from shipwheel.rendering.write import Action, Judged, action_for, judge, left_over, write


class FileState(msgspec.Struct, frozen=True, kw_only=True):
    """A file and what became of it: why it differs, the unified diff to what it should be, and the mend.

    `action` is `written`, `unchanged`, `pending` (it would be written), `refused` (it is not touched), or
    `yours` (it is not ours to write).
    """

    path: str
    action: Action
    drifts: tuple[Drift, ...]
    message: str = ""
    mend: str = ""
    diff: str = ""


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """What `render` found and did. `ok`: what was asked for is so; `notices` are worth knowing."""

    schema: int = 1
    ok: bool
    written: bool
    files: tuple[FileState, ...]
    notices: tuple[str, ...] = ()


def render(
    root: Path | str = ".",
    *,
    check: bool = False,
    lock: bool = False,
    overwrite: bool = False,
    emit: Emit = silent,
) -> Rendering:
    """Write the workflows of the repository in `root`, and give what became of each file.

    `check` writes nothing. `lock` resolves the tools' lock too, which needs an index. `overwrite` takes
    back what was edited by hand; a file that shipwheel did not write is never overwritten. Raises
    ConfigurationError where there is no project or its needs in CI cannot be met, ShipwheelError where
    a newer shipwheel wrote a file.
    """
    repository = open_repository(Path(root))
    return render_repository(
        repository, check=check, lock=lock and not check, overwrite=overwrite, emit=emit
    )


def render_repository(
    repository: Repository,
    *,
    check: bool,
    lock: bool = False,
    overwrite: bool = False,
    emit: Emit = silent,
) -> Rendering:
    """Do what `render` does for a repository that is open."""
    files = files_of(repository)
    _check_unmanaged(repository, files)
    judged = judge(
        repository.root, files, source=repository.source, unmanaged=repository.ci.unmanaged
    )
    if not check:
        _check_age(judged)
    states = [_settle(each, repository.root, check=check, overwrite=overwrite) for each in judged]
    states += [_state(each, "refused") for each in left_over(repository.root, files)]
    states += _lock(repository, lock=lock, emit=emit)
    undone = (
        {"pending", "refused"} if check else {"refused"}
    )  # what writes says what lock is missing
    done = not any(each.action in undone for each in states)
    faulty = any(each.action == "yours" and len(each.drifts) > 1 for each in states)
    return Rendering(
        ok=done and not faulty,
        written=not check,
        files=tuple(states),
        notices=tuple(_notices(repository)),
    )


def _settle(judged: Judged, root: Path, *, check: bool, overwrite: bool) -> FileState:
    action = action_for(judged, writes=not check, overwrite=overwrite)
    if action == "written":
        write(root, judged)
    return _state(judged.verdict, action)


def _state(verdict: Verdict, action: Action) -> FileState:
    return FileState(
        path=verdict.path,
        action=action,
        drifts=verdict.drifts,
        message=verdict.message,
        mend=verdict.mend,
        diff=verdict.diff,
    )


def _lock(repository: Repository, *, lock: bool, emit: Emit) -> list[FileState]:
    if not repository.ci.providers:
        return []
    project = repository.members[0].project
    extras = extras_for(repository.members, repository.catalog)
    tool = tool_of(project, repository.catalog, repository.ci.providers[0], extras)
    if lock:
        from shipwheel.rendering.resolve import write_lock  # noqa: PLC0415 - starts a process

        write_lock(repository.root, tool, project, emit=emit)
    verdict = judge_lock(repository.root, tool, project)
    if not verdict.ok:
        return [_state(verdict, "pending")]
    return [_state(verdict, "written" if lock else "unchanged")]


def _check_age(judged: tuple[Judged, ...]) -> None:
    """Refuse to write anything where a newer shipwheel wrote: half a repository would be of each."""
    newer = [each.verdict for each in judged if Drift.TOOL_OLDER in each.verdict.drifts]
    if newer:
        raise ShipwheelError(
            "a newer shipwheel wrote these files: nothing is written",
            where=", ".join(each.path for each in newer),
            evidence="\n".join(dict.fromkeys(each.message for each in newer)),
            hint="upgrade shipwheel, or remove the files and render them anew",
            reference="drift",
        )


def _check_unmanaged(repository: Repository, files: tuple[RenderedFile, ...]) -> None:
    known = [file.path for file in files]
    for path in repository.ci.unmanaged:
        if path not in known:
            near = difflib.get_close_matches(path, known, n=1, cutoff=0.5)
            raise ConfigurationError(
                f"{path!r} is no file that shipwheel would write",
                where=f"{repository.source} [tool.shipwheel.ci] unmanaged",
                hint=f"did you mean {near[0]!r}?" if near else f"it writes {', '.join(known)}",
            )


def _notices(repository: Repository) -> Iterator[str]:
    """Say what the files do not: where they have to lie, and what stands beside them."""
    root = repository.root
    top = checkout_of(root)
    if top is not None and top != root:
        yield (
            f"the repository's root is {top}: a provider reads workflows there alone;"
            f" {rendered_from(top, root)}"
        )
    if (root / ".github/workflows/actions.lock").is_file():
        yield (
            ".github/workflows/actions.lock is GitHub's own lock of actions:"
            " let GitHub's command line write it again after a change of the workflows"
        )
    own = renovate_config(root)
    if own is not None and repository.ci.providers:
        provider = repository.ci.providers[0]
        if not extends_preset(own.read_text(encoding="utf-8", errors="replace")):
            yield (
                f"{own.relative_to(root).as_posix()} is yours: let it extend {preset_path(provider)}:"
                f" {preset_line(provider, 'OWNER/REPOSITORY')}"
            )
    own_jobs = (job.runner for job in repository.ci.jobs.values() if job.runner)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    yield from runner_notices(own_jobs, repository.catalog, today)
    yield from dict.fromkeys(
        notice
        for member in repository.members
        for notice in member.plan.notices
        if notice not in member.project.notes
    )


def rendered_from(top: Path, root: Path) -> str:
    """Say how the workflows of a project in `root` are written to the checkout's `top`."""
    whole = (top / "pyproject.toml").is_file()
    table = "pyproject.toml ([tool.shipwheel.workspace]" if whole else "shipwheel.toml ([workspace]"
    inner = root.relative_to(top).as_posix()
    return (
        f'name this folder in its {table} members = ["{inner}"]), then `shipwheel -C {top} render`'
    )


def checkout_of(root: Path) -> Path | None:
    """Give the top of the git checkout that `root` lies in."""
    return next((each for each in (root, *root.parents) if (each / ".git").exists()), None)
