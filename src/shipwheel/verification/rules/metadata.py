"""Metadata: it is there, parses, and agrees with the filename, the folder and the project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.verification.check import (
    Context,
    MetadataCheck,
    Problem,
    WheelCheck,
)
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_FALLBACK = re.compile(r"0\.(0\.)?1\.dev\d+\+g[0-9a-f]+$|0\+(unknown|untagged)")


class Present(WheelCheck):
    """The wheel has one .dist-info folder by its own name, with METADATA and WHEEL."""

    id = "metadata-present"
    hint = "build the wheel again with a current backend; it cannot be installed"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if not facts.dist_infos:
            yield "there is no .dist-info folder"
            return
        if len(facts.dist_infos) > 1:
            yield f"{len(facts.dist_infos)} .dist-info folders: {sample(facts.dist_infos)}"
        if facts.metadata is None:
            yield "there is no METADATA"
        if facts.headers is None:
            yield "there is no WHEEL"


class Agrees(MetadataCheck):
    """The metadata says the same name and version as the filename and the .dist-info folder."""

    id = "metadata-agrees"
    hint = "build the file again; never rename a distribution"

    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        odd = "the filename does not parse" if facts.file.filename_fault else ""
        return super().applies(facts, context) or odd

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        told, file = facts.metadata, facts.file
        if told.name and canonicalize_name(told.name) != file.name:
            yield f"the metadata's name is {told.name!r}, the filename's {file.name!r}"
        if told.version and not same_version(told.version, file.version):
            yield f"the metadata's version is {told.version!r}, the filename's {file.version!r}"
        if isinstance(facts, WheelFacts):
            yield from self._folder(facts)

    @staticmethod
    def _folder(facts: WheelFacts) -> Iterator[str]:
        stems = [folder.removesuffix(".dist-info") for folder in facts.dist_infos]
        parts = [stem.rpartition("-") for stem in stems]
        if stems and not any(
            canonicalize_name(name) == facts.file.name and same_version(number, facts.file.version)
            for name, _, number in parts
        ):
            yield f"the folder is {facts.dist_infos[0]!r}, the file {facts.file.filename!r}"


def same_version(one: str, other: str) -> bool:
    """Say whether two spellings mean one version; what does not parse equals nothing else."""
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def same_name(one: str, other: str) -> bool:
    """Say whether two spellings mean one project (PEP 503)."""
    return canonicalize_name(one) == canonicalize_name(other)


class Fields(MetadataCheck):
    """Every field of the metadata is known and parses.

    As packaging validates it, which is what twine and the indexes do at upload.
    """

    id = "metadata-fields"
    hint = "correct the field in pyproject.toml (or setup.cfg, setup.py), then build again"

    def problems(self, facts: Archive, context: Context) -> Iterator[str | Problem]:
        """See Check."""
        assert facts.metadata is not None
        yield from facts.metadata.faults
        # what is to be uploaded must hold to the letter; a file that is in use need not
        level = Level.WARNING if context.plan is None else None
        for text in facts.metadata.formalities:
            yield Problem(text, level=level)


class OfProject(MetadataCheck):
    """The file is this project's, in the version that the project says."""

    id = "metadata-project"
    hint = "build again (`nox -s build`), or take the foreign file away"

    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        return "no project" if context.project is None else super().applies(facts, context)

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert facts.metadata is not None
        assert context.project is not None
        told = facts.metadata
        for field, value, fact in (
            ("name", told.name, context.project.name),
            ("version", told.version, context.project.version),
        ):
            same = same_version if field == "version" else same_name
            if fact.value is not None and not same(value, fact.value):
                level = Level.WARNING if fact.weak else None
                text = f"the metadata's {field} is {value!r}, the project's {fact.value!r}"
                yield Problem(text, level=level)


class LocalVersion(MetadataCheck):
    """The version has no local part.

    Public indexes refuse `1.0+g1234` (PEP 440); it is right for an index of one's own.
    """

    id = "version-local"
    level = Level.WARNING
    hint = "build from a tagged commit with a clean tree before publishing"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        version = facts.metadata.version or facts.file.version
        if "+" in version:
            yield f"{version} is a local version, which PyPI and most indexes refuse"


class Fallback(MetadataCheck):
    """The name and version are the project's, not what a backend takes where it finds none.

    setuptools builds `UNKNOWN-0.0.0` without a word, and setuptools-scm `0.1.dev0` in a clone without tags.
    """

    id = "version-fallback"
    level = Level.WARNING
    hint = "fetch the tags (`git fetch --tags --unshallow`), or say name and version in [project]"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        assert facts.metadata is not None
        name, version = facts.metadata.name, facts.metadata.version
        if name.upper() == "UNKNOWN":
            yield Problem("the name is UNKNOWN", level=Level.ERROR)
        public = version.partition("+")[0]
        if public in {"0", "0.0", "0.0.0", "0.0.0.dev0"} or _FALLBACK.match(version):
            yield Problem(f"the version is {version}")


CHECKS = (Present, Agrees, Fields, OfProject, LocalVersion, Fallback)
