"""Paths that compilers write into what they make (`__FILE__`, debug information), mapped to short fixed ones.

So that the folder in which a wheel is built does not decide its bytes. GCC from 8 and Clang from 10
take `-ffile-prefix-map=OLD=NEW`, which stands for the debug and the macro map too.
https://gcc.gnu.org/onlinedocs/gcc/Overall-Options.html
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

_TAKES_IT = re.compile(
    r"(?:.*-)?(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+|zig)(?:-[\d.]+)?", re.IGNORECASE
)
_WRAPPERS = frozenset({"ccache", "sccache", "distcc"})
# CMake reads no CPPFLAGS. Everywhere else these are for us: they go to C and C++ alike, and are added,
# while a CFLAGS takes the place of what configure scripts and newer setuptools would compile with
_CMAKE = ("scikit_build_core", "skbuild", "py_build_cmake")


def mapping_variables(
    backend: str, mapped: Mapping[Path, str], environ: Mapping[str, str]
) -> dict[str, str]:
    """Give the variables that tell C and C++ compilers to write `mapped`'s values for its folders.

    `backend` is the build backend's import name. The user's own flags stay in front. Nothing is given
    on Windows (MSVC's `/pathmap` needs a mode that warns of each `__DATE__`) and for a compiler
    that is not known to take the option.
    """
    if sys.platform == "win32" or not all(map(_takes_it, _compilers(environ))):
        return {}
    flags = " ".join(_flags(mapped))
    if not flags:
        return {}
    cmake = backend.partition(".")[0] in _CMAKE
    names = ("CFLAGS", "CXXFLAGS") if cmake else ("CPPFLAGS",)
    return {name: f"{environ.get(name, '')} {flags}".strip() for name in names}


def _flags(mapped: Mapping[Path, str]) -> Iterable[str]:
    for folder, name in mapped.items():
        # compilers see the folder as the backend was given it, or as the system calls it
        for path in dict.fromkeys((str(folder), os.path.realpath(folder))):
            if "=" not in path:  # compilers do not agree which of two is meant
                yield shlex.quote(f"-ffile-prefix-map={path}={name}")


def _compilers(environ: Mapping[str, str]) -> Iterable[str]:
    return (environ[name] for name in ("CC", "CXX") if environ.get(name, "").strip())


def _takes_it(command: str) -> bool:
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    names = [Path(word).name for word in words]
    while names and names[0] in _WRAPPERS:
        names = names[1:]
    return bool(names) and _TAKES_IT.fullmatch(names[0]) is not None
