"""Rendered files beside those on disk: read, judged, and written where that takes nothing from anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from shipwheel.errors import ConfigurationError
from shipwheel.files import write_bytes
from shipwheel.rendering.bots import has_actions
from shipwheel.rendering.drift import Comparison, compare
from shipwheel.rendering.generated import header_of, is_ours, with_block
from shipwheel.rendering.lint import problems
from shipwheel.rendering.pins import bumps, highest
from shipwheel.rendering.rendered import Drift, RenderedFile, Verdict

Action = Literal["written", "unchanged", "pending", "refused", "yours"]
_FOLDERS = (".github/workflows", ".gitlab")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered file, the text on disk (None where there is none), and what is said of the two."""

    comparison: Comparison
    verdict: Verdict

    @property
    def file(self) -> RenderedFile:
        """Give the file as it should be."""
        return self.comparison.file


def judge(
    root: Path, files: Iterable[RenderedFile], *, source: str, unmanaged: tuple[str, ...] = ()
) -> tuple[Judged, ...]:
    """Compare every rendered file with the one on disk; what a bot moved is kept.

    Raises ConfigurationError for a path that leads out of the repository or is a folder.
    """
    listed = tuple(files)
    texts = {file.path: read_text(root, file.path) for file in listed}
    moved = [
        pin
        for file in listed
        for pin in bumps(file.body, texts[file.path] or "")
        if file.kind == "github"
    ]
    pins = highest(moved)
    return tuple(
        _judged(file, texts[file.path], unmanaged, source=source, pins=pins) for file in listed
    )


def _judged(
    file: RenderedFile, text: str | None, unmanaged: tuple[str, ...], **how: object
) -> Judged:
    comparison = Comparison(file=file, existing=text, **how)  # type: ignore[arg-type]
    if file.path in unmanaged:
        verdict = _of_theirs(file, text)
    elif text is not None and file.kind == "dependabot" and not is_ours(text) and has_actions(text):
        message = "it is yours, and moves the actions too"
        verdict = Verdict(path=file.path, drifts=(Drift.UNMANAGED,), message=message)
    else:
        verdict = compare(comparison)
    return Judged(comparison=comparison, verdict=verdict)


def _of_theirs(file: RenderedFile, text: str | None) -> Verdict:
    """Give the verdict on a file that the user keeps: it is theirs, and has to be sound all the same."""
    if text is None:
        told = ["it is yours, and not there"]
    else:
        told = ["it is yours: shipwheel does not write it", *problems(file.path, text)]
    faulty = len(told) > 1
    return Verdict(
        path=file.path,
        drifts=(Drift.UNMANAGED, *([Drift.EDITED] if faulty else [])),
        message="; ".join(told),
        mend="pin every action to a commit: owner/action@COMMIT # vX.Y.Z" if faulty else "",
    )


def left_over(root: Path, files: Iterable[RenderedFile]) -> Iterator[Verdict]:
    """Say which files of ours lie where workflows lie and are rendered no more: they would still run."""
    known = {file.path for file in files}
    for folder in _FOLDERS:
        for path in sorted((root / folder).glob("*.y*ml")):
            name = f"{folder}/{path.name}"
            if name in known or not path.is_file():
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            if header_of(text) is not None:
                yield Verdict(
                    path=name,
                    drifts=(Drift.PROJECT,),
                    message="shipwheel wrote it, and does no more",
                    mend=f"remove it: git rm {name}",
                )


def action_for(judged: Judged, *, writes: bool, overwrite: bool) -> Action:
    """Decide what is done with a file: a hand's edits are overwritten on demand alone, a user's file never."""
    drifts = set(judged.verdict.drifts)
    if Drift.UNMANAGED in drifts:
        return "yours"
    if judged.verdict.ok:
        return "unchanged"
    if drifts & {Drift.FOREIGN, Drift.TOOL_OLDER} or (Drift.EDITED in drifts and not overwrite):
        return "refused"
    return "written" if writes else "pending"


def write(root: Path, judged: Judged) -> None:
    """Write a file aside and rename it; of a file of the user's, our lines alone are changed.

    Raises ConfigurationError where our lines' place in it cannot be told.
    """
    path, wanted = root / judged.file.path, judged.comparison.wanted
    if judged.file.role == "block" and path.is_file():
        try:
            wanted = with_block(_strict(path), wanted)
        except ValueError as error:
            raise ConfigurationError(
                str(error),
                where=judged.file.path,
                hint="take out the lines from `# >>> shipwheel` to `# <<< shipwheel`, and render again",
            ) from error
    write_bytes(path.resolve(), wanted.encode("utf-8"))  # a link stays one


def read_text(root: Path, name: str) -> str | None:
    """Give a file's text with its own line ends, None where there is none; what is no UTF-8 is replaced.

    Raises ConfigurationError for a folder, and for a link that leads nowhere or out of the repository.
    """
    path = root / name
    _check_folders(root, path)
    if not path.exists() and not path.is_symlink():
        return None
    real = _real(path)
    if real is None or not real.is_file() or not real.is_relative_to(root.resolve()):
        raise ConfigurationError(
            "it is no file of this repository",
            where=name,
            hint="shipwheel writes a file there: move this away, or name it in"
            " [tool.shipwheel.ci] unmanaged",
        )
    return path.read_bytes().decode("utf-8", "replace")


def _check_folders(root: Path, path: Path) -> None:
    """Refuse a folder on the way to a file that is none, or a link that leads out of the repository."""
    for folder in reversed(path.relative_to(root).parents[:-1]):
        at = root / folder
        if not at.exists() and not at.is_symlink():
            return
        real = _real(at)
        if real is None or not real.is_dir() or not real.is_relative_to(root.resolve()):
            raise ConfigurationError(
                "it is no folder of this repository",
                where=folder.as_posix(),
                hint="shipwheel writes files there: move this away",
            )


def _real(path: Path) -> Path | None:
    """Give where links lead in the end; None where they lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # RuntimeError: before Python 3.13
        return None


def _strict(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "it is not UTF-8, and lines of ours belong into it",
            where=str(path),
            hint='save it as UTF-8, or keep it: [tool.shipwheel.ci] unmanaged = [".gitattributes"]',
        ) from error
