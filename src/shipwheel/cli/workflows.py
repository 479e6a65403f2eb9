"""What `init` and `doctor` say of the workflows: written where nobody has any, told where somebody has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel.errors import ShipwheelError
from shipwheel.machine.diagnosis import Diagnosis
from shipwheel.rendering.generated import is_ours
from shipwheel.rendering.offer import FileState, Rendering, checkout_of, render, rendered_from
from shipwheel.rendering.rendered import Drift

_RENDER = "`shipwheel render` writes them"


class Workflows(msgspec.Struct, frozen=True, kw_only=True):
    """The workflow files that `init` wrote, or why it wrote none."""

    files: tuple[FileState, ...] = ()
    reason: str = ""
    notices: tuple[str, ...] = ()


def init_workflows(root: Path, *, dry_run: bool) -> Workflows:
    """Write the workflows of a repository that has none; else say what there is, and write nothing."""
    reason = _reason(root)
    if reason:
        return Workflows(reason=reason)
    try:
        found = render(root, check=dry_run)
    except ShipwheelError as error:
        hint = f": {error.hint}" if error.hint else ""
        return Workflows(reason=f"{error.what}{hint}")
    return Workflows(files=found.files, notices=found.notices)


def workflow_rows(root: Path) -> Iterator[Diagnosis]:
    """Judge a repository's workflows for `doctor`: drift, files that are not ours to write, the tools' lock."""
    try:
        found = render(root, check=True)
    except ShipwheelError as error:
        yield _notice("workflows", error.what, error.hint or "")
        return
    if not found.files:
        return
    if _none_written(found):
        yield _notice("workflows", "not written", _RENDER)
        return
    strange = [each for each in found.files if each.action != "unchanged"]
    for each in strange:
        drifts = ", ".join(each.drifts)
        yield _notice(each.path, f"{drifts}: {each.message}", each.mend.split("\n")[0])
    if not strange:
        detail = f"{len(found.files)} files, as they should be"
        yield Diagnosis(what="workflows", state="ok", detail=detail)


def _none_written(found: Rendering) -> bool:
    return all(set(each.drifts) & {Drift.ABSENT, Drift.LOCK} for each in found.files)


def _reason(root: Path) -> str:
    top = checkout_of(root)
    if top is None:
        return f"there is no git repository yet: {_RENDER} once there is"
    if top != root:
        return f"the repository's root is {top}, where workflows belong: {rendered_from(top, root)}"
    own = _own(root)
    if own:
        return (
            f"there is CI of your own ({', '.join(own)}): `shipwheel render` writes ours beside it"
        )
    return ""


def _own(root: Path) -> list[str]:
    """Give the workflows that somebody wrote: beside those, a second release would be one too many."""
    paths = [*sorted((root / ".github" / "workflows").glob("*.y*ml")), root / ".gitlab-ci.yml"]
    return [
        path.relative_to(root).as_posix()
        for path in paths
        if path.is_file() and not is_ours(path.read_text(encoding="utf-8", errors="replace"))
    ]


def _notice(what: str, detail: str, mend: str) -> Diagnosis:
    return Diagnosis(what=what, state="notice", detail=detail, mend=mend)
