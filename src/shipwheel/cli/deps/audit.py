"""`shipwheel deps audit`."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from shipwheel.cli.call import Call, report_option, write_report
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.console.reports.advisories import audit_sarif, proposal
from shipwheel.deps.audit.answer import Audit
from shipwheel.events import Emit
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.audit import AUDIT, ask, folder_of, mend_locks


@click.command()
@report_option("--sarif", "The advisories as SARIF 2.1.0, to FILE.")
@report_option(
    "--mend", "Write the upgrades into the locks, and what they mend, as Markdown, to FILE."
)
@report_options
@click.pass_obj
def audit(
    call: Call,
    /,
    *,
    sarif_file: str | None,
    mend_file: str | None,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Show which locked version an advisory names, and the smallest upgrade that mends it.

    Every group's lock is looked at, and what uv resolves now for a group that has none. Exits with 1
    where an advisory that is not ignored names what is locked, with 3 where the service is out of reach.
    """
    found: list[tuple[str, Audit]] = []
    moved: list[str] = []

    def asking(opened: Opened, words: Sequence[str], emit: Emit) -> Audit:
        answer = ask(opened, words, emit)
        found.append((folder_of(opened.workspace.root), answer))
        if mend_file is not None:
            moved.extend(mend_locks(opened, answer, emit))
        return answer

    asked = msgspec.structs.replace(AUDIT, ask=asking)
    code = answered(call, asked, json_file=json_file, html_file=html_file)
    if sarif_file is not None:
        write_report(sarif_file, audit_sarif(found).encode())
    if mend_file is not None:
        write_report(mend_file, proposal([each for _folder, each in found], moved).encode())
    return code
