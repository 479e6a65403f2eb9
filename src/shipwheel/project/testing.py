"""How the project is tested: one answer from all places that say something of it, each with its origin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from shipwheel.project.commands import Settled, runner_of, settle, usable_environment
from shipwheel.project.facts import Fact, Package, Runner, TestFacts
from shipwheel.project.knowledge import Groups, Knowledge
from shipwheel.project.managed import (
    CIBUILDWHEEL,
    read_cibuildwheel,
    read_hatch,
    read_make,
    read_pdm,
    read_poetry_tests,
    read_tasks,
)
from shipwheel.project.needs import Needs, find_needs
from shipwheel.project.noxfile import read_nox
from shipwheel.project.pyproject import table
from shipwheel.project.pytest_settings import read_pytest_settings
from shipwheel.project.recipe import Argv, Recipe
from shipwheel.project.setup_cfg import read_ini
from shipwheel.project.sources import Sources
from shipwheel.project.suite import find_strays, find_test_files, unittest_command
from shipwheel.project.tox import read_tox

SETTLE_COMMAND = "[tool.shipwheel.test] command"


@dataclass(frozen=True, kw_only=True)
class Testing:
    """The facts of testing and what is worth telling beside them."""

    facts: TestFacts
    notes: tuple[str, ...] = ()

    __test__ = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The commands that were chosen, and from where."""

    runner: Fact[Runner]
    commands: Fact[tuple[Argv, ...]]
    recipe: Recipe | None = None
    settled: Settled = field(default_factory=Settled)
    notes: tuple[str, ...] = ()


def read_testing(
    sources: Sources,
    packages: tuple[Package, ...],
    *,
    name: str,
    extras: Groups,
    groups: Groups,
    dependencies: tuple[str, ...],
) -> Testing:
    """Find runner, commands, requirements, extras, paths, environment and whether coverage is measured.

    Precedence: our settings; groups and extras named for tests; tox, a noxfile, hatch; PDM's and
    Poetry's groups; groups and extras named dev; requirement files; setup.py's tests_require.
    """
    known = _gather(
        sources,
        packages,
        name=name,
        extras=extras,
        groups=groups,
        dependencies=dependencies,
    )
    choice = _choose(known)
    if choice.runner.value is Runner.NONE:
        return Testing(facts=_untested(choice), notes=choice.notes)
    needs = find_needs(
        known, choice.recipe, commands=choice.commands.value, runner=choice.runner.value
    )
    return Testing(facts=_facts(known, choice, needs), notes=(*choice.notes, *needs.notes))


def _gather(
    sources: Sources,
    packages: tuple[Package, ...],
    *,
    name: str,
    extras: Groups,
    groups: Groups,
    dependencies: tuple[str, ...],
) -> Knowledge:
    tree = sources.tree
    settings = read_pytest_settings(tree, sources.tables)
    configured = sources.config.test.paths or settings.paths
    known = Knowledge(
        name=name,
        sources=sources,
        packages=packages,
        extras=extras,
        groups=groups,
        dependencies=dependencies,
        settings=settings,
        files=find_test_files(tree, packages, configured),
    )
    tried = [read_tox(tree, sources.tables), read_nox(tree), read_hatch(sources), read_pdm(sources)]
    tried.append(read_tasks(sources))
    checks = [read_cibuildwheel(sources), read_make(tree)]
    return replace(
        known,
        tried=tuple((each, settle(tree, each, packages)) for each in tried if each is not None),
        checks=tuple((each, settle(tree, each, packages)) for each in checks if each is not None),
        recipes=tuple(each for each in (*tried, read_poetry_tests(sources)) if each is not None),
    )


def _choose(known: Knowledge) -> Choice:
    """Choose runner and commands, the surest place first."""
    configured = known.sources.config.test.command
    if configured is not None:
        return _configured(known, configured)
    if not _has_tests(known):
        return _none(known)
    otherwise = (each for each in known.checks if _tests_otherwise(known, *each))
    for recipe, settled in (*known.tried, *otherwise):
        if settled.commands:
            return _from_recipe(known, recipe, settled)
    if known.settings.origin or _asks_for_pytest(known):
        origin = known.settings.origin or "pytest is among the test requirements"
        return _plain_pytest(known, origin)
    for recipe, settled in known.checks:
        if settled.commands:
            return _from_recipe(known, recipe, settled)
    return _from_files(known)


def _tests_otherwise(known: Knowledge, recipe: Recipe, settled: Settled) -> bool:
    """Say whether what cibuildwheel runs on each wheel is the tests, and in another way than pytest.

    A table for pytest then serves developers; what pytest would collect beside (stub checks, linters'
    tests) is no part of what the project asks of a wheel. A command of pytest's own is often a smaller
    choice, and gives way to its configuration.
    """
    runners = [runner_of(known.sources.tree, argv) for argv in settled.commands]
    if recipe.origin != CIBUILDWHEEL or settled.dropped:
        return False
    return bool(runners) and Runner.PYTEST not in runners


def _configured(known: Knowledge, command: tuple[str | Argv, ...]) -> Choice:
    commands: tuple[Argv, ...] = tuple(each for each in command if isinstance(each, tuple))
    if not commands:
        commands = (tuple(each for each in command if isinstance(each, str)),)
    runners = [runner_of(known.sources.tree, argv) for argv in commands]
    runner = runners[0] if runners[0] is not Runner.NONE else Runner.OTHER
    origin = SETTLE_COMMAND
    recipe = next((recipe for recipe, settled in known.tried if settled.commands), None)
    return Choice(
        runner=Fact(value=runner, origin=origin),
        commands=Fact(value=commands, origin=origin),
        recipe=recipe,
    )


def _has_tests(known: Knowledge) -> bool:
    if known.files:
        return True
    words = {word for _, settled in known.tried for argv in settled.commands for word in argv}
    doctests = known.settings.collects_doctests or any(
        word.startswith(("--doctest", "--pyargs", "doctest", "xdoctest")) for word in words
    )
    return doctests and bool(known.packages)


def _none(known: Knowledge) -> Choice:
    named = [recipe.origin for recipe, settled in (*known.tried, *known.checks) if settled.commands]
    origin = "no test files were found"
    if named:
        origin += f", though {named[0]} runs some"
    return Choice(
        runner=Fact(value=Runner.NONE, origin=origin, weak=bool(named), settle=SETTLE_COMMAND),
        commands=Fact(value=(), origin=origin),
        notes=(f"{origin}: only an import check is made; {SETTLE_COMMAND} names tests",),
    )


def _from_recipe(known: Knowledge, recipe: Recipe, settled: Settled) -> Choice:
    commands = settled.commands
    runners = [runner_of(known.sources.tree, argv) for argv in commands]
    notes = list(recipe.notes)
    if settled.dropped:
        shown = "; ".join(" ".join(argv) for argv in settled.dropped)
        notes.append(f"{recipe.origin}: not run as tests: {shown}")
    return Choice(
        runner=Fact(value=runners[0], origin=recipe.origin),
        commands=Fact(value=commands, origin=recipe.origin),
        recipe=recipe,
        settled=settled,
        notes=tuple(notes),
    )


def _plain_pytest(known: Knowledge, origin: str, *, weak: bool = False) -> Choice:
    paths: Argv = ()
    if not known.settings.paths and _needs_paths(known):
        paths = known.files.paths
    elif not known.settings.origin:
        strays = find_strays(known.sources.tree, known.files, known.packages)
        paths = tuple(f"--ignore={folder}" for folder in strays)
    settle_by = SETTLE_COMMAND if weak else None
    return Choice(
        runner=Fact(value=Runner.PYTEST, origin=origin, weak=weak, settle=settle_by),
        commands=Fact(value=(("pytest", *paths),), origin=origin, weak=weak, settle=settle_by),
    )


def _needs_paths(known: Knowledge) -> bool:
    """Say whether pytest must be told where tests are: names that it does not look for by itself."""
    names = [path.rpartition("/")[2] for path in known.files.files]
    found = any(name.startswith("test_") or name.endswith("_test.py") for name in names)
    return not found and "python_files" not in known.settings.values and bool(names)


def _asks_for_pytest(known: Knowledge) -> bool:
    needs = find_needs(known, None, commands=(), runner=Runner.OTHER)
    return needs.has("pytest")


def _from_files(known: Knowledge) -> Choice:
    files = known.files
    where = ", ".join(files.paths[:3])
    if files.pytest or (files.functions and not files.unittest):
        return _plain_pytest(known, f"{where}: written for pytest", weak=not files.pytest)
    if files.unittest:
        command = unittest_command(known.sources.tree, files, known.packages)
        origin = f"{where}: written for unittest, and nothing names pytest"
        return Choice(
            runner=Fact(value=Runner.UNITTEST, origin=origin),
            commands=Fact(value=(command,), origin=origin, weak=True, settle=SETTLE_COMMAND),
        )
    return _plain_pytest(known, f"{where}: nothing says how they are run", weak=True)


def _facts(known: Knowledge, choice: Choice, needs: Needs) -> TestFacts:
    config = known.sources.config.test
    recipe = choice.recipe
    given = {**(recipe.environment if recipe else {}), **dict(choice.settled.environment)}
    environment = {**usable_environment(given, _source_folders(known)), **config.environment}
    return TestFacts(
        runner=choice.runner,
        commands=choice.commands,
        requirements=needs.requirements,
        extras=needs.extras,
        paths=Fact(value=known.files.paths, origin=_paths_origin(known)),
        environment=Fact(
            value=environment, origin=recipe.origin if recipe and given else "none is set"
        ),
        coverage=_coverage(known, choice),
        constraint_files=needs.constraints,
    )


def _source_folders(known: Knowledge) -> frozenset[str]:
    """Give the folders that packages are built from: on PYTHONPATH they would stand before the wheel."""
    return frozenset(
        package.path[: -len(package.name) - 1]
        for package in known.packages
        if package.path.replace("/", ".").endswith(f".{package.name}")
    )


def _paths_origin(known: Knowledge) -> str:
    if known.sources.config.test.paths is not None:
        return "[tool.shipwheel.test] paths"
    if known.settings.paths:
        return f"{known.settings.origin} testpaths, and the tree"
    return "the tree" if known.files else "no test files were found"


def _untested(choice: Choice) -> TestFacts:
    nothing: Fact[tuple[str, ...]] = Fact(value=(), origin=choice.runner.origin)
    return TestFacts(
        runner=choice.runner,
        commands=choice.commands,
        requirements=nothing,
        extras=nothing,
        paths=nothing,
        environment=Fact(value={}, origin="none is set"),
        coverage=Fact(value=False, origin="there are no tests"),
    )


def _coverage(known: Knowledge, choice: Choice) -> Fact[bool]:
    """Say whether the project measures coverage, and where that stands."""
    tree, sources = known.sources.tree, known.sources
    if table(sources.tables, "tool", "coverage"):
        return Fact(value=True, origin="pyproject.toml [tool.coverage]")
    if tree.is_file(".coveragerc"):
        return Fact(value=True, origin=".coveragerc")
    for file, section in (("setup.cfg", "coverage:run"), ("tox.ini", "coverage:run")):
        if section in read_ini(tree, file):
            return Fact(value=True, origin=f"{file} [{section}]")
    if any(word.startswith("--cov") for word in known.settings.options):
        return Fact(value=True, origin=f"{known.settings.origin} addopts --cov")
    if choice.settled.measured and choice.recipe is not None:
        return Fact(value=True, origin=choice.recipe.origin)
    return Fact(value=False, origin="nothing measures it")
