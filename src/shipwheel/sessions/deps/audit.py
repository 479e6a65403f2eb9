"""`audit`: which locked versions an advisory names, and the smallest upgrade that mends each."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from shipwheel.console.dependencies.audit import audit_section
from shipwheel.console.reports.advisories import audit_sarif, tell_ci
from shipwheel.deps.audit.answer import Audit, Ignored
from shipwheel.deps.audit.applying import apply_mends
from shipwheel.deps.audit.asking import Asking, audit
from shipwheel.deps.audit.ignoring import ignoring
from shipwheel.deps.audit.service import OSV
from shipwheel.deps.lock.resolving import Asked as Resolving
from shipwheel.deps.lock.wanted import Wanted
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit
from shipwheel.files import write_text
from shipwheel.project.config import DepsConfig
from shipwheel.project.layout import find_root
from shipwheel.redaction import redact
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.lock import cutoff_of, python_of, wanted_of
from shipwheel.sessions.jobrun import JobRun

SARIF = "--sarif"
_TABLE = "[tool.shipwheel.deps]"


def run(run: JobRun) -> Audit:
    """Ask, and show the table; `--sarif FILE` also writes it as SARIF.

    Raises JobError where an advisory that counts names what is locked.
    """
    return answer_in_session(run, AUDIT)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Audit:
    """Audit a project's locks.

    Raises ConfigurationError for words that it does not know, or a service that is no address.
    """
    sarif = sarif_file(words)
    found = audit(asking_of(opened), emit)
    if sarif is not None:
        place = opened.workspace.root / sarif
        place.parent.mkdir(parents=True, exist_ok=True)
        write_text(place, audit_sarif([(folder_of(opened.workspace.root), found)]))
    return found


def asking_of(opened: Opened) -> Asking:
    """Give the question for a project: its declarations, its settings, and today."""
    project, settings = opened.project, opened.project.config.deps
    now = dt.datetime.now(dt.UTC)
    wanted = wanted_of(opened)
    return Asking(
        project=project.name.value,
        root=opened.workspace.root,
        declared={each.name: _lines(each, opened.workspace.root) for each in wanted},
        requires_python=project.requires_python.value or "",
        service=service_of(settings),
        ignoring=ignoring(ignored_by(settings), now.date()),
        cache=opened.workspace.cache / "advisories.json",
        now=now,
        cutoff=cutoff_of(opened),
        patch=f"{opened.package}:patch" if opened.package else "patch",
    )


def mend_locks(opened: Opened, found: Audit, emit: Emit) -> tuple[str, ...]:
    """Write the upgrades that were found into the project's locks, and name those that changed."""
    asked = Resolving(
        root=opened.workspace.root, python=python_of(opened), cutoff=cutoff_of(opened), emit=emit
    )
    return apply_mends(found, wanted_of(opened), asked)


def sarif_file(words: Sequence[str]) -> str | None:
    """Read the words behind `--`: `--sarif FILE`, or nothing; raises ConfigurationError."""
    if not words:
        return None
    if len(words) == 2 and words[0] == SARIF:
        return words[1]
    raise ConfigurationError(
        f"audit does not know {' '.join(words)!r}",
        where="the words behind `--`",
        hint=f"`nox -s audit`, or `nox -s audit -- {SARIF} FILE`",
    )


def ignored_by(settings: DepsConfig) -> tuple[Ignored, ...]:
    """Give the entries of `ignore-advisories`; raises ConfigurationError for one without a reason."""
    found = []
    for id_, entry in settings.ignore_advisories.items():
        reason = entry if isinstance(entry, str) else entry.reason
        until = None if isinstance(entry, str) or entry.until is None else entry.until.isoformat()
        if not reason.strip():
            raise ConfigurationError(
                f"{id_} is ignored without a reason",
                where=f"{_TABLE} ignore-advisories",
                hint=f'say why: {{ "{id_}" = "the function that it is about is never called" }}',
            )
        found.append(Ignored(id=id_, reason=reason, until=until))
    return tuple(found)


def service_of(settings: DepsConfig) -> str:
    """Give the advisory service's address; raises ConfigurationError for what is none."""
    service = settings.audit_service
    if service is None:
        return OSV
    try:
        parts = urlsplit(service)
        web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        web = False
    if not web:
        raise ConfigurationError(
            f"{redact(service)!r} is no address of an advisory service",
            where=f"{_TABLE} audit-service",
            hint=f'a URL, before its /v1/querybatch: audit-service = "{OSV}"',
        )
    return service


def _lines(wanted: Wanted, root: Path) -> tuple[str, ...]:
    """Give a lock's requirements; those that stand in a file are read by uv from there."""
    return wanted.requirements or (
        (f"-r {(root / wanted.file).as_posix()}",) if wanted.file else ()
    )


def folder_of(root: Path) -> str:
    """Give a package's folder in its repository, `.` for the repository itself."""
    above = find_root(root)
    return root.relative_to(above).as_posix() if above is not None else "."


def _failure(found: Audit, kept: str) -> JobError:
    bad = [each for each in found.vulnerable if each.advisories]
    tell_ci(found, sys.stdout)
    names = ", ".join(dict.fromkeys(f"{each.name} {each.version}" for each in bad))
    commands = [each.mend.command for each in bad if each.mend and each.mend.command]
    return JobError(
        f"advisories name {names}",
        where=kept,
        hint="\n".join(commands)
        or "an advisory that cannot harm this project is ignored, with the"
        f" reason, by {_TABLE} ignore-advisories",
    )


AUDIT = Asked("audit", ask, audit_section, _failure)
