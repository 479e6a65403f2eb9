"""Make the transcripts of the pages about dependencies by running: `python docs/dependency_transcripts.py [NAME…]`.

Each runs in a fresh copy of a project below `tests/projects/`, committed to git, and goes to
`transcripts/deps-NAME.txt`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from transcripts import HERE, ROOT, commit, write


class Transcript(NamedTuple):
    """The commands that a person types one after the other in a copy of a project of `tests/projects/`."""

    project: str
    commands: tuple[str, ...]


# in the order of the pages
TRANSCRIPTS: dict[str, Transcript] = {
    "api": Transcript("api-shrunk", ("shipwheel deps api --against 2.0.0",)),
}


def write_transcripts(names: list[str]) -> None:
    """Run the transcripts of these names, all where none is given."""
    for name, each in TRANSCRIPTS.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            project = Path(scratch) / each.project
            shutil.copytree(ROOT / "tests" / "projects" / each.project, project)
            commit(project)
            for number, command in enumerate(each.commands):
                write(HERE / "transcripts", f"deps-{name}", command, project, more=number > 0)


if __name__ == "__main__":
    write_transcripts(sys.argv[1:])
