"""Sdists: one root by the right name, with what an installer needs to build it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.verification.check import Context, SdistCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts

_CODE = (".py", ".pyi", ".pyx", ".c", ".cc", ".cpp", ".cxx", ".rs", ".go", ".f90", ".m", ".json")
_ASIDE = re.compile(
    r"(setup|noxfile|conftest|tasks)\.py$|(tests?|docs?|examples?|benchmarks?|samples?|demos?|tools|scripts)/"
)


class OneRoot(SdistCheck):
    """Everything lies in one folder, named by project and version.

    PEP 517 demands `{name}-{version}/`; installers take the only folder they find.
    """

    id = "sdist-root"
    hint = "build the sdist with the project's backend (`python -m build --sdist`), not with tar"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if len(facts.roots) != 1:
            yield f"{len(facts.roots)} entries at the top instead of one: {sample(facts.roots)}"
        elif facts.file.name and not names_same(
            facts.roots[0], facts.file.name, facts.file.version
        ):
            yield f"the folder is {facts.roots[0]!r}, the file is {facts.file.filename!r}"


def names_same(folder: str, name: str, version: str) -> bool:
    """Say whether a folder `{name}-{version}` means this project and version, however spelled."""
    stem, _, number = folder.rpartition("-")
    try:
        same = Version(number) == Version(version)
    except InvalidVersion:
        same = False
    return same and canonicalize_name(stem) == name


class PkgInfo(SdistCheck):
    """The root holds a PKG-INFO."""

    id = "sdist-pkg-info"
    hint = "build the sdist with the project's backend (`python -m build --sdist`)"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.metadata is None:
            yield "there is no PKG-INFO in the root"


class Buildable(SdistCheck):
    """The root holds what a build starts from: pyproject.toml or setup.py."""

    id = "sdist-build-file"
    hint = (
        "add it to what the backend puts into the sdist (MANIFEST.in, or the backend's own table)"
    )

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        wanted = {
            f"{root}/{name}" for root in facts.roots for name in ("pyproject.toml", "setup.py")
        }
        if not wanted & {m.name.removeprefix("./") for m in facts.members}:
            yield "neither pyproject.toml nor setup.py is in the root"


class Code(SdistCheck):
    """The sdist holds code besides its tests, docs and build scripts.

    A wheel that is built from it would be empty.
    """

    id = "sdist-code"
    hint = "see what the backend puts into the sdist (MANIFEST.in, or the backend's own table)"

    def applies(self, facts: SdistFacts, context: Context) -> str:
        """See Check."""
        del context
        gathers = facts.metadata is not None and facts.metadata.requires_dist
        return "only dependencies are stated" if gathers else ""

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if not any(path.endswith(_CODE) and not _ASIDE.match(path) for path in facts.paths):
            yield "there is no module in it, nor a source of one"


CHECKS = (OneRoot, PkgInfo, Buildable, Code)
