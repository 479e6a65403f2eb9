"""Archives: readable whole, and nothing in them that lands where it should not."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from shipwheel.verification.check import ArchiveCheck, Context, FileCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import FileFacts, Member, SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f]")


class Readable(FileCheck):
    """The archive can be read whole.

    Every member is decompressed and its checksum compared; an archive that unpacks to an absurd size is
    not read at all.
    """

    id = "archive-readable"
    hint = "build the file again; a part of it was lost or it is no archive of its kind"

    def applies(self, facts: FileFacts, context: Context) -> str:
        """See Check."""
        del context
        return "not a distribution" if facts.kind == "other" else ""

    def problems(self, facts: FileFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.unreadable:
            yield f"it cannot be read: {facts.unreadable}"


class MemberPath(ArchiveCheck):
    """No member is unpacked outside the archive's own folder.

    Installers refuse absolute names and `..`; a backslash is a separator on Windows and a letter of the
    name elsewhere.
    """

    id = "archive-path"
    hint = (
        "the build tool wrote a path of this machine into the archive; find where it collects files"
    )

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        bad = [m.name for m in facts.members if escapes(m.name)]
        if bad:
            yield f"members with unsafe names: {sample([repr(name) for name in bad])}"


def escapes(name: str) -> bool:
    """Say whether a member's name is absolute, climbs, or means different files on different systems."""
    return (
        name.startswith(("/", "~"))
        or "\\" in name
        or bool(_DRIVE.match(name))
        or bool(_CONTROL.search(name))
        or ".." in name.split("/")
    )


class MemberLink(ArchiveCheck):
    """No link leads out of the archive, and a wheel holds none.

    The wheel format has no links (PEP 427): pip writes the target's name into a file.
    """

    id = "archive-link"
    hint = "put the file itself in the archive instead of a link"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        links = [m for m in facts.members if m.kind == "link"]
        if isinstance(facts, SdistFacts):
            links = [m for m in links if leads_out(m, facts.roots)]
        if links:
            yield f"links: {sample([m.name for m in links])}"
        odd = [m.name for m in facts.members if m.kind == "other"]
        if odd:
            yield f"members that are neither files nor folders: {sample(odd)}"


def leads_out(link: Member, roots: tuple[str, ...]) -> bool:
    """Say whether a link of a tar archive leads out of its root, from its folder or from the top."""
    if link.target.startswith("/"):
        return True
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(link.name), link.target))
    from_top = posixpath.normpath(link.target)  # hard links are named from the top
    return not any(path.partition("/")[0] in roots for path in (beside, from_top))


class Duplicate(ArchiveCheck):
    """No member is there twice."""

    id = "archive-duplicate"
    hint = "two steps of the build add the same file; which of them wins depends on the installer"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        counts = Counter(m.name for m in facts.members if m.kind != "folder")
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            # the last one wins for every tar reader, so an sdist is still what it says
            level = Level.WARNING if isinstance(facts, SdistFacts) else Level.ERROR
            yield Problem(f"members that are there more than once: {sample(twice)}", level=level)


class CaseCollision(ArchiveCheck):
    """No two members differ in case alone.

    On Windows and macOS the one overwrites the other.
    """

    id = "archive-case"
    level = Level.WARNING
    hint = "rename one of them"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        seen: dict[str, str] = {}
        pairs = []
        for name in sorted({m.name for m in facts.members if m.kind == "file"}):
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                pairs.append(f"{other} and {name}")
        if pairs:
            yield f"names that differ in case alone: {sample(pairs)}"


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
    """Every file can be read by whoever unpacks it."""

    id = "archive-mode"
    level = Level.WARNING
    hint = "chmod u+rw,go+r the files before the build (a strict umask made them)"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        shut = [m.name for m in facts.members if m.kind == "file" and m.mode and not m.mode & 0o400]
        if shut:
            yield f"files that their owner cannot read: {sample(shut)}"


CHECKS = (Readable, MemberPath, MemberLink, Duplicate, CaseCollision, Encrypted, Mode)
