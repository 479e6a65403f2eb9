"""Contents: the project's packages are in the wheel, whole, and little else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipwheel.project.facts import Package
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.top_level import foreign_files, hidden_modules, twice_inside
from shipwheel.verification.report import Level

# what no distribution can mean to put where every distribution's packages lie
_STRAYS = frozenset(
    {
        *("test", "tests", "testing", "unittests", "integration_tests", "doc", "docs"),
        *("documentation", "example", "examples", "sample", "samples", "demo", "demos"),
        *("benchmark", "benchmarks", "build", "dist", "src", "script", "scripts", "tools", "bin"),
        *("ci", "notebooks", "requirements", "assets", "fixtures", "conftest.py", "setup.py"),
        *("noxfile.py", "fabfile.py", "tasks.py", "dodo.py", "conf.py", "manage.py", "venv"),
        *("env", "tmp", "temp", "sandbox", "playground", "scratch"),
    }
)
# what many projects have for themselves alone: beside a package of the project's own name it is not meant
_COMMON = frozenset(
    {
        *("util", "utils", "helper", "helpers", "common", "config", "configs", "settings"),
        *("constants", "core", "lib", "libs", "app", "main", "models", "cli", "version"),
        *("_version", "exceptions", "errors", "data", "misc", "setup_helpers", "run", "server"),
        *("client", "plugins", "resources"),
    }
)
_TESTS = re.compile(r"tests?_\w+\.py|\w+_tests?(?:\.py)?")
_PAPERS = re.compile(
    r"(?:readme|licen[cs]e|copying|notice|changelog|changes|history|authors|contributing|makefile|dockerfile"
    r"|pyproject|setup|tox|requirements[\w-]*|manifest|poetry|uv|pipfile)"
    r"(?:\.(?:md|rst|txt|toml|cfg|ini|in|lock))?",
    re.IGNORECASE,
)
_REMOVE = "leave the one that is not meant out of the wheel; a copy in the tree is often the cause"
_SYSTEM = {
    "usr",
    "home",
    "root",
    "tmp",
    "opt",
    "var",
    "users",
    "private",
    "mnt",
    "build",
    "windows",
}


class Empty(WheelCheck):
    """The wheel holds something besides its own description.

    A backend that finds no package builds an empty wheel with exit code 0; it installs, and tests that
    run in the checkout pass.
    """

    id = "contents-empty"
    hint = "tell the backend where the packages are, e.g. `[tool.setuptools.packages.find] where`"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        if any(m.size for m in facts.payload) or facts.modules:
            return
        stated = facts.metadata.requires_dist if facts.metadata else ()
        known = context.project is not None and bool(context.project.packages.value)
        if stated and not known:
            # a distribution that only gathers others is one on purpose
            yield Problem(
                "it holds no file of its own, only dependencies",
                level=Level.WARNING,
                hint="right for a meta-package; otherwise tell the backend where the packages are",
            )
        else:
            yield Problem("it holds no file of its own: nothing can be imported from it")


class ProjectPackages(WheelCheck):
    """Each package of the project is in the wheel."""

    id = "contents-packages"
    hint = "see what the backend packs; `[tool.shipwheel] packages` corrects what shipwheel expects"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del facts
        if context.project is None or not context.project.packages.value:
            return "the project's packages are not known"
        return ""

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert context.project is not None
        packages = context.project.packages
        lost = [p.name for p in packages.value if not holds(p, facts.importable)]
        if lost and facts.payload:  # contents-empty tells of a wheel without any
            level = Level.WARNING if packages.weak else Level.ERROR
            yield Problem(f"not in the wheel: {sample(lost)}", level=level)


def holds(package: Package, paths: tuple[str, ...]) -> bool:
    """Say whether the paths below site-packages hold a package or module of that name."""
    stem = package.name.replace(".", "/")
    folders = (f"{stem}/", f"{stem}-stubs/")
    return any(path.startswith((*folders, f"{stem}.")) for path in paths)


class TopLevel(WheelCheck):
    """Nothing lies at the top level but the project's own packages.

    What lies there is everybody's: two distributions with a `tests` overwrite each other.
    """

    id = "contents-top-level"
    level = Level.WARNING
    hint = "exclude it from the wheel in the backend's table"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        own = {facts.file.name.replace("-", "_"), *_own_tops(context)}
        tops = {path.partition("/")[0] for path in facts.importable}
        strays = [top for top in tops if top.lower() in _STRAYS and top not in own]
        loose = [path for path in facts.importable if "/" not in path]
        strays += [name for name in loose if _PAPERS.fullmatch(name)]
        strays += [top for top in tops - set(strays) if _TESTS.fullmatch(top) and top not in own]
        if own & {top.partition(".")[0] for top in tops}:
            strays += [top for top in tops if top.removesuffix(".py") in _COMMON - own]
        strays += [top for top in foreign_files(facts) if top not in {*strays, *own}]
        if strays:
            # with everything below `src` no import finds the project by its name
            all_of_it = len(tops) == 1 and tops <= {"src", "lib"}
            message = f"at the top level of site-packages: {sample(strays)}"
            yield Problem(message, level=Level.ERROR if all_of_it else None)
        hidden = [f"{path} beside {path[:-3]}/" for path in hidden_modules(facts)]
        if hidden:
            yield Problem(f"modules that no import finds: {sample(hidden)}", hint=_REMOVE)
        again = list(twice_inside(facts))
        if again:
            yield Problem(f"packages that lie in themselves again: {sample(again)}", hint=_REMOVE)


def _own_tops(context: Context) -> set[str]:
    if context.project is None:
        return set()
    return {package.top for package in context.project.packages.value}


class Prefix(WheelCheck):
    """What is put beside site-packages goes where an environment has such things.

    `.data/data/` is the root of the environment, or of the whole system: a file that lies there loose
    belongs to nobody, and a folder such as `usr` or `home` is a path of the machine that built it.
    """

    id = "contents-prefix"
    level = Level.WARNING
    hint = "put it into the package, or below `share/NAME/`"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        below = [n.partition(".data/data/")[2] for n in (m.name for m in facts.payload)]
        loose = [path for path in below if path and "/" not in path]
        if loose:
            yield f"loose in the environment's root: {sample(loose)}"
        foreign = [path for path in below if path.partition("/")[0].lower() in _SYSTEM]
        if foreign:
            yield f"folders of a whole system within the environment: {sample(foreign)}"
        code = [path for path in below if "site-packages/" in path or "dist-packages/" in path]
        if code:
            yield f"modules outside of what the wheel says it installs: {sample(code)}"


class Compiled(WheelCheck):
    """The compiled modules that the project promises are in the wheel.

    With a broken compiler, projects whose extension is optional build a wheel without it.
    """

    id = "contents-compiled"
    hint = "see the build's log; `[tool.shipwheel.wheels] allow-pure = true` where that is meant"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del facts
        if not context.extension_promised:
            return "no compiled modules promised"
        allowed = context.project is not None and context.project.config.wheels.allow_pure
        return "allow-pure is set" if allowed else ""

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        if any(m.binary for m in facts.payload):
            return
        weak = context.project is not None and context.project.kind.weak
        yield Problem(
            "the project has an extension, the wheel holds no compiled file",
            level=Level.WARNING if weak else None,
        )


class Scripts(WheelCheck):
    """What the wheel brings besides modules goes where it can be found.

    A `.data` folder knows purelib, platlib, headers, scripts and data, and must bear the wheel's name.
    """

    id = "contents-data"
    hint = "build the wheel again with a current backend"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        known = {"purelib", "platlib", "headers", "scripts", "data"}
        names = [m.name for m in facts.payload if m.name.partition("/")[0].endswith(".data")]
        odd = [n for n in names if n.partition("/")[2].partition("/")[0] not in known]
        if odd:
            yield f"unknown parts of the .data folder: {sample(odd)}"
        stems = {folder.removesuffix(".dist-info") for folder in facts.dist_infos}
        foreign = {n.partition("/")[0] for n in names} - {f"{stem}.data" for stem in stems}
        if foreign:
            yield f"a .data folder by another name than the wheel's: {sample(tuple(foreign))}"


CHECKS = (
    Empty,
    ProjectPackages,
    TopLevel,
    Compiled,
    Scripts,
    Prefix,
)
