"""URLs, addresses and texts of the metadata: what an index takes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import getaddresses
from urllib.parse import urlsplit

from shipwheel.verification.check import Context, MetadataCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts, SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts
_LONGEST_LABEL = (
    32  # characters, https://packaging.python.org/en/latest/specifications/core-metadata/
)
_LONGEST_SUMMARY = 512  # characters, as PyPI takes them
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+")
# what str(), a template and backends without a value leave behind
_LEFT = re.compile(
    r"\{\{.*\}\}|<%.*%>|\$\{\w+\}|@[A-Z_]{3,}@|^\[.*'.*\]$|^\{'|^<[a-z_.]+ object at "
)
_EMPTY = {"unknown", "none", "null", "todo", "fixme", "xxx", "tbd"}
# what `uv init`, `poetry new`, `pdm init`, PyScaffold and the packaging guide begin with
_TEMPLATES = (
    *("add your description here", "add a short description here", "default template for pdm"),
    *("a small example package", "a sample python project", "todo:", "fixme:", "todo "),
)
_TEXTS = ("summary", "author", "author-email", "keywords", "home-page", "license", "maintainer")


class Urls(MetadataCheck):
    """Each Project-URL is a label of at most 32 characters and a URL.

    PyPI refuses the file otherwise.
    """

    id = "metadata-url"
    hint = 'write them in full: `Source = "https://…"` in [project.urls]'

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        assert facts.metadata is not None
        for each in facts.metadata.all("project-url"):
            label, comma, url = (part.strip() for part in each.partition(","))
            if not comma or not label:
                yield Problem(f"Project-URL has no label: {each!r}")
            elif len(label) > _LONGEST_LABEL:
                yield Problem(
                    f"a Project-URL's label is over {_LONGEST_LABEL} characters: {label!r}"
                )
            elif not is_url(url):
                yield Problem(f"Project-URL {label!r} is no URL: {url!r}")
        for name in ("home-page", "download-url"):
            for url in facts.metadata.all(name):
                if url not in {"", "UNKNOWN", "None"} and not is_url(url):
                    yield Problem(f"{name} is no URL: {url!r}", level=Level.WARNING)


def is_url(text: str) -> bool:
    """Say whether a text is a URL that a browser opens."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https", "ftp", "git"} and bool(parts.hostname)
    except ValueError:
        return False


class Emails(MetadataCheck):
    """Author-email and Maintainer-email are addresses."""

    id = "metadata-email"
    level = Level.WARNING
    hint = (
        'write `authors = [{ name = "…", email = "name@example.org" }]`; a name alone has no email'
    )

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        for field in ("author-email", "maintainer-email"):
            for value in facts.metadata.all(field):
                odd = [a for _, a in getaddresses([value]) if a and not _ADDRESS.fullmatch(a)]
                if value.strip() not in {"", "UNKNOWN", "None"} and odd:
                    yield f"{field} holds no address: {sample(odd)}"


class Summary(MetadataCheck):
    """The summary is one line of at most 512 characters. PyPI refuses a longer one."""

    id = "metadata-summary"
    hint = "shorten `description` in [project]; the long text is the readme"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        length = len(facts.metadata.first("summary"))
        if length > _LONGEST_SUMMARY:
            yield f"the summary has {length} characters, PyPI takes {_LONGEST_SUMMARY}"


class Placeholders(MetadataCheck):
    """No field holds what a template, `str()` or a backend without a value left there."""

    id = "metadata-placeholder"
    level = Level.WARNING
    hint = "give the field its value, or leave it out"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        for field in _TEXTS:
            for value in facts.metadata.all(field):
                # wheel wrote UNKNOWN into every empty field until 2021
                empty = _EMPTY if field == "summary" else _EMPTY - {"unknown"}
                plain = value.strip().lower()
                template = field == "summary" and plain.startswith(_TEMPLATES)
                if _LEFT.search(value) or plain in empty or template:
                    yield f"{field} is {value[:120]!r}"
        text = facts.metadata.description.strip()
        if re.fullmatch(r"(file:\s*)?[\w./-]+\.(md|rst|txt)", text):
            yield f"the description is a file's name: {text!r}"


class Encoding(MetadataCheck):
    """The metadata is UTF-8, in one piece.

    What an editor or a codepage spoiled shows as `Ã©`; a line without its indent ends the fields, and
    all that follow become part of the description.
    """

    id = "metadata-encoding"
    hint = "save the project's files as UTF-8 and build again; write fields on one line"

    def problems(self, facts: Archive, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        assert facts.metadata is not None
        if facts.metadata.undecodable:
            yield Problem(facts.metadata.undecodable)
        spoiled = [
            f"{name}: {value[:80]}" for name, value in _values(facts.metadata) if _spoiled(value)
        ]
        if spoiled:
            yield Problem(
                f"UTF-8 that was read as something else: {sample(spoiled)}", Level.WARNING
            )
        swallowed = _swallowed(facts.metadata.description)
        if swallowed:
            yield Problem(f"fields stand in the description: {sample(swallowed)}")


def _values(metadata: MetadataFacts) -> Iterator[tuple[str, str]]:
    for name, values in metadata.headers.items():
        if name != "description":
            yield from ((name, value) for value in values)


def _spoiled(text: str) -> bool:
    """Say whether a text is UTF-8 that was once decoded as Latin-1 or Windows' codepage."""
    if text.isascii():
        return False
    if "\ufffd" in text:
        return True
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8") != text
        except ValueError:
            continue
    return False


_FIELD = re.compile(
    r"(Metadata-Version|Name|Version|Requires-Dist|Requires-Python|Provides-Extra|Classifier|Dynamic"
    r"|License-File|License-Expression|Project-URL|Description-Content-Type|Author-email): \S"
)


def _swallowed(description: str) -> list[str]:
    """Give the fields with which a description begins: they belong above it."""
    lines = [line for line in description.splitlines() if line.strip()][:3]
    found = [line for line in lines if _FIELD.match(line)]
    return [line[:80] for line in found]


CHECKS = (Urls, Emails, Summary, Placeholders, Encoding)
