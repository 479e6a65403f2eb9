"""The text of the tools' lock: requirements with hashes under our header, read, judged and put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from shipwheel import __version__
from shipwheel.errors import JobError
from shipwheel.files import digest_of
from shipwheel.redaction import redact
from shipwheel.rendering.generated import header_of, sealed, text_digest
from shipwheel.rendering.pipeline import Tool
from shipwheel.rendering.rendered import RenderedFile
from shipwheel.rendering.tool import NAME

_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[\w,.-]+\])?==(?P<version>[^\s;\\]+)(?P<marker>\s*;[^\\]+)?"
)
_PATH = re.compile(r"\./(?P<path>[^\s\\]+\.whl)")
_HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")


class Locked(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement of a lock: by name and version, or a wheel's path in the repository."""

    name: str
    version: str = ""
    path: str = ""
    hashes: tuple[str, ...] = ()


def inputs_of_lock(tool: Tool, requirements: Iterable[str]) -> str:
    """Give the digest of what a lock is resolved from: the tool, its Python, a tree's own requirements."""
    return digest_of(tool.kind, tool.named, tool.python, *sorted(requirements))


def lock_text(tool: Tool, body: str, inputs: str) -> str:
    """Give the lock with its header."""
    file = RenderedFile(path=tool.lock, role="whole", kind="github", body=body, inputs=inputs)
    return sealed(file, lead=lead_of(tool))


def lead_of(tool: Tool) -> tuple[str, ...]:
    """Give what a person reads at the top of a lock."""
    own = tool.named.removeprefix(tool.value)
    asked = (
        f"{tool.named} and what it needs"
        if tool.kind != "tree"
        else f"what {NAME}{own} itself needs"
    )
    return (
        f"Written by shipwheel {__version__}: {asked}, for Python {tool.python}, by hash.",
        "CI installs its tools from this alone; `shipwheel render --lock` resolves it anew.",
    )


def read_locked(text: str) -> Iterator[Locked]:
    """Give a lock's requirements; raises ValueError for a line that is none."""
    for entry in _entries(text):
        head, _, _ = entry.partition(" --hash")
        hashes = tuple(_HASH.findall(entry))
        rest = _HASH.sub("", entry.removeprefix(head)).strip()
        named, path = _REQUIREMENT.fullmatch(head.strip()), _PATH.fullmatch(head.strip())
        if rest or not (named or path):
            raise ValueError(f"{redact(head.strip())!r} is not pinned as name==version")
        if not hashes:
            raise ValueError(f"{redact(head.strip())!r} has no hash")
        if path:
            name = path["path"].rpartition("/")[2].partition("-")[0]
            yield Locked(name=name, path=path["path"], hashes=hashes)
        elif named:
            yield Locked(name=named["name"], version=named["version"], hashes=hashes)


def faults(text: str, tool: Tool, inputs: str, wheel: str | None) -> Iterator[str]:
    """Say why a lock is not this tool's; nothing where it is. `wheel` is the sha256 of the tool's own wheel."""
    header = header_of(text)
    if header is None:
        yield "it was not written by `shipwheel render --lock`"
        return
    if header.text != text_digest(text):
        yield "it was edited by hand"
    if header.inputs != inputs[: len(header.inputs)]:
        yield f"it was resolved for another tool than {tool.named!r} with Python {tool.python}"
    try:
        found = tuple(read_locked(text))
    except ValueError as error:
        yield str(error)
        return
    yield from _tool_faults(found, tool, wheel)


def cleaned(output: str) -> str:
    """Give a resolver's output as a lock's body: requirements and hashes, nothing of where they came from.

    Raises JobError for a line that is neither: it could carry an address or a password.
    """
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith("#")]
    body = "".join(f"{line.rstrip()}\n" for line in lines)
    try:
        tuple(read_locked(body))
    except ValueError as error:
        raise JobError(
            "the tools' requirements cannot be locked by hash",
            evidence=str(error),
            hint="each has to come from an index: no path, no URL, no editable one",
        ) from error
    return body


def _tool_faults(found: tuple[Locked, ...], tool: Tool, wheel: str | None) -> Iterator[str]:
    own = [each for each in found if each.name == NAME]
    if tool.kind == "tree":
        if own:
            yield f"it names {NAME}, which CI takes from its own source"
        return
    if not own:
        yield f"it does not name {NAME}"
    elif tool.kind == "wheel":
        if [each.path for each in own] != [tool.value]:
            yield f"it does not name {tool.value}"
        elif wheel is None:
            yield f"{tool.value} is not there"
        elif own[0].hashes != (wheel,):
            yield f"{tool.value} is not the file that it names"


def _entries(text: str) -> Iterator[str]:
    """Give the lines of a requirements file, continued ones joined, without comments."""
    joined = ""
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        joined += line.strip().removesuffix("\\")
        if not line.rstrip().endswith("\\"):
            yield joined
            joined = ""
    if joined:
        yield joined
