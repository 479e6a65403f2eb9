"""RECORD: complete, and true of every byte."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import RecordEntry, WheelFacts
from shipwheel.verification.report import Level

_UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")
_BASE64 = re.compile(r"[A-Za-z0-9_-]+")
_STRONG = {"sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256", "sha3_384", "sha3_512"}


_LENGTHS = {"sha256": 43, "sha384": 64, "sha512": 86}  # characters of base64 without padding


class _RecordCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.record else "no RECORD that can be read"


class Present(WheelCheck):
    """The wheel has a RECORD that can be read.

    The Binary Distribution Format (PEP 427) demands it; uninstalling relies on it.
    """

    id = "record-present"
    hint = "build the wheel with a current backend instead of packing it by hand"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.record is None:
            yield "there is no RECORD in the wheel's .dist-info"
        elif facts.record_fault:
            yield f"RECORD cannot be read: {facts.record_fault}"
        elif not facts.record:
            yield "RECORD is empty"


class Unlisted(_RecordCheck):
    """Every file of the wheel is listed in RECORD.

    A file that is not listed stays behind when the wheel is uninstalled, and its bytes are vouched for
    by nothing.
    """

    id = "record-unlisted"
    hint = "something added files after RECORD was written; `wheel unpack` and `wheel pack` write it anew"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        listed = {entry.path for entry in facts.record or ()}
        files = [m.name for m in facts.members if m.kind != "folder"]
        unlisted = [name for name in files if name not in listed and not _self(name, facts)]
        if unlisted:
            yield f"files that RECORD does not list: {sample(unlisted)}"


class Absent(_RecordCheck):
    """Every file that RECORD lists is in the wheel."""

    id = "record-absent"
    hint = "something took files out after RECORD was written; build the wheel again"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        there = {m.name for m in facts.members}
        listed = [e.path for e in facts.record or () if not e.path.endswith("/")]
        absent = [path for path in listed if path not in there and not _self(path, facts)]
        if absent:
            yield f"RECORD lists files that are not there: {sample(absent)}"


class Hashes(_RecordCheck):
    """Each file's bytes have the hash and size that RECORD gives.

    Every file but RECORD itself needs a hash of sha256 or better (PEP 427).
    """

    id = "record-hash"
    hint = "a file was changed after RECORD was written; build the wheel again, or `wheel pack` it anew"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        members = {m.name: m for m in facts.members if m.sha256}
        entries = [e for e in facts.record or () if e.path in members and not _self(e.path, facts)]
        weak = [e.path for e in entries if e.digest.partition("=")[0].lower() not in _STRONG]
        if weak:
            yield f"no hash, or a weaker one than sha256: {sample(weak)}"
        wrong = [e.path for e in entries if differs(e, members[e.path].sha256)]
        if wrong:
            yield f"hash differs from RECORD: {sample(wrong)}"
        sized = [e for e in entries if e.size is not None]
        wrong = [e.path for e in sized if e.size != members[e.path].size]
        if wrong:
            yield f"size differs from RECORD: {sample(wrong)}"


def differs(entry: RecordEntry, sha256: str) -> bool:
    """Say whether RECORD gives another sha256 (other algorithms are left to the installer)."""
    algorithm, _, value = entry.digest.partition("=")
    return algorithm == "sha256" and hex_digest(value) != sha256


def hex_digest(value: str) -> str:
    """Give RECORD's urlsafe base64 without padding as hex; empty where it is none."""
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()
    except (binascii.Error, ValueError):
        return ""


class Twice(_RecordCheck):
    """RECORD lists each file once."""

    id = "record-duplicate"
    level = Level.WARNING
    hint = "build the wheel again with a current backend"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        lines = facts.record or ()
        counts = Counter(entry.path for entry in lines)
        twice = [path for path, count in counts.items() if count > 1]
        if twice:
            several = len({line for line in lines if line.path in twice}) > len(twice)
            told = "listed more than once" + (", with different hashes" if several else "")
            yield f"{told}: {sample(twice)}"


class Form(_RecordCheck):
    """RECORD's lines have the form that installers compare with.

    Paths as the archive has them, hashes in urlsafe base64 without padding, and none for RECORD itself
    (PEP 376, PEP 427).
    """

    id = "record-form"
    hint = "`wheel unpack` and `wheel pack` write RECORD anew"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str | Problem]:
        """See Check."""
        del context
        entries = facts.record or ()
        odd = [e.path for e in entries if odd_path(e.path)]
        if odd:
            yield f"paths that are none of the archive's: {sample(odd)}"
        folders = [e.path for e in entries if e.path.endswith("/")]
        if folders:
            yield Problem(f"folders are listed: {sample(folders)}", level=Level.WARNING)
        misspelled = [e.path for e in entries if e.digest and not _well_written(e.digest)]
        if misspelled:
            yield f"hashes that are no urlsafe base64 without padding: {sample(misspelled)}"
        yield from _of_itself(facts)


def odd_path(path: str) -> bool:
    """Say whether a path of RECORD is absolute, climbs, or is spelled as no archive does."""
    plain = path.rstrip("/")
    return (
        path.startswith(("/", "./"))
        or "\\" in path
        or ".." in path.split("/")
        or posixpath.normpath(plain) != plain
        or path != path.strip()
    )


def _well_written(digest: str) -> bool:
    algorithm, _, value = digest.partition("=")
    long_enough = len(value) == _LENGTHS.get(algorithm, len(value))
    return algorithm == algorithm.lower() and bool(_BASE64.fullmatch(value)) and long_enough


def _of_itself(facts: WheelFacts) -> Iterator[str | Problem]:
    """Look at RECORD's lines of itself and of its signatures: they are there, and bear no hash."""
    own = [e for e in facts.record or () if _self(e.path, facts)]
    hashed = [e.path for e in own if e.digest or e.size is not None]
    if hashed:
        yield f"a hash or size of what cannot have one: {sample(hashed)}"
    if not any(e.path.endswith("/RECORD") for e in own):
        yield Problem("RECORD does not list itself", level=Level.WARNING)


def _self(name: str, facts: WheelFacts) -> bool:
    """Say whether the member is a RECORD or its signature, which cannot list themselves."""
    folder, _, file = name.partition("/")
    return folder in facts.dist_infos and file in _UNHASHED


CHECKS = (Present, Unlisted, Absent, Hashes, Twice, Form)
