"""Pure, extension or abi3: what the wheels depend on, and how we know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from shipwheel.project.facts import Fact, Kind, Package
from shipwheel.project.limited import limited_tag
from shipwheel.project.pyproject import PYPROJECT, parse_toml, strings, table
from shipwheel.project.sources import Sources
from shipwheel.project.tree import Tree
from shipwheel.project.values import ExtensionCall, Unknown

SETTLE = "[tool.shipwheel] kind"
# a get_tag() or a build hook of the project's own that says: each Python 3, one platform
_EACH_PYTHON = re.compile(
    r"""return\s+\(?\s*["'](?:py2\.)?py3["']\s*,\s*["']none["']|["'](?:py2\.)?py3-none-(?!any)"""
)
_FLOOR = re.compile(r"cp3(?P<minor>\d+)$")
_COMPILED = (".c", ".cpp", ".cc", ".cxx", ".pyx", ".rs", ".f90", ".pxd")
_HOOKS = ("mypyc", "cython", "scikit-build", "cmake", "zig", "rust", "meson", "mojo", "nuitka")
_MESON_MODULE = re.compile(r"\bextension_module\s*\(")
_MESON_SUBDIR = re.compile(r"\bsubdir\s*\(\s*'([^']+)'")
_MESON_LIMITED = re.compile(r"\blimited_api\s*:\s*'3\.(\d+)'")
_ABI3_FEATURE = re.compile(r"\babi3(?:-py3(\d+))?$")
_MAKERS = re.compile(r"\b(?:cythonize|mypycify|Extension|cffi_modules|rust_extensions)\b")


@dataclass(frozen=True, kw_only=True)
class Wheels:
    """What the wheels depend on: the kind, and for abi3 the oldest Python that one serves."""

    kind: Fact[Kind]
    floor: str | None = None


def read_kind(sources: Sources, packages: tuple[Package, ...]) -> Wheels:
    """Give the kind from our settings, the backend's configuration, or weakly from the sources."""
    configured = sources.config.kind
    found = _FAMILIES.get(sources.family, _in_tree)(sources)
    if configured is not None:
        fact = Fact(value=Kind(configured), origin=f"{PYPROJECT} {SETTLE}")
        return Wheels(kind=fact, floor=found.floor if found else None)
    if found is not None:
        return found
    if sources.setup_py is not None and _suspected(sources):
        return _pure("setup.py compiles only where it is told to", weak=True)
    suspects = _compiled_sources(sources.tree, packages)
    if suspects and sources.family in {"setuptools", "other"} and sources.backend_path:
        return _extension(f"{suspects[0]}, and a backend of the project's own", weak=True)
    if suspects:
        return _pure(
            f"{sources.backend.value} compiles nothing, though {suspects[0]} is there", weak=True
        )
    return _pure(f"nothing that {sources.backend.value} would compile")


def _extension(origin: str, *, weak: bool = False) -> Wheels:
    return Wheels(
        kind=Fact(value=Kind.EXTENSION, origin=origin, weak=weak, settle=SETTLE if weak else None)
    )


def _pure(origin: str, *, weak: bool = False) -> Wheels:
    return Wheels(
        kind=Fact(value=Kind.PURE, origin=origin, weak=weak, settle=SETTLE if weak else None)
    )


def _abi3(origin: str, floor: str | None) -> Wheels:
    return Wheels(kind=Fact(value=Kind.ABI3, origin=origin), floor=floor)


def _platform(origin: str) -> Wheels:
    return Wheels(kind=Fact(value=Kind.PLATFORM, origin=origin))


def _floor(tag: Any) -> str | None:
    found = _FLOOR.match(tag) if isinstance(tag, str) else None
    return f"3.{found['minor']}" if found else None


def _compiled_sources(tree: Tree, packages: Iterable[Package]) -> list[str]:
    return [
        f"{package.path}/{name}"
        for package in packages
        if package.path and tree.is_dir(package.path)
        for name in tree.names(package.path)
        if name.endswith(_COMPILED)
    ]


# setuptools


def _setuptools(sources: Sources) -> Wheels | None:
    """Judge by the tag that bdist_wheel will write: an abi3 module alone does not make an abi3 wheel."""
    if _EACH_PYTHON.search(sources.tree.read("setup.py") or ""):
        return _platform("setup.py: its own tag gives py3-none for a platform")
    evidence, weak = _setuptools_extension(sources)
    if evidence is None:
        return None
    tag, where = limited_tag(sources)
    if tag:
        return _abi3(where, _floor(tag))
    return _extension(evidence, weak=weak)


def _setuptools_extension(sources: Sources) -> tuple[str | None, bool]:
    if sources.tool("setuptools").get("ext-modules"):
        return f"{PYPROJECT} [tool.setuptools] ext-modules", False
    for name in ("rust-extensions", "rust_extensions"):
        if name in sources.tool("setuptools-rust"):
            return f"{PYPROJECT} [tool.setuptools-rust]", False
    if "ext-modules" in sources.tool("setuptools-rust"):
        return f"{PYPROJECT} [tool.setuptools-rust] ext-modules", False
    if sources.tool("setuptools-rust"):
        return f"{PYPROJECT} [tool.setuptools-rust]", False
    if sources.setup_cfg is not None and _ini_extensions(sources):
        return "setup.cfg [options] ext_modules", False
    return _setup_py_extension(sources)


def _ini_extensions(sources: Sources) -> bool:
    sections = sources.setup_cfg.raw["sections"] if sources.setup_cfg else {}
    return any(name.startswith(("build_ext:", "extension:", "extension=")) for name in sections)


def _setup_py_extension(sources: Sources) -> tuple[str | None, bool]:
    if sources.setup_py is None:
        return _own_backend(sources), True
    for key in ("ext_modules", "cffi_modules", "rust_extensions", "cython_modules"):
        value = sources.setup(key)
        if isinstance(value, Unknown):
            value = sources.setup_py.raw[key] = _suspected(sources)
            return (f"setup.py setup({key}=…), which is computed", True) if value else (None, True)
        if value:
            return f"setup.py setup({key}={_shown(value)})", False
    if sources.setup("build_rust") or _is_true(sources.setup("has_ext_modules")):
        return "setup.py setup(has_ext_modules=…)", False
    if not sources.setup_py.raw["called"] and _suspected(sources):
        return "setup.py, whose call of setup() was not found", True
    return _own_backend(sources), True


def _is_true(value: Any) -> bool:
    return value is not None and not isinstance(value, Unknown) and bool(value)


def _suspected(sources: Sources) -> bool:
    return bool(_MAKERS.search(sources.tree.read("setup.py") or ""))


def _shown(value: Any) -> str:
    items = value if isinstance(value, list | tuple) else [value]
    first = items[0]
    name = (first.name or f"{first.maker}(…)") if isinstance(first, ExtensionCall) else str(first)
    return name if len(items) == 1 else f"{name}, …"


def _own_backend(sources: Sources) -> str | None:
    """Look whether a backend that the project itself holds compiles; give the evidence."""
    for folder in sources.backend_path:
        for path in (*sources.tree.match("*.py", folder), *_one_below(sources.tree, folder)):
            text = sources.tree.read(path) or ""
            if "cythonize" in text.lower() or "mypycify" in text or "Extension(" in text:
                return f"{path}: the project's own backend compiles"
    return None


def _one_below(tree: Tree, folder: str) -> list[str]:
    return [path for inner in tree.folders(folder) for path in tree.match("*.py", inner)]


# the other backends


def _scikit(sources: Sources) -> Wheels | None:
    settings = sources.tool("scikit-build", "wheel")
    tag = settings.get("py-api")
    origin = f"{PYPROJECT} [tool.scikit-build] wheel.py-api"
    if isinstance(tag, str) and tag.startswith("cp3"):
        return _abi3(origin, _floor(tag))
    if isinstance(tag, str) and tag.startswith("py"):
        return _pure(origin) if settings.get("platlib") is False else _platform(origin)
    return _extension(f"{sources.backend.value} builds with CMake")


def _maturin(sources: Sources) -> Wheels | None:
    settings = sources.tool("maturin")
    path = str(settings.get("manifest-path", "Cargo.toml"))
    text = sources.tree.read(path)
    cargo = parse_toml(text, path) if text else {}
    pyo3 = table(cargo, "dependencies").get("pyo3")
    own = table(cargo, "features")
    wanted = [*strings(settings.get("features")), *strings(own.get("default"))]
    features = [*wanted, *(strings(pyo3.get("features")) if isinstance(pyo3, dict) else ())]
    features += [inner for name in wanted for inner in strings(own.get(name))]
    for feature in features:
        found = _ABI3_FEATURE.search(feature)
        if found:
            return _abi3(f"pyo3's feature {feature!r}", f"3.{found[1]}" if found[1] else None)
    bindings = settings.get("bindings")
    if bindings in {"bin", "cffi", "uniffi"}:
        return _platform(f"{PYPROJECT} [tool.maturin] bindings = {bindings}")
    return _extension("maturin builds a Rust extension")


def _meson(sources: Sources) -> Wheels | None:
    limited = sources.tool("meson-python").get("limited-api")
    texts = list(_meson_files(sources.tree))
    if limited:
        floors = [found[1] for text in texts if (found := _MESON_LIMITED.search(text))]
        floor = f"3.{floors[0]}" if floors else None
        return _abi3(f"{PYPROJECT} [tool.meson-python] limited-api", floor)
    if any(_MESON_MODULE.search(text) for text in texts):
        return _extension("meson.build calls extension_module()")
    if any("pure: true" in text for text in texts):
        return _pure("meson.build has no extension_module(), and says pure")
    return _pure("meson.build has no extension_module()", weak=True)


def _meson_files(tree: Tree) -> Iterable[str]:
    """Give the text of meson.build and of those in its subdirs, at most a hundred."""
    waiting, seen = [""], 0
    while waiting and seen < 100:
        folder = waiting.pop()
        seen += 1
        text = tree.read(f"{folder}/meson.build" if folder else "meson.build")
        if text:
            yield text
            waiting += [
                f"{folder}/{each}" if folder else each for each in _MESON_SUBDIR.findall(text)
            ]


def _hatchling(sources: Sources) -> Wheels | None:
    for keys in (("build",), ("build", "targets", "wheel")):
        for name, hook in sources.tool("hatch", *keys, "hooks").items():
            found = _hatch_hook(sources, name, table({"hook": hook}, "hook"))
            if found is not None:
                return found
    return None


def _hatch_hook(sources: Sources, name: str, hook: dict[str, Any]) -> Wheels | None:
    origin = f"{PYPROJECT} [tool.hatch.build] hook {name!r}"
    if any(word in name for word in _HOOKS):
        if hook.get("enable-by-default") is False:
            return _pure(f"{origin} is off by default", weak=True)
        limited = str(hook.get("wheel", {}) or hook.get("limited-api", ""))
        return _abi3(origin, None) if "abi3" in limited else _extension(origin)
    if name != "custom" or hook.get("enable-by-default") is False:
        return None
    path = str(hook.get("path", "hatch_build.py"))
    text = sources.tree.read(path) or ""
    if _EACH_PYTHON.search(text):
        return _platform(f"{path}: the build hook's tag gives py3-none for a platform")
    if re.search(r"""pure_python["']?\]?\s*=\s*False|infer_tag["']?\]?\s*=\s*True""", text):
        return _extension(f"{path}: the build hook makes the wheel a platform's own", weak=True)
    return None


def _poetry(sources: Sources) -> Wheels | None:
    build = sources.tool("poetry").get("build")
    script = build.get("script") if isinstance(build, dict) else build
    if not isinstance(script, str):
        return None
    return _script(sources, script, f"{PYPROJECT} [tool.poetry.build] script")


def _pdm(sources: Sources) -> Wheels | None:
    build = sources.tool("pdm", "build")
    if build.get("run-setuptools"):
        script = str(build.get("custom-hook", "pdm_build.py"))
        return _script(sources, script, f"{PYPROJECT} [tool.pdm.build] run-setuptools")
    hook = str(build.get("custom-hook", "pdm_build.py"))
    if sources.tree.is_file(hook) and build.get("is-purelib") is not True:
        text = sources.tree.read(hook) or ""
        if _MAKERS.search(text):
            return _extension(f"{hook} compiles", weak=True)
    if build.get("is-purelib") is False:
        return _extension(f"{PYPROJECT} [tool.pdm.build] is-purelib = false")
    return None


def _script(sources: Sources, path: str, origin: str) -> Wheels | None:
    text = sources.tree.read(path)
    if text is None:
        return None
    if _MAKERS.search(text) or "build_ext" in text:
        optional = "except" in text or "environ" in text
        return _extension(f"{origin}: {path} compiles", weak=optional)
    return None


def _in_tree(sources: Sources) -> Wheels | None:
    found = _own_backend(sources)
    if found is not None:
        return _extension(found, weak=True)
    if sources.setup_py is not None:
        return _setuptools(sources)
    return None


def _no_wheels(_sources: Sources) -> Wheels | None:
    return None


_FAMILIES: dict[str, Callable[[Sources], Wheels | None]] = {
    "setuptools": _setuptools,
    "scikit-build-core": _scikit,
    "py-build-cmake": _scikit,
    "maturin": _maturin,
    "meson-python": _meson,
    "hatchling": _hatchling,
    "poetry": _poetry,
    "pdm": _pdm,
    "flit": _no_wheels,
    "uv": _no_wheels,
}
