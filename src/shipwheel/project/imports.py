"""What the tests import, and what that says of their needs."""

from __future__ import annotations

import sys

from shipwheel.project.knowledge import Knowledge
from shipwheel.project.names import names_of
from shipwheel.project.pytest_settings import filtered_packages

SETTLE = "[tool.shipwheel.test] requires"
# import name -> what brings it, for what tests commonly import. Only these are ever added on the
# evidence of an import: a name that nobody declared may be anyone's on an index.
KNOWN_IMPORTS = {
    "pytest": "pytest",
    "hypothesis": "hypothesis",
    "mock": "mock",
    "nose": "nose",
    "freezegun": "freezegun",
    "responses": "responses",
    "numpy": "numpy",
    "yaml": "PyYAML",
    "attr": "attrs",
    "six": "six",
    "requests": "requests",
    "dateutil": "python-dateutil",
    "pytz": "pytz",
    "parameterized": "parameterized",
    "ddt": "ddt",
    "testtools": "testtools",
    "testscenarios": "testscenarios",
    "testfixtures": "testfixtures",
    "sybil": "sybil",
    "trio": "trio",
    "anyio": "anyio",
    "time_machine": "time-machine",
    "xmltodict": "xmltodict",
    "psutil": "psutil",
    "pretend": "pretend",
    "zope.testing": "zope.testing",
    "flaky": "flaky",
    "genty": "genty",
    "pyfakefs": "pyfakefs",
    "syrupy": "syrupy",
    "dirty_equals": "dirty-equals",
    "inline_snapshot": "inline-snapshot",
    "pytest_mock": "pytest-mock",
    "pytest_asyncio": "pytest-asyncio",
    "pytest_benchmark": "pytest-benchmark",
    "pytest_subtests": "pytest-subtests",
    "typeguard": "typeguard",
}
_BESIDE_TESTS = frozenset(
    {
        "setuptools",
        "pkg_resources",
        "pip",
        "wheel",
        "distutils",
        "conftest",
        "tests",
        "test",
        "_pytest",
        "py",
    }
)


def usual_imports(known: Knowledge) -> tuple[str, ...]:
    """Give the well-known projects that the tests import, or a warnings filter names."""
    names = {*known.files.imports, *filtered_packages(known.settings)}
    own = {package.top for package in known.packages}
    return tuple(sorted(name for name in names if name in KNOWN_IMPORTS and name not in own))


def undeclared_imports(known: Knowledge, brought: set[str]) -> tuple[str, ...]:
    """Tell which imports of the tests nothing declares; nothing is installed on such evidence.

    `brought` are the normalized names of what will be installed.
    """
    known_names = brought | names_of(known.dependencies)
    spelled = {name.replace("-", "_").lower() for name in known_names}
    own = {package.top for package in known.packages} | _local_names(known)
    missing = sorted(
        name
        for name in known.files.imports
        if name not in own
        and name not in sys.stdlib_module_names
        and name not in _BESIDE_TESTS
        and name not in KNOWN_IMPORTS
        and not _is_spelled(name.lower(), spelled)
    )
    if not missing:
        return ()
    return (
        f"the tests import {', '.join(missing[:6])}, which nothing declares; add it to {SETTLE} if they fail",
    )


def _is_spelled(name: str, spelled: set[str]) -> bool:
    return name in spelled or any(
        name in each.split("_") or each.startswith(name) for each in spelled
    )


def _local_names(known: Knowledge) -> set[str]:
    """Give the modules and folders that tests can import from beside them."""
    folders = {""}
    for path in known.files.files:
        parts = path.split("/")[:-1]
        folders |= {"/".join(parts[:size]) for size in range(1, len(parts) + 1)}
    return {
        name.partition(".")[0] for folder in folders for name in known.sources.tree.names(folder)
    }
