"""Which local headers a C, C++ or Cython source names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

INCLUDING = {".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".m", ".mm"}
# the interpreter's and C's own, which some write in quotes
_ELSEWHERE = {
    *("Python.h", "structmember.h", "frameobject.h", "opcode.h", "datetime.h", "compile.h"),
    *("code.h", "pythread.h", "marshal.h", "node.h", "symtable.h", "pyconfig.h", "patchlevel.h"),
    *("limits.h", "stdio.h", "stdlib.h", "string.h", "math.h", "stdint.h", "windows.h", "errno.h"),
    *("config.h", "cpuid.h"),  # a build writes it
}
_OTHERS_CODE = re.compile(r"(^|/)(vendor|_?vendored|third_?party|external|extern|deps|contrib)/")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"', re.MULTILINE)
_CONDITIONAL = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b.*", re.MULTILINE)


def local_includes(text: str) -> Iterator[str]:
    """Give what a source includes in quotes outside every `#if`, but the guard around a header."""
    marks = sorted(
        [(m.start(), m[1], "") for m in _CONDITIONAL.finditer(text)]
        + [(m.start(), "include", m[1]) for m in _INCLUDE.finditer(text)]
    )
    depth, guard = 0, 1 if marks and marks[0][1] == "ifndef" else 0
    for _, word, name in marks:
        if word == "include" and depth <= guard:
            yield name
        elif word.startswith("if"):
            depth += 1
        elif word == "endif":
            depth -= 1


def lost_includes(texts: Mapping[str, str], paths: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Give (source, header) of each header beside its source's folder that is not in the archive.

    Only what must have lain beside the source is certain: a header without a folder in its name, where
    others of the source's own folder are included in the same way and are there, and no file of the
    archive bears its name.
    """
    names = {posixpath.basename(path) for path in paths}
    for path, text in sorted(texts.items()):
        if posixpath.splitext(path)[1] not in INCLUDING or _OTHERS_CODE.search(path):
            continue
        folder = posixpath.dirname(path)
        wanted = [name for name in local_includes(text) if "/" not in name]
        beside = [name for name in wanted if posixpath.join(folder, name) in paths]
        for name in wanted if beside else ():
            if name not in names and name not in _ELSEWHERE:
                yield path, name
