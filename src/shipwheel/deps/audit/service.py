"""The advisory service, asked by `uv audit`: batches of versions, each advisory once, its names merged."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from shipwheel import process
from shipwheel.deps.audit.answer import Advisory
from shipwheel.deps.audit.synthetic import Pin, write_synthetic
from shipwheel.errors import MachineError, ShipwheelError
from shipwheel.machine.environment import uv_command
from shipwheel.machine.variables import for_installer
from shipwheel.process import redact

OSV = "https://api.osv.dev"
_BATCH = 1000  # package versions a query may name (OSV's documentation of querybatch)
_AT_ONCE = 4
_SECONDS = 180
_LONGEST = 300  # characters of a summary
_MOST = 200  # advisories of one version that are told
_OUT_OF_REACH = re.compile(
    r"error sending request|Request failed|tcp connect|dns error|operation timed out|timed out"
    r"|certificate|50[0-9] |status server error|offline mode",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"40[137] |Unauthorized|Forbidden|authentication", re.IGNORECASE)
_UNKNOWN_COMMAND = re.compile(r"unrecognized subcommand|unexpected argument|invalid value")

Answers = dict[Pin, tuple[Advisory, ...]]


class _Dependency(msgspec.Struct, frozen=True):
    name: str
    version: str


class _Vulnerability(msgspec.Struct, frozen=True):
    """What uv says of an advisory and a version; fields that we do not know are let be."""

    dependency: _Dependency
    id: str
    aliases: Annotated[tuple[str, ...], msgspec.Meta(max_length=1000)] = ()
    summary: str | None = None
    description: str | None = None
    link: str | None = None
    fix_versions: Annotated[tuple[str, ...], msgspec.Meta(max_length=10_000)] = ()
    published: str | None = None


class _Told(msgspec.Struct, frozen=True):
    vulnerabilities: tuple[_Vulnerability, ...]


def ask_service(pins: Iterable[Pin], service: str) -> Answers:
    """Give the advisories that name each version, none for one that none names.

    `service` is the address of one that speaks OSV's API (`https://api.osv.dev`). Raises MachineError
    (reference `advisories`) where it is out of reach, refuses us or answers in another way.
    """
    every = sorted(set(pins))
    batches = [every[at : at + _BATCH] for at in range(0, len(every), _BATCH)]
    # found before there are threads: sysconfig, which uv looks itself up by, is not made for them
    uv = uv_command()
    told = process.parallel(lambda batch: _asked(uv, batch, service), batches, workers=_AT_ONCE)
    found: Answers = dict.fromkeys(every, ())
    for answer in told:
        for pin, advisory in _read(answer):
            if pin in found and len(found[pin]) < _MOST:
                found[pin] += (advisory,)
    return found


def _asked(uv: str, pins: list[Pin], service: str) -> _Told:
    with tempfile.TemporaryDirectory(prefix="shipwheel-audit-") as name:
        folder = Path(name)
        write_synthetic(folder, pins)
        done = process.run(
            (uv, *_options(folder, service)),
            cwd=folder,
            env=for_installer(os.environ),
            timeout=_SECONDS,
        )
    if done.returncode not in {0, 1}:
        raise _failure(done, service)
    return read_told(done.output, service)


def _options(folder: Path, service: str) -> tuple[str, ...]:
    return (
        *("audit", "--frozen", "--no-config", "--project", str(folder)),
        *("--preview-features", "audit-command,json-output", "--output-format", "json"),
        *("--service-format", "osv", "--service-url", f"{service.rstrip('/')}/"),
    )


def read_told(output: str, service: str) -> _Told:
    """Read what uv printed: one JSON object, perhaps behind warnings; raises MachineError."""
    start = output.find("{")
    try:
        return msgspec.json.decode(output[max(start, 0) : output.rfind("}") + 1], type=_Told)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise MachineError(
            "what uv says of advisories cannot be read",
            where=redact(service),
            evidence=f"{str(error)[:300]}\n{redact(output[-5000:])[-500:]}".strip(),
            hint="its JSON is a preview, and this uv may write another: `uv --version`",
            reference="advisories",
        ) from error


def _read(answer: _Told) -> Iterator[tuple[Pin, Advisory]]:
    for each in answer.vulnerabilities:
        summary = " ".join((each.summary or each.description or "").split())
        yield (
            Pin(each.dependency.name, each.dependency.version),
            Advisory(
                id=each.id,
                aliases=tuple(alias for alias in each.aliases if alias != each.id),
                summary=summary if len(summary) <= _LONGEST else f"{summary[:_LONGEST]}…",
                link=each.link or "",
                fixed=each.fix_versions,
                published=each.published or "",
            ),
        )


def _failure(done: process.Completed, service: str) -> ShipwheelError:
    where, evidence = redact(service), done.tail(8)
    if done.returncode == process.TIMED_OUT or _OUT_OF_REACH.search(done.output):
        what = "the advisory service is out of reach"
        hint = "is the network there? A mirror that speaks OSV's API can be named in"
        hint += " [tool.shipwheel.deps] audit-service"
    elif _REFUSED.search(done.output):
        what = "the advisory service asks for a password that is missing or wrong"
        hint = "give it by ~/.netrc; never in a file of the project"
    elif _UNKNOWN_COMMAND.search(done.output):
        what = "this uv does not know how to audit"
        hint = "install uv 0.13 or later: `python -m pip install -U uv`"
    else:
        what = "the advisory service does not answer as OSV's API does"
        hint = "is [tool.shipwheel.deps] audit-service the address before /v1/querybatch?"
    return MachineError(what, where=where, evidence=evidence, hint=hint, reference="advisories")
