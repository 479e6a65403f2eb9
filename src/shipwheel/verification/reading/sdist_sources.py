"""The examiner of an sdist's texts: what of it becomes a wheel's module, and what nobody should see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shipwheel.verification.reading.archives import Data
from shipwheel.verification.reading.sources import (
    MOST_SOURCE,
    MOST_TEXT,
    SourceExaminer,
    is_python,
    text_of,
)
from shipwheel.verification.source import Source, Text

# what lies there is for tests, for readers, or somebody else's
_ASIDE = re.compile(
    r"(^|/)([^/]*(test|example|fixture|dummy|mock|doc|sample|demo|vendor|extern|third.?party|benchmark|template|skel|tutorial)"
    r"[^/]*|subprojects|deps|t|node_modules|site-packages)/|(^|/)test_[^/]*$|(^|/)[^/]*_test\.py$|(^|/)conftest\.py$",
    re.IGNORECASE,
)
_SOURCE_FOLDERS = ("src", "lib", "Lib", "python")
# nobody writes a credential there, and there are many of them
_COMPILED = (
    *(".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inc", ".s", ".asm", ".f", ".f90"),
    *(".cu", ".pyx", ".pxd", ".pxi", ".po", ".pot", ".svg", ".html", ".css", ".map", ".csv"),
)


class SdistExaminer:
    """An `Examiner`: gives a `Source` for a Python file that may be shipped, a `Text` for any other.

    One is for one archive.
    """

    def __init__(self) -> None:
        self._sources = SourceExaminer()

    def wants(self, name: str, size: int, head: bytes) -> bool:
        """See Examiner."""
        path = below_root(name)
        if is_aside(path) or b"\0" in head:
            return False
        if is_python(path):
            return size <= MOST_SOURCE
        return 0 < size <= MOST_TEXT and not path.lower().endswith(_COMPILED)

    def look(self, name: str, data: Data) -> Any:
        """See Examiner."""
        path = below_root(name)
        if is_python(path):
            return self._sources.look(import_path(path), data)
        return text_of(path, bytes(data))


def below_root(name: str) -> str:
    """Give a member's path below the sdist's root."""
    return name.removeprefix("./").partition("/")[2]


def is_aside(path: str) -> bool:
    """Say whether a path below the root is for tests or readers, or somebody else's."""
    return _ASIDE.search(path) is not None


def import_path(path: str) -> str:
    """Give where a Python file would lie below site-packages: without the folder of all sources."""
    first, _, rest = path.partition("/")
    return rest if rest and first in _SOURCE_FOLDERS else path


def pick(seen: Mapping[str, Any]) -> tuple[dict[str, Source], dict[str, Text]]:
    """Give, by path below the root, the Python files, and the texts in which something was seen."""
    facts = {below_root(name): fact for name, fact in seen.items()}
    sources = {path: fact for path, fact in facts.items() if isinstance(fact, Source)}
    texts = {path: fact.text if isinstance(fact, Source) else fact for path, fact in facts.items()}
    return sources, {path: text for path, text in texts.items() if text.secrets or text.conflict}
