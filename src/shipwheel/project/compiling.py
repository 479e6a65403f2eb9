"""How much a project compiles: the sources in its tree, weighed by how long a compiler takes for them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from shipwheel.project.facts import Compiled, Fact
from shipwheel.project.sources import Sources
from shipwheel.project.tree import Tree, join

_RUST = frozenset({"maturin"})
# bytes of C that compile as long as one byte: Cython writes some thirty for one, and C++'s templates
# are compiled anew in each file
_WEIGHTS = {
    **dict.fromkeys((".c", ".m"), 1),
    **dict.fromkeys((".f", ".f90", ".f95"), 2),
    **dict.fromkeys((".cpp", ".cc", ".cxx", ".cu", ".mm"), 4),
    ".pyx": 30,
}
# what no wheel is compiled of
_ASIDE = re.compile(r"(tests?|docs?|examples?|benchmarks?|fuzz\w*|perf|venv|env)$", re.IGNORECASE)
_FOLDERS, _FILES = 200, 500  # of so many, the rest changes no decision


def read_compiled(sources: Sources) -> Fact[Compiled]:
    """Add up the sources of extensions in the tree: C, C++, Fortran and Cython; Rust is named alone."""
    if sources.family in _RUST or sources.tool("setuptools-rust") or _has_crates(sources):
        return Fact(value=Compiled(crates=True), origin="Rust: Cargo compiles the dependencies too")
    files = size = weight = 0
    for path, suffix in _found(sources.tree):
        count = sources.tree.size(path)
        files, size, weight = files + 1, size + count, weight + count * _WEIGHTS[suffix]
        if files == _FILES:
            break
    return Fact(value=Compiled(files=files, size=size, weight=weight), origin="the tree")


def _has_crates(sources: Sources) -> bool:
    return any("setuptools-rust" in each.lower() for each in sources.build_requires)


def _found(tree: Tree) -> Iterator[tuple[str, str]]:
    waiting, seen = [""], 0
    while waiting and seen < _FOLDERS:
        folder = waiting.pop()
        seen += 1
        for name in tree.names(folder):
            suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a relative path with `/`
            if suffix in _WEIGHTS:
                yield join(folder, name), suffix
        inner = (each for each in tree.folders(folder) if not _ASIDE.match(each.rpartition("/")[2]))
        waiting += inner
