"""Descriptions: they render, as what they say they are."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from functools import lru_cache

from shipwheel.verification.check import Context, MetadataCheck
from shipwheel.verification.facts import MetadataFacts, SdistFacts, WheelFacts
from shipwheel.verification.report import Level

Archive = WheelFacts | SdistFacts

_PLACE = re.compile(r"^.*?:(?P<line>\d*): \((?P<level>[A-Z]+)/\d*\) (?P<text>.*)$", re.DOTALL)
_DIRECTIVE = re.compile(r"^\.\. [a-z-]+::( |$)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,4} \S", re.MULTILINE)
_UNDERLINED = re.compile(r"^\S.*\n(=|-|~){4,}$", re.MULTILINE)
_LINK = re.compile(r"(?<!`)!?\[[^\]\n]+\]\([^)\s]+\)")
_NAMES = {"text/markdown": "Markdown", "text/x-rst": "reStructuredText"}
_FENCE = re.compile(r"^```", re.MULTILINE)
_ONE_AT_A_TIME = threading.Lock()  # docutils keeps its roles and directives in module globals


@lru_cache(maxsize=256)  # the same text stands in every wheel of a release
def fault(description: str, content_type: str) -> str:
    """Give why a description does not render, or an empty string.

    reStructuredText is rendered (also where the type is missing or unknown, as indexes do); Markdown
    and plain text cannot fail.
    """
    if media_type(content_type) in {"text/markdown", "text/plain"}:
        return ""
    # docutils takes a quarter second to import, and most descriptions are Markdown
    from readme_renderer import rst  # noqa: PLC0415

    said = io.StringIO()
    with _ONE_AT_A_TIME:
        rendered = rst.render(description, stream=said)
    return "" if rendered is not None else readable(said.getvalue())


def media_type(content_type: str) -> str:
    """Give `text/markdown` of `text/markdown; charset=UTF-8`; reStructuredText where nothing is said."""
    message = EmailMessage()
    message["content-type"] = content_type.replace("\n", " ") or "text/x-rst"
    return message.get_content_type()


def readable(said: str) -> str:
    """Give docutils' first complaint as a sentence with its line."""
    match = _PLACE.match(said.strip())
    if match is None:
        return " ".join(said.split())[:300] or "nothing comes out of it"
    text = " ".join(match["text"].split())
    return f"line {match['line']}: {text}"[:300] if match["line"] else text[:300]


def looks_like(text: str) -> str:
    """Give `text/markdown` or `text/x-rst` where a text can only be that, else an empty string."""
    markdown = bool(_FENCE.search(text)) + bool(_LINK.search(text)) + bool(_HEADING.search(text))
    rst = (
        bool(_DIRECTIVE.search(text)) + ("::\n\n    " in text) + bool(re.search(r"`_[_.,\s]", text))
    )
    if markdown >= 2 and not rst:
        return "text/markdown"
    if rst >= 2 and not markdown and _UNDERLINED.search(text):
        return "text/x-rst"
    return ""


class _DescribedCheck(MetadataCheck):
    def applies(self, facts: Archive, context: Context) -> str:
        """See Check."""
        empty = facts.metadata is not None and not has_description(facts.metadata)
        return "no description" if empty else super().applies(facts, context)


class Renders(_DescribedCheck):
    """The description renders on an index.

    The rendering is readme_renderer's, which PyPI and `twine check` use.
    """

    id = "description-renders"
    hint = "mend the markup there, or say what it is (`readme = {file = …, content-type = …}`)"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        found = fault(facts.metadata.description, facts.metadata.content_type)
        if found:
            yield f"the description does not render: {found}"


class Kind(_DescribedCheck):
    """The description is written in the markup that its content type names.

    Markdown that is shown as reStructuredText, or the reverse, is a page of raw marks.
    """

    id = "description-type"
    level = Level.WARNING
    hint = "name the file with its suffix in `readme`: README.md is Markdown, README.rst is reStructuredText"

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        assert facts.metadata is not None
        told = media_type(facts.metadata.content_type)
        seen = looks_like(facts.metadata.description)
        if seen and told != seen:
            said = facts.metadata.content_type or "nothing, which means reStructuredText"
            yield f"the description is {_NAMES[seen]}, its content type says {said}"


class Described(MetadataCheck):
    """There is a description, and its content type is said.

    What `twine check --strict` asks for.
    """

    id = "description-present"
    level = Level.WARNING
    hint = '`readme = "README.md"` in [project] gives both'

    def problems(self, facts: Archive, context: Context) -> Iterator[str]:
        """See Check."""
        assert facts.metadata is not None
        metadata = facts.metadata
        # older backends left the type out, and what is no Markdown shows as it should without
        shows = context.plan is None and looks_like(metadata.description) != "text/markdown"
        if not has_description(metadata):
            yield "the description is missing: the project's page will be empty"
        elif not metadata.content_type and not shows:
            yield "Description-Content-Type is missing: indexes take it for reStructuredText"


def has_description(metadata: MetadataFacts) -> bool:
    """Say whether there is text; setuptools once wrote UNKNOWN for none."""
    return metadata.description.strip() not in {"", "UNKNOWN"}


CHECKS = (Renders, Kind, Described)
