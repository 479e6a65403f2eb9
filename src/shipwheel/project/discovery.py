"""Packages found by looking: what a folder holds that could be imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from shipwheel.project.facts import Package
from shipwheel.project.names import normalize
from shipwheel.project.tree import Tree, join

STUBS = "-stubs"
# top-level names that are no part of what is shipped, unless nothing else is there
BYSTANDERS = frozenset(
    [
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "example",
        "examples",
        "benchmark",
        "benchmarks",
        "bench",
        "script",
        "scripts",
        "tool",
        "tools",
        "ci",
        "build",
        "dist",
        "bin",
        "requirements",
        "packaging",
        "tasks",
        "site-packages",
        "fuzz",
        "fuzzer",
        "fuzzing",
        "profiler",
        "unittest",
        "unittests",
        "integration_tests",
        "testdata",
        "data",
        "misc",
        "contrib",
        "changelog",
        "news",
        "changes",
        "template",
        "templates",
        "notebooks",
        "samples",
        "vendor",
        "third_party",
        "extern",
        "external",
        "perf",
        "performance",
    ]
)
_ROOT_SCRIPTS = frozenset(
    [
        "setup",
        "noxfile",
        "conftest",
        "tasks",
        "fabfile",
        "dodo",
        "bench",
        "benchmark",
        "versioneer",
        "ez_setup",
        "build",
        "runtests",
        "run_tests",
        "test",
        "tests",
        "example",
        "examples",
        "__init__",
        "__main__",
        "manage",
        "release",
        "docs",
        "toxfile",
    ]
)
_SOURCES = (".py", ".pyi", ".pyx", ".pyd", ".so", ".c", ".cpp", ".rs")
_NAMESPACE_DEPTH = 3


def is_package(tree: Tree, folder: str) -> bool:
    """Say whether a folder is a regular package (or a stub package)."""
    return any(tree.is_file(f"{folder}/__init__{end}") for end in (".py", ".pyi", ".pyx"))


def package_at(tree: Tree, folder: str, name: str) -> Package | None:
    """Give the package or module of an import name below a folder, None where it is not there.

    A dotted name may stand in folders or, as poetry and flit allow, with its namespace folders only.
    """
    path = join(folder, name.replace(".", "/"))
    if is_package(tree, path) or (tree.is_dir(path) and _holds_sources(tree, path)):
        return Package(name=name, path=path, stubs=name.partition(".")[0].endswith(STUBS))
    for ending in (".py", ".pyx", ".pyi"):
        if tree.is_file(path + ending):
            return Package(name=name, path=path + ending)
    return None


def below(tree: Tree, name: str, path: str, depth: int = 0) -> Iterator[Package]:
    """Give the packages that a folder stands for: itself, or those below it where it is a namespace."""
    if is_package(tree, path) and not _is_old_namespace(tree, path):
        yield Package(name=name, path=path, stubs=name.partition(".")[0].endswith(STUBS))
        return
    modules = [each for each in tree.match("*.py", path) if not each.endswith("/__init__.py")]
    inner = [
        found
        for folder in tree.folders(path)
        if _last(folder).isidentifier() and depth < _NAMESPACE_DEPTH
        for found in below(tree, f"{name}.{_last(folder)}", folder, depth + 1)
    ]
    yield from inner
    for module in modules:
        yield Package(name=f"{name}.{_last(module)[:-3]}", path=module)


def _is_old_namespace(tree: Tree, path: str) -> bool:
    """Say whether an `__init__.py` only declares a namespace (pkgutil's or pkg_resources' way)."""
    text = tree.read(f"{path}/__init__.py") or ""
    return len(text) < 800 and ("extend_path" in text or "declare_namespace" in text)


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _holds_sources(tree: Tree, folder: str) -> bool:
    return any(name.endswith(_SOURCES) for name in tree.names(folder))


def discover(tree: Tree, folder: str) -> tuple[Package, ...]:
    """Give what a folder of sources (`src`) holds: packages, namespaces, modules."""
    found: list[Package] = []
    for path in tree.folders(folder):
        name = _last(path)
        if not (name.isidentifier() or name.endswith(STUBS)):
            continue
        if folder in {"", "."} and not is_package(tree, path):
            continue
        found += below(tree, name, path)
    for path in (*tree.match("*.py", folder), *tree.match("*.pyx", folder)):
        stem = _last(path).rpartition(".")[0]
        if stem.isidentifier() and not (folder in {"", "."} and stem in _ROOT_SCRIPTS):
            found.append(Package(name=stem, path=path))
    return tuple(found)


def without_bystanders(packages: tuple[Package, ...]) -> tuple[Package, ...]:
    """Leave out tests, docs and the like, unless they are all there is."""
    kept = tuple(each for each in packages if each.top.lower() not in BYSTANDERS)
    return kept or packages


def by_name(tree: Tree, project: str, folders: tuple[str, ...]) -> Package | None:
    """Give the package that is called as the project, in the first of the folders that has one.

    Upper and lower case, `-`, `_` and `.` count as the same; a dotted project name is a namespace.
    """
    for folder in folders:
        for name in import_names(project):
            found = package_at(tree, folder, name)
            if found is not None:
                return found
        wanted = normalize(project).replace("-", "_")
        for each in discover(tree, folder):
            if each.name.replace(".", "_").lower() == wanted:
                return each
    return None


def import_names(project: str) -> tuple[str, ...]:
    """Give the import names that a project's name suggests."""
    stubs = project.lower().endswith((STUBS, "_stubs"))
    base = project[: -len(STUBS)] if stubs else project
    names = [
        base.replace("-", "."),
        base.replace("-", "_"),
        base.replace("-", "_").replace(".", "_"),
    ]
    if "." not in base:
        names = names[1:]
    names += [name.lower() for name in names]
    return tuple(dict.fromkeys(f"{name}{STUBS}" if stubs else name for name in names))


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a dotted name matches one of setuptools' patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def outermost(packages: Iterable[Package]) -> tuple[Package, ...]:
    """Keep the outermost of nested packages, each name once."""
    by_import = {each.name: each for each in reversed(list(packages)) if each.name}
    names = set(by_import)
    kept = [
        each
        for name, each in by_import.items()
        if not any(name.startswith(f"{other}.") for other in names)
    ]
    return tuple(sorted(kept, key=lambda each: each.name))


def clean_folder(folder: str) -> str:
    """Give a folder as a relative path; the root is empty."""
    folder = folder.strip().removeprefix("./").rstrip("/")
    return "" if folder == "." else folder


def is_importable(name: str) -> bool:
    """Say whether a folder of this name can be imported, or holds stubs."""
    return name.isidentifier() or name.endswith("-stubs")


def is_dotted(name: str) -> bool:
    """Say whether a name is one that Python could import."""
    return bool(name) and all(part.isidentifier() for part in name.split("."))
