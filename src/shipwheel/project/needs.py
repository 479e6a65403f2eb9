"""What the tests need installed: the first place that says it, and what that place forgot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shipwheel.project.commands import RUNNERS
from shipwheel.project.declarations import (
    OTHER_TOOLS,
    Source,
    declared_sources,
    from_recipe,
    named,
    reached,
    spelled,
    without_linters,
)
from shipwheel.project.facts import Fact, Runner
from shipwheel.project.imports import KNOWN_IMPORTS, undeclared_imports, usual_imports
from shipwheel.project.knowledge import Knowledge
from shipwheel.project.names import merge, names_of, normalize, requirement_extras, requirement_name
from shipwheel.project.pytest_settings import needed_by_settings, plugins_of
from shipwheel.project.recipe import Argv, Recipe

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


def find_needs(
    known: Knowledge, recipe: Recipe | None, *, commands: tuple[Argv, ...], runner: Runner
) -> Needs:
    """Find what the tests need.

    The first source in precedence counts, joined with the extras and groups of the recipe whose
    commands are run; then the runner, the plugins of its options, and well-known imports are added.
    """
    chosen = _configured(known) or next(iter(declared_sources(known, recipe)), None)
    chosen = chosen or Source(origin="nothing declares test requirements")
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
        notes=(
            *joined.notes,
            *undeclared_imports(known, {*reached(known, joined), *names_of(requirements)}),
        ),
        reached=reached(known, joined) | {normalize(name) for name in added},
    )


def _own_as_extras(known: Knowledge, source: Source) -> Source:
    """Take the project itself out of the requirements; what it was to bring along are its extras."""
    own = [each for each in source.requirements if requirement_name(each) == normalize(known.name)]
    wanted = [extra for each in own for extra in requirement_extras(each)]
    extras = [
        spelled(known.extras, each) for each in wanted if named(known.extras, each) is not None
    ]
    return replace(
        source,
        requirements=tuple(each for each in source.requirements if each not in own),
        extras=tuple(dict.fromkeys((*source.extras, *extras))),
    )


def _configured(known: Knowledge) -> Source | None:
    config = known.sources.config.test
    if config.extras is None and config.groups is None:
        return None
    groups = config.groups or ()
    return Source(
        origin="[tool.shipwheel.test]",
        requirements=tuple(each for name in groups for each in named(known.groups, name) or ()),
        extras=config.extras or (),
    )


def _with_recipe(known: Knowledge, chosen: Source, recipe: Recipe | None) -> Source:
    """Join what the recipe asks for beside: extras, groups and requirements that the source lacks."""
    if (
        recipe is None
        or recipe.origin == chosen.origin
        or chosen.origin.startswith("[tool.shipwheel")
    ):
        return chosen
    own = from_recipe(known, recipe)
    wanted = tuple(each for each in own.extras if normalize(each) not in _BESIDES)
    groups = [name for name in recipe.groups if normalize(name) not in _BESIDES]
    grouped = [each for name in groups for each in named(known.groups, name) or ()]
    extras = tuple(dict.fromkeys((*chosen.extras, *_beside(wanted, chosen.extras))))
    there = reached(known, chosen)
    more = [
        each
        for each in (*grouped, *without_linters(recipe.requirements))
        if requirement_name(each) not in {*there, *OTHER_TOOLS}
    ]
    if extras == chosen.extras and not more:
        return chosen
    return Source(
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
    known: Knowledge, source: Source, commands: tuple[Argv, ...], runner: Runner
) -> Iterator[tuple[str, str]]:
    """Give what the source lacks: the runner, plugins of its options, well-known imports."""
    there = reached(known, source) | {requirement_name(each) or "" for each in known.dependencies}
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
        wanted.setdefault(KNOWN_IMPORTS[name], f"the tests' import of {name}")
    own = normalize(known.name)
    for requirement, why in wanted.items():
        if requirement_name(requirement) not in {*there, own}:
            yield requirement, why
