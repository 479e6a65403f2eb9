"""One page that holds everything: no network, readable on a phone, in dark and in light.

The policy in the head lets run and style what stands in the page by its hash, and nothing else, whatever
a file's metadata tries to say.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from shipwheel.console.reports.markup import Html, element


def document(title: str, body: Iterable[Html]) -> str:
    """Give a self-contained HTML page of these parts, with our style and script."""
    script = _part("page.js")
    page = element(
        "html",
        "\n",
        element("head", *_head(title, script)),
        "\n",
        element("body", element("main", *(Html(f"{part}\n") for part in body)),
                element("script", Html(script))),
        lang="en",
    )  # fmt: skip
    return f"<!DOCTYPE html>\n{page}\n"


def _part(name: str) -> str:
    return files("shipwheel.console.reports").joinpath(name).read_text(encoding="utf-8")


def _head(title: str, script: str) -> Iterator[Html]:
    style = _part("page.css")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    yield element("meta", charset="utf-8")
    # `'` is no danger within double quotes
    yield Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">')
    yield element("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield element("meta", name="color-scheme", content="light dark")
    yield element("title", title)
    yield element("style", Html(style))


def _digest(source: str) -> str:
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
