"""Where a release comes from: plan, records, verification, hashes, commit and tools, in one file.

It is a record, not a proof: nobody signs it. The proof that others can check is the attestation of each
file (PEP 740).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from shipwheel import __version__
from shipwheel.dists.manifest import Maker, Manifest
from shipwheel.dists.record import FileRef, Record
from shipwheel.files import to_json, write_bytes
from shipwheel.planning.plan import Plan
from shipwheel.publishing.release import Commit, Release, ReleasedFile
from shipwheel.verification.report import Finding, Report

PROVENANCE = "provenance.json"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The CI run in which the release was judged, as the provider's variables name it.

    `workflow` is the file with the ref that it was read from; `trigger` the event.
    """

    provider: str
    url: str
    workflow: str = ""
    attempt: str = ""
    trigger: str = ""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """A file and where it comes from.

    `job` made it, with `tools`, on `python` and `platform`, from the files in `made_from`; the jobs in
    `tested_by` have tested these very bytes.
    """

    id: str
    filename: str
    sha256: str
    size: int
    builder: str
    job: str | None = None
    python: str | None = None
    platform: str | None = None
    started: str = ""
    tools: dict[str, str] = {}
    made_from: tuple[FileRef, ...] = ()
    tested_by: tuple[str, ...] = ()


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What verification came to: each rule's outcomes, counted, and every finding that stands."""

    ok: bool
    rules: dict[str, dict[str, int]]
    findings: tuple[Finding, ...] = ()
    ignored: dict[str, str] = {}


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a release. `made` is UTC in ISO 8601; `exceptions` are the gate's, with reasons."""

    schema: int = 1
    project: str
    version: str
    made: str
    shipwheel: str
    commit: Commit | None
    run: Run | None
    files: tuple[Origin, ...]
    verification: Checked | None
    exceptions: dict[str, str] = {}
    plan: Plan
    records: tuple[Record, ...]


def provenance_of(
    release: Release,
    plan: Plan,
    manifest: Manifest,
    report: Report | None,
    environ: Mapping[str, str],
) -> Provenance:
    """Give the record of a release that the gate has passed. Pure: `environ` is the job's environment."""
    return Provenance(
        project=release.project,
        version=release.version,
        made=release.made,
        shipwheel=__version__,
        commit=release.commit,
        run=run_of(environ),
        files=tuple(_origin(file, manifest) for file in release.in_order),
        verification=_checked(report) if report is not None else None,
        exceptions=release.exceptions,
        plan=plan,
        records=manifest.records,
    )


def write_provenance(folder: Path, provenance: Provenance) -> Path:
    """Write `provenance.json` into a folder, aside and renamed, and give its path."""
    path = folder / PROVENANCE
    write_bytes(path, to_json(provenance))
    return path


def run_of(environ: Mapping[str, str]) -> Run | None:
    """Give the CI run that a job's variables name, None outside of GitHub and GitLab.

    https://docs.github.com/actions/reference/workflows-and-actions/variables and
    https://docs.gitlab.com/ci/variables/predefined_variables/.
    """
    if environ.get("GITHUB_RUN_ID"):
        server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY")
        return Run(
            provider="github",
            url=f"{server}/{repository}/actions/runs/{environ['GITHUB_RUN_ID']}",
            workflow=environ.get("GITHUB_WORKFLOW_REF", ""),
            attempt=environ.get("GITHUB_RUN_ATTEMPT", ""),
            trigger=environ.get("GITHUB_EVENT_NAME", ""),
        )
    if environ.get("CI_PIPELINE_URL"):
        return Run(
            provider="gitlab",
            url=environ["CI_PIPELINE_URL"],
            workflow=environ.get("CI_CONFIG_PATH", ""),
            trigger=environ.get("CI_PIPELINE_SOURCE", ""),
        )
    return None


def _origin(file: ReleasedFile, manifest: Manifest) -> Origin:
    maker = _maker(file, manifest)
    record = manifest.record(maker.job) if maker is not None else None
    origin = Origin(
        id=file.id,
        filename=file.filename,
        sha256=file.sha256,
        size=file.size,
        builder=file.builder,
        tested_by=manifest.tested(file.sha256),
    )
    if record is None:
        return origin
    return msgspec.structs.replace(
        origin,
        job=record.job,
        python=record.python_version or record.python,
        platform=record.platform,
        started=record.started,
        tools=record.tools,
        made_from=record.consumed,
    )


def _maker(file: ReleasedFile, manifest: Manifest) -> Maker | None:
    """Give the maker that the gate took: of these bytes, by this builder, as this file of the Plan."""
    makers = manifest.makers(file.id, builder=file.builder)
    return next((each for each in makers if each.made.sha256 == file.sha256), None)


def _checked(report: Report) -> Checked:
    return Checked(
        ok=report.ok,
        rules={rule: dict(counts) for rule, counts in _outcomes(report)},
        findings=report.findings,
        ignored=report.ignored,
    )


def _outcomes(report: Report) -> Iterator[tuple[str, Counter[str]]]:
    counted: dict[str, Counter[str]] = {}
    for check in report.checks:
        counted.setdefault(check.id, Counter())[check.status.value] += 1
    yield from sorted(counted.items())
