"""One Python on this machine, as a record."""

from __future__ import annotations

import msgspec


class Interpreter(msgspec.Struct, frozen=True, kw_only=True):
    """A Python that was found and asked about itself.

    `target` is the name that the Plan uses (`3.12`, `3.14t`, `pypy3.11`); `version` is exact
    (`3.12.1`); `platform` is `sysconfig.get_platform()` (`linux-x86_64`); `build` changes whenever the
    interpreter is built anew (version, compiler, build time); `origin` says where it was found
    (`PATH`, `pyenv`, `uv` …); `emulator` is the command before it for one of another architecture.
    """

    target: str
    executable: str
    version: str
    implementation: str  # cpython, pypy
    platform: str
    build: str
    origin: str
    free_threaded: bool = False
    soabi: str = ""
    has_headers: bool = True
    emulator: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """Give the interpreter part of cibuildwheel's build identifiers: `cp312`, `cp314t`, `pp311`."""
        prefix = {"cpython": "cp", "pypy": "pp"}.get(self.implementation, self.implementation)
        digits = self.target.removeprefix("pypy").removesuffix("t").replace(".", "")
        return f"{prefix}{digits}{'t' if self.free_threaded else ''}"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What the Plan needs to know of this machine to tell the local scope from the release scope.

    `platform` is the platform part of cibuildwheel's identifiers for wheels made here
    (`manylinux_x86_64`, `musllinux_x86_64`, `macosx_arm64`, `win_amd64`); `emulated` are Pythons of
    another architecture that it can run.
    """

    platform: str
    interpreters: tuple[Interpreter, ...]
    ci: bool = False
    emulated: tuple[Interpreter, ...] = ()

    def interpreter(self, target: str) -> Interpreter | None:
        """Give the best interpreter for a target, or None where it is not here."""
        return next((each for each in self.interpreters if each.target == target), None)
