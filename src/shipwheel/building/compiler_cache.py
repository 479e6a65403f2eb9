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
    """What may cache one build: `variables` go over the build's, `first` comes first on its PATH.

    `programs` are the caches that it may take, by name (`ccache`, `sccache`), with their paths: one, or
    all that are here where the backend chooses. `log` is where ccache writes what became of each
    compilation: its own counters are the machine's, and several builds may run at once. `before` is
    what sccache's server had counted when the build began.
    """

    programs: dict[str, str]
    log: Path
    before: Counts
    variables: dict[str, str]
    first: Path

    def counts(self) -> dict[str, Counts]:
        """Give what each cache did in this build, without those of which it cannot be told."""
        found: dict[str, Counts] = {}
        if "ccache" in self.programs and (counted := _read_log(self.log)) is not None:
            found["ccache"] = counted
        if "sccache" in self.programs:
            found["sccache"] = _since(self.before, _sccache_counts(self.programs["sccache"]))
        return found

    def said(self) -> str:
        """Say in a few words what was compiled through a cache; empty where nothing was."""
        used = [(name, each) for name, each in self.counts().items() if each.hits or each.misses]
        return ", ".join(
            f"{name} gave {each.hits} of {each.hits + each.misses} compilations"
            for name, each in used
        )


def uncached() -> dict[str, str]:
    """Give the variables that keep both caches out, also where a backend or PATH brings one by itself."""
    return {"CCACHE_DISABLE": "1", "SCCACHE_RECACHE": "1"}


def compiler_cache(
    folder: Path, backend: str, environ: Mapping[str, str] | None = None
) -> CompilerCache | None:
    """Put the compiler cache of this machine before the compilers of one build; None where there is none.

    `folder` gets the stand-ins of the compilers (POSIX alone) and is to be there as long as the build;
    `backend` is the project's: one that looks for a cache itself finds it first on PATH. A cache that the user has named in CC or switched off stays as it is.
    """
    environ = os.environ if environ is None else environ
    here = _here(backend, environ)
    if not here or os.name != "posix" or "CCACHE_DISABLE" in environ:
        return None
    name, program = next(iter(here.items()))
    log, first = folder / "statistics", folder / "bin"
    first.mkdir(parents=True, exist_ok=True)
    if backend in _OWN_SEARCH:
        # one that lies beside us is not on the build's PATH otherwise
        (first / name).symlink_to(program)
    else:
        here = {name: program}
        _stand_ins(first, name, program, environ)
    return CompilerCache(
        programs=here,
        log=log,
        before=_sccache_counts(here["sccache"]) if "sccache" in here else Counts(),
        variables=_variables(here, name, log, environ),
        first=first,
    )


def _here(backend: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the caches of this machine with their paths, that first which is to be taken."""
    names = ("sccache", "ccache") if backend in _OWN_SEARCH else ("ccache", "sccache")
    found = {name: shutil.which(name, path=environ.get("PATH")) for name in names}
    return {name: program for name, program in found.items() if program is not None}


def _variables(
    here: Mapping[str, str], name: str, log: Path, environ: Mapping[str, str]
) -> dict[str, str]:
    program = here[name]
    own = {_STATISTICS: str(log)} if "ccache" in here else {}
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


def _stand_ins(folder: Path, name: str, program: str, environ: Mapping[str, str]) -> None:
    """Put a stand-in for each compiler on PATH into a folder."""
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


def _since(before: Counts, now: Counts) -> Counts:
    """Give what was counted in between; a server that was started anew has counted since then."""
    if now.hits < before.hits or now.misses < before.misses:
        return now
    return Counts(now.hits - before.hits, now.misses - before.misses)


def _total(counted: Mapping[str, Mapping[str, int]]) -> int:
    return sum(counted["counts"].values())
