"""What git says of the tree that a release is made from."""

from __future__ import annotations

from pathlib import Path

from shipwheel.errors import MachineError
from shipwheel.process import run
from shipwheel.publishing.release import Commit

# what builds leave behind is no change of the project, whether it is ignored or not
_BUILT = (
    ":(exclude)dist",
    ":(exclude)build",
    ":(exclude).nox",
    ":(exclude,glob)**/*.egg-info/**",
    ":(exclude,glob)**/__pycache__/**",  # nox imports the noxfile
)
_SHOWN = 5  # changed paths that are named
_LIMIT = 60.0  # seconds


def read_commit(root: Path, *, tag: str | None = None) -> Commit | None:
    """Give the checked-out commit of a project, None where git knows none there.

    `tag` is what CI says was pushed: a checkout need not have fetched it. One that git knows at another
    commit does not count.

    Untracked files count as a change where git does not ignore them: a build can pick them up. What
    builds themselves leave there does not.
    """
    head = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if head is None:
        return None
    status = _git(root, "status", "--porcelain", "--untracked-files=all", "--", ".", *_BUILT)
    changed = (status or "").splitlines()
    tags = (_git(root, "tag", "--points-at", "HEAD") or "").split()
    if tag is not None and tag not in tags and _points_at(root, tag) in {None, head.strip()}:
        tags.append(tag)
    return Commit(
        id=head.strip(),
        dirty=bool(changed),
        tags=tuple(tags),
        changed=tuple(line[3:] for line in changed[:_SHOWN]),
    )


def built_from(root: Path) -> str | None:
    """Give the commit as a build's record names it, `+dirty` behind it where the tree differs from it.

    The gate holds it against the commit of the release: what was built before the last commit, or with
    changes that were taken back since, is not that commit's.
    """
    commit = read_commit(root)
    if commit is None:
        return None
    return f"{commit.id}+dirty" if commit.dirty else commit.id


def _points_at(root: Path, tag: str) -> str | None:
    found = _git(root, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}")
    return found.strip() if found is not None else None


def _git(root: Path, *args: str) -> str | None:
    try:
        completed = run(["git", *args], cwd=root, timeout=_LIMIT)
    except MachineError:
        return None
    return completed.output if completed.ok else None
