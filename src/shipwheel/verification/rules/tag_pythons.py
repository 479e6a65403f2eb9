"""Which Pythons a wheel's tags are for: required, and such as find its modules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.abi_tags import loads
from shipwheel.verification.judging.compiled import Compiled, compiled_files, strangers
from shipwheel.verification.reading.platforms import read_platform
from shipwheel.verification.report import Level
from shipwheel.verification.rules.tags import TagCheck


class ForRequiredPython(WheelCheck):
    """Requires-Python admits a Python that the wheel is for.

    Otherwise the file is on the index, and no Python may install it.
    """

    id = "tags-requires-python"
    hint = "build wheels for the Pythons of `requires-python` alone (cibuildwheel does by itself)"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        required = facts.metadata.requires_python if facts.metadata else ""
        return "" if required and _specifiers(required) is not None else "no Requires-Python"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None  # see applies
        required = facts.metadata.requires_python
        specifiers = _specifiers(required)
        for interpreter in sorted({tag.interpreter for tag in facts.file.tags}):
            version = _only_version(interpreter, facts)
            # the micro version is not the tag's: some release of that Python is enough
            if version and specifiers is not None:
                releases = [f"{version}.{micro}" for micro in range(40)]
                if not any(specifiers.contains(each, prereleases=True) for each in releases):
                    yield f"the wheel is for {interpreter}, Requires-Python is {required}"


def _only_version(interpreter: str, facts: WheelFacts) -> str:
    """Give the one Python that a tag is for, empty where later ones take it too."""
    abis = {tag.abi for tag in facts.file.tags if tag.interpreter == interpreter}
    match = re.fullmatch(r"(?:cp|pp)(\d)(\d+)", interpreter)
    return f"{match[1]}.{match[2]}" if match and abis.isdisjoint({"abi3", "abi3t"}) else ""


def _specifiers(text: str) -> SpecifierSet | None:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


class Narrow(TagCheck):
    """A wheel without compiled files is for every Python that it admits.

    With the tag of one Python (`cp312-none-any`) all others build it from the sdist, or do not get it.
    """

    id = "tags-narrow"
    level = Level.WARNING
    hint = "build it as `py3-none-any`; where it is meant for one Python, Requires-Python says so"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        pure = facts.pure_tags and not facts.binaries
        return super().applies(facts, context) or ("" if pure else "not of Python files alone")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        interpreters = sorted({tag.interpreter for tag in facts.file.tags})
        versions = [re.fullmatch(r"(?:py|cp)3(\d+)", each) for each in interpreters]
        if not all(each.startswith("cp") for each in interpreters) or not all(versions):
            return
        newest = max(int(match[1]) for match in versions if match)
        required = facts.metadata.requires_python if facts.metadata else ""
        specifiers = _specifiers(required or ">=3")
        if specifiers is None or specifiers.contains(f"3.{newest + 1}.0"):
            yield f"{', '.join(interpreters)} alone may install it, Requires-Python is {required or 'absent'}"


class Suffixes(TagCheck):
    """Each compiled module has a suffix that the Pythons of the tag look for.

    `_c.cpython-311-….so` in a wheel for Python 3.12 is installed and never found.
    """

    id = "tags-suffix"
    hint = (
        "the module was built for another Python: build it again with the one that the wheel is for"
    )

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        found = any(each.suffix for each in compiled_files(facts).modules)
        return super().applies(facts, context) or ("" if found else "no compiled module by name")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        variants: dict[str, list[Compiled]] = {}
        for each in compiled_files(facts).modules:
            folder = each.path.rpartition("/")[0]
            variants.setdefault(f"{folder}/{each.module}", []).append(each)
        paths = set(facts.importable)
        for stem, files in sorted(variants.items()):
            missed = [tag for tag in sorted(facts.file.tags, key=str) if not _loadable(files, tag)]
            if missed:
                python = f"{stem.removeprefix('/')}.py" in paths
                pure = all(tag.platform == "any" for tag in facts.file.tags)  # tags-pure tells
                level = Level.WARNING if python or len(missed) < len(facts.file.tags) else None
                names = ", ".join(each.name for each in files)
                if not pure:
                    yield Problem(f"{names}: no Python of {missed[0]} looks for it", level=level)
        unused = sorted(strangers(facts))
        if unused:
            told = f"left from builds for other Pythons, nothing loads it: {sample(unused)}"
            yield Problem(
                told, level=Level.WARNING, hint="clean the build folder between the builds"
            )


def _loadable(files: list[Compiled], tag: Tag) -> bool:
    platform = read_platform(tag.platform)
    return any(not each.suffix or loads(each.suffix, tag, platform) for each in files)


class Place(TagCheck):
    """`Root-Is-Purelib` says whether the wheel has compiled modules, as its tags do.

    Systems that keep a folder for each processor put it by that into one or the other (Fedora's `lib` and
    `lib64`).
    """

    id = "tags-purelib"
    level = Level.WARNING
    hint = "tell the backend whether the wheel is platform-specific; do not write WHEEL by hand"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        found = bool(compiled_files(facts).modules) or facts.pure_tags
        return super().applies(facts, context) or ("" if found else "no compiled module")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        purelib = " ".join((facts.headers or {}).get("root-is-purelib", ()))
        modules = compiled_files(facts).modules
        inside = [each.name for each in modules if ".data/purelib/" in each.name]
        outside = [each.name for each in modules if ".data/" not in each.name]
        if facts.pure_tags:
            if purelib.lower() == "false" and not facts.binaries:
                yield "Root-Is-Purelib is false in a wheel for `any` without any compiled file"
        elif purelib.lower() == "true" and outside:
            yield f"Root-Is-Purelib is true, and there is {sample(outside)}"
        elif inside:
            yield f"below purelib there is {sample(inside)}"


CHECKS = (ForRequiredPython, Place, Suffixes, Narrow)
