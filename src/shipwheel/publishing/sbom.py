"""The release's bill of materials: its files, what they declare to need, what they bring along, what made them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel import __version__
from shipwheel.dists.headers import Headers
from shipwheel.files import to_json, write_bytes
from shipwheel.publishing.cyclonedx import (
    Bom,
    CommitRef,
    Component,
    Composition,
    Dependency,
    Hash,
    License,
    Lifecycle,
    Metadata,
    NamedLicense,
    Pedigree,
    Property,
    Reference,
    Tools,
)
from shipwheel.publishing.parts import Parts, read_parts
from shipwheel.publishing.release import Release, ReleasedFile

SBOM = "sbom.cdx.json"  # the ending by which CycloneDX's tools know such a file

# the labels of well-known URLs, normalized as they are compared (PyPA, "Well-known Project URLs")
_REFERENCES = {
    "homepage": "website",
    "source": "vcs",
    "repository": "vcs",
    "sourcecode": "vcs",
    "github": "vcs",
    "changelog": "release-notes",
    "changes": "release-notes",
    "releasenotes": "release-notes",
    "whatsnew": "release-notes",
    "history": "release-notes",
    "documentation": "documentation",
    "docs": "documentation",
    "issues": "issue-tracker",
    "bugs": "issue-tracker",
    "issue": "issue-tracker",
    "tracker": "issue-tracker",
    "issuetracker": "issue-tracker",
    "bugtracker": "issue-tracker",
}
_EXTRA = re.compile(r"\bextra\b")
_EXACT = re.compile(r"==(?P<version>[^*,=\s]+)\Z")
_BAD_URL = re.compile(r"[\s\x00-\x1f]|%(?![0-9A-Fa-f]{2})")
_PLAIN = "%:/?@!$&'()*+,;=~"  # beside letters, digits and `-._`
_LONGEST_LICENSE = 120  # characters; the field may also hold the license's whole text


def write_sbom(folder: Path, release: Release, dist: Path) -> Path:
    """Write the release's `sbom.cdx.json` into a folder, aside and renamed, and give its path.

    Reads the files in `dist`, which the release names. Raises ArchiveError for one that cannot be read.
    """
    contents = {
        file.filename: read_parts(dist / file.filename)
        for file in release.in_order
        # a wheel's metadata is what installers read; an sdist speaks where there is no wheel
        if file.is_wheel or not any(each.is_wheel for each in release.files)
    }
    path = folder / SBOM
    write_bytes(path, to_json(bill_of(release, contents)))
    return path


def bill_of(release: Release, contents: Mapping[str, Parts]) -> Bom:
    """Give the bill of materials of a release; `contents` holds what was read of its files, by name.

    Pure, and the same for the same files: the serial number is made from their hashes. Dependencies are
    those that the files declare, not what some installer would choose today.
    """
    root = _purl(release.project, release.version)
    files = tuple(_file(file, root, contents.get(file.filename)) for file in release.in_order)
    needed = tuple(_dependencies(release.project, contents))
    refs = tuple(str(each.purl) for each in needed)
    serial = uuid.uuid5(
        uuid.NAMESPACE_URL, "\n".join([root, *(f.sha256 for f in release.in_order)])
    )
    return Bom(
        serialNumber=serial.urn,
        metadata=Metadata(
            timestamp=release.made or None,
            lifecycles=(Lifecycle(),),
            tools=Tools(tuple(_tools(release.tools))),
            component=_project(release, root, next(iter(contents.values()), None)),
        ),
        components=(*files, *needed),
        dependencies=(Dependency(root, refs), *(Dependency(each) for each in refs)),
        compositions=tuple(_compositions(root, files, refs)),
    )


def _compositions(
    root: str, files: tuple[Component, ...], needed: tuple[str, ...]
) -> Iterator[Composition]:
    """Say what is known: all direct dependencies, not theirs; of what a binary holds, what is listed in it."""
    yield Composition("complete", dependencies=(root,))
    yield Composition("unknown", assemblies=tuple(str(each.bom_ref) for each in files))
    if needed:
        yield Composition("unknown", dependencies=needed)


def _project(release: Release, root: str, parts: Parts | None) -> Component:
    metadata = parts.metadata if parts is not None else Headers(())
    commit = release.commit
    return Component(
        type="library",
        bom_ref=root,
        name=release.project,
        version=release.version,
        description=metadata.get("Summary"),
        licenses=tuple(_licenses(metadata)),
        purl=root,
        pedigree=Pedigree((CommitRef(commit.id),)) if commit is not None else None,
        externalReferences=tuple(_references(metadata)),
    )


def _file(file: ReleasedFile, root: str, parts: Parts | None) -> Component:
    purl = f"{root}?file_name={quote(file.filename, safe='')}"
    return Component(
        type="file",
        bom_ref=purl,
        name=file.filename,
        hashes=(Hash(file.sha256),),
        purl=purl,
        components=tuple(_brought(purl, parts)) if parts is not None else (),
        properties=(
            Property("shipwheel:id", file.id),
            Property("shipwheel:builder", file.builder),
            Property("shipwheel:size", str(file.size)),
        ),
    )


def _brought(file: str, parts: Parts) -> Iterator[Component]:
    """Give the foreign libraries in a wheel by their hashes, and what the wheel's own lists name (PEP 770)."""
    for each in parts.libraries:
        yield Component(
            type="library",
            bom_ref=f"{file}#{each.path}",
            name=each.path.rpartition("/")[2],
            hashes=(Hash(each.sha256),) if each.sha256 else (),
            properties=(Property("shipwheel:path", each.path),),
        )
    for number, told in enumerate(parts.told):
        yield Component(
            type="library",
            bom_ref=f"{file}#{told.source}:{number}",
            name=told.name,
            version=told.version or None,
            purl=told.purl or None,
            properties=(Property("shipwheel:told-by", told.source),),
        )


def _dependencies(project: str, contents: Mapping[str, Parts]) -> Iterator[Component]:
    """Give each distribution that a file declares, once, with every wording of the declaration."""
    found: dict[str, dict[str, Requirement]] = {}
    for parts in contents.values():
        for text in parts.metadata.all("Requires-Dist"):
            requirement = _requirement(text)
            # a project that names itself means its own extras
            if requirement is not None and not _same(requirement.name, project):
                name = str(canonicalize_name(requirement.name))
                found.setdefault(name, {})[str(requirement)] = requirement
    for name in sorted(found):
        yield _dependency(name, found[name])


def _dependency(name: str, requirements: Mapping[str, Requirement]) -> Component:
    version = _pinned(requirements.values())
    purl = _purl(name, version)
    needed = any(not _of_an_extra(each.marker) for each in requirements.values())
    return Component(
        type="library",
        bom_ref=purl,
        name=name,
        version=version,
        scope="required" if needed else "optional",
        purl=purl,
        properties=tuple(Property("shipwheel:requirement", text) for text in sorted(requirements)),
    )


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None  # verification tells of it


def _pinned(requirements: Iterable[Requirement]) -> str | None:
    """Give the one version that is declared, None where the declaration leaves a choice."""
    exact = {
        found["version"] if (found := _EXACT.match(str(each.specifier))) else None
        for each in requirements
    }
    return exact.pop() if len(exact) == 1 else None


def _of_an_extra(marker: Marker | None) -> bool:
    return marker is not None and bool(_EXTRA.search(str(marker)))


def _same(one: str, other: str) -> bool:
    return canonicalize_name(one) == canonicalize_name(other)


def _purl(name: str, version: str | None) -> str:
    """Give a package URL of the type `pypi` (https://github.com/package-url/purl-spec)."""
    behind = f"@{quote(version, safe='')}" if version else ""
    return f"pkg:pypi/{quote(canonicalize_name(name), safe='')}{behind}"


def _licenses(metadata: Headers) -> Iterator[License]:
    """Give the SPDX expression (PEP 639), else a license field that is a name, else the classifiers."""
    expression, field = metadata.get("License-Expression"), metadata.get("License") or ""
    if expression:
        yield License(expression=expression)
    elif field and "\n" not in field and len(field) <= _LONGEST_LICENSE:
        yield License(license=NamedLicense(field))
    else:
        for text in metadata.all("Classifier"):
            if text.startswith("License ::"):
                yield License(license=NamedLicense(text.rpartition("::")[2].strip()))


def _references(metadata: Headers) -> Iterator[Reference]:
    told = [("homepage", metadata.get("Home-page") or "")]
    for field in metadata.all("Project-URL"):
        label, _, url = field.partition(",")
        told.append((re.sub(r"[^a-z]", "", label.lower()), url.strip()))
    for label, url in dict.fromkeys(told):
        if _is_link(url):
            yield Reference(_REFERENCES.get(label, "other"), _as_uri(url))


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not _BAD_URL.search(url)


def _as_uri(url: str) -> str:
    """Escape what may not stand in a URI (RFC 3986): browsers take `matrix.to/#/#room`, the schema does not."""
    head, hash_, fragment = url.partition("#")
    return quote(head, safe=_PLAIN) + hash_ + quote(fragment, safe=_PLAIN)


def _tools(tools: Mapping[str, str]) -> Iterator[Component]:
    for name, version in sorted({**tools, "shipwheel": __version__}.items()):
        yield Component(type="application", name=name, version=version)
