"""Which modules a wheel's files are, by their paths alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

# foo.cpython-312-x86_64-linux-gnu.so, foo.abi3.so, foo.cp312-win_amd64.pyd, foo.pypy311-pp73-…, foo.so
_EXTENSION = re.compile(
    r"(?P<stem>[^.]+)(?P<suffix>\.(?:cpython-\w+|cp\d+t?-\w+|pypy\d+|graalpy\w*|abi3t?)[^.]*)?\.(?:so|pyd)"
)
_TEST_FOLDERS = {"test", "tests", "_tests", "_test", "conftest"}


def extension_stem(path: str) -> tuple[str, str]:
    """Give module name and Python suffix of a compiled module's path; both empty where it is none."""
    match = _EXTENSION.fullmatch(path.rpartition("/")[2])
    return (match["stem"], match["suffix"] or "") if match else ("", "")


def modules_of(paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Give each importable module below site-packages with its path, parents before children.

    Python files in a folder without `__init__` inside a package are data (templates, skeletons), as
    are names that no import statement can spell. A folder without `__init__` above the first package
    is a namespace.
    """
    known = tuple(paths)
    initialized = {_folder(p) for p in known if is_package(p)}
    found: dict[str, str] = {}
    for path in sorted(known, key=lambda p: (p.count("/"), p)):
        name = _module(path)
        if name and _packaged(_folder(path), initialized):
            found.setdefault(name, path)
    return tuple(sorted(found.items(), key=lambda item: item[0].split(".")))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def is_package(path: str) -> bool:
    """Say whether a path is a package's `__init__`."""
    file = path.rpartition("/")[2]
    return file == "__init__.py" or extension_stem(file)[0] == "__init__"


def _module(path: str) -> str:
    """Give the dotted name of a path, empty where it is no module."""
    folder, _, file = path.rpartition("/")
    stem = file.removesuffix(".py") if file.endswith(".py") else extension_stem(file)[0]
    parts = [*folder.split("/"), stem] if folder else [stem]
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else ""


def _packaged(folder: str, initialized: set[str]) -> bool:
    """Say whether each folder below the first package is a package too."""
    parts = folder.split("/") if folder else []
    inside = False
    for depth in range(1, len(parts) + 1):
        if "/".join(parts[:depth]) in initialized:
            inside = True
        elif inside:
            return False
    return True


def is_test(module: str) -> bool:
    """Say whether a module is of the tests, which need tools that no user of the wheel has."""
    parts = module.split(".")
    return any(part in _TEST_FOLDERS for part in parts) or any(
        part.startswith("test_") or part.endswith(("_test", "_benchmark")) for part in parts[1:]
    )


def fits_python(path: str, tag: str) -> bool:
    """Say whether a compiled module's own suffix is for the interpreter `tag` (`cp312`), or for all."""
    suffix = extension_stem(path)[1]
    match = re.match(r"\.(?:cpython-|cp)(\d+t?)", suffix)
    if match is None:
        return True
    return f"cp{match[1]}" == tag


def script_name(member: str) -> str:
    """Give the name of a wheel's script file (`NAME-1.0.data/scripts/run` is `run`), or nothing."""
    first, _, rest = member.partition("/")
    scheme, _, name = rest.partition("/")
    return name if first.endswith(".data") and scheme == "scripts" and "/" not in name else ""
