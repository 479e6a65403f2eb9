"""Make the transcripts of the pages about dependencies by running: `python docs/dependency_transcripts.py [NAME…]`.

Each runs in a fresh copy of a project below `tests/projects/`, committed to git, and goes to
`transcripts/deps-NAME.txt`.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from transcripts import HERE, ROOT, commit, write

_PORT = 8713


class Transcript(NamedTuple):
    """The commands that a person types one after the other in a copy of a project of `tests/projects/`."""

    project: str
    commands: tuple[str, ...]
    advisories: bool = False  # it asks the tests' stand-in for OSV, which nobody here could reach


# in the order of the pages
TRANSCRIPTS: dict[str, Transcript] = {
    "lock": Transcript(
        "lock-groups",
        (
            "shipwheel deps lock",
            "sed -i s/colorama/tzdata/ pyproject.toml",
            "shipwheel deps lock --check",
        ),
    ),
    "patch": Transcript(
        "vulnerable-lock", ("shipwheel deps patch urllib3==1.26.20 --python 3.12",)
    ),
    "audit": Transcript("vulnerable-lock", ("shipwheel deps audit",), advisories=True),
    "floors": Transcript("floors-found", ("shipwheel deps floors",)),
    "conflicts": Transcript("pinned-apart", ("shipwheel deps conflicts",)),
    "graph": Transcript("graph-tangled", ("shipwheel deps graph",)),
    "production": Transcript("production-shop", ("shipwheel deps production",)),
    "profile": Transcript("production-shop", ("shipwheel deps profile",)),
    "readiness": Transcript("readiness-old", ("shipwheel deps readiness 3.15 win_amd64",)),
    "api": Transcript("api-shrunk", ("shipwheel deps api --against 2.0.0",)),
    "adopt": Transcript(
        "adopted",
        (
            "uv venv -q .venv",
            "uv pip install -q -p .venv jinja2==3.1.3 packaging==23.2 more-itertools==10.2.0 ruff==0.6.9",
            "shipwheel deps adopt",
        ),
    ),
}


def write_transcripts(names: list[str]) -> None:
    """Run the transcripts of these names, all where none is given."""
    for name, each in TRANSCRIPTS.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            project = Path(scratch) / each.project
            shutil.copytree(ROOT / "tests" / "projects" / each.project, project)
            with _advisories(project) if each.advisories else contextlib.nullcontext():
                commit(project)
                for number, command in enumerate(each.commands):
                    write(HERE / "transcripts", f"deps-{name}", command, project, more=number > 0)


@contextlib.contextmanager
def _advisories(project: Path) -> Iterator[None]:
    """Let a project ask the stand-in, on a port of its own that stays the same in the transcript."""
    sys.path.insert(0, str(ROOT / "tests" / "harness"))
    from advisories import Advisories, serving  # noqa: PLC0415

    with serving(Advisories(), _PORT) as url:
        with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[tool.shipwheel.deps]\naudit-service = "{url}"\n')
        yield


if __name__ == "__main__":
    write_transcripts(sys.argv[1:])
