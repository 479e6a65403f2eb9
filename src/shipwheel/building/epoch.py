"""The one time that everything built from a tree carries: SOURCE_DATE_EPOCH, else the commit's.

https://reproducible-builds.org/specs/source-date-epoch/
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shipwheel import process
from shipwheel.building.repository import Repository
from shipwheel.errors import MachineError

# of a fixed, legal time for every archive; 1980-01-01 is still 1979 west of Greenwich
NO_COMMIT_EPOCH = 315619200


def told_epoch(environ: Mapping[str, str]) -> int | None:
    """Give the user's SOURCE_DATE_EPOCH in seconds, None where it is not set or no number."""
    told = environ.get("SOURCE_DATE_EPOCH", "")
    return int(told) if told.isascii() and told.isdigit() else None


def source_epoch(root: Path, environ: Mapping[str, str], repository: Repository | None) -> int:
    """Give the time of all that is built from a tree, in seconds.

    SOURCE_DATE_EPOCH where the user has set it; else the committer's time of the last commit, in a
    folder below the repository's top that of the last one that changed it. A tree with changes that
    are not committed has the time of the commit that they are upon; one without a commit 1980-01-02.
    """
    told = told_epoch(environ)
    if told is not None:
        return told
    if repository is not None:
        below = ["--", "."] if root != repository.top else []
        try:
            done = process.run(["git", "log", "-1", "--format=%ct", *below], cwd=root)
        except MachineError:  # no git: then no commit's time
            return NO_COMMIT_EPOCH
        if done.ok and done.output.strip().isdigit():
            return max(int(done.output.strip()), NO_COMMIT_EPOCH)
    return NO_COMMIT_EPOCH


def epoch_mark(root: Path, environ: Mapping[str, str], repository: Repository | None) -> str:
    """Give what changes whenever `source_epoch` does, for a digest: the id of HEAD where files tell it.

    Asked each time nox starts: in an ordinary checkout no process is needed for it.
    """
    if told_epoch(environ) is None and repository is not None and root == repository.top:
        head = repository.head()
        if head is not None:
            return head
    return str(source_epoch(root, environ, repository))
