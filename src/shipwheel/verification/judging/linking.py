"""Where the libraries come from that an ELF file of a wheel needs: the system, the wheel, or nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from shipwheel.dists.binaries.binary import Slice
from shipwheel.verification.judging.compiled import Compiled, CompiledFiles
from shipwheel.verification.reading.policies import (
    Policy,
    forbidden_symbols,
    is_loader,
    policies,
    unmet_versions,
)

_ORIGIN = re.compile(r"\$(?:ORIGIN\b|\{ORIGIN\})")
LIBPYTHON = re.compile(r"libpython\d+(?:\.\d+)?\w*\.(?:so|dylib)[.\d]*")
# symbols that Python has not had since 3.7, and that auditwheel takes for a sign of a foreign build
_FOREIGN = {"PyFPE_jbuf", "PyFPE_dummy", "PyFPE_counter"}


@dataclass(frozen=True, slots=True)
class Link:
    """That a file needs a library: `by` is the file of the wheel that names it.

    `found` is the file of the wheel to which the run paths lead, None where they lead to none.
    `elsewhere` are the files of that name which no run path finds.
    """

    by: Compiled
    library: str
    found: Compiled | None = None
    elsewhere: tuple[Compiled, ...] = ()


def elf_slice(file: Compiled, machine: str = "") -> Slice | None:
    """Give an ELF file's slice, None for another format or machine."""
    if file.binary.format != "elf" or not file.slices:
        return None
    slice_ = file.slices[0]
    return slice_ if not machine or slice_.architecture == machine else None


def libc_of(file: Compiled) -> str:
    """Give `glibc` or `musl` by what an ELF file needs or is loaded by, empty where nothing tells."""
    slice_ = elf_slice(file)
    for need in (*slice_.needs, posixpath.basename(slice_.interpreter)) if slice_ else ():
        if need.startswith(("libc.musl-", "ld-musl-")):
            return "musl"
        if need == "libc.so.6" or need.startswith(("ld-linux-", "ld64.so.")):
            return "glibc"
    return ""


def links(files: CompiledFiles, main: Compiled) -> Iterator[Link]:
    """Give each need of a file and of what it loads out of the wheel, each library once.

    The loader looks along the file's own run paths and along those of what is loaded first.
    """
    by_path = {each.path or each.name: each for each in files.files.values()}
    waiting, seen = [main], {""}
    top = _folders(main)
    while waiting:
        file = waiting.pop()
        slice_ = elf_slice(file)
        for library in slice_.needs if slice_ else ():
            if library in seen or is_loader(library):
                continue
            seen.add(library)
            places = (posixpath.join(folder, library) for folder in (*top, *_folders(file)))
            found = next((by_path[place] for place in places if place in by_path), None)
            elsewhere = files.named(library) if found is None else ()
            waiting += [found] if found else []
            yield Link(file, library, found, elsewhere)


def _folders(file: Compiled) -> tuple[str, ...]:
    """Give the folders of the wheel to which a file's run paths lead."""
    slice_ = elf_slice(file)
    own = posixpath.dirname(file.path or file.name)
    paths = [each for each in slice_.rpaths if _ORIGIN.match(each)] if slice_ else []
    return tuple(
        posixpath.normpath(_ORIGIN.sub(lambda _: own or ".", each, count=1)) for each in paths
    )


def leads_out(file: Compiled, tops: frozenset[str]) -> bool:
    """Say whether a run path leads to the folder of another distribution; `tops` are the wheel's own."""
    return any(
        folder not in {".", ""} and folder.partition("/")[0] not in tops
        for folder in _folders(file)
    )


def best_policy(files: CompiledFiles, libc: str, machine: str) -> str:
    """Give the oldest policy that a wheel's ELF files fit, as auditwheel would; `linux_…` for none.

    What is of another machine or C library is passed over, as it is by auditwheel.
    """
    mains = [
        each
        for each in files.files.values()
        if elf_slice(each, machine) is not None and libc_of(each) in {"", libc}
    ]
    needed = {need for each in mains for slice_ in each.slices for need in slice_.needs}
    tops = [
        each for each in mains if each.starts_python or posixpath.basename(each.name) not in needed
    ]
    listed = policies(libc, machine)
    for policy in listed if libc == "glibc" else listed[-1:]:
        if _fits(files, policy, mains, tops):
            return policy.name
    return f"linux_{machine}"


def _fits(
    files: CompiledFiles, policy: Policy, mains: list[Compiled], tops: list[Compiled]
) -> bool:
    slices = [slice_ for each in mains for slice_ in each.slices]
    if any(next(unmet_versions(policy, slice_), "") for slice_ in slices):
        return False
    for main in tops:
        slice_ = main.slices[0]
        if slice_.level or forbidden_symbols(policy, slice_) or slice_.imports & _FOREIGN:
            return False
        if any(external(policy, link) for link in links(files, main)):
            return False
    return True


def external(policy: Policy, link: Link) -> bool:
    """Say whether a library has to come from where the policy promises none.

    Where a library of the wheel needs another one that lies in the wheel too, whoever loaded the first
    may have found the second.
    """
    if link.library in policy.libraries or link.found is not None:
        return False
    return not link.elsewhere or link.by.starts_python
