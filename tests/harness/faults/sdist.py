"""What can be wrong with an sdist."""

from __future__ import annotations

from collections.abc import Callable

from faulty import Fault, Sdist

PURE, COMPILED = "itsdangerous-sdist", "markupsafe-sdist"
KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n" * 3


def _remove(name: str) -> Callable[[Sdist], None]:
    return lambda sdist: sdist.remove(sdist.inside(name))


def _write(name: str, text: str | bytes = "") -> Callable[[Sdist], None]:
    return lambda sdist: sdist.write(sdist.inside(name), text)


def _edit(name: str, old: str, new: str) -> Callable[[Sdist], None]:
    return lambda sdist: sdist.edit(sdist.inside(name), old, new)


def _end(name: str, text: str) -> Callable[[Sdist], None]:
    return lambda sdist: sdist.write(sdist.inside(name), sdist.text(sdist.inside(name)) + text)


def _two_roots(sdist: Sdist) -> None:
    sdist.write("other/README.md", "x\n")


def _other_root(sdist: Sdist) -> None:
    for name in list(sdist.names):
        sdist.rename(name, name.replace(sdist.root, "itsdangerous-main", 1))


def _no_build_file(sdist: Sdist) -> None:
    sdist.remove(sdist.inside("pyproject.toml"))


def _lost_header(sdist: Sdist) -> None:
    source = sdist.inside("src/markupsafe/_speedups.c")
    sdist.write(sdist.inside("src/markupsafe/common.h"), "#define COMMON 1\n")
    text = sdist.text(source)
    sdist.write(source, '#include "common.h"\n#include "escaping.h"\n' + text)


def _opened(sdist: Sdist) -> None:
    name = sdist.inside("setup.py")
    sdist.write(name, 'REQUIRES = open("requirements.txt").read()\n' + sdist.text(name))


def _key(sdist: Sdist) -> None:
    sdist.write(sdist.inside("id_rsa"), "-----BEGIN OPENSSH PRIVATE KEY-----\n")


def _no_package(sdist: Sdist) -> None:
    for name in [name for name in sdist.names if "/src/" in name]:
        sdist.remove(name)


FAULTS = (
    Fault("no package", "sdist-code", PURE, _no_package),
    Fault("two roots", "sdist-root", PURE, _two_roots),
    Fault("a root as git makes it", "sdist-root", PURE, _other_root),
    Fault("no PKG-INFO", "sdist-pkg-info", PURE, _remove("PKG-INFO")),
    Fault("nothing to build from", "sdist-build-file", PURE, _no_build_file),
    Fault("no TOML", "sdist-pyproject", PURE, _edit("pyproject.toml", "[project]", "[project")),
    Fault(
        "a build requirement that is none",
        "sdist-pyproject",
        PURE,
        _edit("pyproject.toml", "flit_core", "flit_core=="),
    ),
    Fault(
        "a backend that is not there",
        "sdist-pyproject",
        PURE,
        _edit("pyproject.toml", "[build-system]", '[build-system]\nbackend-path = ["_build"]'),
    ),
    Fault(
        "a backend by a name that does not exist",
        "sdist-pyproject",
        PURE,
        _edit("pyproject.toml", "flit_core.buildapi", "flit_core.build"),
        says=("flit_core.build", "flit_core.buildapi"),
    ),
    Fault(
        "a backend that is not required",
        "sdist-pyproject",
        PURE,
        _edit("pyproject.toml", 'requires = ["flit_core', 'requires = ["hatchling'),
        says=("flit-core",),
    ),
    Fault(
        "another version",
        "sdist-metadata",
        PURE,
        _edit("pyproject.toml", 'version = "2.2.0"', 'version = "2.3.0"'),
        says=("2.3.0", "2.2.0"),
    ),
    Fault("no readme", "sdist-named-files", PURE, _remove("README.md"), says=("README.md",)),
    Fault("no licence", "sdist-named-files", PURE, _remove("LICENSE.txt")),
    Fault("no C source", "sdist-sources", COMPILED, _remove("src/markupsafe/_speedups.c")),
    Fault("no header", "sdist-sources", COMPILED, _lost_header, "warning", says=("escaping.h",)),
    Fault("a file that setup.py opens", "sdist-sources", COMPILED, _opened),
    Fault("a file less", "sdist-listed", COMPILED, _remove("src/markupsafe/_native.py"), "warning"),
    Fault("a cache", "sdist-strays", PURE, _write("src/__pycache__/a.pyc", b"\0"), "warning"),
    Fault("git's own folder", "sdist-strays", PURE, _write(".git/config"), "warning"),
    Fault("a compiled module", "sdist-strays", PURE, _write("src/a.abi3.so", b"\0"), "warning"),
    Fault("an earlier wheel", "sdist-strays", PURE, _write("dist/a.whl", b"\0"), "warning"),
    Fault("a .env", "sdist-secrets", PURE, _write(".env", "TOKEN=1\n"), "warning"),
    Fault("a private key", "sdist-secrets", PURE, _key, "warning"),
    Fault(
        "an upload token in a script",
        "sdist-secrets",
        PURE,
        _write("release.sh", f"export TOKEN=pypi-AgEIcHlwaS5vcmc{'x9' * 40}\n"),
        says=("release.sh", "PyPI"),
    ),
    Fault(
        "a key in a settings module",
        "sdist-secrets",
        COMPILED,
        _write("src/markupsafe/keys.py", 'KEY = """' + KEY + '"""\n'),
        "warning",
        says=("keys.py", "private key"),
    ),
    Fault(
        "half a line",
        "sdist-syntax",
        PURE,
        _end("src/itsdangerous/encoding.py", "\ndef broken(:\n"),
        says=("src/itsdangerous/encoding.py", "line"),
    ),
    Fault("Python 2 in setup.py", "sdist-syntax", COMPILED, _end("setup.py", '\nprint "done"\n')),
    Fault(
        "a module lost",
        "sdist-imports",
        PURE,
        _remove("src/itsdangerous/signer.py"),
        says=("itsdangerous.signer", "src/itsdangerous/__init__.py"),
    ),
    Fault(
        "the package's __init__ lost",
        "sdist-init",
        PURE,
        _remove("src/itsdangerous/__init__.py"),
        "warning",
    ),
    Fault(
        "an unsettled merge",
        "sdist-conflict",
        PURE,
        _end("src/itsdangerous/exc.py", "\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n"),
        says=("src/itsdangerous/exc.py", "line"),
    ),
)
