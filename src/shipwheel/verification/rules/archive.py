"""Archives: readable whole, by every reader alike, and nothing in them that lands where it should not."""

from __future__ import annotations

import posixpath
import time
from collections import Counter
from collections.abc import Iterator

from shipwheel.verification.check import ArchiveCheck, Context, FileCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import FileFacts, Member, SdistFacts, WheelFacts
from shipwheel.verification.reading.archives import READ_BY_ALL
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_TOMORROW = 2 * 24 * 3600  # seconds; clocks of other time zones are no error
_METHODS = {12: "bzip2", 14: "lzma", 93: "zstandard", 95: "xz", 9: "deflate64", 99: "AES"}


class Readable(FileCheck):
    """The archive can be read whole.

    Every member is decompressed and its checksum compared; an archive that unpacks to an absurd size is
    not read at all.
    """

    id = "archive-readable"
    hint = "build the file again: a part was lost, it is no archive of its kind, or it unpacks to an absurd size"

    def applies(self, facts: FileFacts, context: Context) -> str:
        """See Check."""
        del context
        return "not a distribution" if facts.kind == "other" else ""

    def problems(self, facts: FileFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.unreadable:
            yield f"it cannot be read: {facts.unreadable}"


class Layout(ArchiveCheck):
    """Every reader of the archive sees the same members.

    A zip names its members in a list at its end and once more before each; a tar ends at its first empty
    block. What one reader sees and another does not hides code from scanners (CVE-2025-54368), and PyPI
    refuses it.
    """

    id = "archive-layout"
    hint = "write the archive anew with the backend; something appended to it or wrote into it"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        yield from facts.layout[:5]
        if len(facts.layout) > 5:
            yield f"and {len(facts.layout) - 5} more of this kind"


class Compression(ArchiveCheck):
    """Members of a zip are stored or deflated.

    pip, uv and the indexes read nothing else (PEP 427 leaves it to the zip format).
    """

    id = "archive-compression"
    hint = "build the wheel again with a current backend, or pack it with `wheel pack`"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        odd = [m for m in facts.members if m.method not in READ_BY_ALL]
        if odd:
            kinds = sorted({_METHODS.get(m.method, str(m.method)) for m in odd})
            yield f"compressed by {', '.join(kinds)}: {sample([m.name for m in odd])}"


class MemberLink(ArchiveCheck):
    """No link leads out of the archive, and a wheel holds none.

    The wheel format has no links (PEP 427): pip writes the target's name into a file.
    """

    id = "archive-link"
    hint = "put the file itself in the archive instead of a link"

    def problems(self, facts: Archive, context: Context) -> Iterator[str | Problem]:
        """See Check."""
        del context
        links = [m for m in facts.members if m.kind == "link"]
        if isinstance(facts, WheelFacts):
            if links:
                yield f"links: {sample([m.name for m in links])}"
        else:
            yield from _sdist_links(facts, links)
        odd = [m.name for m in facts.members if m.kind == "other"]
        if odd:
            yield f"members that are neither files nor folders: {sample(odd)}"


def _sdist_links(facts: SdistFacts, links: list[Member]) -> Iterator[str | Problem]:
    out = [m for m in links if leads_out(m, facts.roots)]
    if out:
        yield f"links that lead out: {sample([f'{m.name} -> {m.target}' for m in out])}"
    below = [m.name for m in _below_links(facts.members)]
    if below:
        yield f"members that are written through a link: {sample(below)}"
    there = {posixpath.normpath(m.name) for m in facts.members}
    there |= {folder for name in there for folder in folders_above(name)}
    lost = [m for m in links if m not in out and target_of(m) not in there]
    if lost:
        level = Level.ERROR if any(m.hard for m in lost) else Level.WARNING
        told = sample([f"{m.name} -> {m.target}" for m in lost])
        yield Problem(f"links to what is not in the archive: {told}", level=level)


def folders_above(name: str) -> Iterator[str]:
    """Give the folders that a member lies in, the nearest first."""
    while (name := posixpath.dirname(name)).strip("/"):  # dirname("/") is "/"
        yield name


def _below_links(members: tuple[Member, ...]) -> Iterator[Member]:
    links: set[str] = set()
    for member in members:
        if links and any(
            folder in links for folder in folders_above(posixpath.normpath(member.name))
        ):
            yield member
        if member.kind == "link":
            links.add(posixpath.normpath(member.name))


def target_of(link: Member) -> str:
    """Give the member that a link of a tar archive names: hard links count from the top."""
    if link.hard:
        return posixpath.normpath(link.target)
    return posixpath.normpath(posixpath.join(posixpath.dirname(link.name), link.target))


def leads_out(link: Member, roots: tuple[str, ...]) -> bool:
    """Say whether a link of a tar archive leads out of its root."""
    return link.target.startswith("/") or target_of(link).partition("/")[0] not in roots


class Duplicate(ArchiveCheck):
    """No member is there twice."""

    id = "archive-duplicate"
    hint = "let one step of the build add the file, not two: which of them wins depends on the installer"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        counts = Counter(m.name for m in facts.members if m.kind != "folder")
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            # the last one wins for every tar reader, so an sdist is still what it says
            level = Level.WARNING if isinstance(facts, SdistFacts) else Level.ERROR
            yield Problem(f"members that are there more than once: {sample(twice)}", level=level)


class Encrypted(ArchiveCheck):
    """No member is encrypted."""

    id = "archive-encrypted"
    hint = "write the archive without a password"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        locked = [m.name for m in facts.members if m.encrypted]
        if locked:
            yield f"encrypted members: {sample(locked)}"


class Mode(ArchiveCheck):
    """Every file can be read by whoever unpacks it, and runs as nobody else.

    Installers keep the bits that make a file executable; what unpacks an archive by hand keeps them all.
    """

    id = "archive-mode"
    level = Level.WARNING
    hint = "chmod u+rw,go+r,ug-s the files before the build (a strict umask made them)"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        shut = [m.name for m in facts.members if m.kind == "file" and m.mode and not m.mode & 0o400]
        if shut:
            yield f"files that their owner cannot read: {sample(shut)}"
        folders = [m for m in facts.members if m.kind == "folder" and m.mode]
        closed = [m.name for m in folders if not m.mode & 0o100]
        if closed:
            yield f"folders that nobody can enter: {sample(closed)}"
        raised = [m.name for m in facts.members if m.kind == "file" and m.mode & 0o6000]
        if raised:
            yield f"files that run as their owner or group (setuid, setgid): {sample(raised)}"


class Times(ArchiveCheck):
    """The members' times are times, and not in the future.

    make, ninja and meson build what is newer than its result for ever, and refuse a clock that is ahead.
    """

    id = "archive-time"
    level = Level.WARNING
    hint = "set the build machine's clock, or SOURCE_DATE_EPOCH, and build again"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        latest = time.time() + _TOMORROW
        late = [m for m in facts.members if m.time > latest]
        if late:
            day = time.strftime("%Y-%m-%d", time.gmtime(min(m.time for m in late)))
            yield f"times in the future ({day}): {sample([m.name for m in late])}"
        none = [m.name for m in facts.members if m.time < 0]
        if none:
            yield f"times that are none: {sample(none)}"


CHECKS = (
    Readable,
    Layout,
    Compression,
    MemberLink,
    Duplicate,
    Encrypted,
    Mode,
    Times,
)
