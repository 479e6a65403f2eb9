"""uv's resolver asked about a group as a lock has it: what is resolved now, and what an upgrade would take."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from shipwheel import process
from shipwheel.deps.audit.pins import Scope
from shipwheel.deps.audit.synthetic import Pin
from shipwheel.deps.lowest import declared_python, resolvable_python
from shipwheel.deps.uv_output import Refusal, kind_of
from shipwheel.files import write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.variables import for_installer
from shipwheel.process import redact
from shipwheel.project.names import normalize

_SECONDS = 300
_LINE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;#\\]+)")
_LARGEST = 1 << 16


class Resolution(msgspec.Struct, frozen=True):
    """What uv resolved, or its words where no versions fit together."""

    pins: tuple[Pin, ...] = ()
    refusal: str = ""


class Resolver(msgspec.Struct, frozen=True):
    """How uv is asked: the folder whose settings hold, and the moment after which releases do not count."""

    root: Path
    cutoff: dt.datetime | None = None

    def resolve(
        self,
        scope: Scope,
        constraints: Sequence[str] = (),
        *,
        lowest: bool = False,
        waived: str | None = None,
    ) -> Resolution:
        """Resolve a group for all platforms; what it has locked stays wherever the constraints let it.

        `lowest`: of what has to move, the lowest versions. The package `waived` is never too new: what
        mends it may have come out today. Raises MachineError where an index is out of
        reach, JobError for what else stops uv.
        """
        with tempfile.TemporaryDirectory(prefix="shipwheel-audit-") as name:
            folder = Path(name)
            write_text(folder / "asked.in", _text(map(str, scope.requirements or ())))
            write_text(folder / "constraints.txt", _text(constraints))
            locked = _locked(scope)
            write_text(folder / "locked.txt", _text(locked))
            done = process.run(
                self._command(scope, folder, lowest=lowest, waived=waived),
                cwd=self.root,
                env=for_installer(os.environ),
                timeout=_SECONDS,
            )
            if done.ok:
                return Resolution(_pins((folder / "locked.txt").read_text("utf-8")))
        if kind_of(done.output) is Refusal.NO_SOLUTION:
            return Resolution(refusal=_told(done.output))
        raise installation_failure(
            done.tail(60), python=resolvable_python(declared_python(scope.requires_python))
        )

    def _command(
        self, scope: Scope, folder: Path, *, lowest: bool, waived: str | None
    ) -> tuple[str | Path, ...]:
        cooled: tuple[str, ...] = ()
        if self.cutoff is not None:
            cooled = ("--exclude-newer", self.cutoff.strftime("%Y-%m-%dT%H:%M:%SZ"))
            cooled += ("--exclude-newer-package", f"{waived}=false") if waived else ()
        return (
            *(uv_command(), "pip", "compile", "--universal", "--no-header", "--no-annotate"),
            *(
                "--python-version",
                resolvable_python(declared_python(scope.requires_python)),
                "--quiet",
            ),
            *(("--resolution", "lowest") if lowest else ()),
            *cooled,
            *("--constraint", folder / "constraints.txt"),
            *("-o", folder / "locked.txt", folder / "asked.in"),
        )


def forbidding(name: str, version: str, scope: Scope, refusal: str) -> str:
    """Say whose bound is in the way of a version: the project's own, another package's, or a Python's.

    What uv says in another way is given in its own words.
    """
    own = [each for each in scope.requirements or () if _excludes(each, name, version)]
    if own:
        return f"the project's own {_shortened(own[0])}"
    joined = re.sub(r"\s+", " ", refusal)
    spec = r"(?:[<>=!~]=?[\w.*+!]+(?:,\s?)?)+"
    bound = rf"(?P<bound>{re.escape(name)}{spec})"
    other = re.search(rf"(?P<who>[\w.-]+(?:{spec})?) depends on {bound}", joined)
    if other:
        return f"{other['who'].replace('==', ' ')} requires {other['bound'].rstrip(', ')}"
    python = re.search(rf"{re.escape(name)}==[\w.]+ depends on (?P<bound>Python{spec})", joined)
    if python:
        oldest = resolvable_python(declared_python(scope.requires_python))
        return f"it is for {python['bound'].rstrip(', ')}, and the lock for {oldest} too"
    return joined.removeprefix("error: ")[:300]


def _excludes(requirement: str, name: str, version: str) -> bool:
    try:
        parsed = Requirement(requirement)
    except InvalidRequirement:
        return False
    return normalize(parsed.name) == name and not parsed.specifier.contains(
        version, prereleases=True
    )


def _shortened(requirement: str) -> str:
    parsed = Requirement(requirement)
    return f"{parsed.name}{parsed.specifier}"


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _locked(scope: Scope) -> list[str]:
    """Give the versions to stay at: one a name, for what uv reads has no two without markers."""
    once: dict[str, str] = {}
    for pin in sorted(scope.places):
        once[pin.name] = pin.version
    return [f"{name}=={version}" for name, version in once.items()]


def _pins(text: str) -> tuple[Pin, ...]:
    found = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        try:
            found.append(Pin(normalize(match["name"]), Version(match["version"]).public))
        except InvalidVersion:
            continue
    return tuple(dict.fromkeys(found))


def _told(output: str) -> str:
    lines = [line.strip() for line in output[:_LARGEST].splitlines() if line.strip()]
    first = next((at for at, line in enumerate(lines) if line.startswith("error:")), 0)
    return redact("\n".join(line for line in lines[first:] if not line.startswith("hint:")))
