"""The test files of a tree: where they lie, and what they show of how they are run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shipwheel.project.discovery import is_package
from shipwheel.project.facts import Package
from shipwheel.project.tree import Tree, join

FOLDERS = (
    "tests",
    "test",
    "testing",
    "unittests",
    "unit_tests",
    "test_suite",
    "t",
    "Tests",
    "spec",
)
# `testing` in a package is most often code for its users
_FOLDERS_INSIDE = ("tests", "test", "unittests", "unit_tests")
PATTERNS = ("test_*.py", "*_test.py", "tests_*.py", "*_tests.py")
# folders whose `test_*.py` are no part of the tests, and need what nobody declares
_BESIDES = (
    *("extra", "extras", "example", "examples", "sample", "samples", "demo", "demos"),
    *("bench", "benchmark", "benchmarks", "perf", "performance", "profiling"),
    *("fuzz", "fuzzing", "script", "scripts", "tool", "tools", "contrib"),
)
_ROOT_FILES = ("test.py", "tests.py", "runtests.py", "run_tests.py", "test_all.py")
_MOST_FILES = 60  # files whose imports are read
_MOST_FOLDERS = 40
_IMPORT = re.compile(
    r"^(?:from[ \t]+(?P<source>[A-Za-z_]\w*)(?:\.\w+)*[ \t]+import|import[ \t]+(?P<names>[\w., \t]+))",
    re.MULTILINE,
)
_TEST_FUNCTION = re.compile(r"^(?:async )?def test", re.MULTILINE)
_TEST_METHOD = re.compile(r"^\s+(?:async )?def test\w*\(", re.MULTILINE)
_INSIDE = 3  # how deep packages are searched for tests of their own


@dataclass(frozen=True, kw_only=True)
class TestFiles:
    """What was found: `paths` hold the tests (folders, or files in the root), `imports` are top names.

    `pytest`, `unittest`: what the files are written for, as far as their text shows.
    `functions`: bare test functions, which unittest would not run.
    """

    paths: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    imports: frozenset[str] = frozenset()
    pytest: bool = False
    unittest: bool = False
    functions: bool = False
    texts: tuple[str, ...] = ()

    __test__ = False  # no test class, whatever pytest thinks of its name

    def __bool__(self) -> bool:
        return bool(self.paths)

    def mention(self, name: str) -> bool:
        """Say whether a test file speaks of a project: as it is called, or as it would be imported."""
        words = {name, name.replace("-", "_")}
        return any(word in text for text in self.texts for word in words)


def find_test_files(
    tree: Tree, packages: tuple[Package, ...], configured: tuple[str, ...] = ()
) -> TestFiles:
    """Look for tests in the usual folders, the root, the packages, and the `configured` paths."""
    found: dict[str, list[str]] = {}
    for path in configured:
        _take(tree, path.strip("/"), found, any_file=True)
    for folder in FOLDERS:
        if not _is_own(folder, packages):
            _take(tree, folder, found)
    for package in packages:
        if package.path and tree.is_dir(package.path):
            _take_inside(tree, package.path, found, _INSIDE)
    in_root = [path for pattern in PATTERNS for path in tree.match(pattern)]
    in_root += [name for name in _ROOT_FILES if tree.is_file(name) and _holds_tests(tree, name)]
    for path in in_root:
        found.setdefault(path, [path])
    return _described(tree, found)


def find_strays(tree: Tree, tests: TestFiles, packages: tuple[Package, ...]) -> tuple[str, ...]:
    """Give the folders beside the tests in which a bare pytest would collect more: examples and the like."""
    return tuple(
        folder
        for folder in _BESIDES
        if tree.is_dir(folder)
        and not _is_own(folder, packages)
        and not any(path == folder or path.startswith(f"{folder}/") for path in tests.paths)
        and any(_is_collected(path) for path in _files_below(tree, folder, [_MOST_FOLDERS]))
    )


def _is_collected(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py")


def _is_own(folder: str, packages: tuple[Package, ...]) -> bool:
    return any(package.path == folder for package in packages)


def _take(tree: Tree, path: str, found: dict[str, list[str]], *, any_file: bool = False) -> None:
    if tree.is_file(path):
        found[path] = [path]
    elif tree.is_dir(path):
        files = _files_below(tree, path, [_MOST_FOLDERS])
        if (
            any(map(_is_test_name, files))
            or (any_file and tree.names(path))
            or any(_holds_tests(tree, file) for file in files[:10])
        ):
            found[path] = files


def _take_inside(tree: Tree, folder: str, found: dict[str, list[str]], depth: int) -> None:
    own = [path for path in tree.match("*.py", folder) if _is_shipped_test(tree, path)]
    for path in own:
        found[path] = [path]
    for inner in tree.folders(folder):
        name = inner.rpartition("/")[2]
        if name in _FOLDERS_INSIDE:
            _take(tree, inner, found)
        elif depth and name.isidentifier():
            _take_inside(tree, inner, found, depth - 1)


def _files_below(tree: Tree, folder: str, budget: list[int]) -> list[str]:
    budget[0] -= 1
    files = list(tree.match("*.py", folder))
    for inner in tree.folders(folder):
        if budget[0] > 0:
            files += _files_below(tree, inner, budget)
    return files


def _is_test_name(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".py") and (
        name.startswith(("test_", "test")) or name.endswith("_test.py")
    )


def _is_shipped_test(tree: Tree, path: str) -> bool:
    """Say whether a module of a package is a test: `testing.py` and `tester.py` are often code."""
    name = path.rpartition("/")[2]
    if name in {"test.py", "tests.py"}:
        return _holds_tests(tree, path)
    return name.startswith("test_") or name.endswith(("_test.py", "_tests.py"))


def _holds_tests(tree: Tree, path: str) -> bool:
    text = tree.read(path) or ""
    return "unittest" in text or _TEST_FUNCTION.search(text) is not None


def _described(tree: Tree, found: dict[str, list[str]]) -> TestFiles:
    files = [path for group in found.values() for path in group]
    looked = sorted(dict.fromkeys(files), key=lambda path: not path.endswith("conftest.py"))
    if tree.is_file("conftest.py"):
        looked.insert(0, "conftest.py")
    texts = [tree.read(path) or "" for path in looked[:_MOST_FILES]]
    imports = frozenset(name for text in texts for name in top_imports(text))
    conftest = any(path.endswith("conftest.py") for path in looked)
    unittest = any("unittest" in text and _TEST_METHOD.search(text) for text in texts)
    functions = any(_TEST_FUNCTION.search(text) for text in texts)
    return TestFiles(
        paths=tuple(found),
        files=tuple(files),
        imports=imports,
        pytest="pytest" in imports or conftest,
        unittest=unittest or "unittest" in imports,
        functions=functions,
        texts=tuple(texts),
    )


def top_imports(text: str) -> set[str]:
    """Give the top-level names that a source imports at its margin, so never within `try`."""
    names: set[str] = set()
    for found in _IMPORT.finditer(text):
        if found["source"]:
            names.add(found["source"])
        else:
            parts = (part.split()[0] for part in (found["names"] or "").split(",") if part.strip())
            names.update(part.partition(".")[0] for part in parts)
    return names


def unittest_command(
    tree: Tree, tests: TestFiles, packages: tuple[Package, ...]
) -> tuple[str, ...]:
    """Give the command that finds these tests with unittest alone."""
    script = next((path for path in tests.paths if path in _ROOT_FILES), None)
    if script and "__main__" in (tree.read(script) or ""):
        return ("python", script)
    first = next((path for path in tests.paths if "/" not in path and tree.is_dir(path)), None)
    if first is None:
        return _inside_command(tests, packages)
    runner = tree.read(f"{first}/__init__.py") or ""
    if "__main__" in runner and "unittest" in runner:
        return ("python", join(first, "__init__.py"))
    if is_package(tree, first):
        return ("python", "-m", "unittest", "discover", "-s", first, "-t", ".")
    return ("python", "-m", "unittest", "discover", "-s", first, *_pattern(tests, first))


def _pattern(tests: TestFiles, folder: str) -> tuple[str, ...]:
    names = [path.rpartition("/")[2] for path in tests.files if path.startswith(f"{folder}/")]
    if not any(name.startswith("test") for name in names) and any(
        "_test" in name for name in names
    ):
        return ("-p", "*_test*.py")
    return ()


def _inside_command(tests: TestFiles, packages: tuple[Package, ...]) -> tuple[str, ...]:
    base = ("python", "-m", "unittest")
    for package in packages:
        if any(path.startswith(f"{package.path}/") for path in tests.paths) and package.path:
            top = package.path[: len(package.path) - len(package.name)].rstrip("/")
            where = join(top, package.top) if top else package.top
            return (*base, "discover", "-s", where, *(("-t", top) if top else ("-t", ".")))
    modules = [path.removesuffix(".py").replace("/", ".") for path in tests.paths]
    return (*base, *modules)
