"""Which modules a set of installed files is: by their paths alone, nothing is imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

LONGEST_NAMESPACE = 4096  # bytes; an __init__.py that only declares a namespace is a few lines
_COMPILED = (".so", ".pyd")
_NAMESPACE_MARKS = (b"declare_namespace", b"extend_path")


def site_path(name: str) -> str:
    """Give where a wheel's member lands below site-packages; empty where it lands elsewhere."""
    first, _, rest = name.partition("/")
    if not first.endswith(".data"):
        return name
    scheme, _, path = rest.partition("/")
    return path if scheme in {"purelib", "platlib"} else ""


def module_of(path: str) -> str | None:
    """Give the dotted module that a path below site-packages is, None where it is none.

    `a/b.py` is `a.b`, `a/__init__.py` is `a`, `a/_c.cpython-312-x86_64-linux-gnu.so` is `a._c`.
    """
    parts = path.split("/")
    stem = _stem(parts[-1])
    if stem is None or not all(_is_name(part) for part in parts[:-1]):
        return None
    if stem == "__init__":
        return ".".join(parts[:-1]) or None
    return ".".join([*parts[:-1], stem])


def module_names(paths: Iterable[str]) -> tuple[str, ...]:
    """Give every importable module of the paths, sorted."""
    return tuple(sorted({name for path in paths if (name := module_of(path))}))


def compiled_modules(paths: Iterable[str]) -> tuple[str, ...]:
    """Give the paths that are compiled modules; a library in `NAME.libs/` is none."""
    return tuple(path for path in paths if path.endswith(_COMPILED) and module_of(path))


def import_names(paths: Collection[str], namespaces: Collection[str] = ()) -> tuple[str, ...]:
    """Give the dotted names below which every module is the distribution's own, sorted.

    A folder without `__init__` is a namespace that other distributions may share, as is one named in
    `namespaces`: its name stands only with the next part (`zope.interface`). A `-stubs` folder counts
    under its own name. A folder without any module counts for nothing.
    """
    files: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, _, name = path.rpartition("/")
        files[folder].append(name)
    found: set[str] = set()
    for folder, names in files.items():
        parts = folder.split("/") if folder else []
        if _owner(parts, files, namespaces) is not None:
            found.add(_owner(parts, files, namespaces) or "")
            continue
        if not all(_is_name(part) for part in parts):
            continue
        found |= {
            ".".join([*parts, stem])
            for name in names
            if (stem := _stem(name)) and stem not in {"__init__", "__main__"}
        }
    return tuple(sorted(found))


def declares_namespace(init: bytes) -> bool:
    """Say whether an `__init__.py` shares its package's name, as pkg_resources and pkgutil have it."""
    return any(mark in init for mark in _NAMESPACE_MARKS) and b"__path__" in init


def _owner(
    parts: list[str], files: dict[str, list[str]], namespaces: Collection[str]
) -> str | None:
    """Give the shallowest regular or stub package that a folder lies in, None where it lies in none."""
    if parts and parts[0].endswith("-stubs") and _is_name(parts[0].removesuffix("-stubs")):
        return parts[0]
    for depth in range(1, len(parts) + 1):
        above = parts[:depth]
        if not _is_name(above[-1]):
            return None
        dotted = ".".join(above)
        if dotted not in namespaces and _has_init(files.get("/".join(above), ())):
            return dotted
    return None


def _has_init(names: Iterable[str]) -> bool:
    return any(name == "__init__.pyi" or _stem(name) == "__init__" for name in names)


def _stem(name: str) -> str | None:
    """Give a file's module name without its folder, None for what is not a module."""
    if name.endswith(".py"):
        stem = name[:-3]
    elif name.endswith(_COMPILED):
        stem = name.partition(".")[0]
    else:
        return None
    return stem if _is_name(stem) else None


def _is_name(part: str) -> bool:
    return part.isidentifier()
