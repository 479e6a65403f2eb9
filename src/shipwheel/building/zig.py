"""zig as the C compiler of a laptop's wheel: any glibc, and another architecture's too.

The programs that a backend is given are small scripts with one word for a name, first on PATH: a backend
may split CC at spaces, and a folder's name may hold some.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec

from shipwheel.building.build_system import BuildSystem
from shipwheel.building.zig_level import Level, glibc_level, tagged_level
from shipwheel.errors import ConfigurationError, JobError, MachineError
from shipwheel.machine.emulated import Foreign, ask_foreign
from shipwheel.machine.here import platform_here
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Project
from shipwheel.project.names import requirement_name

_KEY = "[tool.shipwheel.wheels] zig"
# backends that were seen to take the compiler, and for another architecture the target, that they are told
SERVED = ("setuptools", "mesonpy", "scikit_build_core")
_RUST = frozenset({"setuptools-rust", "maturin"})


class Zig(msgspec.Struct, frozen=True):
    """zig, as it is here, for one wheel: `arch` and `glibc` are the target's.

    `foreign` is the Python of another architecture that the wheel is for; None: this machine's own.
    """

    program: str
    version: str
    arch: str
    glibc: Level
    foreign: Interpreter | None = None

    @property
    def triple(self) -> str:
        """Give the target as zig names it: `aarch64-linux-gnu.2.17`."""
        return f"{self.arch}-linux-gnu.{self.glibc[0]}.{self.glibc[1]}"

    @property
    def identity(self) -> str:
        """Give what tells a wheel that it makes from another's."""
        foreign = self.foreign
        return f"zig {self.version} {self.triple} {foreign.build if foreign else ''}"

    @property
    def tools(self) -> dict[str, str]:
        """Give what the record names: zig's version and its target."""
        return {"ziglang": self.version, "zig target": self.triple}


class Setup(msgspec.Struct, frozen=True):
    """What a build with zig is told: variables, a folder that comes first on PATH, settings (PEP 517)."""

    variables: dict[str, str]
    first: Path
    settings: dict[str, list[str]] = {}


def zig_for(
    project: Project,
    interpreter: Interpreter,
    foreign: Interpreter | None,
    environ: Mapping[str, str],
) -> Zig | None:
    """Give zig for a wheel where the project asks for it, None where the machine's compiler serves.

    The glibc is the one that the project's manylinux wheels promise. Where this machine has no glibc
    (macOS, Windows, musl) its own wheels are made as ever. Raises MachineError where zig is not
    installed, ConfigurationError where the glibc cannot be told.
    """
    if not project.config.wheels.zig:
        return None
    here = platform_here()
    arch = "aarch64" if foreign is not None else here.removeprefix("manylinux_")
    if foreign is None and not here.startswith("manylinux_"):
        return None
    level = glibc_level(Path(project.root), f"{interpreter.tag}-manylinux_{arch}", environ)
    return Zig(*_installed(), arch, level, foreign)


def _installed() -> tuple[str, str]:
    """Give zig's path and version; raises MachineError where the package ziglang is not beside us."""
    from importlib.metadata import version  # noqa: PLC0415 - who does not ask for it need not wait

    spec = find_spec("ziglang")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else None
    if folder is None or not (folder / "zig").is_file():
        raise MachineError(
            "zig is asked for and not installed",
            where=_KEY,
            hint="install it beside shipwheel: `pip install shipwheel[zig]`;\n"
            "or take `zig` out of [tool.shipwheel.wheels]: this machine's own compiler serves then",
        )
    return str(folder / "zig"), version("ziglang")


def check_backend(system: BuildSystem) -> None:
    """Raise ConfigurationError for a backend that was not seen to compile with zig."""
    needs = {requirement_name(each) for each in system.requires}
    known = system.backend.partition(":")[0].partition(".")[0] in SERVED
    if known and not system.backend_path and not needs & _RUST:
        return
    what = "Rust" if needs & _RUST else f"the build backend {system.backend}"
    raise ConfigurationError(
        f"{what} is not known to compile with zig",
        where=_KEY,
        evidence=f"known are {', '.join(SERVED)}",
        hint="take `zig` and `cross` out of [tool.shipwheel.wheels]: this machine's own compiler serves\n"
        "then, and cibuildwheel makes the shipped wheels (`nox -s wheels`)",
    )


def set_up(zig: Zig, folder: Path) -> Setup:
    """Write the programs into `folder`, and give what makes a backend use them.

    Another architecture's Python is believed about itself: its headers come first, and its own
    sysconfig data stands in for the building Python's, which is how CPython crosses too.
    """
    programs = folder / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    foreign = None if zig.foreign is None else ask_foreign(zig.foreign)
    for name, words in _programs(zig, foreign, folder / "include").items():
        path = programs / name
        path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
    variables = {
        "CC": "zig-cc",
        "CXX": "zig-c++",
        "LDSHARED": "zig-cc -shared",
        "LDCXXSHARED": "zig-c++ -shared",
        "CCACHE_DISABLE": "1",
    }
    if foreign is None:
        return Setup(variables, programs)
    return _cross(zig, foreign, folder, variables)


def _programs(zig: Zig, foreign: Foreign | None, headers: Path) -> dict[str, list[str]]:
    # without -O zig would trap undefined behaviour, and stop where other compilers' programs go on
    options = ["-target", zig.triple, "-fno-sanitize=undefined"]
    base = Path("/usr/include")
    if foreign is not None:
        base = Path(foreign.include).parent
        options.append(f"-I{foreign.include}")
    _link_multiarch(base, zig.arch, headers)
    options += ["-idirafter", str(headers)]
    return {
        "zig-cc": [zig.program, "cc", *options],
        "zig-c++": [zig.program, "c++", *options],
        "zig-ar": [zig.program, "ar"],
        "zig-ranlib": [zig.program, "ranlib"],
    }


def _link_multiarch(base: Path, arch: str, headers: Path) -> None:
    """Let zig find what Debian's pyconfig.h includes: it looks into no folder of the system's by itself.

    Nothing else of that folder, which holds the headers of another glibc.
    """
    inner = headers / f"{arch}-linux-gnu"
    inner.mkdir(parents=True, exist_ok=True)
    for path in (base / inner.name).glob("python3*"):
        (inner / path.name).symlink_to(path)


def _cross(zig: Zig, foreign: Foreign, folder: Path, variables: dict[str, str]) -> Setup:
    data = folder / "sysconfig"
    data.mkdir(exist_ok=True)
    text = Path(foreign.sysconfig_file).read_text(encoding="utf-8")
    (data / f"{foreign.sysconfig_name}.py").write_text(text, encoding="utf-8")
    meson, cmake = folder / "cross.ini", folder / "toolchain.cmake"
    meson.write_text(meson_cross_file(zig.arch), encoding="utf-8")
    cmake.write_text(cmake_toolchain(zig.arch, folder / "bin"), encoding="utf-8")
    cross = {
        "AR": "zig-ar",
        "RANLIB": "zig-ranlib",
        "_PYTHON_HOST_PLATFORM": f"linux-{zig.arch}",
        "_PYTHON_SYSCONFIGDATA_NAME": foreign.sysconfig_name,
        "SETUPTOOLS_EXT_SUFFIX": foreign.suffix,
        "PYTHONPATH": str(data),
        "CMAKE_TOOLCHAIN_FILE": str(cmake),
        # this machine's libraries are another architecture's
        "PKG_CONFIG_LIBDIR": str(folder / "no-libraries"),
    }
    settings = {"setup-args": [f"--cross-file={meson}"]}
    return Setup(variables | cross, folder / "bin", settings)


def meson_cross_file(arch: str) -> str:
    """Give the file that tells Meson of the target (mesonbuild.com/Cross-compilation.html)."""
    return (
        "[binaries]\n"
        "c = 'zig-cc'\ncpp = 'zig-c++'\nar = 'zig-ar'\nranlib = 'zig-ranlib'\n\n"
        "[host_machine]\n"
        f"system = 'linux'\ncpu_family = '{arch}'\ncpu = '{arch}'\nendian = 'little'\n"
    )


def cmake_toolchain(arch: str, programs: Path) -> str:
    """Give the file that tells CMake of the target (cmake-toolchains(7))."""
    return (
        "set(CMAKE_SYSTEM_NAME Linux)\n"
        f"set(CMAKE_SYSTEM_PROCESSOR {arch})\n"
        "set(CMAKE_C_COMPILER zig-cc)\nset(CMAKE_CXX_COMPILER zig-c++)\n"
        f"set(CMAKE_AR [==[{programs}/zig-ar]==])\n"
        f"set(CMAKE_RANLIB [==[{programs}/zig-ranlib]==])\n"
    )


def check_target(zig: Zig, path: Path) -> None:
    """Hold the repaired wheel's tag against what was asked for; raises JobError where it promises less."""
    level = tagged_level(path.name)
    if level is not None and level <= zig.glibc and path.name.endswith(f"_{zig.arch}.whl"):
        return
    asked = f"manylinux_{zig.glibc[0]}_{zig.glibc[1]}_{zig.arch}"
    raise JobError(
        f"the wheel was compiled for {asked}, and is not fit for it",
        where=path.name,
        hint="a library of this machine that it links may need a newer glibc: link it statically;\n"
        "or let the backend take its compiler from CC, and the platform from sysconfig",
    )
