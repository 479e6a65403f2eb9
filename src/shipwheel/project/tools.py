"""Linters, type checkers and documentation: only what stands configured in the project."""

from __future__ import annotations

from shipwheel.project.facts import Fact, Package, ToolFacts
from shipwheel.project.names import normalize, requirement_name
from shipwheel.project.pep621 import read_groups
from shipwheel.project.requirement_files import read_requirement_file
from shipwheel.project.setup_cfg import read_ini
from shipwheel.project.sources import Sources

Tool = Fact[ToolFacts | None]
Groups = dict[str, tuple[str, ...]]
_DOCS = ("docs", "doc")
_DOCS_FILES = (
    "docs/requirements.txt",
    "doc/requirements.txt",
    "requirements-docs.txt",
    "requirements/docs.txt",
    "requirements/doc.txt",
    "docs-requirements.txt",
    "requirements_docs.txt",
)


def read_lint(sources: Sources) -> Tool:
    """Give the linter: pre-commit where it is set up, else ruff, else flake8."""
    tree = sources.tree
    for name in (".pre-commit-config.yaml", ".pre-commit-config.yml"):
        if tree.is_file(name):
            command = ("pre-commit", "run", "--all-files", "--show-diff-on-failure")
            return _tool(name, (command,), ("pre-commit",))
    origin = _configured(sources, "ruff", files=("ruff.toml", ".ruff.toml"))
    if origin:
        return _tool(origin, (("ruff", "check", "."),), (_wanted(sources, "ruff"),))
    origin = _ini(sources, "flake8", files=(".flake8",))
    if origin:
        return _tool(origin, (("flake8", "."),), (_wanted(sources, "flake8"),))
    return Fact(value=None, origin="no linter is configured")


def read_type(sources: Sources, packages: tuple[Package, ...]) -> Tool:
    """Give the type checker: mypy, else pyright, on the files that its own settings name."""
    settings = sources.tool("mypy")
    origin = _configured(sources, "mypy") or _ini(sources, "mypy", files=("mypy.ini", ".mypy.ini"))
    paths = tuple(package.path for package in packages if package.path)
    if origin and (settings.get("files") or settings.get("packages") or _mypy_files(sources)):
        paths = ()
    if origin and (paths or settings or not packages):
        needs = (_wanted(sources, "mypy"), *_group(sources, ("typing", "type", "types", "mypy")))
        return _tool(origin, (("mypy", *paths),), needs, installs=True)
    origin = _configured(sources, "pyright", files=("pyrightconfig.json",))
    if origin:
        needs = (_wanted(sources, "pyright"), *_group(sources, ("typing", "type", "types")))
        return _tool(origin, (("pyright",),), needs, installs=True)
    return Fact(value=None, origin="no type checker is configured")


def _mypy_files(sources: Sources) -> bool:
    for name in ("mypy.ini", ".mypy.ini", "setup.cfg"):
        if read_ini(sources.tree, name).get("mypy", {}).get("files"):
            return True
    return False


def read_docs(sources: Sources, extras: Groups) -> Tool:
    """Give the documentation's builder: Sphinx where there is a conf.py, or MkDocs."""
    tree = sources.tree
    for folder in ("docs", "doc", "docs/source", "doc/source", "docs/src"):
        if tree.is_file(f"{folder}/conf.py"):
            sphinx = ("sphinx-build", "-b", "html", folder, ".shipwheel/docs")
            return _tool(
                f"{folder}/conf.py",
                (sphinx,),
                _docs_needs(sources, extras, "sphinx"),
                installs=True,
            )
    for name in ("mkdocs.yml", "mkdocs.yaml"):
        if tree.is_file(name):
            command = ("mkdocs", "build", "--site-dir", ".shipwheel/docs")
            return _tool(name, (command,), _docs_needs(sources, extras, "mkdocs"), installs=True)
    return Fact(value=None, origin="no documentation is configured")


def _docs_needs(sources: Sources, extras: Groups, builder: str) -> tuple[str, ...]:
    found = _group(sources, _DOCS)
    for name in _DOCS:
        found = found or next((each for key, each in extras.items() if normalize(key) == name), ())
    for path in _DOCS_FILES:
        if not found and sources.tree.is_file(path):
            found = tuple(read_requirement_file(sources.tree, path).requirements)
    if builder in {requirement_name(each) for each in found}:
        return found
    return (builder, *found)


def _group(sources: Sources, names: tuple[str, ...]) -> tuple[str, ...]:
    groups = read_groups(sources.tables)
    return next(
        (each for name in names for key, each in groups.items() if normalize(key) == name), ()
    )


def _wanted(sources: Sources, tool: str) -> str:
    """Give the project's own version of a tool where a dependency group names one."""
    lines = (each for group in read_groups(sources.tables).values() for each in group)
    return next((each for each in lines if requirement_name(each) == tool), tool)


def _configured(sources: Sources, tool: str, *, files: tuple[str, ...] = ()) -> str | None:
    if tool in sources.tool():
        return f"pyproject.toml [tool.{tool}]"
    return next((name for name in files if sources.tree.is_file(name)), None)


def _ini(sources: Sources, tool: str, *, files: tuple[str, ...] = ()) -> str | None:
    for name in files:
        if sources.tree.is_file(name):
            return name
    for name in ("setup.cfg", "tox.ini"):
        if tool in read_ini(sources.tree, name):
            return f"{name} [{tool}]"
    return None


def _tool(
    origin: str,
    commands: tuple[tuple[str, ...], ...],
    requirements: tuple[str, ...],
    *,
    installs: bool = False,
) -> Tool:
    facts = ToolFacts(
        commands=commands,
        requirements=tuple(dict.fromkeys(requirements)),
        installs_project=installs,
    )
    return Fact(value=facts, origin=origin)
