"""The set's contents: what the wheels of one version hold is the same, as far as it can be."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from shipwheel.verification.check import Context, Problem, SetCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import FileFacts, SdistFacts, SetFacts, WheelFacts
from shipwheel.verification.judging.diverging import groups
from shipwheel.verification.modules import extension_stem, is_test, modules_of
from shipwheel.verification.report import Level

# a build writes these anew: versions, what it was configured with
_WRITTEN = re.compile(
    r"version|config|build|sysinfo|__about__|_meta|revision|distributor", re.IGNORECASE
)


def _level(context: Context) -> Level | None:
    return Level.WARNING if context.plan is None else None


class Modules(SetCheck):
    """Every platform wheel of a system has the same compiled modules.

    An optional extension that did not compile on one machine is missing for its users alone.
    """

    id = "set-modules"
    hint = "see the log of the job that built it: an optional extension was not compiled there"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        for wheels in groups(facts.distributions).values():
            for alike in _by_interpreter(wheels):
                found = {wheel.file.filename: compiled(wheel) for wheel in alike}
                every = frozenset().union(*found.values())
                for filename, modules in sorted(found.items()):
                    lost = every - modules
                    if lost:
                        told = f"{filename} lacks compiled modules that other wheels have: "
                        yield Problem(told + sample(tuple(lost)), level=_level(context))


def _by_interpreter(wheels: Iterable[WheelFacts]) -> list[list[WheelFacts]]:
    """Give the wheels of each implementation: PyPy's may do without what CPython's need."""
    found: dict[str, list[WheelFacts]] = defaultdict(list)
    for wheel in wheels:
        found["".join(sorted({tag.interpreter[:2] for tag in wheel.file.tags}))].append(wheel)
    return [each for each in found.values() if len(each) > 1]


def compiled(wheel: WheelFacts) -> frozenset[str]:
    """Give the compiled modules that are the wheel's, dotted."""
    return frozenset(
        name
        for name, path in wheel.modules
        if extension_stem(path)[0] and ".libs" not in path and not is_test(name)
    )


class Sources(SetCheck):
    """The Python files are the same in every platform wheel of a system.

    Where they are not, one of the wheels was built from another commit.
    """

    id = "set-sources"
    level = Level.WARNING
    hint = "build all wheels from one sdist (shipwheel's sessions and cibuildwheel do)"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        told: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for each in facts.diverging:
            if _WRITTEN.search(posixpath.basename(each.path)):
                continue
            told[tuple(sorted(itertools.chain.from_iterable(each.forms[1:])))].append(each.path)
        for filenames, paths in sorted(told.items()):
            files = "file differs" if len(paths) == 1 else "files differ"
            yield f"{len(paths)} Python {files} in {sample(filenames)}: {sample(paths)}"


class TopLevels(SetCheck):
    """Every wheel of a version brings the same packages."""

    id = "set-packages"
    hint = "find out which job packs something else; a package that is found on one machine alone is a stray"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        for wheels in groups(facts.distributions).values():
            found = {wheel.file.filename: frozenset(wheel.roots) for wheel in wheels}
            every = frozenset().union(*found.values())
            for filename, packages in sorted(found.items()):
                lost = {each for each in every - packages if not each.startswith("_")}
                if lost and packages:
                    told = f"{filename} lacks packages that other wheels have: "
                    yield Problem(told + sample(tuple(lost)), level=_level(context))


class Overlap(SetCheck):
    """No two wheels of a version are for the same tags.

    Installers take the one with the higher build number, or either.
    """

    id = "set-tags"
    hint = "keep one of them"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        alike: dict[tuple[str, str, str], list[FileFacts]] = defaultdict(list)
        for file in (d.file for d in facts.distributions if d.file.kind == "wheel"):
            for each in file.tags:
                alike[file.name, file.version, str(each)].append(file)
        told: set[tuple[str, ...]] = set()
        for (_, _, tag), files in sorted(alike.items(), key=lambda item: item[0]):
            names = tuple(file.filename for file in files)
            if len(files) > 1 and names not in told:
                told.add(names)
                numbered = len({file.build for file in files}) == len(files)
                level = Level.WARNING if numbered else None
                yield Problem(f"{len(files)} wheels are for {tag}: {sample(names)}", level=level)


class SdistModules(SetCheck):
    """The wheel's Python files are in the sdist beside it, but what the build writes.

    Whoever builds from the sdist would lack them.
    """

    id = "set-sdist"
    level = Level.WARNING
    hint = "see what the backend puts into the sdist (MANIFEST.in, or its own table)"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        sdists = {(d.file.name, d.file.version): d.sdist for d in facts.distributions if d.sdist}
        told: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for distribution in facts.distributions:
            sdist = sdists.get((distribution.file.name, distribution.file.version))
            if distribution.wheel is None or sdist is None:
                continue
            lost = tuple(lost_in(sdist, distribution.wheel))
            if lost:
                told[sdist.file.filename, lost].append(distribution.file.filename)
        for (sdist_name, lost), wheels in sorted(told.items()):
            yield f"{sample(wheels, 2)}: not in {sdist_name}: {sample(lost)}"


def lost_in(sdist: SdistFacts, wheel: WheelFacts) -> Iterator[str]:
    """Give the wheel's Python files that the sdist has nowhere under their last two names."""
    ends = {_end(path) for path in sdist.paths}
    names = {posixpath.basename(path) for path in sdist.paths}
    for _, path in modules_of(wheel.importable):
        if not path.endswith(".py") or _WRITTEN.search(posixpath.basename(path)):
            continue
        # a file whose folder the backend renames keeps its name
        if _end(path) not in ends and posixpath.basename(path) not in names:
            yield path


def _end(path: str) -> str:
    return "/".join(path.split("/")[-2:])


CHECKS = (Modules, Sources, TopLevels, Overlap, SdistModules)
