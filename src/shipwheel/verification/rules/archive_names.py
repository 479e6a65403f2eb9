"""Names of members: each is unpacked, on every system, as one file in its own place."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator

from shipwheel.verification.check import ArchiveCheck, Context, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_DRIVE = re.compile(r"[A-Za-z]:")
# control characters, and those that nobody sees or that turn the direction of the text
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"}
_RESERVED |= {f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789¹²³"}
_UNWRITABLE = re.compile(r'[<>:"|?*]')
_LONGEST = 255  # bytes of one name, on nearly every file system


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
        not name
        or name.startswith(("/", "~"))
        or "\\" in name
        or bool(_DRIVE.match(name))
        or bool(_CONTROL.search(name))
        or ".." in name.split("/")
    )


class Spelling(ArchiveCheck):
    """Members are named in the one way that RECORD and installers name them.

    `./a`, `a//b` and `a/./b` are all the same file, under names that nothing else knows it by.
    """

    id = "archive-spelling"
    hint = "build the file again with its backend; zip and tar by hand write such names"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        # `tar -c .` begins every name so, which every unpacker of sdists takes
        lead = "./" if isinstance(facts, SdistFacts) else ""
        names = [m.name.removeprefix(lead).rstrip("/") for m in facts.members]
        odd = [n for n in names if n not in {"", "."} and not escapes(n) and _respelled(n)]
        if odd:
            level = Level.WARNING if isinstance(facts, SdistFacts) else Level.ERROR
            yield Problem(f"names with empty parts or dots: {sample(odd)}", level=level)


def _respelled(name: str) -> bool:
    return posixpath.normpath(name) != name


class CaseCollision(ArchiveCheck):
    """No two members differ in case alone, or in how an accent is encoded.

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
        for name in sorted(_all_names(facts)):
            other = seen.setdefault(_folded(name), name)
            # of folders that collide the folders are told, not all that lies in them
            if other != name and posixpath.dirname(name) == posixpath.dirname(other):
                pairs.append(f"{other} and {name}")
        if pairs:
            yield f"names that are one on Windows and macOS: {sample(pairs)}"


def _all_names(facts: Archive) -> set[str]:
    """Give every member's name, and every folder above one."""
    names = {m.name.rstrip("/") for m in facts.members}
    folders = {posixpath.dirname(name) for name in names}
    while above := {posixpath.dirname(folder) for folder in folders} - folders:
        folders |= above
    return (names | folders) - {""}


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", name).casefold()


class FileAndFolder(ArchiveCheck):
    """No name is both a file and a folder.

    Unpacking it fails, or loses the one or the other.
    """

    id = "archive-clash"
    hint = "rename one of them"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        files = {m.name for m in facts.members if m.kind != "folder"}
        folders = {m.name.rstrip("/") for m in facts.members if m.kind == "folder"}
        above = {posixpath.dirname(name) for name in files}
        while more := {posixpath.dirname(folder) for folder in above} - above:
            above |= more
        both = [name for name in files & (folders | above) if name]
        if both:
            yield f"both a file and a folder: {sample(both)}"


class Portable(ArchiveCheck):
    """Every member's name can be written on every system that the file is for.

    Windows has no `aux.py`, no `a:b` and no name that ends in a dot; no system has names over 255 bytes.
    """

    id = "archive-portable"
    level = Level.WARNING
    hint = "rename it, or leave it out of the file"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        long = [m.name[:60] for m in facts.members if too_long(m.name)]
        if long:
            yield Problem(f"names of over {_LONGEST} bytes: {sample(long)}", level=Level.ERROR)
        if isinstance(facts, WheelFacts) and not _for_windows(facts):
            return
        bad = [m.name for m in facts.members if unwritable_on_windows(m.name)]
        if bad:
            level = Level.ERROR if isinstance(facts, WheelFacts) else None
            yield Problem(f"names that Windows cannot write: {sample(bad)}", level=level)


def _for_windows(facts: WheelFacts) -> bool:
    return any(tag.platform.startswith(("any", "win")) for tag in facts.file.tags)


def too_long(name: str) -> bool:
    """Say whether a part of the name is longer than file systems take."""
    return any(len(part.encode("utf-8", "replace")) > _LONGEST for part in name.split("/"))


def unwritable_on_windows(name: str) -> bool:
    """Say whether Windows has no such name."""
    return any(
        part.partition(".")[0].rstrip().lower() in _RESERVED
        or part.endswith((".", " "))
        or bool(_UNWRITABLE.search(part))
        for part in name.rstrip("/").split("/")
        if part not in {".", ".."}
    )


CHECKS = (MemberPath, Spelling, CaseCollision, FileAndFolder, Portable)
