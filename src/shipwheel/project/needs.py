"""What the tests need installed: the first place that says it, and what that place forgot."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from shipwheel.project.commands import LINTER_PLUGINS, RUNNERS
from shipwheel.project.facts import Fact, Runner
from shipwheel.project.knowledge import Knowledge
from shipwheel.project.names import merge, normalize, requirement_extras, requirement_name
from shipwheel.project.pytest_settings import filtered_packages, needed_by_settings, plugins_of
from shipwheel.project.recipe import Argv, Recipe
from shipwheel.project.requirement_files import Lines, read_requirement_file
from shipwheel.project.setup_cfg import requirement_lines
from shipwheel.project.tree import Tree

SETTLE = "[tool.shipwheel.test] requires"
_TEST_NAMES = (
    "test",
    "tests",
    "testing",
    "pytest",
    "unittest",
    "unit",
    "test-deps",
    "tests-require",
)
_LIKE_TESTS = re.compile(r"tests?[-_]|unit[-_]?tests?|.*[-_]tests?$")
_DEV_NAMES = ("dev", "develop", "development", "all-dev")
# groups and extras of tox and nox that are another job's
_BESIDES = frozenset(
    [
        "doc",
        "docs",
        "lint",
        "linting",
        "linters",
        "style",
        "check",
        "checks",
        "type",
        "types",
        "typing",
        "mypy",
        "pyright",
        "enabler",
        "cover",
        "coverage-report",
        "release",
        "build",
        "publish",
        "benchmark",
        "benchmarks",
        "bench",
        "format",
        "fmt",
        "pre-commit",
        "precommit",
    ]
)
_FILES = [
    "requirements-test.txt",
    "requirements-tests.txt",
    "requirements-testing.txt",
    "requirements_test.txt",
    "requirements_tests.txt",
    "requirements_testing.txt",
    "test-requirements.txt",
    "test_requirements.txt",
    "tests-requirements.txt",
    "requirements/test.txt",
    "requirements/tests.txt",
    "requirements/testing.txt",
    "requirements/requirements-test.txt",
    "requirements/requirements-tests.txt",
    "requirements/pytest.txt",
    "requirements/ci.txt",
    "tests/requirements.txt",
    "test/requirements.txt",
    "tests/requirements-test.txt",
    "testing/requirements.txt",
    "ci/requirements.txt",
    "requirements-ci.txt",
]
_DEV_FILES = [
    "requirements-dev.txt",
    "requirements_dev.txt",
    "dev-requirements.txt",
    "dev_requirements.txt",
    "requirements/dev.txt",
    "requirements/develop.txt",
    "requirements/development.txt",
    "requirements/requirements-dev.txt",
]
_PLAIN_FILE = "requirements.txt"
# tools of a developer that tests have no use for, unless they name them
OTHER_TOOLS = frozenset(
    [
        "pre-commit",
        "mypy",
        "pyright",
        "flake8",
        "ruff",
        "black",
        "isort",
        "pylint",
        "sphinx",
        "furo",
        "sphinx-rtd-theme",
        "myst-parser",
        "mkdocs",
        "mkdocs-material",
        "mkdocstrings",
        "twine",
        "build",
        "wheel",
        "setuptools",
        "tox",
        "tox-uv",
        "nox",
        "bump2version",
        "bumpversion",
        "bump-my-version",
        "towncrier",
        "commitizen",
        "codecov",
        "coveralls",
        "pip",
        "pip-tools",
        "ipython",
        "ipdb",
        "jupyter",
        "notebook",
        "cibuildwheel",
        "check-manifest",
        "pyroma",
        "interrogate",
        "bandit",
        "safety",
        "pip-audit",
        "sphinx-autobuild",
        "sphinx-copybutton",
        "zest.releaser",
        "releaser",
        "pydocstyle",
        "pyupgrade",
        "autoflake",
        "docformatter",
        "hatch",
        "poetry",
        "pdm",
        "uv",
        "flit",
        "python-semantic-release",
        "gha-update",
        "reuse",
        "codespell",
        "vulture",
    ]
)
# import name -> what brings it, for what tests commonly import. Only these are ever added on the
# evidence of an import: a name that nobody declared may be anyone's on an index.
_KNOWN_IMPORTS = {
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


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Requirements (PEP 508), the project's own extras, and files of constraints."""

    requirements: Fact[tuple[str, ...]]
    extras: Fact[tuple[str, ...]]
    constraints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reached: frozenset[str] = frozenset()  # names that come with the extras too

    def has(self, name: str) -> bool:
        """Say whether a project is among what will be installed by name."""
        return normalize(name) in self.reached


@dataclass(frozen=True, kw_only=True)
class _Source:
    """One place that says what tests need."""

    origin: str
    requirements: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_needs(
    known: Knowledge, recipe: Recipe | None, *, commands: tuple[Argv, ...], runner: Runner
) -> Needs:
    """Find what the tests need.

    The first source in precedence counts, joined with the extras and groups of the recipe whose
    commands are run; then the runner, the plugins of its options, and well-known imports are added.
    """
    chosen = _configured(known) or next(iter(_declared(known, recipe)), None)
    chosen = chosen or _Source(origin="nothing declares test requirements")
    joined = _own_as_extras(known, _with_recipe(known, chosen, recipe))
    added = dict(_forgotten(known, joined, commands, runner))
    requirements = merge(joined.requirements, added, known.sources.config.test.requires)
    origin = joined.origin
    if added:
        origin += f"; {', '.join(f'{name} for {why}' for name, why in added.items())}"
    return Needs(
        requirements=Fact(value=requirements, origin=origin),
        extras=Fact(
            value=joined.extras, origin=joined.origin if joined.extras else "none is needed"
        ),
        constraints=joined.constraints,
        notes=(*joined.notes, *_undeclared(known, joined, requirements)),
        reached=_reached(known, joined) | {normalize(name) for name in added},
    )


def _own_as_extras(known: Knowledge, source: _Source) -> _Source:
    """Take the project itself out of the requirements; what it was to bring along are its extras."""
    own = [each for each in source.requirements if requirement_name(each) == normalize(known.name)]
    wanted = [extra for each in own for extra in requirement_extras(each)]
    extras = [
        _spelled(known.extras, each) for each in wanted if _named(known.extras, each) is not None
    ]
    return replace(
        source,
        requirements=tuple(each for each in source.requirements if each not in own),
        extras=tuple(dict.fromkeys((*source.extras, *extras))),
    )


def _configured(known: Knowledge) -> _Source | None:
    config = known.sources.config.test
    if config.extras is None and config.groups is None:
        return None
    groups = config.groups or ()
    return _Source(
        origin="[tool.shipwheel.test]",
        requirements=tuple(each for name in groups for each in _named(known.groups, name) or ()),
        extras=config.extras or (),
    )


def _named(values: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...] | None:
    """Give a group or extra by any spelling of its name, None where it is not there."""
    return next((each for key, each in values.items() if normalize(key) == normalize(name)), None)


def _declared(known: Knowledge, recipe: Recipe | None) -> Iterator[_Source]:
    """Give the places that declare test requirements, in precedence."""
    yield from _groups_and_extras(known, _TEST_NAMES)
    for each in known.recipes if recipe is None else (recipe, *known.recipes):
        if _is_enough(known, source := _from_recipe(known, each)):
            yield (
                _pruned(known, source) if ".dev" in each.origin or " dev" in each.origin else source
            )
    named_so = tuple(
        name
        for name in (*known.groups, *known.extras)
        if _LIKE_TESTS.match(name) and normalize(name) not in _TEST_NAMES
    )
    yield from (each for each in _groups_and_extras(known, named_so) if _is_enough(known, each))
    yield from (
        _pruned(known, each)
        for each in _groups_and_extras(known, _DEV_NAMES)
        if _is_enough(known, each)
    )
    yield from _files(known, _FILES)
    yield from (
        _pruned(known, each) for each in _files(known, _DEV_FILES) if _is_enough(known, each)
    )
    yield from _setup_requires(known)
    plain = (each for each in _files(known, (_PLAIN_FILE,)) if _is_enough(known, each))
    yield from (_pruned(known, each) for each in plain)


def _pruned(known: Knowledge, source: _Source) -> _Source:
    """Leave a developer's other tools out of a list that is for more than tests.

    They pin and pull in much that the tests have no use for. One that the tests speak of stays.
    """

    def is_wanted(requirement: str) -> bool:
        name = requirement_name(requirement)
        return name not in OTHER_TOOLS or known.files.mention(name or "")

    kept = tuple(each for each in source.requirements if is_wanted(each))
    return replace(source, requirements=kept)


def _groups_and_extras(known: Knowledge, names: tuple[str, ...]) -> Iterator[_Source]:
    for name in names:
        group, extra = _named(known.groups, name), _named(known.extras, name)
        if group:
            yield _Source(origin=f"pyproject.toml [dependency-groups] {name}", requirements=group)
        if extra:
            yield _Source(origin=f"the extra {name!r}", extras=(_spelled(known.extras, name),))


def _spelled(values: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next(key for key in values if normalize(key) == normalize(name))


def _from_recipe(known: Knowledge, recipe: Recipe) -> _Source:
    extras = tuple(
        _spelled(known.extras, name)
        for name in recipe.extras
        if _named(known.extras, name) is not None
    )
    grouped = [each for name in recipe.groups for each in _named(known.groups, name) or ()]
    return _Source(
        origin=recipe.origin,
        requirements=merge(grouped, _without_linters(recipe.requirements)),
        extras=extras,
        constraints=recipe.constraints,
    )


def _without_linters(requirements: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in requirements if requirement_name(each) not in LINTER_PLUGINS)


def _is_enough(known: Knowledge, source: _Source) -> bool:
    """Say whether a source brings a test runner or a plugin of one: else it is no test source."""
    runners = {normalize(each) for each in RUNNERS.values()} | {
        "hypothesis",
        "nose",
        "mock",
        "coverage",
    }
    return any(name in runners or name.startswith("pytest-") for name in _reached(known, source))


def _reached(known: Knowledge, source: _Source) -> frozenset[str]:
    lines = list(source.requirements)
    for extra in source.extras:
        lines += _named(known.extras, extra) or ()
    return frozenset(name for each in lines if (name := requirement_name(each)))


def _files(known: Knowledge, names: tuple[str, ...] | list[str]) -> Iterator[_Source]:
    for path in names:
        if known.sources.tree.is_file(path):
            found = _without_runtime(known, path)
            yield _Source(
                origin=path,
                requirements=tuple(found.requirements),
                extras=tuple(
                    each for each in found.extras if _named(known.extras, each) is not None
                ),
                constraints=tuple(found.constraints),
                notes=tuple(f"{path}: {each!r} is left out" for each in found.ignored),
            )


def _without_runtime(known: Knowledge, path: str) -> Lines:
    """Read a file, less the pins of what the wheel itself requires that come with requirements.txt.

    Such pins are an application's lock: the wheel is tested with what its own metadata asks for.
    """
    tree: Tree = known.sources.tree
    if path == _PLAIN_FILE:
        return read_requirement_file(tree, path)
    found = read_requirement_file(tree, path, skip=frozenset({_PLAIN_FILE}))
    whole = read_requirement_file(tree, path)
    runtime = {requirement_name(each) for each in known.dependencies}
    more = [each for each in whole.requirements if requirement_name(each) not in runtime]
    found.requirements = list(merge(found.requirements, more))
    return found


def _setup_requires(known: Knowledge) -> Iterator[_Source]:
    given = known.sources.setup("tests_require")
    lines = (
        tuple(each for each in given if isinstance(each, str))
        if isinstance(given, list | tuple)
        else ()
    )
    if isinstance(given, str):
        lines = requirement_lines(given)
    if lines:
        yield _Source(origin="setup.py setup(tests_require=…)", requirements=lines)
    text = known.sources.ini("options").get("tests_require", "")
    if requirement_lines(text):
        yield _Source(
            origin="setup.cfg [options] tests_require", requirements=requirement_lines(text)
        )


def _with_recipe(known: Knowledge, chosen: _Source, recipe: Recipe | None) -> _Source:
    """Join what the recipe asks for beside: extras, groups and requirements that the source lacks."""
    if (
        recipe is None
        or recipe.origin == chosen.origin
        or chosen.origin.startswith("[tool.shipwheel")
    ):
        return chosen
    own = _from_recipe(known, recipe)
    wanted = tuple(each for each in own.extras if normalize(each) not in _BESIDES)
    groups = [name for name in recipe.groups if normalize(name) not in _BESIDES]
    grouped = [each for name in groups for each in _named(known.groups, name) or ()]
    extras = tuple(dict.fromkeys((*chosen.extras, *_beside(wanted, chosen.extras))))
    reached = _reached(known, chosen)
    more = [
        each
        for each in (*grouped, *_without_linters(recipe.requirements))
        if requirement_name(each) not in {*reached, *OTHER_TOOLS}
    ]
    if extras == chosen.extras and not more:
        return chosen
    return _Source(
        origin=f"{chosen.origin}, with {recipe.origin}",
        requirements=merge(chosen.requirements, more),
        extras=extras,
        constraints=chosen.constraints or own.constraints,
        notes=chosen.notes,
    )


def _beside(extras: tuple[str, ...], chosen: tuple[str, ...]) -> tuple[str, ...]:
    taken = {normalize(each) for each in chosen}
    return tuple(each for each in extras if normalize(each) not in taken)


def _forgotten(
    known: Knowledge, source: _Source, commands: tuple[Argv, ...], runner: Runner
) -> Iterator[tuple[str, str]]:
    """Give what the source lacks: the runner, plugins of its options, well-known imports."""
    reached = _reached(known, source) | {
        requirement_name(each) or "" for each in known.dependencies
    }
    wanted: dict[str, str] = {}
    for argv in commands:
        for word in (argv[0], *argv[2:3]) if argv[0] == "python" else argv[:1]:
            if word in RUNNERS:
                wanted.setdefault(RUNNERS[word], "the command")
    if runner is Runner.PYTEST:
        wanted.setdefault("pytest", "the command")
        wanted.update(needed_by_settings(known.settings))
        wanted.update(
            {k: v for argv in commands for k, v in plugins_of(argv[1:]).items() if k not in wanted}
        )
    for name in usual_imports(known):
        wanted.setdefault(_KNOWN_IMPORTS[name], f"the tests' import of {name}")
    own = normalize(known.name)
    for requirement, why in wanted.items():
        if requirement_name(requirement) not in {*reached, own}:
            yield requirement, why


def usual_imports(known: Knowledge) -> tuple[str, ...]:
    """Give the well-known projects that the tests import, or a warnings filter names."""
    names = {*known.files.imports, *filtered_packages(known.settings)}
    own = {package.top for package in known.packages}
    return tuple(sorted(name for name in names if name in _KNOWN_IMPORTS and name not in own))


def _undeclared(
    known: Knowledge, source: _Source, requirements: tuple[str, ...]
) -> tuple[str, ...]:
    """Tell which imports of the tests nothing declares; nothing is installed on such evidence."""
    known_names = {
        *_reached(known, source),
        *(requirement_name(each) or "" for each in requirements),
    }
    known_names |= {requirement_name(each) or "" for each in known.dependencies}
    spelled = {name.replace("-", "_").lower() for name in known_names}
    own = {package.top for package in known.packages} | _local_names(known)
    missing = sorted(
        name
        for name in known.files.imports
        if name not in own
        and name not in sys.stdlib_module_names
        and name not in _BESIDE_TESTS
        and name not in _KNOWN_IMPORTS
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
