"""ccache and sccache before the compilers of a laptop's build; a release is always compiled anew."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.errors import ShipwheelError
from shipwheel.machine.variables import without_outer

# what a backend may start by its bare name: gcc, c++, clang-19, x86_64-linux-gnu-gcc-12
_COMPILER = re.compile(
    r"(?:[A-Za-z0-9_]+-[\w.-]+-)?(?:cc|gcc|g\+\+|c\+\+|clang|clang\+\+)(?:-[\d.]+)?"
)
# these put a cache in front of the compiler themselves where they find one; sccache is Rust's too
_OWN_SEARCH = frozenset({"mesonpy", "maturin"})
_STATISTICS = "CCACHE_STATSLOG"
_HITS = frozenset({"direct_cache_hit", "preprocessed_cache_hit"})
_MISS = "cache_miss"


class Counts(msgspec.Struct, frozen=True):
    """How many compilations were taken from a cache, and how many were done."""

    hits: int = 0
    misses: int = 0


class CompilerCache(msgspec.Struct, frozen=True):
    """A cache for one build: `variables` go over the build's, `first` comes first on its PATH.

    `name` is `ccache` or `sccache`, `program` its path, `log` where ccache writes what became of each
    compilation: its own counters are the machine's, and several builds may run at once.
    """

    name: str
    program: str
    log: Path
    before: Counts
    variables: dict[str, str]
    first: Path | None = None

    def counts(self) -> Counts | None:
        """Give what it did in this build, None where it cannot be told."""
        if self.name == "ccache":
            return _read_log(self.log)
        now = _sccache_counts(self.program)
        return Counts(now.hits - self.before.hits, now.misses - self.before.misses)

    def said(self) -> str:
        """Say in a few words what it did; empty where nothing was compiled through it."""
        counts = self.counts()
        if counts is None or not (counts.hits or counts.misses):
            return ""
        return f"{self.name} gave {counts.hits} of {counts.hits + counts.misses} compilations"


def uncached() -> dict[str, str]:
    """Give the variables that keep both caches out, also where a backend or PATH brings one by itself."""
    return {"CCACHE_DISABLE": "1", "SCCACHE_RECACHE": "1"}


def compiler_cache(
    folder: Path, backend: str, environ: Mapping[str, str] | None = None
) -> CompilerCache | None:
    """Put the compiler cache of this machine before the compilers of one build; None where there is none.

    `folder` gets the stand-ins of the compilers (POSIX alone) and is to be there as long as the build;
    `backend` is the project's. A cache that the user has named in CC or switched off stays as it is.
    """
    environ = os.environ if environ is None else environ
    found = _found(backend, environ)
    if found is None or os.name != "posix" or "CCACHE_DISABLE" in environ:
        return None
    name, program = found
    log = folder / "statistics"
    folder.mkdir(parents=True, exist_ok=True)
    first = None if backend in _OWN_SEARCH else _stand_ins(folder / "bin", name, program, environ)
    return CompilerCache(
        name=name,
        program=program,
        log=log,
        before=_sccache_counts(program) if name == "sccache" else Counts(),
        variables=_variables(name, program, log, environ),
        first=first,
    )


def _found(backend: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Give name and path of the cache to take; both there: the one that the backend would take."""
    names = ("sccache", "ccache") if backend in _OWN_SEARCH else ("ccache", "sccache")
    for name in names:
        program = shutil.which(name, path=environ.get("PATH"))
        if program is not None:
            return name, program
    return None


def _variables(name: str, program: str, log: Path, environ: Mapping[str, str]) -> dict[str, str]:
    own = {_STATISTICS: str(log)} if name == "ccache" else {}
    if name == "sccache" and "RUSTC_WRAPPER" not in environ:
        own["RUSTC_WRAPPER"] = program
    for variable in ("CC", "CXX"):
        words = shlex.split(environ.get(variable, ""))
        # a bare name is found among the stand-ins; a path is not
        if words and "/" in words[0] and not _is_cache(words[0]):
            own[variable] = f"{shlex.quote(program)} {environ[variable]}"
    return own


def _is_cache(word: str) -> bool:
    return Path(word).resolve().name in {"ccache", "sccache"}


def _stand_ins(folder: Path, name: str, program: str, environ: Mapping[str, str]) -> Path:
    """Give a folder with a stand-in for each compiler on PATH."""
    folder.mkdir(exist_ok=True)
    for compiler in _compilers(environ.get("PATH", os.defpath)):
        target = folder / compiler.name
        if target.exists():
            continue
        if name == "ccache":
            target.symlink_to(program)  # it looks at the name that it is called by
            continue
        line = shlex.join([program, str(compiler)])
        target.write_text(f'#!/bin/sh\nexec {line} "$@"\n', encoding="utf-8")
        target.chmod(target.stat().st_mode | stat.S_IXUSR)
    return folder


def _compilers(path: str) -> Iterator[Path]:
    for entry in filter(None, path.split(os.pathsep)):
        folder = Path(entry)
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208 - thousands of names
        except OSError:
            continue
        for each in names:
            if _COMPILER.fullmatch(each) and not _is_cache(str(folder / each)):
                yield folder / each


def _read_log(path: Path) -> Counts | None:
    """Read ccache's log of one build: a line a counter; None from a ccache that writes none (before 4.4)."""
    try:
        lines = Counter(path.read_text(encoding="utf-8", errors="replace").split("\n"))
    except OSError:
        return None
    return Counts(sum(lines[each] for each in _HITS), lines[_MISS])


def _sccache_counts(program: str) -> Counts:
    """Ask sccache's server for its counters, of all builds since it was started."""
    try:
        done = process.run(
            [program, "--show-stats", "--stats-format=json"], env=without_outer(os.environ)
        )
        found = json.loads(done.output)["stats"]
        return Counts(*(_total(found[each]) for each in ("cache_hits", "cache_misses")))
    except (ShipwheelError, ValueError, KeyError, TypeError, AttributeError):
        return Counts()


def _total(counted: Mapping[str, Mapping[str, int]]) -> int:
    return sum(counted["counts"].values())
