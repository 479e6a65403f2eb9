"""The places that declare what tests need, in their order of precedence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from shipwheel.project.commands import LINTER_PLUGINS, RUNNERS
from shipwheel.project.knowledge import Knowledge
from shipwheel.project.names import merge, normalize, requirement_name
from shipwheel.project.recipe import Recipe
from shipwheel.project.requirement_files import Lines, read_requirement_file
from shipwheel.project.setup_cfg import requirement_lines
from shipwheel.project.tree import Tree

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


@dataclass(frozen=True, kw_only=True)
class Source:
    """One place that says what tests need."""

    origin: str
    requirements: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def named(values: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...] | None:
    """Give a group or extra by any spelling of its name, None where it is not there."""
    return next((each for key, each in values.items() if normalize(key) == normalize(name)), None)


def declared_sources(known: Knowledge, recipe: Recipe | None) -> Iterator[Source]:
    """Give the places that declare test requirements, in precedence."""
    yield from _groups_and_extras(known, _TEST_NAMES)
    for each in known.recipes if recipe is None else (recipe, *known.recipes):
        if _is_enough(known, source := from_recipe(known, each)):
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


def _pruned(known: Knowledge, source: Source) -> Source:
    """Leave a developer's other tools out of a list that is for more than tests.

    They pin and pull in much that the tests have no use for. One that the tests speak of stays.
    """

    def is_wanted(requirement: str) -> bool:
        name = requirement_name(requirement)
        return name not in OTHER_TOOLS or known.files.mention(name or "")

    kept = tuple(each for each in source.requirements if is_wanted(each))
    return replace(source, requirements=kept)


def _groups_and_extras(known: Knowledge, names: tuple[str, ...]) -> Iterator[Source]:
    for name in names:
        group, extra = named(known.groups, name), named(known.extras, name)
        if group:
            yield Source(origin=f"pyproject.toml [dependency-groups] {name}", requirements=group)
        if extra:
            yield Source(origin=f"the extra {name!r}", extras=(spelled(known.extras, name),))


def spelled(values: Mapping[str, tuple[str, ...]], name: str) -> str:
    """Give a group's or extra's name as the project spells it; it must be there."""
    return next(key for key in values if normalize(key) == normalize(name))


def from_recipe(known: Knowledge, recipe: Recipe) -> Source:
    """Give what a recipe needs, its groups resolved and its extras as the project spells them."""
    extras = tuple(
        spelled(known.extras, name)
        for name in recipe.extras
        if named(known.extras, name) is not None
    )
    grouped = [each for name in recipe.groups for each in named(known.groups, name) or ()]
    return Source(
        origin=recipe.origin,
        requirements=merge(grouped, without_linters(recipe.requirements)),
        extras=extras,
        constraints=recipe.constraints,
    )


def without_linters(requirements: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out pytest's plugins that check style: that is the lint job's."""
    return tuple(each for each in requirements if requirement_name(each) not in LINTER_PLUGINS)


def _is_enough(known: Knowledge, source: Source) -> bool:
    """Say whether a source brings a test runner or a plugin of one: else it is no test source."""
    runners = {normalize(each) for each in RUNNERS.values()} | {
        "hypothesis",
        "nose",
        "mock",
        "coverage",
    }
    return any(name in runners or name.startswith("pytest-") for name in reached(known, source))


def reached(known: Knowledge, source: Source) -> frozenset[str]:
    """Give the normalized names that a source brings, by its extras too."""
    lines = list(source.requirements)
    for extra in source.extras:
        lines += named(known.extras, extra) or ()
    return frozenset(name for each in lines if (name := requirement_name(each)))


def _files(known: Knowledge, names: tuple[str, ...] | list[str]) -> Iterator[Source]:
    for path in names:
        if known.sources.tree.is_file(path):
            found = _without_runtime(known, path)
            yield Source(
                origin=path,
                requirements=tuple(found.requirements),
                extras=tuple(
                    each for each in found.extras if named(known.extras, each) is not None
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


def _setup_requires(known: Knowledge) -> Iterator[Source]:
    given = known.sources.setup("tests_require")
    lines = (
        tuple(each for each in given if isinstance(each, str))
        if isinstance(given, list | tuple)
        else ()
    )
    if isinstance(given, str):
        lines = requirement_lines(given)
    if lines:
        yield Source(origin="setup.py setup(tests_require=…)", requirements=lines)
    text = known.sources.ini("options").get("tests_require", "")
    if requirement_lines(text):
        yield Source(
            origin="setup.cfg [options] tests_require", requirements=requirement_lines(text)
        )
