"""The packages that setuptools is told to ship: pyproject.toml, setup.py, setup.cfg, pbr's section."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shipwheel.project.discovery import (
    below,
    clean_folder,
    is_dotted,
    is_importable,
    is_package,
    matches,
    outermost,
    without_bystanders,
)
from shipwheel.project.facts import Fact, Package
from shipwheel.project.pyproject import PYPROJECT, strings
from shipwheel.project.setup_cfg import lines
from shipwheel.project.sources import Sources
from shipwheel.project.tree import Tree
from shipwheel.project.values import ExtensionCall, FindPackages

Packages = Fact[tuple[Package, ...]]


def setuptools_packages(sources: Sources, _name: str) -> Packages | None:
    """Give the packages and modules that setuptools is told of; None where it looks by itself."""
    tree, folders = sources.tree, _package_dir(sources)
    packages, origin = _named_packages(sources)
    modules = _modules(sources)
    found: list[Package] = []
    if isinstance(packages, FindPackages):
        found += _find(tree, packages, folders)
    elif isinstance(packages, list | tuple):
        found += [_mapped(tree, name, folders) for name in packages if isinstance(name, str)]
    found += [_mapped(tree, name, folders) for name in modules]
    if not found:
        return None
    return Fact(value=outermost(without_bystanders(tuple(found))), origin=origin)


def _named_packages(sources: Sources) -> tuple[Any, str]:
    """Give what names the packages (a list, or a search) and where it stands; None where nothing does."""
    origin = f"{PYPROJECT} [tool.setuptools] packages"
    given = sources.tool("setuptools").get("packages")
    if isinstance(given, dict) and isinstance(given.get("find"), dict):
        return _find_settings(given["find"]), f"{origin}.find"
    if isinstance(given, list):
        return given, origin
    given = sources.setup("packages")
    if isinstance(given, FindPackages) or given:
        return given, "setup.py setup(packages=…)"
    return _ini_packages(sources)


def _ini_packages(sources: Sources) -> tuple[Any, str]:
    text = sources.ini("options").get("packages", "").strip()
    if text.startswith(("find:", "find_namespace:")):
        return _find_ini(sources, text), "setup.cfg [options] packages"
    files = sources.ini("files").get("packages", "")  # pbr's section
    if text or files:
        return lines(text or files), f"setup.cfg [{'options' if text else 'files'}] packages"
    return None, _modules_origin(sources)


def _modules_origin(sources: Sources) -> str:
    if sources.tool("setuptools").get("py-modules"):
        return f"{PYPROJECT} [tool.setuptools] py-modules"
    return (
        "setup.py setup(py_modules=…)"
        if sources.setup("py_modules")
        else "setup.cfg [options] py_modules"
    )


def _modules(sources: Sources) -> tuple[str, ...]:
    return (
        strings(sources.tool("setuptools").get("py-modules"))
        or strings(sources.setup("py_modules"))
        or lines(sources.ini("options").get("py_modules", ""))
        or lines(sources.ini("files").get("modules", ""))
    )


def _find_settings(find: dict[str, Any]) -> FindPackages:
    return FindPackages(
        where=(strings(find.get("where")) or (".",))[0],
        include=strings(find.get("include")) or ("*",),
        exclude=strings(find.get("exclude")),
        namespaces=bool(find.get("namespaces", True)),
    )


def _find_ini(sources: Sources, text: str) -> FindPackages:
    find = sources.ini("options.packages.find")
    return FindPackages(
        where=find.get("where", ".").strip() or ".",
        include=lines(find.get("include", "")) or ("*",),
        exclude=lines(find.get("exclude", "")),
        namespaces=text.startswith("find_namespace"),
    )


def _package_dir(sources: Sources) -> dict[str, str]:
    given = sources.tool("setuptools", "package-dir") or sources.setup("package_dir")
    if not isinstance(given, dict):
        text = sources.ini("options").get("package_dir", "")
        pairs = (line.partition("=") for line in lines(text))
        given = {name.strip(): folder.strip() for name, _, folder in pairs}
    root = sources.ini("files").get("packages_root", "").strip()
    if root:
        given = {"": root, **given}
    return {
        name: clean_folder(folder)
        for name, folder in given.items()
        if isinstance(name, str) and isinstance(folder, str)
    }


def _mapped(tree: Tree, name: str, folders: dict[str, str]) -> Package:
    """Place a package as `package_dir` maps it, the longest mapped name first."""
    parts = name.split(".")
    for size in range(len(parts), -1, -1):
        folder = folders.get(".".join(parts[:size]))
        if folder is not None:
            path = "/".join(filter(None, (folder, *parts[size:])))
            break
    else:
        path = "/".join(parts)
    for candidate in (path, f"{path}.py", f"{path}.pyx"):
        is_there = tree.is_dir(candidate) if candidate == path else tree.is_file(candidate)
        if is_there:
            return Package(name=name, path=candidate, stubs=parts[0].endswith("-stubs"))
    return Package(name=name, stubs=parts[0].endswith("-stubs"))


def _find(tree: Tree, find: FindPackages, folders: dict[str, str]) -> list[Package]:
    where = clean_folder(find.where)
    if not where and not tree.match("*.py", where):
        where = folders.get("", where)
    found = [
        each
        for path in tree.folders(where)
        if is_importable(name := path.rpartition("/")[2])
        and (find.namespaces or is_package(tree, path))
        for each in below(tree, name, path)
    ]
    return [
        each
        for each in found
        if (matches(each.name, find.include) or matches(each.top, find.include))
        and not matches(each.name, find.exclude)
        and not each.path.endswith(".py")
    ]


def top_level_extensions(sources: Sources, known: tuple[Package, ...]) -> Iterable[Package]:
    """Give extension modules that stand beside the packages; the tree has no file for them."""
    names = {each.name for each in known}
    prefix = sources.setup("ext_package")
    declared = sources.setup("ext_modules")
    extensions = declared if isinstance(declared, list | tuple) else ()
    given = [each.name for each in extensions if isinstance(each, ExtensionCall)]
    given += [str(each.get("name", "")) for each in _extension_tables(sources)]
    for name in given:
        full = f"{prefix}.{name}" if isinstance(prefix, str) and prefix else name
        if is_dotted(full) and not any(full == own or full.startswith(f"{own}.") for own in names):
            yield Package(name=full)


def _extension_tables(sources: Sources) -> list[dict[str, Any]]:
    given = sources.tool("setuptools").get("ext-modules")
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


# the other backends
