"""What became of a rendered file since it was written: a comparison of texts, nothing is read or run."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from shipwheel import __version__
from shipwheel.rendering.generated import (
    Header,
    block_in,
    header_of,
    is_ours,
    sealed,
    settled,
    text_digest,
    without_header,
)
from shipwheel.rendering.lint import includes, problems
from shipwheel.rendering.pins import Pin, blanked, edits, highest, kept, pins_in
from shipwheel.rendering.rendered import Drift, RenderedFile, Verdict

RENDER = "`shipwheel render` writes it"
_LONGEST_TOLD = 5  # pins and faults of a file that are told one by one


class Comparison(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A rendered file beside the one on disk; `existing` is None where there is none.

    `source` is the file of the configuration, `pins` are those that a bot moved on, by action, `version`
    is ours.
    """

    file: RenderedFile
    existing: str | None
    source: str = "pyproject.toml"
    pins: Mapping[str, Pin] = {}
    version: str = __version__

    @cached_property
    def wanted(self) -> str:
        """Give the text that `render` would write; for a block, its lines alone."""
        body = kept(self.file.body, self.pins)
        return sealed(self.file, source=self.source, version=self.version, body=body)


def compare(found: Comparison) -> Verdict:
    """Say what became of a file, with the diff to what would be written, and the mend."""
    if found.existing is None:
        return _verdict(found, [(Drift.ABSENT, "it is not there")])
    if found.file.role == "once":
        return _included(found, found.existing)
    try:
        own = block_in(found.existing) if found.file.role == "block" else settled(found.existing)
    except ValueError as error:
        return _verdict(found, [(Drift.EDITED, str(error))])
    if own is None:
        return _verdict(found, [(Drift.ABSENT, "our lines are not in it")])
    told = list(reasons(found, own))
    if {drift for drift, _ in told} & {Drift.EDITED, Drift.FOREIGN}:
        known = {text for _, text in told}
        more = [each for each in problems(found.file.path, own) if each not in known]
        told += [(told[0][0], each) for each in _few(more)]
    return _verdict(found, told, own)


def reasons(found: Comparison, own: str) -> Iterator[tuple[Drift, str]]:
    """Give each thing that became of a file that is there, with a sentence; nothing where it is as it should be.

    `own` is what is ours of it, with line feeds.
    """
    if own == settled(found.wanted):
        return
    if is_ours(own):
        yield from _drifts(found, own)
    else:
        yield Drift.FOREIGN, "it was not written by shipwheel"


def _drifts(found: Comparison, own: str) -> Iterator[tuple[Drift, str]]:
    header = header_of(own)
    age = 0 if header is None else _age(header.version, found.version)
    yield from _edits(found, own, header, older=age < 0)
    if header is None:
        return
    if age > 0:
        yield (
            Drift.TOOL_OLDER,
            f"shipwheel {header.version} wrote it, and this is {found.version}",
        )
    elif _differs(found, own):
        yield from _changes(found, own, header, older=age < 0)


def _edits(
    found: Comparison, own: str, header: Header | None, *, older: bool
) -> Iterator[tuple[Drift, str]]:
    told = list(edits(found.file.body, own, older=older))
    if header is None:
        told.append("its header is not as it was written")
    elif header.text != text_digest(own) and not told:
        told.append("it is not as it was written")
    yield from ((Drift.EDITED, each) for each in _few(told))


def _differs(found: Comparison, own: str) -> bool:
    """Say whether a file is not what we write, a bot's pins and the header apart."""
    if blanked(without_header(own)) != blanked(without_header(settled(found.wanted))):
        return True
    wanted = highest(pins_in(found.file.body))
    return any(
        pin.action in wanted and pin.order < wanted[pin.action].order for pin in pins_in(own)
    )


def _changes(
    found: Comparison, own: str, header: Header, *, older: bool
) -> Iterator[tuple[Drift, str]]:
    edited = header.text != text_digest(own)
    project = header.inputs != found.file.inputs[: len(header.inputs)]
    if project:
        yield Drift.PROJECT, "what the project says has changed since"
    if older:
        yield Drift.TOOL_NEWER, f"shipwheel {header.version} wrote it, and this is {found.version}"
    elif not project and not edited:
        yield Drift.TOOL_NEWER, "shipwheel's data or cibuildwheel's have changed since"


def _included(found: Comparison, existing: str) -> Verdict:
    """Judge a file that is the user's once it is written: all it has to do is to include ours."""
    if includes(existing, found.file.includes):
        return Verdict(path=found.file.path, drifts=(Drift.NONE,))
    told = [
        f"it does not include {found.file.includes}",
        *problems(found.file.path, existing),
    ]
    return _verdict(found, [(Drift.FOREIGN, each) for each in told])


def _verdict(found: Comparison, told: list[tuple[Drift, str]], own: str | None = None) -> Verdict:
    drifts = tuple(dict.fromkeys(drift for drift, _ in told))
    if not drifts:
        return Verdict(path=found.file.path, drifts=(Drift.NONE,))
    return Verdict(
        path=found.file.path,
        drifts=drifts,
        message="; ".join(text for _, text in told),
        diff=_diff(found, own),
        mend="\n".join(dict.fromkeys(_mend(drift, found) for drift in drifts)),
    )


def _diff(found: Comparison, own: str | None) -> str:
    before = settled(found.existing) if found.existing and own is None else own or ""
    if found.file.role != "whole" and own is None:
        before = ""  # what is theirs is not ours to change
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        settled(found.wanted).splitlines(keepends=True),
        found.file.path if before else "/dev/null",
        found.file.path,
    )
    return "".join(lines)


def _mend(drift: Drift, found: Comparison) -> str:
    path, source = found.file.path, found.source
    if drift is Drift.EDITED:
        return (
            f"say it in [tool.shipwheel.ci] of {source}, then `shipwheel render --overwrite`;"
            f' or make the file yours: unmanaged = ["{path}"]'
        )
    if drift is Drift.FOREIGN:
        return _beside(found)
    if drift is Drift.TOOL_OLDER:
        return "upgrade shipwheel: nothing is written by a version older than the file's"
    return RENDER


def _beside(found: Comparison) -> str:
    file = found.file
    if file.role == "once":
        return "add these lines to it:\n" + file.body.rstrip("\n")
    keep = f'or keep yours alone: [tool.shipwheel.ci] unmanaged = ["{file.path}"]'
    if file.kind == "github":
        event = "release" if "\nname: Release" in f"\n{file.body}" else "ci"
        return (
            "nothing of yours is overwritten: rename it, or ours:"
            f' [tool.shipwheel.ci] workflows = {{ {event} = "shipwheel-{event}.yml" }}; {keep}'
        )
    return f"nothing of yours is overwritten: move it away, {keep}"


def _age(theirs: str, ours: str) -> int:
    """Compare versions: -1 where a file's is older than ours, 1 where it is newer or no version at all."""
    if theirs == ours:
        return 0
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - seldom needed

    try:
        there, here = Version(theirs), Version(ours)
    except InvalidVersion:
        return 0  # the digest tells that the header was edited
    return (there > here) - (there < here)


def _few(told: list[str]) -> list[str]:
    if len(told) <= _LONGEST_TOLD:
        return told
    return [*told[:_LONGEST_TOLD], f"and {len(told) - _LONGEST_TOLD} more"]
