"""All files that declare metadata, read once, with the backend that decides which of them count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shipwheel.errors import ConfigurationError
from shipwheel.project.config import Config
from shipwheel.project.declared import Declared
from shipwheel.project.facts import Fact
from shipwheel.project.layout import declares_workspace, inherited_settings
from shipwheel.project.names import requirement_name
from shipwheel.project.pep621 import read_pep621
from shipwheel.project.pkg_info import read_pkg_info
from shipwheel.project.poetry import read_poetry
from shipwheel.project.pyproject import PYPROJECT, read_config, read_toml, strings, table
from shipwheel.project.setup_cfg import SETUP_CFG, read_setup_cfg
from shipwheel.project.setup_py import SETUP_PY, read_setup_py
from shipwheel.project.setuptools_dynamic import read_setuptools_dynamic
from shipwheel.project.tree import LARGEST, Tree

LEGACY = "setuptools.build_meta:__legacy__"
# the first word of a build-backend -> the family whose configuration it reads
_FAMILIES = {
    "setuptools": "setuptools",
    "flit_core": "flit",
    "flit_scm": "flit",
    "hatchling": "hatchling",
    "poetry": "poetry",
    "poetry_dynamic_versioning": "poetry",
    "pdm": "pdm",
    "scikit_build_core": "scikit-build-core",
    "mesonpy": "meson-python",
    "maturin": "maturin",
    "uv_build": "uv",
    "sphinx_theme_builder": "flit",
    "pbr": "setuptools",
    "setuptools_rust": "setuptools",
    "py_build_cmake": "py-build-cmake",
}
# who an in-tree backend wraps shows in what it asks for
_WRAPPED = {
    "setuptools": "setuptools",
    "hatchling": "hatchling",
    "flit-core": "flit",
    "poetry-core": "poetry",
    "pdm-backend": "pdm",
    "scikit-build-core": "scikit-build-core",
    "meson-python": "meson-python",
    "maturin": "maturin",
    "uv-build": "uv",
}


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What a project's files declare, unjoined; `tables` is pyproject.toml (empty where none is)."""

    tree: Tree
    tables: Mapping[str, Any]
    config: Config
    backend: Fact[str]
    family: str
    build_requires: tuple[str, ...]
    backend_path: tuple[str, ...]
    hatch: Mapping[str, Any] | None = None
    pep621: Declared | None = None
    poetry: Declared | None = None
    dynamic: Declared | None = None
    setup_cfg: Declared | None = None
    setup_py: Declared | None = None
    pkg_info: Declared | None = None

    def declared(self) -> Iterator[Declared]:
        """Give the files in their order of precedence.

        setup.py overrides setup.cfg as setuptools has it; `PKG-INFO` fills in what is left.
        """
        files = (self.pep621, self.poetry, self.dynamic, self.setup_py, self.setup_cfg)
        yield from (each for each in (*files, self.pkg_info) if each is not None)

    def tool(self, *keys: str) -> dict[str, Any]:
        """Give a table below `[tool]`; hatch.toml stands in for `[tool.hatch]` where there is one."""
        if keys[:1] == ("hatch",) and self.hatch:
            return table(self.hatch, *keys[1:])
        return table(self.tables, "tool", *keys)

    def setup(self, key: str) -> Any:
        """Give an argument of setup.py's call, None where there is none."""
        return None if self.setup_py is None else self.setup_py.raw.get(key)

    def ini(self, section: str) -> dict[str, str]:
        """Give a section of setup.cfg, empty where there is none."""
        if self.setup_cfg is None:
            return {}
        found: dict[str, str] = self.setup_cfg.raw["sections"].get(section, {})
        return found

    def builds_with(self, *names: str) -> bool:
        """Say whether a build requirement of one of these (normalized) names is declared."""
        setup = strings(self.setup("setup_requires")) + tuple(
            self.ini("options").get("setup_requires", "").split()
        )
        return any(requirement_name(each) in names for each in (*self.build_requires, *setup))


def read_sources(tree: Tree) -> Sources:
    """Read every file that declares metadata.

    Raises ConfigurationError where there is no project, a file is broken, or a setting is wrong.
    """
    tables = read_toml(tree, PYPROJECT)
    _check_is_project(tree, tables)
    config = read_config(tree, tables, inherited_settings(tree))
    tables = tables or {}
    backend, requires, path = _backend(tree, tables)
    family = _family(tree, tables, backend.value, requires, path)
    legacy = family == "setuptools" or (family == "other" and tree.is_file(SETUP_PY))
    return Sources(
        tree=tree,
        tables=tables,
        config=config,
        backend=backend,
        family=family,
        build_requires=requires,
        backend_path=path,
        hatch=read_toml(tree, "hatch.toml"),
        pep621=read_pep621(tables),
        poetry=read_poetry(tables) if family == "poetry" else None,
        dynamic=read_setuptools_dynamic(tree, tables) if family == "setuptools" else None,
        # other backends never look at these two, whatever they say
        setup_cfg=read_setup_cfg(tree) if legacy else None,
        setup_py=read_setup_py(tree) if legacy else None,
        pkg_info=read_pkg_info(tree),
    )


def is_project(tree: Tree, tables: Mapping[str, Any] | None) -> bool:
    """Say whether a folder holds a project; `tables` is its pyproject.toml, None where there is none."""
    if tree.is_file(SETUP_PY):
        return True
    if tables is not None and (tables.keys() & {"project", "build-system"} or _poetry(tables)):
        return True
    cfg = tree.read(SETUP_CFG) or ""
    return "[metadata]" in cfg or "[options]" in cfg


def _check_is_project(tree: Tree, tables: Mapping[str, Any] | None) -> None:
    if is_project(tree, tables):
        return
    if declares_workspace(Path(tree.root)):
        raise ConfigurationError(
            "this is the root of a workspace, and no package itself",
            where=tree.root,
            hint="name one of its packages: `shipwheel -C FOLDER …`, `nox -s PACKAGE:SESSION`",
        )
    if tables is None and tree.is_file(PYPROJECT):
        raise ConfigurationError(
            f"{PYPROJECT} cannot be read, or has more than {LARGEST >> 20} MiB",
            where=tree.root,
            hint="move what is no configuration into a file of its own",
        )
    what = f"{PYPROJECT} has no [project] table" if tables is not None else "no Python project here"
    raise ConfigurationError(
        what,
        where=tree.root,
        evidence="looked for pyproject.toml with [project] or [build-system], setup.py, setup.cfg",
        hint="go to the folder that holds one of these, or start one: copy a template of shipwheel's",
    )


def _poetry(tables: Mapping[str, Any]) -> bool:
    return bool(table(tables, "tool", "poetry"))


def _backend(
    tree: Tree, tables: Mapping[str, Any]
) -> tuple[Fact[str], tuple[str, ...], tuple[str, ...]]:
    """Give the backend, what it requires, and the folders of one in the tree (PEP 517, PEP 518)."""
    system = table(tables, "build-system")
    requires = strings(system.get("requires"))
    path = strings(system.get("backend-path"))
    named = system.get("build-backend")
    if isinstance(named, str):
        return Fact(value=named, origin=f"{PYPROJECT} [build-system] build-backend"), requires, path
    origin = f"default: {PYPROJECT} names no build-backend"
    if not system:
        origin = f"default: there is no [build-system] ({_declaring(tree)} alone)"
    return Fact(value=LEGACY, origin=origin), requires or ("setuptools>=40.8.0",), path


def _declaring(tree: Tree) -> str:
    return SETUP_PY if tree.is_file(SETUP_PY) else SETUP_CFG


def _family(
    tree: Tree,
    tables: Mapping[str, Any],
    backend: str,
    requires: tuple[str, ...],
    path: tuple[str, ...],
) -> str:
    word = backend.partition(".")[0].partition(":")[0]
    if not path and word in _FAMILIES:
        return _FAMILIES[word]
    for requirement in requires:
        wrapped = _WRAPPED.get(requirement_name(requirement) or "")
        if wrapped is not None:
            return wrapped
    tools = table(tables, "tool")
    if "setuptools" in tools or tree.is_file(SETUP_PY):
        return "setuptools"
    return _FAMILIES.get(word, "other")
