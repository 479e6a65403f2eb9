"""The records of what is known of a project, each fact with its origin."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from shipwheel.project.config import Config

T = TypeVar("T")


class Fact(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A value and where it came from.

    `origin` names file and key (`pyproject.toml [project] requires-python`). `weak` says that it is a
    guess; then `settle` is the configuration key that settles it (`[tool.shipwheel] kind`).
    """

    value: T
    origin: str
    weak: bool = False
    settle: str | None = None


class Kind(StrEnum):
    """What the wheels of a project depend on."""

    PURE = "pure"  # one wheel for every Python and platform
    EXTENSION = "extension"  # one wheel a Python and platform
    ABI3 = "abi3"  # one wheel a platform, for a Python and all later ones
    PLATFORM = "platform"  # one wheel a platform, for every Python: a program, a library for ctypes


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """An import name of the project's and the place in the tree that it is built from.

    `name` is the dotted import name below which everything is the project's own (`zope.interface`,
    `bottle`); `path` is the folder or file, relative to the root with `/` (`src/zope/interface`,
    `bottle.py`), empty where the tree has none (made by the build); `stubs`: a `-stubs` package.
    """

    name: str
    path: str = ""
    stubs: bool = False

    @property
    def top(self) -> str:
        """Give the top-level import name."""
        return self.name.partition(".")[0]


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """What of the tree is compiled: how many files, their bytes, and the C that these come to.

    `weight` counts a byte as the bytes of C that compile as long as it does. `crates`: Cargo compiles,
    dependencies and all, of which the tree says nothing.
    """

    files: int = 0
    size: int = 0
    weight: int = 0
    crates: bool = False


class Runner(StrEnum):
    """What runs the tests, as far as its output and options are known to us."""

    PYTEST = "pytest"
    UNITTEST = "unittest"
    OTHER = "other"
    NONE = "none"


class TestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How the project is tested, each with its origin.

    `commands` run one after the other in the overlay's root (each an argv without a shell; a first
    word `python` is the environment's); `requirements` are PEP 508 strings (requirement files and
    groups are resolved into them, less the lines that install the project itself); `constraint_files`
    are relative to the root; `extras` are the project's own; `paths` are
    the test folders and files known (relative, `/`). Where `runner` is NONE, no tests are known.
    """

    runner: Fact[Runner]
    commands: Fact[tuple[tuple[str, ...], ...]]
    requirements: Fact[tuple[str, ...]]
    extras: Fact[tuple[str, ...]]
    paths: Fact[tuple[str, ...]]
    environment: Fact[dict[str, str]]
    coverage: Fact[bool]  # the project measures coverage
    constraint_files: tuple[str, ...] = ()


class ToolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Tools the project has configured: the command of each job kind, None where there is none.

    `requirements` are what the command needs installed.
    """

    commands: tuple[tuple[str, ...], ...]
    requirements: tuple[str, ...] = ()
    installs_project: bool = False


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of a project before anything is built.

    `version` is None where only the backend knows it. `dependencies`, `extras` and `groups` hold PEP
    508 strings, groups with their includes resolved. `pythons` are the versions that classifiers name
    (`3.12`); `free_threading`: one says that it supports that. `private`: a `Private ::` classifier,
    which every index refuses. `witnesses` maps each
    file or folder that was looked at to its state, so that a cached Project can be trusted.
    """

    root: str
    name: Fact[str]
    version: Fact[str | None]
    backend: Fact[str]
    build_requires: tuple[str, ...]
    backend_path: tuple[str, ...] = ()
    requires_python: Fact[str | None]
    pythons: Fact[tuple[str, ...]]
    kind: Fact[Kind]
    abi3_floor: str | None = None  # "3.9": the oldest Python an abi3 wheel serves
    compiled: Fact[Compiled] | None = None  # None: a pure project, or not looked at
    dependencies: Fact[tuple[str, ...]]
    extras: Fact[dict[str, tuple[str, ...]]]
    groups: Fact[dict[str, tuple[str, ...]]]
    entry_points: Fact[dict[str, dict[str, str]]]
    packages: Fact[tuple[Package, ...]]
    test: TestFacts
    lint: Fact[ToolFacts | None]
    type: Fact[ToolFacts | None]
    docs: Fact[ToolFacts | None]
    free_threading: bool = False
    private: bool = False
    scm_version: bool = False  # the version comes from version control
    config: Config
    notes: tuple[str, ...] = ()
    witnesses: dict[str, str] = {}
