"""`verify`: the local scope's set, archives and wheel-only install."""

from __future__ import annotations

from shipwheel.console.reports.html import to_html
from shipwheel.console.tables import report_lines
from shipwheel.dists.manifest import load_manifest
from shipwheel.dists.record import FileRef, Proof
from shipwheel.errors import JobError
from shipwheel.events import Notice
from shipwheel.files import write_bytes, write_text
from shipwheel.planning.job import Scope
from shipwheel.sessions.jobrun import JobRun
from shipwheel.verification.report import Level, Report
from shipwheel.verification.run import verify


def run(run: JobRun) -> None:
    """Verify `dist/` against the Plan's local scope; the Report goes to `.shipwheel/verify.json`.

    Raises JobError where a finding is an error (with `-- --strict` also a warning).
    """
    pass
