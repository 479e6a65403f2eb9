"""What goes into an overlay, decided from paths alone: which files of the tree, which of the wheel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

_TEST_FOLDERS = frozenset({"test", "tests"})
# a folder of this name is as often the public help for others' tests: code, unless tests lie in it
_PERHAPS_TEST_FOLDER = "testing"
_TEST_FILE = re.compile(r"^(test_.*\.py|.*_test\.py|conftest\.py)$")
_TEST_NAME = re.compile(r"test", re.IGNORECASE)
_SOURCE_ROOTS = ("", "src", "lib", "python")
# modules beside a package that the build maps to the root itself: tools', not the package's
_ROOT_TOOLS = frozenset(
    {
        *("setup.py", "noxfile.py", "toxfile.py", "conftest.py", "tasks.py", "fabfile.py"),
        *("dodo.py", "versioneer.py", "runtests.py", "hatch_build.py", "build.py"),
    }
)
_MODULE_FILE = (".py", ".pyi", ".pyx", ".pxd", ".so", ".pyd")


class Place(msgspec.Struct, frozen=True):
    """An import name and where the tree has it: a folder, or (`file`) a single module.

    `path` is relative with `/`; an empty folder path is the root itself.
    """

    name: str
    path: str
    file: bool = False

    @property
    def parent(self) -> str:
        """Give the folder that holds it."""
        return self.path.rpartition("/")[0]


class OverlayPlan(msgspec.Struct, frozen=True):
    """`copied`: files of the tree, at the same path. `placed`: overlay path to path in site-packages."""

    copied: tuple[str, ...]
    placed: Mapping[str, str]


def find_places(
    declared: Iterable[tuple[str, str]],
    wheel_names: Iterable[str],
    tree: Sequence[str],
    wheel_paths: Iterable[str] = (),
) -> tuple[Place, ...]:
    """Give the places of the project's packages in the tree, from facts (name, path) and wheel names.

    Names that only the wheel knows are looked for at the usual source roots, beside what the facts
    name, and then wherever a folder of that name holds mostly the wheel's files (`wheel_paths`). A name
    that the tree does not have has no place. The longest names come first.
    """
    files = frozenset(tree)
    folders = _folders(tree)
    places = {
        name: Place(name, path, file=path in files)
        for name, given in declared
        if (path := "" if given == "." else given.rstrip("/")) in files
        or path in folders
        or given == "."
    }
    roots = dict.fromkeys((*_SOURCE_ROOTS, *(_root_of(place) for place in places.values())))
    held = tuple(wheel_paths)
    for name in set(wheel_names) - places.keys():
        found = _search(name, roots, files, folders) or _search_by_files(name, files, held)
        if found is not None:
            places[name] = found
    return tuple(sorted(places.values(), key=lambda place: (-len(place.name), place.name)))


def plan_overlay(
    tree: Sequence[str],
    wheel_paths: Iterable[str],
    places: Sequence[Place],
    test_paths: Sequence[str] = (),
) -> OverlayPlan:
    """Decide what an overlay holds.

    Outside the places everything of the tree; inside them the wheel's files (`wheel_paths`, relative to
    site-packages) and of the tree the test files alone: folders `test` and `tests`, `test_*.py`,
    `*_test.py`, `conftest.py`, `testing` where such files lie in it, and `test_paths`.
    """
    placed = _place_wheel(wheel_paths, places)
    tests = _TestFiles(tree, places, test_paths)
    owned = {path: place for path in tree if (place := _owner(path, places, placed)) is not None}
    copied = (
        path
        for path in tree
        if path not in placed and (path not in owned or tests.holds(path, owned[path]))
    )
    return OverlayPlan(tuple(copied), placed)


def _search(
    name: str, roots: Iterable[str], files: frozenset[str], folders: frozenset[str]
) -> Place | None:
    inner = name.replace(".", "/")
    for root in roots:
        path = f"{root}/{inner}" if root else inner
        if path in folders:
            return Place(name, path)
        if f"{path}.py" in files:
            return Place(name, f"{path}.py", file=True)
    return None


def _search_by_files(name: str, files: frozenset[str], wheel_paths: Sequence[str]) -> Place | None:
    """Find a package's folder at an unusual source root by what lies in it."""
    inner = name.replace(".", "/")
    held = [path for path in wheel_paths if path.startswith(f"{inner}/") and path.endswith(".py")]
    inits = (path for path in files if path.endswith(f"/{inner}/__init__.py"))
    for init in sorted(inits, key=lambda path: (path.count("/"), path)):
        root = init[: -len(f"{inner}/__init__.py")]
        shared = sum(f"{root}{path}" in files for path in held)
        if held and 2 * shared >= len(held) and _TEST_FOLDERS.isdisjoint(root.split("/")):
            return Place(name, f"{root}{inner}")
    return None


def _root_of(place: Place) -> str:
    """Give the folder that would be on the import path, where the place lies below one as it should."""
    inner = place.name.replace(".", "/") + (".py" if place.file else "")
    if place.path == inner:
        return ""
    return place.path[: -len(inner) - 1] if place.path.endswith(f"/{inner}") else place.parent


def _folders(tree: Iterable[str]) -> frozenset[str]:
    folders: set[str] = set()
    for path in tree:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(folders)


def _place_wheel(wheel_paths: Iterable[str], places: Sequence[Place]) -> dict[str, str]:
    placed: dict[str, str] = {}
    for path in wheel_paths:
        top = path.partition("/")[0]
        if top.endswith(".dist-info"):
            continue
        if top.endswith(".libs"):
            # bundled libraries are found relative to the extension modules that need them
            placed.update({_join(root, path): path for root in {_root_of(each) for each in places}})
        elif (target := _target(path, places)) is not None:
            placed[target] = path
    return placed


def _target(path: str, places: Sequence[Place]) -> str | None:
    """Give where a wheel's file stands in the overlay: the place of the longest name that holds it."""
    for place in places:
        inner = place.name.replace(".", "/")
        if place.file:
            if path.partition(".")[0] == inner:
                return _join(place.parent, path.rpartition("/")[2])
        elif path.startswith(f"{inner}/"):
            return _join(place.path, path[len(inner) + 1 :])
    return None


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _owner(path: str, places: Sequence[Place], placed: Mapping[str, str]) -> Place | None:
    for place in places:
        if place.file:
            if path == place.path:
                return place
        elif not place.path:
            if _is_of_root_package(path, placed):
                return place
        elif path.startswith(f"{place.path}/"):
            return place
    return None


def _is_of_root_package(path: str, placed: Mapping[str, str]) -> bool:
    """Say whether a file belongs to a package whose folder is the tree's root itself."""
    folder, _, _ = path.partition("/")
    if folder == path:
        return path.endswith(_MODULE_FILE) and path not in _ROOT_TOOLS
    return any(each.startswith(f"{folder}/") for each in placed)


class _TestFiles:
    """Which files within the project's packages are tests."""

    def __init__(self, tree: Sequence[str], places: Sequence[Place], paths: Sequence[str]) -> None:
        self._paths = tuple(path.rstrip("/") for path in paths)
        self._alone = len(places) == 1
        self._with_tests = {
            folder
            for path in tree
            if _TEST_FILE.match(path.rpartition("/")[2])
            for folder in _upwards(path)
        }

    def holds(self, path: str, place: Place) -> bool:
        if place.file:
            return False
        start = len(place.path) + 1 if place.path else 0
        *folders, file = path[start:].split("/")
        if _TEST_FILE.match(file) or not _TEST_FOLDERS.isdisjoint(folders):
            return True
        if not self._alone and place.path.rpartition("/")[2] in _TEST_FOLDERS:
            return True  # the wheel holds the tests as a package of their own, beside the project's
        return self._in_testing(path, start) or self._in_configured(path, place)

    def _in_testing(self, path: str, start: int) -> bool:
        return any(
            folder.rpartition("/")[2] == _PERHAPS_TEST_FOLDER
            and len(folder) >= start
            and folder in self._with_tests
            for folder in _upwards(path)
        )

    def _in_configured(self, path: str, place: Place) -> bool:
        """Say whether a known test path holds the file: one below the package, named like tests.

        `testpaths = ["pkg", "pkg/sub"]` for doctests does not make a package's code test files.
        """
        return any(
            given.startswith(f"{place.path}/")
            and _TEST_NAME.search(given.rpartition("/")[2])
            and (path == given or path.startswith(f"{given}/"))
            for given in self._paths
        )


def _upwards(path: str) -> Iterable[str]:
    """Give the folders above a file, innermost first."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
