"""Linux: what the compiled files need is what a manylinux or musllinux tag promises (PEP 600, PEP 656)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.compiled import Compiled, CompiledFiles, compiled_files
from shipwheel.verification.judging.linking import (
    LIBPYTHON,
    Link,
    best_policy,
    elf_slice,
    external,
    leads_out,
    libc_of,
    links,
)
from shipwheel.verification.reading.platforms import PlatformTag
from shipwheel.verification.reading.policies import (
    NOT_WITHOUT,
    Policy,
    forbidden_symbols,
    policy_for,
    unmet_versions,
)
from shipwheel.verification.report import Level

# the name that auditwheel gives a library: the start of its sha256 before the suffix
_HASHED = re.compile(r"-[0-9a-f]{8,}\.so")


class _LinuxCheck(WheelCheck):
    """A check of what a wheel for a C library holds; the oldest tag promises the most."""

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        files = compiled_files(facts)
        if not any(elf_slice(each) for each in files.files.values()):
            return "no ELF file"
        return "" if _tags(files) else "not for manylinux or musllinux"


def _tags(files: CompiledFiles) -> tuple[PlatformTag, ...]:
    """Give the oldest tag of each C library and machine: the wheel has to hold to that."""
    oldest: dict[tuple[str, frozenset[str]], PlatformTag] = {}
    for tag in files.on("linux"):
        kind = (tag.libc, tag.machines)
        if tag.libc and (kind not in oldest or tag.version < oldest[kind].version):
            oldest[kind] = tag
    return tuple(oldest.values())


def _judged(files: CompiledFiles) -> Iterator[tuple[Compiled, PlatformTag, Policy]]:
    """Give each ELF file with the tag and the policy that it has to hold to."""
    for tag in _tags(files):
        policy = policy_for(tag)
        for file in files.files.values() if policy else ():
            slice_ = elf_slice(file, *tag.machines)
            if (
                policy
                and slice_
                and file.binary.kind != "object"
                and libc_of(file) in {"", tag.libc}
            ):
                yield file, tag, policy


class _PolicyCheck(_LinuxCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        reason = super().applies(facts, context)
        known = reason or any(policy_for(tag) for tag in _tags(compiled_files(facts)))
        return reason or ("" if known else NOT_WITHOUT)


class SymbolVersions(_PolicyCheck):
    """The symbols are old enough for the tag.

    A wheel that was built on a newer system than its tag says installs on the older ones, and fails there
    when it is imported: `version GLIBC_2.34 not found`.
    """

    id = "manylinux-symbols"
    hint = "build it in the container of that tag (cibuildwheel does), or give it the tag that fits"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        for file, tag, policy in _judged(files):
            found = sorted(set(unmet_versions(policy, file.slices[0])))
            found += forbidden_symbols(policy, file.slices[0])
            if found:
                told = f"{file.name} needs {sample(found)}, which {tag.text} does not promise"
                yield Problem(f"{told}; what it holds fits {_fitting(files, tag)}")


def _fitting(files: CompiledFiles, tag: PlatformTag) -> str:
    (machine,) = tag.machines
    return best_policy(files, tag.libc, machine)


class Libraries(_PolicyCheck):
    """Each library that is needed is in the wheel, or the tag promises it.

    Other systems lack the library, or have another version of it; `auditwheel repair` copies it into the
    wheel.
    """

    id = "manylinux-libraries"
    hint = (
        "`auditwheel repair` puts libraries into the wheel; what it names by a hash must stay in it"
    )

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        loaded = {each.name for each in files.loaded}
        told: set[tuple[str, str]] = set()
        for main, tag, policy in _judged(files):
            for link in links(files, main) if main.starts_python or main.name not in loaded else ():
                pair = (link.by.name, link.library)
                if pair in told or LIBPYTHON.fullmatch(link.library) or not external(policy, link):
                    continue
                told.add(pair)
                certain = main.name in loaded and _certain(facts, link)
                yield Problem(_missing(link, tag), level=None if certain else Level.WARNING)


def _certain(facts: WheelFacts, link: Link) -> bool:
    """Say whether nothing but the system can provide a library.

    It may come with another distribution that is required, or to whose folder a run path leads; and
    what lies in the wheel may be loaded by ctypes. What auditwheel put into the wheel is there or lost.
    """
    if link.elsewhere:
        return not any(
            {"ctypes", "cffi"} & set(source.imports) for source in facts.sources.values()
        )
    if _HASHED.search(link.library):
        return True
    required = bool(facts.metadata and facts.metadata.requires_dist)
    tops = frozenset(path.partition("/")[0] for path in facts.importable)
    return not required and not leads_out(link.by, tops)


def _missing(link: Link, tag: PlatformTag) -> str:
    paths = ", ".join(link.by.slices[0].rpaths)
    looked = f"; its run path is {paths}" if paths else ""
    if link.elsewhere:
        where = link.elsewhere[0].name
        looked = looked or "; it has no run path"
        return f"{link.by.name} needs {link.library}, and does not find it at {where}{looked}"
    return (
        f"{link.by.name} needs {link.library}, which is not in the wheel and which {tag.text} does not "
        f"promise{looked}"
    )


class CLibrary(_LinuxCheck):
    """Compiled files are for the C library in the wheel's name.

    What was linked with glibc does not load where musl is (Alpine), nor the reverse.
    """

    id = "manylinux-libc"
    hint = "build it in a container of that C library"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        promised = {tag.libc for tag in _tags(files)}
        if any(tag.os == "linux" and not tag.libc for tag in files.platforms):
            return
        text = ", ".join(sorted(tag.text for tag in _tags(files)))
        loaded = files.loaded or tuple(files.files.values())
        for file in loaded:
            libc = libc_of(file)
            if libc and libc not in promised:
                yield Problem(f"{file.name} needs {libc}, the wheel is for {text}")


class Processor(_LinuxCheck):
    """No file asks for a newer processor than the tag does.

    `x86_64` is every 64-bit Intel and AMD processor; a library that says it needs `x86_64_v3` is refused by
    the loader elsewhere.
    """

    id = "manylinux-processor"
    level = Level.WARNING
    hint = "leave `-march` and `-z x86-64-v…` out of the linker's flags, or choose code paths at run time"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        for file in compiled_files(facts).files.values():
            slice_ = elf_slice(file)
            if slice_ is not None and slice_.level:
                yield f"{file.name} says that it needs {slice_.level}"


class ExecutableStack(_LinuxCheck):
    """No library asks for an executable stack.

    glibc refuses to load such a library since 2.41, and so does a hardened kernel.
    """

    id = "manylinux-stack"
    hint = 'assembler sources need `.section .note.GNU-stack,"",@progbits`; or link with `-z noexecstack`'

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        files = compiled_files(facts)
        loaded = {each.name for each in files.loaded}
        for file in files.files.values():
            slice_ = elf_slice(file)
            if slice_ is not None and slice_.executable_stack and file.binary.kind == "library":
                level = None if file.name in loaded else Level.WARNING
                yield Problem(f"{file.name} asks for an executable stack", level=level)


class TextRelocations(_LinuxCheck):
    """No library has code that the loader must alter.

    SELinux refuses it, musl does not know it on most machines, and no memory is shared between processes.
    """

    id = "manylinux-relocations"
    level = Level.WARNING
    hint = "compile everything that is linked into it with -fPIC"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        for file in compiled_files(facts).files.values():
            slice_ = elf_slice(file)
            if slice_ is not None and slice_.text_relocations and file.binary.kind == "library":
                yield f"{file.name} has relocations in its code (DT_TEXTREL)"


CHECKS = (SymbolVersions, Libraries, CLibrary, Processor, ExecutableStack, TextRelocations)
