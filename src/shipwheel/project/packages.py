"""The project's own import names, and where in the tree each is built from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from shipwheel.project.discovery import (
    below,
    by_name,
    clean_folder,
    discover,
    import_names,
    is_dotted,
    is_importable,
    outermost,
    package_at,
    without_bystanders,
)
from shipwheel.project.facts import Fact, Package
from shipwheel.project.pyproject import PYPROJECT, parse_toml, strings, table
from shipwheel.project.setuptools_packages import (
    Packages,
    setuptools_packages,
    top_level_extensions,
)
from shipwheel.project.sources import Sources
from shipwheel.project.tree import Tree, join

SETTLE = "[tool.shipwheel] packages"
_SHIP_ALL = frozenset({"setuptools", "pdm"})  # these take all that lies in src
_FOLDERS = ("src", "", "lib", "python", "source", "Lib")


def read_packages(sources: Sources, name: str) -> Packages:
    """Give the import names: from our settings, the backend's configuration, or by looking."""
    if sources.config.packages is not None:
        return Fact(value=_configured(sources), origin=f"{PYPROJECT} {SETTLE}")
    found = _FAMILIES.get(sources.family, _elsewhere)(sources, name)
    if found is None or not found.value:
        found = _looked(sources, name)
    extra = tuple(top_level_extensions(sources, found.value))
    value = outermost((*found.value, *extra))
    if not value:
        return _guessed_from_name(name)
    if not found.value:
        return Fact(value=value, origin="setup.py setup(ext_modules=…): extension modules alone")
    return Fact(value=value, origin=found.origin, weak=found.weak, settle=found.settle)


def _configured(sources: Sources) -> tuple[Package, ...]:
    given = sources.config.packages or {}
    return tuple(
        Package(name=name, path=path.strip("/"), stubs=name.endswith("-stubs"))
        for name, path in given.items()
    )


def _guessed_from_name(name: str) -> Packages:
    return Fact(
        value=(Package(name=import_names(name)[0]),),
        origin="the project's name: no package of it was found in the tree",
        weak=True,
        settle=SETTLE,
    )


def _looked(sources: Sources, name: str) -> Packages:
    named = by_name(sources.tree, name, _FOLDERS)
    if named is not None:
        origin = f"{named.path}: it has the project's name"
        if named.path.startswith("src/") and sources.family in _SHIP_ALL:
            return Fact(value=discover(sources.tree, "src"), origin="src: all of it is shipped")
        return Fact(value=(named,), origin=origin)
    for folder in _FOLDERS:
        found = without_bystanders(discover(sources.tree, folder))
        if found:
            return Fact(
                value=found,
                origin=f"what can be imported in {folder or 'the root'}",
                weak=len(found) > 1,
                settle=SETTLE if len(found) > 1 else None,
            )
    return Fact(value=(), origin="no package was found")


def _elsewhere(_sources: Sources, _name: str) -> Packages | None:
    return None


def flit_module(sources: Sources) -> tuple[str, ...]:
    """Give the place of flit's one module, by flit's own rules; empty where it is not there."""
    name = str(sources.tool("flit", "module").get("name") or "")
    if not name and sources.pep621 is not None and sources.pep621.name is not None:
        name = sources.pep621.name.value.replace("-", "_")
    name = name or str(sources.tool("flit", "metadata").get("module", ""))
    for folder in ("src", ""):
        found = package_at(sources.tree, folder, name) if name else None
        if found is not None:
            return (found.path,)
    return ()


def _flit(sources: Sources, name: str) -> Packages | None:
    declared = sources.tool("flit", "module").get("name") or sources.tool("flit", "metadata").get(
        "module"
    )
    paths = flit_module(sources)
    if not paths:
        return None
    own = str(declared or name.replace("-", "_"))
    origin = f"{PYPROJECT} [tool.flit.module] name" if declared else f"{paths[0]}: flit's module"
    return Fact(
        value=(Package(name=own, path=paths[0], stubs=own.endswith("-stubs")),), origin=origin
    )


def _hatchling(sources: Sources, _name: str) -> Packages | None:
    build = sources.tool("hatch", "build")
    wheel = {**build, **sources.tool("hatch", "build", "targets", "wheel")}
    tree = sources.tree
    for key in ("packages", "only-include", "include"):
        paths = [path.strip("/") for path in strings(wheel.get(key)) if "*" not in path.strip("/*")]
        found = [
            each for path in paths for each in _hatch_path(tree, path.rstrip("/*"), wheel, key)
        ]
        forced = table(wheel, "force-include")
        found += [
            each for source, target in forced.items() for each in _forced(tree, source, str(target))
        ]
        if found:
            origin = f"{PYPROJECT} [tool.hatch.build.targets.wheel] {key}"
            return Fact(value=without_bystanders(tuple(found)), origin=origin)
    return None


def _hatch_path(tree: Tree, path: str, wheel: dict[str, Any], key: str) -> list[Package]:
    """Place one of hatch's paths: `packages` ships the last part, others what `sources` leaves."""
    name = path.rpartition("/")[2] if key == "packages" else path
    given = wheel.get("sources")
    for prefix in strings(given) or ("src",):
        name = f"{name}/".removeprefix(f"{prefix.strip('/')}/").rstrip("/")
    for old, new in given.items() if isinstance(given, dict) else ():
        if path == old.strip("/") or path.startswith(f"{old.strip('/')}/"):
            name = f"{str(new).strip('/')}{path.removeprefix(old.strip('/'))}".strip("/")
    if path.endswith(".py"):
        return [Package(name=name[:-3].replace("/", "."), path=path)] if tree.is_file(path) else []
    dotted = name.replace("/", ".")
    if not tree.is_dir(path) or not all(map(is_importable, dotted.split("."))):
        return list(discover(tree, path)) if name in {"", "src"} and tree.is_dir(path) else []
    return list(below(tree, dotted, path)) or [Package(name=dotted, path=path)]


def _forced(tree: Tree, source: str, target: str) -> list[Package]:
    name = target.strip("/").removesuffix(".py").replace("/", ".")
    if not all(part.isidentifier() for part in name.split(".")):
        return []
    is_there = tree.is_dir(source) or (source.endswith(".py") and tree.is_file(source))
    return [Package(name=name, path=source.strip("/"))] if is_there else []


def _poetry(sources: Sources, _name: str) -> Packages | None:
    given = sources.tool("poetry").get("packages")
    found: list[Package] = []
    for entry in given if isinstance(given, list) else ():
        include = str(entry.get("include", "")) if isinstance(entry, dict) else ""
        folder, target = str(entry.get("from", "")), str(entry.get("to", ""))
        if strings(entry.get("format")) == ("sdist",) or not include:
            continue
        include = include.partition("/*")[0].strip("/")
        path = join(folder.strip("/"), include)
        dotted = join(target.strip("/"), include).removesuffix(".py").replace("/", ".")
        found += (
            below(sources.tree, dotted, path)
            if sources.tree.is_dir(path)
            else [Package(name=dotted, path=path if sources.tree.is_file(path) else "")]
        )
    if not found:
        return None
    origin = f"{PYPROJECT} [tool.poetry] packages"
    return Fact(value=without_bystanders(tuple(found)), origin=origin)


def _pdm(sources: Sources, _name: str) -> Packages | None:
    folder = sources.tool("pdm", "build").get("package-dir")
    includes = [each.strip("/") for each in strings(sources.tool("pdm", "build").get("includes"))]
    # pdm-backend's default: src where there is one
    base = "src" if sources.tree.is_dir("src") else ""
    base = clean_folder(folder) if isinstance(folder, str) else base
    found = [
        each
        for path in includes
        if "*" not in path and sources.tree.is_dir(path)
        for each in _under(sources.tree, base, path)
        if is_dotted(each.name)
    ]
    if found:
        return Fact(
            value=without_bystanders(tuple(found)), origin=f"{PYPROJECT} [tool.pdm.build] includes"
        )
    if isinstance(folder, str):
        origin = f"{PYPROJECT} [tool.pdm.build] package-dir"
        return Fact(value=without_bystanders(discover(sources.tree, base)), origin=origin)
    return None


def _under(tree: Tree, base: str, path: str) -> Iterable[Package]:
    """Give what a path holds, named from the folder of sources on."""
    if path == base:
        return discover(tree, path)
    return below(tree, path.removeprefix(f"{base}/").replace("/", "."), path)


def _scikit(sources: Sources, _name: str) -> Packages | None:
    given = sources.tool("scikit-build", "wheel").get("packages")
    pairs = (
        given.items()
        if isinstance(given, dict)
        else ((path.rpartition("/")[2], path) for path in strings(given))
    )
    found = [
        each
        for target, path in pairs
        for each in below(sources.tree, str(target).replace("/", "."), str(path).strip("/"))
    ]
    if not found:
        return None
    return Fact(value=tuple(found), origin=f"{PYPROJECT} [tool.scikit-build] wheel.packages")


def _maturin(sources: Sources, name: str) -> Packages | None:
    settings = sources.tool("maturin")
    cargo = str(settings.get("manifest-path", "Cargo.toml"))
    text = sources.tree.read(cargo)
    library = table(parse_toml(text, cargo), "lib").get("name") if text else None
    module = str(settings.get("module-name") or library or import_names(name)[0])
    origin = (
        f"{PYPROJECT} [tool.maturin] module-name"
        if "module-name" in settings
        else f"{cargo} [lib] name"
    )
    folder = str(settings.get("python-source", ""))
    named = [*strings(settings.get("python-packages")), module, module.partition(".")[0]]
    for candidate in (
        (folder, "python", "src/python") if folder or not settings.get("python-source") else ()
    ):
        for each in named:
            found = package_at(sources.tree, clean_folder(candidate), each.partition(".")[0])
            if found is not None and not found.path.endswith(".pyi"):
                return Fact(value=(found,), origin=origin)
    return Fact(value=(Package(name=module.partition(".")[0]),), origin=origin)


def _uv(sources: Sources, name: str) -> Packages | None:
    settings = sources.tool("uv", "build-backend")
    root = clean_folder(str(settings.get("module-root", "src")))
    names = strings(settings.get("module-name")) or (import_names(name)[0].replace(".", "_"),)
    found = [package_at(sources.tree, root, each) for each in names]
    there = tuple(each for each in found if each is not None)
    key = "module-name" if "module-name" in settings else "module-root"
    return Fact(value=there, origin=f"{PYPROJECT} [tool.uv.build-backend] {key}") if there else None


_FAMILIES: dict[str, Callable[[Sources, str], Packages | None]] = {
    "setuptools": setuptools_packages,
    "flit": _flit,
    "hatchling": _hatchling,
    "poetry": _poetry,
    "pdm": _pdm,
    "scikit-build-core": _scikit,
    "maturin": _maturin,
    "uv": _uv,
}
