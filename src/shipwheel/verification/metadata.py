"""Names and metadata: filename, folder and METADATA agree, and an index will take what they say."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.verification.check import (
    ArchiveCheck,
    Context,
    FileCheck,
    Problem,
    WheelCheck,
)
from shipwheel.verification.description import fault
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import FileFacts, MetadataFacts, SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts


class _MetadataCheck(ArchiveCheck):
    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.metadata else "no metadata"


class Filename(FileCheck):
    """The filename follows the standard: name, version, and for wheels the tags.

    PEP 427 and PEP 625; installers choose by the filename alone.
    """

    id = "filename-valid"
    hint = "build the file again with a current backend instead of renaming it"

    def applies(self, facts: FileFacts, context: Context) -> str:
        """See Check."""
        del context
        return "not a distribution" if facts.kind == "other" else ""

    def problems(self, facts: FileFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.filename_fault:
            yield facts.filename_fault


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


class Agrees(ArchiveCheck):
    """The metadata says the same name and version as the filename and the .dist-info folder."""

    id = "metadata-agrees"
    hint = "build the file again; never rename a distribution"

    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        del context
        if facts.metadata is None:
            return "no metadata"
        return "the filename does not parse" if facts.file.filename_fault else ""

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


class Fields(_MetadataCheck):
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


class OfProject(_MetadataCheck):
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


class Renders(_MetadataCheck):
    """The description renders on an index.

    The rendering is readme_renderer's, which PyPI and `twine check` use.
    """

    id = "description-renders"
    hint = "mend the markup there, or say what it is (`readme = {file = …, content-type = …}`)"

    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        empty = facts.metadata is not None and not has_description(facts.metadata)
        return "no description" if empty else super().applies(facts, context)

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        found = fault(facts.metadata.description, facts.metadata.content_type)
        if found:
            yield f"the description does not render: {found}"


class Described(_MetadataCheck):
    """There is a description, and its content type is said.

    What `twine check --strict` asks for.
    """

    id = "description-present"
    level = Level.WARNING
    hint = '`readme = "README.md"` in [project] gives both'

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        if not has_description(facts.metadata):
            yield "the description is missing: the project's page will be empty"
        elif not facts.metadata.content_type:
            yield "Description-Content-Type is missing: indexes take it for reStructuredText"


def has_description(metadata: MetadataFacts) -> bool:
    """Say whether there is text; setuptools once wrote UNKNOWN for none."""
    return metadata.description.strip() not in {"", "UNKNOWN"}


class LocalVersion(_MetadataCheck):
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


class DirectUrl(_MetadataCheck):
    """No dependency is a direct URL.

    PyPI refuses the file, and installers do not look there for newer versions.
    """

    id = "dependency-url"
    level = Level.WARNING
    hint = "depend on a released version by name, and keep the URL for development"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert facts.metadata is not None
        direct = [text for text in facts.metadata.requires_dist if _has_url(text)]
        if direct:
            level = Level.ERROR if context.releasing else None
            yield Problem(f"dependencies by URL: {sample(direct)}", level=level)


def _has_url(text: str) -> bool:
    try:
        return Requirement(text).url is not None
    except InvalidRequirement:
        return False  # metadata-fields tells it


class Private(_MetadataCheck):
    """The project is not marked private.

    Every index refuses classifiers that begin with `Private ::`; that is what they are for.
    """

    id = "classifier-private"
    level = Level.WARNING
    hint = "nothing to do where it shall never be published; otherwise remove the classifier"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        marks = [c for c in facts.metadata.classifiers if c.lower().startswith("private ::")]
        if marks:
            yield f"marked private: {sample(marks)}"


CHECKS = (
    Filename,
    Present,
    Agrees,
    Fields,
    OfProject,
    Renders,
    Described,
    LocalVersion,
    DirectUrl,
    Private,
)
