"""An audit for CI: SARIF for code scanning, annotations beside the lines of the locks, and the summary."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any, NamedTuple, TextIO
from urllib.parse import quote

from shipwheel.console.annotations import annotation
from shipwheel.console.dependencies.audit import audit_section, group_name
from shipwheel.console.markdown import append_summary, escaped, markdown
from shipwheel.console.terminal import look_of
from shipwheel.deps.audit.answer import Advisory, Audit, Mend, Place, Vulnerable
from shipwheel.files import digest_of

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# https://docs.github.com/actions/security-guides/automatic-token-authentication
_UNTRIED = (
    "What is proposed was resolved, and not tested: a change that a workflow's own token opens starts no"
    " other workflow. Close it and open it again, and the checks run."
)
_ANNOTATIONS = 10  # of a level and step; GitHub shows no more


class _Told(NamedTuple):
    """An advisory about a version at its places in one project's locks."""

    each: Vulnerable
    advisory: Advisory
    folder: str


def audit_sarif(found: Iterable[tuple[str, Audit]]) -> str:
    """Give audits as SARIF 2.1.0: a rule an advisory, a result an advisory and version.

    Each audit comes with its project's folder in the repository (`.` for that itself); a result stands
    at the package's lines of the locks, or at `pyproject.toml` where there is no lock.
    """
    told = [
        _Told(each, advisory, folder)
        for folder, audit in found
        for each in audit.vulnerable
        for advisory in each.advisories
    ]
    rules = {each.advisory.id: _rule(each.advisory) for each in told}
    order = {id_: number for number, id_ in enumerate(rules)}
    driver = {
        "name": "shipwheel audit",
        "version": version("shipwheel"),
        "rules": list(rules.values()),
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(each, order) for each in told],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def proposal(found: Iterable[Audit], moved: Sequence[str]) -> str:
    """Give the text of a change that moves locks, as Markdown: which, and what was found in each project."""
    named = ", ".join(f"`{escaped(each)}`" for each in dict.fromkeys(moved))
    head = f"Moved: {named}." if named else "No lock moved."
    sections = [audit_section(each) for each in found]
    parts = [markdown(each.title, each.tables) for each in sections]
    return "\n\n".join([head, _UNTRIED, *parts]) + "\n"


def tell_ci(found: Audit, stream: TextIO) -> None:
    """In a GitHub job, lift what was found beside the locks' lines, and put the whole into its summary."""
    if not look_of(stream).github:
        return
    stream.writelines(f"{line}\n" for line in annotation_lines(found))
    stream.flush()
    section = audit_section(found)
    append_summary(markdown(section.title, section.tables))


def annotation_lines(found: Audit) -> Iterator[str]:
    """Give the commands that GitHub's runner turns into annotations: one a version, at most ten."""
    bad = [each for each in found.vulnerable if each.advisories]
    for each in bad[:_ANNOTATIONS]:
        names = ", ".join(advisory.names[0] for advisory in each.advisories)
        title = f"{each.name} {each.version}: {names}"
        yield annotation(
            "error", said_of(each.mend), title=title, file=each.places[0].lock or "pyproject.toml"
        )


def said_of(mend: Mend | None) -> str:
    """Say in a sentence what mends a version."""
    if mend is None:
        return "what mends it is not known"
    if mend.state == "found":
        return f"{mend.version} mends it: {mend.command or 'require no older one'}"
    if mend.state == "forbidden":
        return f"{mend.version} would mend it, but for this: {mend.reason}"
    return mend.reason


def _rule(advisory: Advisory) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": advisory.id,
        "name": advisory.names[0],
        "shortDescription": {"text": advisory.summary or advisory.names[0]},
        "fullDescription": {"text": ", ".join(advisory.names)},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security", "dependencies"]},
    }
    if advisory.link.startswith(("https://", "http://")):
        described["helpUri"] = advisory.link
    return described


def _result(told: _Told, order: dict[str, int]) -> dict[str, Any]:
    each, advisory = told.each, told.advisory
    groups = ", ".join(map(group_name, each.groups))
    text = (
        f"{each.name} {each.version} ({groups}): {advisory.names[0]}. {advisory.summary}."
        f" {said_of(each.mend)}"
    )
    return {
        "ruleId": advisory.id,
        "ruleIndex": order[advisory.id],
        "level": "error",
        "message": {"text": " ".join(text.split())},
        # the same advisory of another run has the same: services follow it by this
        "partialFingerprints": {
            "advisoryHash/v1": digest_of(advisory.id, each.name, each.version, told.folder)
        },
        "locations": [_location(place, told.folder) for place in each.places],
    }


def _location(place: Place, folder: str) -> dict[str, Any]:
    path = PurePosixPath(folder) / (place.lock or "pyproject.toml")
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path.as_posix())},
            "region": {"startLine": max(place.line, 1)},
        }
    }
