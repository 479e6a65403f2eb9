"""The simple API's pages as text: JSON (PEP 691, 700, 740) and HTML (PEP 503), both from the same records."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urljoin

import msgspec
from packaging.version import Version

from shipwheel.indexes.shelf import PROVENANCE, Held

VERSION = "1.3"  # of the simple API: the fields of PEP 700 and 740 are there

Link = Callable[[Held], str]

_HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    f'<meta name="pypi:repository-version" content="{VERSION}">\n'
)


def project_json(project: str, files: Iterable[Held], link: Link, at: str = "") -> bytes:
    """Give a project's page as JSON; `link` gives a file's URL, relative to the page.

    `at` is the page's own URL, empty where nobody knows it: attestations want a whole one (PEP 740).
    """
    held = tuple(files)
    versions = sorted({each.version for each in held}, key=Version)
    return _json(
        {
            "meta": {"api-version": VERSION},
            "name": project,
            "versions": versions,
            "files": [_file(each, link, at) for each in held],
        }
    )


def project_html(project: str, files: Iterable[Held], link: Link, at: str = "") -> bytes:
    """Give a project's page as HTML, likewise; what PEP 700 adds stands in the JSON alone."""
    title = f"Links for {html.escape(project)}"
    lines = "".join(_anchor(each, link, at) for each in files)
    return _page(title, lines)


def root_json(projects: Iterable[str]) -> bytes:
    """Give the list of all projects as JSON."""
    names = [{"name": each} for each in projects]
    return _json({"meta": {"api-version": VERSION}, "projects": names})


def root_html(projects: Iterable[str]) -> bytes:
    """Give the list of all projects as HTML."""
    lines = (f'<a href="{quote(each)}/">{html.escape(each)}</a><br>\n' for each in projects)
    return _page("Simple index", "".join(lines))


def _json(value: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _file(held: Held, link: Link, at: str) -> dict[str, Any]:
    core = {"sha256": held.metadata} if held.metadata else False
    given = {
        "filename": held.filename,
        "url": link(held),
        "hashes": {"sha256": held.sha256},
        "size": held.size,
        "upload-time": held.uploaded,
        "yanked": False if held.yanked is None else (held.yanked or True),
        "core-metadata": core,
        "provenance": urljoin(at, link(held)) + PROVENANCE if held.attested else None,
        "dist-info-metadata": core,  # the name that PEP 714 corrected; older installers know this one
    }
    if held.requires_python:
        given["requires-python"] = held.requires_python
    return given


def _anchor(held: Held, link: Link, at: str) -> str:
    attributes = {"href": f"{link(held)}#sha256={held.sha256}"}
    if held.requires_python:
        attributes["data-requires-python"] = held.requires_python
    if held.metadata:
        attributes["data-core-metadata"] = f"sha256={held.metadata}"
        attributes["data-dist-info-metadata"] = f"sha256={held.metadata}"
    if held.attested:
        attributes["data-provenance"] = urljoin(at, link(held)) + PROVENANCE
    if held.yanked is not None:
        attributes["data-yanked"] = held.yanked
    told = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<a {told}>{html.escape(held.filename)}</a><br>\n"


def _page(title: str, lines: str) -> bytes:
    body = f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n{lines}</body>\n</html>\n"
    return (_HEAD + body).encode()
