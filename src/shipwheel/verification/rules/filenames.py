"""Filenames: what installers and indexes read before anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.data.catalog import load_catalog
from shipwheel.verification.check import Context, FileCheck, Problem, WheelCheck
from shipwheel.verification.facts import FileFacts, WheelFacts
from shipwheel.verification.report import Level

_MIB = 1 << 20


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


class Normalized(FileCheck):
    """The name and version in the filename are normalized.

    Lower case with `_` between the words, the version as PEP 440 writes it (PEP 427, PEP 625); an sdist is
    a `.tar.gz`. PyPI refuses sdists with other names.
    """

    id = "filename-normalized"
    level = Level.WARNING
    hint = "build with a current backend; installers take such a name, indexes and caches differ"

    def applies(self, facts: FileFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.kind == "other":
            return "not a distribution"
        if facts.unreadable:
            return "the archive cannot be read"
        return "the filename does not parse" if facts.filename_fault else ""

    def problems(self, facts: FileFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        name, version = name_and_version(facts.filename)
        refused = facts.kind == "sdist" and context.releasing
        level = Level.ERROR if refused else None
        normal = canonicalize_name(name).replace("-", "_")
        if name != normal:
            yield Problem(f"the name is written {name!r}, normalized it is {normal!r}", level=level)
        told = _normal(version)
        if version != told:
            yield Problem(
                f"the version is written {version!r}, normalized it is {told!r}", level=level
            )
        if facts.kind == "sdist" and not facts.filename.endswith(".tar.gz"):
            yield Problem("an sdist is a .tar.gz since PEP 625", level=level)


def name_and_version(filename: str) -> tuple[str, str]:
    """Give name and version of a distribution as its filename spells them."""
    if filename.endswith(".whl"):
        name, version = filename.split("-")[:2]
        return name, version
    stem = re.sub(r"\.(tar\.gz|tgz|zip|tar\.bz2|tar\.xz)$", "", filename)
    name, _, version = stem.rpartition("-")
    return name, version


def _normal(version: str) -> str:
    try:
        return str(Version(version.replace("_", "+", 1) if "+" not in version else version))
    except InvalidVersion:
        return version


class Folder(WheelCheck):
    """The .dist-info folder is spelled as the filename is.

    Installers find it by its normalized name; what reads wheels by their filename does not.
    """

    id = "filename-folder"
    level = Level.WARNING
    hint = "build the wheel again with a current backend; never rename a wheel"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.file.filename_fault:
            return "the filename does not parse"
        return "" if len(facts.dist_infos) == 1 else "no .dist-info folder of its own"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        name, version = name_and_version(facts.file.filename)
        stem = facts.dist_infos[0].removesuffix(".dist-info")
        folder, _, number = stem.rpartition("-")
        same = canonicalize_name(folder) == canonicalize_name(name)
        if same and _normal(number) == _normal(version) and stem != f"{name}-{version}":
            yield f"the folder is {facts.dist_infos[0]!r}, the filename begins {name}-{version}"


class Size(FileCheck):
    """The file is within what PyPI takes: 100 MiB, unless it has raised the project's limit."""

    id = "file-size"
    level = Level.WARNING
    hint = "leave out what users do not need, or ask for more: https://docs.pypi.org/project-management/storage-limits/"

    def problems(self, facts: FileFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        index = load_catalog().indexes["pypi"]
        if facts.size > index.max_file_size:
            yield f"{facts.size / _MIB:.1f} MiB; PyPI takes {index.max_file_size / _MIB:.0f} MiB"


CHECKS = (Filename, Normalized, Folder, Size)
