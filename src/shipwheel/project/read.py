"""Everything that can be known of a project without building it."""

from __future__ import annotations

import re
from pathlib import Path

from shipwheel.events import Emit, silent
from shipwheel.project.compiling import read_compiled
from shipwheel.project.declared import Declared, first
from shipwheel.project.extensions import read_kind
from shipwheel.project.facts import Fact, Kind, Package, Project
from shipwheel.project.limited import limited_note
from shipwheel.project.names import resolve_extras
from shipwheel.project.packages import read_packages
from shipwheel.project.pep621 import read_groups
from shipwheel.project.poetry import poetry_groups
from shipwheel.project.pyproject import PYPROJECT, TABLE, strings, table
from shipwheel.project.refused_settings import check_named
from shipwheel.project.sources import Sources, read_sources
from shipwheel.project.testing import read_testing
from shipwheel.project.tools import read_docs, read_lint, read_type
from shipwheel.project.tree import Tree
from shipwheel.project.version import read_version

_PYTHON = re.compile(r"Programming Language :: Python :: (?P<version>\d+\.\d+)$")
_FREE_THREADING = "Programming Language :: Python :: Free Threading"
_NOTHING = "no file declares it"


def read_project(root: Path, *, ask: bool = True, emit: Emit = silent) -> Project:
    """Read a project's files and give its facts, each with its origin.

    Starts no process but in one case: where setup.py computes the name and no interpreter-free
    reading gives it, the backend is asked (unless `ask` is False: then the folder's name is a weak
    guess). Raises ConfigurationError where there is no project, a file is broken or a setting wrong,
    JobError where the backend had to be asked and failed.
    """
    project = _read(root)
    if ask and project.name.weak:
        from shipwheel.project.backend import complete  # noqa: PLC0415 - starts processes; seldom needed

        return complete(project, emit=emit)
    return project


def _read(root: Path) -> Project:
    tree = Tree(root)
    sources = read_sources(tree)
    declared = list(sources.declared())
    name = first([each.name for each in declared], _unnamed(root))
    version, scm = read_version(sources)
    packages = read_packages(sources, name.value)
    wheels = read_kind(sources, packages.value)
    classifiers = _classifiers(declared)
    dependencies = _or_computed(_joined(declared, "dependencies", ()), sources)
    extras = _extras(declared, name.value)
    groups = _groups(sources)
    _check_named(sources, extras, groups)
    testing = read_testing(
        sources,
        packages.value,
        name=name.value,
        extras=extras.value,
        groups=groups.value,
        dependencies=dependencies.value,
    )
    return Project(
        root=tree.root,
        name=name,
        version=version,
        backend=sources.backend,
        build_requires=_build_requires(sources),
        backend_path=sources.backend_path,
        requires_python=_joined(declared, "requires_python", None),
        pythons=_pythons(classifiers),
        kind=wheels.kind,
        abi3_floor=wheels.floor,
        compiled=None if wheels.kind.value is Kind.PURE else read_compiled(sources),
        dependencies=dependencies,
        extras=extras,
        groups=groups,
        entry_points=_joined(declared, "entry_points", {}),
        packages=packages,
        test=testing.facts,
        lint=read_lint(sources),
        type=read_type(sources, packages.value),
        docs=read_docs(sources, extras.value),
        free_threading=any(each.startswith(_FREE_THREADING) for each in classifiers.value),
        private=any(each.startswith("Private ::") for each in classifiers.value),
        scm_version=scm,
        config=sources.config,
        notes=(
            *_notes(sources, packages.value),
            *filter(None, [limited_note(sources, wheels.kind.value)]),
            *testing.notes,
        ),
        witnesses=tree.witnesses,
    )


def _check_named(
    sources: Sources,
    extras: Fact[dict[str, tuple[str, ...]]],
    groups: Fact[dict[str, tuple[str, ...]]],
) -> None:
    """Refuse settings that name what the project has not; extras only where they are all known."""
    where, wanted = f"{TABLE} test", sources.config.test
    check_named(
        "dependency group", wanted.groups or (), groups.value, where=where, origin=groups.origin
    )
    static = sources.pep621 is not None and "optional-dependencies" not in table(
        sources.tables, "project"
    ).get("dynamic", ())
    if static or (extras.value and not extras.weak):
        check_named("extra", wanted.extras or (), extras.value, where=where, origin=extras.origin)


def _unnamed(root: Path) -> Fact[str]:
    return Fact(
        value=root.resolve().name, origin="the folder's name: no file declares one", weak=True
    )


def _joined(declared: list[Declared], field: str, nothing: object) -> Fact:  # type: ignore[type-arg]
    return first([getattr(each, field) for each in declared], Fact(value=nothing, origin=_NOTHING))


def _or_computed(dependencies: Fact[tuple[str, ...]], sources: Sources) -> Fact[tuple[str, ...]]:
    """Give the dependencies; where the backend alone computes them, nothing, as a guess."""
    dynamic = sources.pep621.raw["dynamic"] if sources.pep621 else ()
    if dependencies.origin != _NOTHING or "dependencies" not in dynamic:
        return dependencies
    return Fact(
        value=(), origin=f"{PYPROJECT} [project] calls them dynamic: the backend knows", weak=True
    )


def _classifiers(declared: list[Declared]) -> Fact[tuple[str, ...]]:
    facts = [each.classifiers for each in declared if each.classifiers and each.classifiers.value]
    return first(facts, Fact(value=(), origin=_NOTHING))


def _pythons(classifiers: Fact[tuple[str, ...]]) -> Fact[tuple[str, ...]]:
    found = [match["version"] for each in classifiers.value if (match := _PYTHON.match(each))]
    ordered = sorted(dict.fromkeys(found), key=lambda version: tuple(map(int, version.split("."))))
    return Fact(
        value=tuple(ordered), origin=classifiers.origin if found else "no classifier names one"
    )


def _extras(declared: list[Declared], name: str) -> Fact[dict[str, tuple[str, ...]]]:
    found: Fact[dict[str, tuple[str, ...]]] = _joined(declared, "extras", {})
    return Fact(value=resolve_extras(name, found.value), origin=found.origin, weak=found.weak)


def _groups(sources: Sources) -> Fact[dict[str, tuple[str, ...]]]:
    """Give dependency groups, with Poetry's, PDM's and uv's own older forms beside them."""
    groups = read_groups(sources.tables)
    origin = f"{PYPROJECT} [dependency-groups]"
    older = {
        "[tool.poetry.group]": poetry_groups(sources.tables),
        "[tool.pdm.dev-dependencies]": {
            name: strings(each) for name, each in sources.tool("pdm", "dev-dependencies").items()
        },
        "[tool.uv] dev-dependencies": {"dev": strings(sources.tool("uv").get("dev-dependencies"))},
    }
    for place, found in older.items():
        fresh = {name: each for name, each in found.items() if each and name not in groups}
        if fresh:
            origin = f"{PYPROJECT} {place}" if not groups else f"{origin}, {place}"
            groups = {**groups, **fresh}
    return Fact(value=groups, origin=origin if groups else "there are none")


def _build_requires(sources: Sources) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys((*sources.build_requires, *strings(sources.setup("setup_requires"))))
    )


def _notes(sources: Sources, packages: tuple[Package, ...]) -> tuple[str, ...]:
    """Tell what looks wrong in the declarations themselves."""
    modules = strings(table(sources.tables, "tool", "setuptools").get("py-modules"))
    modules += strings(sources.setup("py_modules"))
    modules += tuple(sources.ini("options").get("py_modules", "").split())
    notes = [
        f"py_modules names {package.name}, but {package.path}/ is a package: the wheel may be empty"
        for package in packages
        if package.name in modules and package.path and not package.path.endswith(".py")
    ]
    if sources.tables.get("project") and sources.family == "setuptools":
        dynamic = sources.pep621.raw["dynamic"] if sources.pep621 else ()
        if sources.setup("install_requires") and "dependencies" not in dynamic:
            notes.append(
                "setup.py's install_requires has no force: [project] does not call it dynamic"
            )
    return tuple(notes)
