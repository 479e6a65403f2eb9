"""What the package's root offers beside `register`: the Plan and the release of a project, as calls."""

from __future__ import annotations

from pathlib import Path

from shipwheel.events import Emit, silent
from shipwheel.planning.plan import Plan
from shipwheel.publishing.publication import Publication
from shipwheel.sessions.context import open_project
from shipwheel.sessions.publish import publish_project


def plan(root: Path | str = ".", *, emit: Emit = silent) -> Plan:
    """Give the Plan of the project in `root`.

    Raises ConfigurationError where there is no project, or its configuration is wrong.
    """
    return open_project(Path(root), emit=emit).plan


def publish(
    root: Path | str = ".", *, to: str | None = None, dry_run: bool = False, emit: Emit = silent
) -> Publication:
    """Judge `dist/` of the project in `root` and bring the index `to` to exactly that release.

    `to` is a name or a URL, the default the configured index. Raises Refused with every reason against
    the release, Unfinished for what stops the upload.
    """
    return publish_project(open_project(Path(root), emit=emit), to=to, dry_run=dry_run, emit=emit)
