"""Which files of a tree are staged: what git tracks or would track, or all but junk where no git is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from shipwheel.project.listing import TOOL_FOLDERS, ask_git, parse_listing, walk

_JUNK_PATHS = re.compile(
    r"""
    (^|/)build/(lib|lib\.[^/]*|bdist\.[^/]*|temp\.[^/]*)/   # setuptools' copies of the packages
    | ^dist/[^/]+\.(whl|tar\.gz|zip)$
    | (^|/)\.coverage(\.[^/]*)?$
    | (^|/)junit[^/]*\.xml$
    """,
    re.VERBOSE,
)
# tests shall see the installed wheel's metadata; deeper ones are test data
_METADATA = re.compile(r"^((src|lib|python)/)?[^/]+\.(egg-info|dist-info|egg-link)(/|$)")
_REGISTERS = re.compile(
    r"import nox, shipwheel|import (nox|shipwheel)|from __future__ import annotations"
    r"|shipwheel\.register\(nox\b.*\)"
)


def staged_files(root: Path) -> tuple[str, ...]:
    """Give the tree's files (and links) as relative paths with `/`, sorted.

    What git tracks and what it neither tracks nor ignores; files in a submodule that is there too.
    Without git, or where git knows nothing of the folder, everything but junk.
    """
    paths = _git_files(root) or tuple(walk(root, is_junk))
    environments = tuple(path[: -len("pyvenv.cfg")] for path in paths if _is_environment(path))
    return tuple(
        sorted(
            {
                path
                for path in paths
                if not path.startswith((".shipwheel/", *environments)) and not _METADATA.match(path)
            }
        )
    )


def drives_only_us(noxfile: str) -> bool:
    """Say whether a noxfile's text does nothing but register our sessions.

    Such a file is how the tests are started, not one of their inputs: a doctest run over the root would
    import it, where nox is not installed.
    """
    code = [line for line in noxfile.splitlines() if line.strip() and not line.startswith("#")]
    return bool(code) and all(_REGISTERS.fullmatch(line.strip()) for line in code)


def is_junk(path: str) -> bool:
    """Say whether a path that nobody tracks is something that a tool left in the tree."""
    return not TOOL_FOLDERS.isdisjoint(path.split("/")[:-1]) or bool(_JUNK_PATHS.search(path))


def _is_environment(path: str) -> bool:
    return path.endswith("/pyvenv.cfg")


def _git_files(root: Path) -> tuple[str, ...]:
    done = ask_git(root, "--cached", "--others", "--exclude-standard")
    return tuple(_expand(root, git_entries(done.output))) if done and done.ok else ()


def git_entries(output: str) -> Iterator[str]:
    """Give the paths of `git ls-files -z -t` that are tracked or no junk."""
    for tag, path in parse_listing(output):
        if tag != "?" or not is_junk(path):
            yield path


def _expand(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """Replace a submodule by its files, and leave out what is tracked but not there."""
    for path in paths:
        full = os.path.join(root, path)  # noqa: PTH118 - called for every file
        if os.path.islink(full):  # noqa: PTH114
            yield path
        elif os.path.isdir(full):  # noqa: PTH112
            folder = path.rstrip("/")  # git marks an untracked repository so
            if os.path.lexists(os.path.join(full, ".git")):  # noqa: PTH118
                yield from (f"{folder}/{inner}" for inner in _git_files(Path(full)))
        elif os.path.exists(full):  # noqa: PTH110
            yield path
