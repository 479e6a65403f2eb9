"""The version, where reading is enough to know it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from shipwheel.project.facts import Fact
from shipwheel.project.literals import file_literal, module_literal
from shipwheel.project.packages import flit_module
from shipwheel.project.pyproject import PYPROJECT, parse_toml, table
from shipwheel.project.sources import Sources
from shipwheel.project.tree import Tree

Found = Fact[str | None] | None
_DEFAULT_PATTERN = r'(?i)^(__version__|VERSION)(?: ?\: ?str)? *= *([\'"])v?(?P<version>.+?)\2'
_MESON = re.compile(r"\bproject\s*\((?P<body>.*?)\)", re.DOTALL)
_MESON_VERSION = re.compile(r"\bversion\s*:\s*'(?P<version>[^']+)'")
# build requirements that take the version from version control
_SCM = (
    "setuptools-scm",
    "hatch-vcs",
    "flit-scm",
    "versioneer",
    "pbr",
    "poetry-dynamic-versioning",
    "uv-dynamic-versioning",
    "versioningit",
    "setuptools-git-versioning",
    "vcs-versioning",
    "dunamai",
    "setuptools-vcs-version",
    "setuptools-git-ver",
)
_SCM_TABLES = (
    ("setuptools_scm",),
    ("versioneer",),
    ("versioningit",),
    ("setuptools-git-versioning",),
)


def read_version(sources: Sources) -> tuple[Fact[str | None], bool]:
    """Give the version, None where only a build knows it, and whether version control decides it."""
    static = sources.pep621.version if sources.pep621 else None
    if static is None and sources.poetry is not None and not _is_scm(sources):
        static = sources.poetry.version
    if static is not None:
        return _normalized(static), False
    scm = _is_scm(sources)
    if scm is not None:
        return Fact(value=None, origin=f"version control, read at build time by {scm}"), True
    found = _FAMILIES.get(sources.family, _unknown)(sources)
    if found is None and sources.pkg_info is not None:
        found = sources.pkg_info.version
    if found is not None:
        return _normalized(found), False
    return Fact(value=None, origin=f"known at build time by {sources.backend.value}"), False


def normalize_version(text: str) -> str:
    """Give a version as wheels and indexes write it (PEP 440); as it stands where it is none."""
    if re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*", text):
        return text
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - most need it not

    try:
        return str(Version(text))
    except InvalidVersion:
        return text


def _normalized(fact: Fact[str | None]) -> Fact[str | None]:
    if fact.value is None:
        return fact
    return Fact(value=normalize_version(fact.value), origin=fact.origin, weak=fact.weak)


def _is_scm(sources: Sources) -> str | None:
    """Name what takes the version from version control, None where nothing does."""
    hatch = sources.tool("hatch", "version").get("source")
    if sources.family == "hatchling":
        return (
            f"hatchling's source {hatch!r}" if hatch in {"vcs", "uv-dynamic-versioning"} else None
        )
    if sources.family == "pdm":
        source = sources.tool("pdm", "version").get("source")
        return "pdm-backend" if source == "scm" else None
    if sources.family == "poetry":
        enabled = sources.tool("poetry-dynamic-versioning").get("enable")
        return "poetry-dynamic-versioning" if enabled else None
    if sources.family == "scikit-build-core":
        provider = str(sources.tool("scikit-build", "metadata", "version").get("provider", ""))
        return provider if "scm" in provider else None
    return _setuptools_scm(sources)


def _setuptools_scm(sources: Sources) -> str | None:
    literal = isinstance(sources.setup("version"), str) or _directive(sources)
    if sources.setup("use_scm_version") or sources.setup("pbr"):
        return "pbr" if sources.setup("pbr") else "setuptools-scm"
    if literal or table(sources.tables, "tool", "setuptools", "dynamic").get("version"):
        return None
    for keys in _SCM_TABLES:
        if sources.tool(*keys) or keys[0] in sources.tool():
            return keys[0].replace("_", "-")
    for name in _SCM:
        if sources.builds_with(name):
            return name
    return "versioneer" if sources.ini("versioneer") else None


def _directive(sources: Sources) -> str:
    return sources.ini("metadata").get("version", "").strip()


def _setuptools(sources: Sources) -> Found:
    dynamic = sources.tool("setuptools", "dynamic")
    origin = f"{PYPROJECT} [tool.setuptools.dynamic] version"
    if isinstance(dynamic.get("version"), dict):
        directive = dynamic["version"]
        if isinstance(directive.get("attr"), str):
            return _from_attribute(sources, directive["attr"], origin)
        file = directive.get("file")
        return _from_file(
            sources.tree, file[0] if isinstance(file, list) and file else file, origin
        )
    for declared in (sources.setup_py, sources.setup_cfg):
        if declared is not None and declared.version is not None:
            return declared.version
    directive = _directive(sources)
    if directive.startswith("attr:"):
        name = directive.removeprefix("attr:").strip()
        return _from_attribute(sources, name, "setup.cfg [metadata] version")
    if directive.startswith("file:"):
        name = directive.removeprefix("file:").strip()
        return _from_file(sources.tree, name, "setup.cfg [metadata] version")
    return None


def _from_attribute(sources: Sources, attribute: str, origin: str) -> Found:
    module, _, name = attribute.rpartition(".")
    value = module_literal(sources.tree, module, name, default=None)
    for folder in _package_folders(sources):
        if not isinstance(value, str | tuple):
            path = f"{folder}/{module.replace('.', '/')}"
            for file in (f"{path}.py", f"{path}/__init__.py"):
                value = file_literal(sources.tree, file, name) or value
    if isinstance(value, tuple | list):
        value = ".".join(map(str, value))
    return Fact(value=value, origin=f"{origin} = {attribute}") if isinstance(value, str) else None


def _package_folders(sources: Sources) -> tuple[str, ...]:
    mapped = sources.tool("setuptools", "package-dir") or sources.setup("package_dir") or {}
    where = sources.tool("setuptools", "packages", "find").get("where", [])
    folders = [*(mapped.values() if isinstance(mapped, dict) else ()), *where, "lib"]
    return tuple(dict.fromkeys(each for each in folders if isinstance(each, str) and each))


def _from_file(tree: Tree, path: Any, origin: str) -> Found:
    text = tree.read(path) if isinstance(path, str) else None
    return Fact(value=text.strip(), origin=f"{origin} = {path}") if text else None


def _from_pattern(tree: Tree, path: Any, pattern: Any, origin: str) -> Found:
    text = tree.read(path) if isinstance(path, str) else None
    if text is None:
        return None
    is_own = isinstance(pattern, str) and "version" in pattern
    wanted = pattern if is_own else _DEFAULT_PATTERN
    try:
        found = re.search(wanted, text, re.MULTILINE)
        value = found["version"] if found else None
    except (re.error, IndexError):
        return None
    return Fact(value=value, origin=f"{origin} = {path}") if value else None


def _hatchling(sources: Sources) -> Found:
    version = sources.tool("hatch", "version")
    origin = f"{PYPROJECT} [tool.hatch.version] path"
    return _from_pattern(sources.tree, version.get("path"), version.get("pattern"), origin)


def _flit(sources: Sources) -> Found:
    for path in flit_module(sources):
        file = path if path.endswith(".py") else f"{path}/__init__.py"
        value = file_literal(sources.tree, file, "__version__")
        if isinstance(value, str):
            return Fact(value=value, origin=f"{file} __version__")
    return None


def _pdm(sources: Sources) -> Found:
    version = sources.tool("pdm", "version")
    if version.get("source") == "file":
        origin = f"{PYPROJECT} [tool.pdm.version] path"
        return _from_pattern(sources.tree, version.get("path"), version.get("pattern"), origin)
    return None


def _scikit(sources: Sources) -> Found:
    settings = sources.tool("scikit-build", "metadata", "version")
    origin = f"{PYPROJECT} [tool.scikit-build.metadata.version] input"
    return _from_pattern(sources.tree, settings.get("input"), settings.get("regex"), origin)


def _meson(sources: Sources) -> Found:
    found = _MESON.search(sources.tree.read("meson.build") or "")
    version = _MESON_VERSION.search(found["body"]) if found else None
    return (
        Fact(value=version["version"], origin="meson.build project(version)") if version else None
    )


def _maturin(sources: Sources) -> Found:
    path = str(sources.tool("maturin").get("manifest-path", "Cargo.toml"))
    text = sources.tree.read(path)
    value = table(parse_toml(text, path), "package").get("version") if text else None
    if not isinstance(value, str):
        return None
    # Cargo's `1.0.0-beta.1` is PEP 440's 1.0.0b1
    return Fact(
        value=value.replace("-alpha.", "a").replace("-beta.", "b"),
        origin=f"{path} [package] version",
    )


def _unknown(_sources: Sources) -> Found:
    return None


_FAMILIES: dict[str, Callable[[Sources], Found]] = {
    "setuptools": _setuptools,
    "hatchling": _hatchling,
    "flit": _flit,
    "pdm": _pdm,
    "scikit-build-core": _scikit,
    "meson-python": _meson,
    "maturin": _maturin,
}
