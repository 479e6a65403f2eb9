"""Packages: what lies at the top level can be imported, is whole, and takes no name of others'."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from shipwheel.data.import_names import import_names
from shipwheel.dists.modules import site_path
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.python_range import pythons_of, required_names
from shipwheel.verification.modules import is_package, is_test
from shipwheel.verification.report import Level


class StandardLibrary(WheelCheck):
    """No module bears the name of one of the standard library.

    The standard library comes first: in every supported Python the name leads there, and the wheel's
    module is never imported. A backport for Pythons without it is fine.
    """

    id = "package-stdlib"
    hint = "rename the module, or leave it out of the wheel"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        supported = pythons_of(facts)
        hidden = [
            name
            for name in top_modules(facts)
            if supported and all(import_names().in_library(name, each) for each in supported)
        ]
        if hidden:
            yield f"the standard library has these at its top level too: {sample(hidden)}"


class Dependency(WheelCheck):
    """No package at the top level is that of a dependency, or of another well-known project.

    Both write the same files: the one that is installed last wins, and uninstalling either breaks the
    other.
    """

    id = "package-foreign"
    hint = "depend on it instead of packing it, or pack it below your own package"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        own = {facts.file.name, *_own_names(context)}
        required = required_names(facts)
        for name in top_modules(facts):
            owners = set(import_names().owners.get(name, ()))
            same = canonicalize_name(name)
            if own & {*owners, same}:
                continue
            if same in required or owners & required:
                yield Problem(f"{name} is the dependency's own package")
            elif owners and not _relative(facts.file.name, owners):
                yield Problem(f"{name} is the package of {sample(tuple(owners))}", Level.WARNING)


def _relative(name: str, owners: set[str]) -> bool:
    """Say whether a distribution is by its name a variant of a project that owns an import name."""
    return any(owner in name or name in owner for owner in owners)


def _own_names(context: Context) -> set[str]:
    if context.project is None:
        return set()
    return {canonicalize_name(each.top) for each in context.project.packages.value}


class Initialized(WheelCheck):
    """The package that the distribution is named for has its `__init__.py`.

    Without it the folder is a namespace: what the package offers by its own name is gone, and any other
    distribution may install into it.
    """

    id = "package-init"
    level = Level.WARNING
    hint = "add the `__init__.py` to what the backend packs"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        packages = context.project.packages.value if context.project else ()
        tops = {facts.file.name.replace("-", "_"), *(each.name for each in packages)}
        shared = _shared(facts, context)
        whole = {p.rpartition("/")[0] for p in facts.importable if is_package(p)}
        loose = {p.rpartition("/")[0] for p in facts.importable if p.endswith(".py")} - whole
        for folder in sorted(loose - {""}):
            name = folder.replace("/", ".")
            if name in tops and name not in shared and not is_test(name):
                yield f"{folder}/ holds modules, but no __init__.py"


class Listed(WheelCheck):
    """Each package that the wheel's own list names is there.

    setuptools writes top_level.txt from what it was told to pack.
    """

    id = "package-listed"
    hint = (
        "build the wheel again in a clean tree; a package was lost between the list and the archive"
    )

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.top_level else "there is no top_level.txt"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        # a .pth may lead to folders below which the names are
        there = {part.partition(".")[0] for path in facts.importable for part in path.split("/")}
        # an extension that may fail to build is listed all the same; it has a leading underscore
        listed = (name for name in facts.top_level if name.isidentifier() and "__" not in name)
        lost = [name for name in listed if not name.startswith("_") and name not in there]
        if lost:
            yield f"in top_level.txt, but not in the wheel: {sample(lost)}"


class Namespace(WheelCheck):
    """A name that is shared with other distributions has no `__init__` that shuts them out.

    The first `__init__.py` that Python finds there ends the search: what others install below the same
    name cannot be imported any more.
    """

    id = "package-namespace"
    hint = "leave that `__init__.py` out of the wheel"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        shared = {name for name in _shared(facts, context) if name != facts.file.name}
        for path in facts.importable:
            folder, _, file = path.rpartition("/")
            name = folder.replace("/", ".")
            if file == "__init__.py" and name in shared and not _declares(facts, path):
                yield f"{path} shuts out whoever else installs below {name}"


def _shared(facts: WheelFacts, context: Context) -> set[str]:
    """Give the dotted names that several distributions share: known ones, listed ones, the project's."""
    above = {name for each in facts.namespaces for name in _and_above(each)}
    known = {name for each in import_names().shared for name in _and_above(each)}
    packages = context.project.packages.value if context.project else ()
    for package in packages:
        above |= set(_and_above(package.name.rpartition(".")[0]))
    # a distribution by the name itself is its owner (`ruamel`)
    return above | {name for name in known if canonicalize_name(name) != facts.file.name}


def _and_above(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def _declares(facts: WheelFacts, path: str) -> bool:
    """Say whether an `__init__` extends its own path, as pkgutil and pkg_resources have it."""
    sources = (s for member, s in facts.sources.items() if site_path(member) == path)
    return any(source.hooked or "pkg_resources" in source.imports for source in sources)


class Typed(WheelCheck):
    """The mark of inline types is where type checkers look for it.

    PEP 561: `py.typed` lies in each package, and without it annotations and stubs are ignored.
    """

    id = "package-typed"
    level = Level.WARNING
    hint = "add py.typed to the package's data (in the package's folder, beside `__init__.py`)"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        marks = [p for p in facts.importable if p.rpartition("/")[2] == "py.typed"]
        if "py.typed" in marks:
            yield "py.typed lies at the top level of site-packages, where it means nothing"
        stubs = any(p.partition("/")[0].endswith("-stubs") for p in facts.importable)
        packages = any(p.endswith("/__init__.py") for p in facts.importable)
        said = facts.metadata is not None and "Typing :: Typed" in facts.metadata.classifiers
        if said and packages and not stubs and not marks:
            yield "the classifier says `Typing :: Typed`, there is no py.typed in the wheel"


class Importable(WheelCheck):
    """Each package at the top level has a name that can be imported."""

    id = "package-name"
    level = Level.WARNING
    hint = "name the folder as it is imported (`my_package`), and tell the backend so"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        folders = {
            path.partition("/")[0] for path in facts.importable if path.endswith("/__init__.py")
        }
        odd = [n for n in folders if not n.removesuffix("-stubs").isidentifier()]
        if odd:
            yield f"no `import` can name these: {sample(odd)}"


def top_modules(facts: WheelFacts) -> tuple[str, ...]:
    """Give the names at the top level that can be imported: packages with an `__init__`, and modules."""
    return tuple(sorted({name for name, _ in facts.modules if "." not in name}))


CHECKS = (StandardLibrary, Dependency, Initialized, Listed, Namespace, Typed, Importable)
