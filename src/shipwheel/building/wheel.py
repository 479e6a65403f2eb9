"""The wheel: from the sdist, never from the tree, and compiled once."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from shipwheel.building.build_system import read_build_system
from shipwheel.building.built import Built, from_kept
from shipwheel.building.compiler_cache import CompilerCache, compiler_cache, uncached
from shipwheel.building.environment import RESOLVED_FOR, build_environment
from shipwheel.building.epoch import told_epoch
from shipwheel.building.hooks import Backend, HookBuild
from shipwheel.building.keep import Kept, find_kept, keep, write_entry
from shipwheel.building.placement import place
from shipwheel.building.promise import check_promise
from shipwheel.building.repair import repair_wheel
from shipwheel.building.repair_tool import repair_tool
from shipwheel.building.staging import empty
from shipwheel.building.zig import Setup, Zig, check_backend, check_target, set_up, zig_for
from shipwheel.dists.artifact import parse_filename, wheel_id
from shipwheel.dists.lock import hold
from shipwheel.dists.normalize import normalize_wheel
from shipwheel.dists.sdist import open_sdist, unpack_sdist
from shipwheel.errors import MachineError
from shipwheel.events import Emit, Notice, Warned, silent
from shipwheel.files import digest_of, sha256
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.toolchain import compiler_identity
from shipwheel.project.facts import Project
from shipwheel.project.names import normalize
from shipwheel.workspace import Workspace

_VERSION = "wheel/2"  # counted up when a wheel is made in another way
_DECIDE = (
    *("CC", "CXX", "AR", "LD", "LDSHARED", "CPP", "FC", "RUSTC", "CFLAGS", "CXXFLAGS", "CPPFLAGS"),
    *("LDFLAGS", "ARCHFLAGS", "RUSTFLAGS", "CMAKE_ARGS", "CMAKE_GENERATOR", "SKBUILD_CMAKE_ARGS"),
    *("MACOSX_DEPLOYMENT_TARGET", "_PYTHON_HOST_PLATFORM", "SETUPTOOLS_EXT_SUFFIX", "PURE_PYTHON"),
    *("PKG_CONFIG_PATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "INCLUDE", "LIB"),
    *("CARGO_BUILD_TARGET", "CYTHONIZE", "VSCMD_ARG_TGT_ARCH", "DISTUTILS_USE_SDK"),
)


class _Order(msgspec.Struct, frozen=True):
    """One wheel to be had: all that decides it."""

    workspace: Workspace
    project: Project
    sdist: Path
    interpreter: Interpreter
    compiled: bool
    file_id: str | None
    key: str
    emit: Emit
    log: Path | None
    caching: bool = False
    zig: Zig | None = None

    @property
    def name(self) -> str:
        """Give what tells it from the other wheels of this machine: `3.12`, `3.12-aarch64`."""
        foreign = self.zig is not None and self.zig.foreign is not None
        return f"{self.interpreter.target}{f'-{self.zig.arch}' if self.zig and foreign else ''}"

    @property
    def folder(self) -> Path:
        """Give the folder to build in: always the same, for paths get into what compilers write."""
        return self.workspace.cache / "build" / f"wheel-{self.name}"


def build_wheel(
    workspace: Workspace,
    project: Project,
    sdist: Path,
    interpreter: Interpreter,
    *,
    compiled: bool,
    file_id: str | None = None,
    caching: bool = False,
    foreign: Interpreter | None = None,
    emit: Emit = silent,
    log: Path | None = None,
) -> Built:
    """Give the wheel of an sdist for an interpreter in `dist/`, built only if anything of it changed.

    It is kept by the sdist's bytes, the interpreter's build, compiler, its variables and repair tool; the
    build requirements' versions are resolved again at most once in 24 hours, and other versions build
    it again. `compiled`: an extension project's, which is repaired for other machines of its platform
    and must hold compiled modules. `file_id` is the planned file's; without it the tags decide. With
    `caching` compilers are called through ccache or sccache where one is here; else never. Where the project asks for zig, that compiles, for the glibc that its wheels promise; for `foreign`, a Python of another
    architecture, it must. Raises JobError for a failing backend and a wheel that is not what was promised, MachineError for a
    missing compiler or an index out of reach, ConfigurationError for a backend that zig does not serve.
    """
    workspace.prepare()
    zig = zig_for(project, interpreter, foreign, os.environ) if compiled else None
    key = wheel_key(project, sdist, interpreter, compiled=compiled, environ=os.environ, zig=zig)
    order = _Order(
        workspace, project, sdist, interpreter, compiled, file_id, key, emit, log, caching, zig
    )
    lock = workspace.cache / "locks" / f"wheel-{order.name}.file.lock"
    with hold(lock, f"another build of the wheel for {order.name}", emit):
        notes: tuple[str, ...] = ()
        kept = _usable(order)
        reused = kept is not None
        if kept is None:
            kept, notes = _build(order)
        for text in kept.warnings:
            emit(Warned(text))
        path = place(workspace, kept, emit=emit)
    builder = "laptop" if compiled else "build"
    return from_kept(kept, path, reused=reused, builder=builder, notes=notes)


def wheel_key(
    project: Project,
    sdist: Path,
    interpreter: Interpreter,
    *,
    compiled: bool,
    environ: Mapping[str, str],
    zig: Zig | None = None,
) -> str:
    """Give the digest of what decides a wheel, the versions of its build requirements left out."""
    own = f"{normalize(project.name.value).replace('-', '_').upper()}_"
    decided = sorted(
        f"{name}={value}"
        for name, value in environ.items()
        if name in _DECIDE or name.startswith(own) or name == "SOURCE_DATE_EPOCH"
    )
    promises = (str(compiled), str(project.config.wheels.allow_pure), project.config.installer)
    tools = (repair_tool() if compiled else "", *([zig.identity] if zig else []))
    return digest_of(_VERSION, sha256(sdist), interpreter.build, *promises, *tools, *decided)


def find_wheel(
    workspace: Workspace, key: str, *, compiled: bool, environ: Mapping[str, str]
) -> Kept | None:
    """Give the kept wheel for a key, unless another compiler is here now; none at all changes nothing."""
    kept = find_kept(workspace, key)
    now = compiler_identity(environ) if kept is not None and compiled else ""
    # a wheel of zig's names no compiler: zig is in its key
    return None if kept and kept.compiler and now not in {"", kept.compiler} else kept


def _usable(order: _Order) -> Kept | None:
    """Give the kept wheel if its build requirements are still those that would be taken now."""
    found = find_wheel(order.workspace, order.key, compiled=order.compiled, environ=os.environ)
    kept = _named(order, found)
    if kept is None or 0 <= time.time() - kept.resolved_at < RESOLVED_FOR:
        return kept
    try:
        resolved, at = _resolve(order)
    except MachineError as error:
        # the file is as good as yesterday; a train without network is no reason to fail
        order.emit(Notice(f"the build requirements were not looked up again: {error.what}"))
        return kept
    if any(resolved.get(name, version) != version for name, version in kept.resolved.items()):
        return None
    renewed = msgspec.structs.replace(kept, resolved_at=at)
    write_entry(order.workspace, renewed)
    return renewed


def _named(order: _Order, kept: Kept | None) -> Kept | None:
    """Give the kept wheel under the planned id, which may have changed since it was kept."""
    if kept is None or order.file_id in {None, kept.id}:
        return kept
    renamed = msgspec.structs.replace(kept, id=order.file_id)
    write_entry(order.workspace, renamed)
    return renamed


def _resolve(order: _Order) -> tuple[dict[str, str], float]:
    source = _unpack(order)
    environment = build_environment(
        order.workspace,
        order.interpreter,
        read_build_system(source).requires,
        installer=order.project.config.installer,
        emit=order.emit,
        log=order.log,
    )
    empty(order.folder)
    return environment.resolved, environment.at


def _unpack(order: _Order) -> Path:
    empty(order.folder)
    # hatchling looks upwards for a .gitignore, and would find the one that hides our folder
    (order.folder / ".gitignore").touch()
    return unpack_sdist(order.sdist, order.folder)


def _build(order: _Order) -> tuple[Kept, tuple[str, ...]]:
    """Give the new wheel, kept, and what is to be said of its making."""
    source = _unpack(order)
    zig, cache = _zig(order, source), _cache(order)
    backend = Backend(
        workspace=order.workspace,
        source=source,
        interpreter=order.interpreter,
        epoch=_epoch(order.sdist),
        installer=order.project.config.installer,
        map_paths=order.compiled,
        variables={
            **(uncached() if cache is None else cache.variables),
            **(zig.variables if zig else {}),
        },
        first=zig.first if zig else cache.first if cache else None,
        settings=zig.settings if zig else {},
        emit=order.emit,
        log=order.log,
    )
    built = backend.build("wheel", order.folder / "out")
    warnings = check_promise(
        built.path, built.output, order.project, compiled=order.compiled, log=order.log
    )
    kept = _finish(order, built, warnings, backend.epoch)
    said = cache.said() if cache else ""
    empty(order.folder)
    return kept, (said,) if said else ()


def _zig(order: _Order, source: Path) -> Setup | None:
    if order.zig is None:
        return None
    check_backend(read_build_system(source))
    return set_up(order.zig, order.folder / "zig")


def _cache(order: _Order) -> CompilerCache | None:
    # zig keeps what it compiled by itself
    if not (order.compiled and order.caching) or order.zig is not None:
        return None
    return compiler_cache(order.folder / "compilers", order.project.backend.value)


def _finish(order: _Order, built: HookBuild, warnings: tuple[str, ...], epoch: int) -> Kept:
    path, tools = built.path, {"python": order.interpreter.version}
    if order.compiled:
        repaired = repair_wheel(path, order.folder / "repaired", emit=order.emit, log=order.log)
        path, warnings = repaired.path, (*warnings, *repaired.warnings)
        tools |= repaired.tools
    if order.zig is not None:
        check_target(order.zig, path)
        tools |= order.zig.tools
    normalize_wheel(path, epoch)
    return keep(
        order.workspace,
        order.key,
        path,
        file_id=order.file_id or wheel_id(parse_filename(path.name).tags),
        resolved=built.environment.resolved,
        resolved_at=built.environment.at,
        tools={**built.environment.resolved, **tools},
        warnings=warnings,
        compiler=compiler_identity(os.environ) if order.compiled and not order.zig else "",
    )


def _epoch(sdist: Path) -> int:
    told = told_epoch(os.environ)
    return open_sdist(sdist).epoch if told is None else told
