"""The examiner of Python files and other texts: each is looked at once, while its archive is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shipwheel.dists.modules import site_path
from shipwheel.verification.modules import is_test
from shipwheel.verification.reading.archives import Data
from shipwheel.verification.reading.scanning import (
    code_of,
    imports_of,
    makes_modules,
    makes_names,
    own_submodules,
)
from shipwheel.verification.reading.secrets import secrets_in
from shipwheel.verification.reading.syntax import EVERY, Syntax, syntax_of
from shipwheel.verification.source import Source, Text

MOST_SOURCE = 2 << 20  # bytes of a Python file that is looked at
MOST_PARSED = 40 << 20  # bytes of Python in an archive: 3 s; scipy holds 12 MB
MOST_NAMES = 400_000  # in an archive: 60 MB; scipy has 30,000
MOST_TEXT = 1 << 20
_LONGEST_LINE = 200
_LONGEST_PTH = 16 << 10
_PYTHON = (".py", ".pyi", ".pyw")
_CONFLICT = re.compile(rb"^<{7} \S", re.MULTILINE)
_LONGEST_CONFLICT = 64 << 10  # bytes from its first mark to the middle one


class SourceExaminer:
    """An `Examiner`: gives a `Source` for a Python file, a `Text` for any other that is one.

    One is for one archive. After `MOST_PARSED` bytes the rest of the archive is looked at by its lines
    alone, without a parser: then `bound` is None, and no fault is told. After `MOST_NAMES` names
    nothing is certain of what its modules bind and import.
    """

    def __init__(self) -> None:
        self._parsed = 0
        self._names = 0

    def wants(self, name: str, size: int, head: bytes) -> bool:
        """See Examiner."""
        if _for_tests(site_path(name) or name):
            return False  # nobody imports them, and what looks like a secret there is one for tests
        if is_python(name):
            return size <= MOST_SOURCE
        return 0 < size <= MOST_TEXT and b"\0" not in head and ".dist-info/" not in name

    def look(self, name: str, data: Data) -> Any:
        """See Examiner."""
        text = bytes(data)
        if not is_python(name) and not text.startswith((b"#!python", b"#!/usr/bin/env python")):
            return text_of(name, text)
        if self._names > MOST_NAMES:
            return Source(text=text_of(name, text), dynamic=True, hooked=True)
        source = source_of(name, text, parse=self._parsed < MOST_PARSED)
        self._parsed += len(text)
        self._names += len(source.imports) + len(source.names) + len(source.bound or ())
        return source


def is_python(name: str) -> bool:
    """Say whether a member is a Python file by its name."""
    return name.endswith(_PYTHON)


def pick_sources(seen: Mapping[str, Any]) -> dict[str, Source]:
    """Give the Python files out of what examiners saw."""
    return {name: fact for name, fact in seen.items() if isinstance(fact, Source)}


def pick_texts(seen: Mapping[str, Any]) -> dict[str, Text]:
    """Give the texts in which something was seen; Python files are texts too."""
    texts = {
        name: fact.text if isinstance(fact, Source) else fact
        for name, fact in seen.items()
        if isinstance(fact, (Source, Text))
    }
    return {name: text for name, text in texts.items() if text != Text()}


def text_of(name: str, data: bytes) -> Text:
    """Give what is notable in any text."""
    script = data.startswith(b"#!") or ".data/scripts/" in name
    return Text(
        secrets=secrets_in(data, name),
        conflict=_conflict(data),
        first=data[: data.find(b"\n") + 1][:_LONGEST_LINE] if script else b"",
        content=data[:_LONGEST_PTH].decode("utf-8", "replace") if name.endswith(".pth") else "",
    )


def _conflict(data: bytes) -> int:
    """Give the line of the first mark of an unsettled merge, 0 where there is none."""
    match = _CONFLICT.search(data) if b"<<<<<<< " in data else None
    if match is None or data.find(b"\n=======", match.end(), match.end() + _LONGEST_CONFLICT) < 0:
        return 0
    return data.count(b"\n", 0, match.start()) + 1


def source_of(name: str, data: bytes, *, parse: bool = True) -> Source:
    """Give what a Python file says; of stubs less, since nobody imports them."""
    if not data:
        return Source(empty=True, bound=frozenset())
    text = text_of(name, data)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    code = code_of(data)
    path = site_path(name)
    package = package_of(path)
    looked = syntax_of(data, code) if parse else Syntax()
    if name.endswith(".pyi"):
        # a stub is read by tools that are newer than the Pythons which the wheel is for
        certain = tuple(fault for fault in looked.faults if fault[0] == EVERY)
        return Source(faults=certain, text=text)
    found = imports_of(code, package)
    return Source(
        imports=found.all,
        guarded=frozenset(found.guarded) - frozenset(found.unguarded),
        faults=looked.faults,
        empty=not code.replace(b'""', b"").strip(b"rRuU \t\n;"),
        names=tuple(found.names),
        relative=frozenset(found.relative),
        needs=looked.needs,
        bound=looked.bound,
        dynamic=makes_names(data),
        hooked=makes_modules(data),
        submodules=own_submodules(code, package, found) if _is_init(path) else (),
        text=text,
    )


def package_of(path: str) -> str:
    """Give the package that a file below site-packages lies in, empty where that is no name."""
    parts = path.split("/")[:-1]
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _is_init(path: str) -> bool:
    return path.endswith("/__init__.py")


def _for_tests(path: str) -> bool:
    return is_test(path.partition(".")[0].replace("/", "."))
