"""METADATA, PKG-INFO, WHEEL, RECORD and entry_points.txt as facts, from their bytes."""

from __future__ import annotations

import configparser
import csv
import io
from email.parser import HeaderParser

from packaging.metadata import Metadata, RawMetadata, parse_email
from packaging.version import InvalidVersion, Version

from shipwheel.dists.bounds import MOST_MEMBERS
from shipwheel.verification.facts import MetadataFacts, RecordEntry

# Files in much use have these: wheel 0.2x wrote Metadata 2.0 and UNKNOWN, backends of 2024 wrote
# License-Expression before 2.4 was out. The texts are packaging's (26).
_FORMALITIES = (
    "introduced in metadata version",
    "'2.0' is not a valid metadata version",
    "'UNKNOWN' is not a valid content type",
)


_MOST_DEPENDENCIES = 5000  # of one file; extras that gather others' reach some hundreds
_FOLDS = (" " * 8, " " * 7 + "|")
# the core metadata specification's single-use fields
_ONCE = {
    *("metadata-version", "name", "version", "summary", "description", "keywords", "home-page"),
    *("description-content-type", "download-url", "author", "author-email", "maintainer"),
    *("maintainer-email", "license", "license-expression", "requires-python"),
}


def parse_metadata(data: bytes) -> MetadataFacts:
    """Read METADATA or PKG-INFO; what does not hold to the standard is told, never raised.

    setuptools wrote License-File into Metadata 2.1 for years, which every index takes: fields of that
    name before 2.4 are left out, as twine does (https://github.com/pypa/twine/issues/1216).
    """
    raw, unparsed = parse_email(data)
    headers = parse_headers(data)
    if _before(raw.get("metadata_version", "0"), "2.4"):
        raw.pop("license_files", None)
        unparsed.pop("license-file", None)
    dependencies = raw.get("requires_dist", [])
    too_many = len(dependencies) > _MOST_DEPENDENCIES
    if too_many:
        raw["requires_dist"] = dependencies[:_MOST_DEPENDENCIES]
    faults = [f"more than {_MOST_DEPENDENCIES:,} dependencies"] if too_many else []
    faults += [_unparsed(name, unparsed[name]) for name in sorted(unparsed)]
    faults += _invalid(raw)
    formalities = [fault for fault in faults if any(text in fault for text in _FORMALITIES)]
    return MetadataFacts(
        metadata_version=raw.get("metadata_version", ""),
        name=raw.get("name", ""),
        version=raw.get("version", ""),
        requires_python=raw.get("requires_python", ""),
        requires_dist=tuple(raw.get("requires_dist", ())),
        extras=tuple(raw.get("provides_extra", ())),
        classifiers=tuple(raw.get("classifiers", ())),
        dynamic=tuple(field.lower() for field in raw.get("dynamic", ())),
        license_files=tuple(raw.get("license_files", ())),
        description=_unfolded(raw.get("description", ""), headers),
        content_type=raw.get("description_content_type", ""),
        faults=tuple(fault for fault in faults if fault not in formalities),
        formalities=tuple(formalities),
        headers=headers,
        undecodable=_undecodable(data),
    )


def _unfolded(description: str, headers: dict[str, tuple[str, ...]]) -> str:
    """Give a description as its author wrote it, where it stands among the headers.

    There its lines are indented by eight columns, of which the last may be a `|` (PEP 314, PEP 345); uploads
    take the indentation off, so that PyPI renders the text without it.
    """
    first, *others = description.split("\n")
    if "description" not in headers or not all(
        line.startswith(_FOLDS) or not line.strip() for line in others
    ):
        return description
    return "\n".join([first, *(line[8:] for line in others)])


def _unparsed(name: str, values: list[str]) -> str:
    if name in _ONCE and len(values) > 1:
        return f"the field {name!r} is there {len(values)} times, and may be there once"
    return f"the field {name!r} is not known or malformed"


def _undecodable(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return f"line {line} is not UTF-8: {data[error.start : error.start + 20]!r}"
    return ""


def _before(version: str, limit: str) -> bool:
    try:
        return Version(version) < Version(limit)
    except InvalidVersion:
        return False


def _invalid(raw: RawMetadata) -> list[str]:
    """Give each field that packaging's validation refuses, as twine would at upload."""
    try:
        Metadata.from_raw(raw)
    except ExceptionGroup as group:
        return sorted(str(error) for error in group.exceptions)
    return []


def parse_headers(data: bytes) -> dict[str, tuple[str, ...]]:
    """Read WHEEL: header names in lower case, each with its values in order."""
    message = HeaderParser().parsestr(data.decode("utf-8", "replace"))
    found: dict[str, tuple[str, ...]] = {}
    for name, value in message.items():
        found[name.lower()] = (*found.get(name.lower(), ()), str(value).strip())
    return found


def parse_record(data: bytes) -> tuple[RecordEntry, ...]:
    """Read RECORD; raises ValueError with the line that is not a path, a hash and a size."""
    entries = []
    try:
        for number, row in enumerate(csv.reader(_lines(data)), 1):
            if number > MOST_MEMBERS:
                raise ValueError(f"more than {MOST_MEMBERS:,} lines")
            if row:
                entries.append(_entry(number, row))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return tuple(entries)


def _lines(data: bytes) -> io.TextIOWrapper:
    """Give a text's lines one by one: a whole one takes four times its bytes."""
    return io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="")


def _entry(number: int, row: list[str]) -> RecordEntry:
    if len(row) != 3 or not row[0] or not (row[2] == "" or row[2].isdecimal()):
        raise ValueError(f"line {number} is not path, hash and size: {','.join(row)[:120]!r}")
    return RecordEntry(row[0], row[1], int(row[2]) if row[2] else None)


def parse_entry_points(data: bytes) -> dict[str, dict[str, str]]:
    """Read entry_points.txt as groups of names and objects; raises ValueError where it is none."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # names keep their case
    try:
        parser.read_string(data.decode("utf-8"))
    except (configparser.Error, UnicodeDecodeError) as error:
        raise ValueError(str(error).replace("\n", " ")) from error
    return {group: dict(parser.items(group)) for group in parser.sections()}
