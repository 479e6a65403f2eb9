"""What the jobs that build say and note of a file that they made."""

from __future__ import annotations

from shipwheel.building.built import Built
from shipwheel.sessions.jobrun import JobRun


def add_made(run: JobRun, built: Built) -> None:
    """Note in the run's record a file that it made."""
    run.tools.update(built.tools)
    run.made.append(built.as_made())
    run.notes.extend(built.notes)


def outcome(built: Built) -> str:
    """Say what came of a build: the file, and whether it was there already."""
    more = "unchanged" if built.reused else "; ".join(built.notes)
    return f"{built.path.name} ({more})" if more else built.path.name
