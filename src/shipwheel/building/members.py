"""Which files of a tree an sdist may be made from: what git knows, and what a build put into packages.

Without git, everything but what tools leave behind. These files alone are staged for the backend, and
these alone are hashed, so that nothing else can reach the sdist.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from shipwheel.errors import MachineError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.project.listing import TOOL_FOLDERS, ask_git, parse_listing, walk

_JUNK_FOLDERS = TOOL_FOLDERS | {".hatch", ".idea", "htmlcov", ".ipynb_checkpoints"}
_JUNK_FILES = re.compile(
    r"""
    \.py[co]$ | ~$ | \.(orig|rej|swp)$
    | (^|/)(\.coverage(\..*)?|\.DS_Store|Thumbs\.db|junit[^/]*\.xml)$
    | ^dist/ | ^build/(lib|bdist|temp)
    """,
    re.VERBOSE,
)
# what is ignored by git and made by a build in place: never a source
_BUILT = re.compile(r"\.(so|pyd|dll|dylib|o|obj|a|lib|log|egg)$")
_METADATA = re.compile(r"(^|/)[^/]*\.(egg|dist)-info/")


def list_members(
    root: Path, packages: Iterable[str] = (), *, emit: Emit = silent
) -> tuple[str, ...]:
    """Give the relative paths (with `/`) of the files and links, sorted.

    With git: what it tracks and is there, what it neither tracks nor ignores, and of the ignored ones
    those that lie in the folders `packages` (a version file, compiled translations: a plain build
    takes them too) unless a build in place made them. Raises MachineError where git refuses the tree.
    """
    known = _git_listing(root, "--cached", "--others", "--exclude-standard", emit=emit)
    if known is None or not _covers(root, known):
        return tuple(sorted(walk(root, is_junk)))
    _tell_unreadable(known, emit)
    tracked = [path for tag, path in known if tag != "?"]
    others = [path for tag, path in known if tag == "?" and _is_source(path)]
    folders = tuple(f"{folder.strip('/')}/" for folder in packages if folder.strip("/."))
    ignored = _ignored(root, folders) if folders else []
    return tuple(sorted(set(_expanded(root, [*tracked, *others, *ignored]))))


def _tell_unreadable(known: list[tuple[str, str]], emit: Emit) -> None:
    """Say which names are no text: neither archive could hold them."""
    for _tag, path in known:
        if "\N{REPLACEMENT CHARACTER}" in path:
            emit(Warned(f"left out, its name is not UTF-8: {path}", hint="rename it"))


def is_junk(path: str) -> bool:
    """Say whether a path that nobody tracks is something that a tool left behind."""
    return not _JUNK_FOLDERS.isdisjoint(path.split("/")[:-1]) or bool(_JUNK_FILES.search(path))


def _is_source(path: str) -> bool:
    """Say whether a path that git does not track may be a source: an earlier build's metadata is none."""
    return not is_junk(path) and not _METADATA.search(path)


def _git_listing(root: Path, *which: str, emit: Emit = silent) -> list[tuple[str, str]] | None:
    """Ask git for paths below the root; None where there is no git or this is no repository of its."""
    done = ask_git(root, *which)
    if done is None:
        if (root / ".git").exists():
            emit(Notice("git is not there: the whole folder is taken for the project"))
        return None
    if done.ok:
        return list(parse_listing(done.output))
    check_refusal(root, done.output)
    return None


def check_refusal(root: Path, output: str) -> None:
    """Raise MachineError where git said that the tree is another user's."""
    if "dubious ownership" not in output and "safe.directory" not in output:
        return
    raise MachineError(
        "git refuses to read the project: it belongs to another user",
        where=str(root),
        evidence=output.strip().splitlines()[0],
        hint=f'git config --global --add safe.directory "{root.as_posix()}"\n'
        "or give the folder to yourself (tar unpacks with --no-same-owner)",
    )


def _covers(root: Path, known: list[tuple[str, str]]) -> bool:
    """Say whether git knows this project: not so for a copy that lies ignored in another repository."""
    paths = {path for _tag, path in known}
    names = ("pyproject.toml", "setup.py", "setup.cfg")
    there = [name for name in names if (root / name).is_file()]
    return bool(paths) and (not there or any(name in paths for name in there))


def _ignored(root: Path, folders: tuple[str, ...]) -> list[str]:
    listed = _git_listing(root, "--others", "--ignored", "--exclude-standard", "--", *folders)
    paths = [path for _tag, path in listed or ()]
    return [path for path in paths if _is_source(path) and not _BUILT.search(path)]


def _expanded(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """Replace submodules and nested repositories by their files; leave out what is not there."""
    for path in paths:
        full = os.path.join(root, path)  # noqa: PTH118 - called for every file
        if os.path.isdir(full) and not os.path.islink(full):  # noqa: PTH112,PTH114
            folder = path.rstrip("/")
            yield from (f"{folder}/{inner}" for inner in walk(Path(full), is_junk))
        elif os.path.lexists(full):
            yield path
