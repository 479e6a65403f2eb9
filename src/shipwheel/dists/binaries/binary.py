"""What a compiled file says of itself: machine, needs, symbols. Nothing is loaded or run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slice:
    """A compiled file for one architecture; a universal Mach-O file holds several.

    `architecture` is as in wheel tags (`x86_64`, `aarch64`, `i686`, `armv7l`, `ppc64le`, `s390x`,
    `riscv64`, `loongarch64`; macOS `x86_64`, `arm64`; Windows `amd64`, `win32`, `arm64`), or `unknown (0x…)`.
    `needs` are the libraries to be loaded, as written; `optional` those that it can start without (weak
    dylibs, DLLs whose loading is delayed). `versions` are versioned symbols required of them
    (`libc.so.6` -> `GLIBC_2.17`, …). `platform` and `minimum` are a Mach-O file's (`macos`, (11, 0)).

    `imports` are the undefined symbols and `weak` those of them that may stay so; `exports` are the
    defined ones: of all three only those that a rule may ask for (see `symbols.Wanted`).
    """

    architecture: str
    bits: int = 64
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    versions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rpaths: tuple[str, ...] = ()
    name: str = ""  # DT_SONAME, LC_ID_DYLIB, the export table's name
    interpreter: str = ""  # PT_INTERP: the loader, which says glibc from musl for programs
    platform: str = ""
    minimum: tuple[int, ...] = ()
    imports: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()
    level: str = ""  # ELF: the x86-64 level that it says it needs above the first: `x86_64_v3`
    executable_stack: bool = False  # ELF
    text_relocations: bool = False  # ELF
    signed: bool = False  # Mach-O: it holds a code signature
    signature_fault: str = ""  # Mach-O: how the signature contradicts the bytes
    managed: bool = False  # PE: .NET's own code, for any machine


@dataclass(frozen=True, slots=True)
class Binary:
    """A compiled file: `format` is `elf`, `macho` or `pe`; `kind` `library`, `program`, `object` or `other`.

    `fault` says why it could not be read; then `slices` holds what could.
    """

    format: str
    kind: str
    slices: tuple[Slice, ...] = ()
    fault: str = ""
