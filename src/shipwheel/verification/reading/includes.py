"""Which local headers a C, C++ or Cython source names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

INCLUDING = {".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".m", ".mm"}
_COMPILED = {".c", ".cc", ".cpp", ".cxx", ".m", ".mm"}  # for certain; a header may be for nobody
# the interpreter's and C's own, which some write in quotes
_ELSEWHERE = {
    *("Python.h", "structmember.h", "frameobject.h", "opcode.h", "datetime.h", "compile.h"),
    *("code.h", "pythread.h", "marshal.h", "node.h", "symtable.h", "pyconfig.h", "patchlevel.h"),
    *("limits.h", "stdio.h", "stdlib.h", "string.h", "math.h", "stdint.h", "windows.h", "errno.h"),
    *("bytesobject.h", "config.h", "cpuid.h"),  # a build writes it
}
# folders of others' code, and of tests and examples, that no build from the sdist compiles
_ASIDE = re.compile(
    r"(^|/)(vendor|_?vendored|third_?party|external|extern|deps|contrib|[^/]*(test|example)[^/]*)/"
    r"|(^|/|_)(tests?|examples?|benchmarks?)\.\w+$"
)
# what a build writes: configuration, and what protobuf's, Qt's and GObject's compilers make
_MADE = re.compile(r"\.pb\.|^(moc|ui|qrc)_|config|generated|version|enum")
# how the headers of libraries begin that a system has, and that some include in quotes
_LIBRARIES = re.compile(
    r"(?i:"
    r"arrow|b2nd|blas|blosc|boost|brotli|bz|cairo|catch|cblas|crypto|cuda|curl|"
    r"doctest|errmsg|ev\.h|event|expat|ffi|fftw|fitsio|freetype|ft2|gdal|geos|"
    r"glib|gmp|gsl|gtest|gtk|hb|hdf5|icu|imgui|jpeg|jni|lapack|ldap|leveldb|lib|"
    r"lmdb|lz4|lzma|lzo|mpfr|mpi|mysql|netcdf|omp|opencv|openssl|png|portaudio|"
    r"proj|pybind|re2|rocksdb|sdl|snappy|sndfile|sodium|sql|ssl|tbb|tcl|tiff|"
    r"udev|usb|webp|x11|xml|xslt|xxhash|yaml|z\.h|zconf|zlib|zmq|zstd"
    r")"
)
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
    others of the source's own folder are included in the same way and are there, no file of the archive
    bears its name, and it is not named as a library is.
    """
    names = {posixpath.basename(path) for path in paths} | _ELSEWHERE
    for path, text in sorted(texts.items()):
        if posixpath.splitext(path)[1] not in _COMPILED or _ASIDE.search(path):
            continue
        folder = posixpath.dirname(path)
        wanted = [name for name in local_includes(text) if "/" not in name]
        beside = [name for name in wanted if posixpath.join(folder, name) in paths]
        for name in wanted if beside else ():
            known = _LIBRARIES.match(name) or _MADE.search(name)
            if name not in names and not known:
                yield path, name
