"""A Mach-O file's code signature: whether its hashes are those of the bytes (Apple's cs_blobs.h).

macOS on arm64 kills a process that loads code whose pages do not have the hashes that its signature lists,
as happens to a library that was changed after it was signed.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from shipwheel.dists.binaries.window import MalformedError, Window

_SUPER, _DIRECTORY = 0xFADE0CC0, 0xFADE0C02
_MOST_BLOBS = 32
_HASHES: Final = {1: ("sha1", 20), 2: ("sha256", 32), 3: ("sha256", 20), 4: ("sha384", 48)}
_MOST_PAGES = 1 << 20


def signature_fault(window: Window, place: tuple[int, int]) -> str:
    """Say how a slice's signature at (offset, bytes) contradicts its bytes; empty where it does not."""
    try:
        blob = window.part(*place, "code signature")
        for directory in _directories(blob):
            fault = _fault(window, directory, limit=place[0])
            if fault:
                return fault
    except MalformedError as error:
        return str(error)
    return ""


def _directories(blob: Window) -> list[Window]:
    magic, _, count = blob.unpack(">III", 0, "code signature")
    if magic != _SUPER or count > _MOST_BLOBS:
        raise MalformedError("the code signature is none")
    found = []
    for index in range(count):
        _, offset = blob.unpack(">II", 12 + 8 * index, "code signature")
        kind, size = blob.unpack(">II", offset, "code signature")
        if kind == _DIRECTORY:
            found.append(blob.part(offset, size, "code directory"))
    if not found:
        raise MalformedError("the code signature holds no code directory")
    # each lists all pages in a hash of its own; the strongest is what the system takes
    return found[-1:]


def _fault(window: Window, directory: Window, *, limit: int) -> str:
    row = directory.unpack(">9I4BI", 0, "code directory")
    _, _, _, _, hashes_at, _, _, slots, covered, size, kind, _, shift, _ = row
    if kind not in _HASHES or shift > 20 or slots > _MOST_PAGES:
        return ""  # not of a form that is known here
    if covered > limit:
        return "the code signature covers more than there is"
    name, length = _HASHES[kind]
    page = 1 << shift if shift else covered or 1
    if -(-covered // page) != slots or size != length:
        return "the code signature does not cover the file"
    for index in range(slots):
        begin = index * page
        data = window.take(begin, min(page, covered - begin))
        digest: Any = hashlib.new(name, data, usedforsecurity=False).digest()
        if digest[:length] != directory.take(hashes_at + index * length, length):
            return f"bytes from {begin:#x} on were changed after it was signed"
    return ""
