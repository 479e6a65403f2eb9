"""Where a rule is documented, what it says where it speaks, and how it is set aside."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, metadata
from importlib.resources import files

import msgspec

from shipwheel.verification.check import Rule

IGNORE_TABLE = "[tool.shipwheel.verify]"
EXAMPLES = "rule_examples.json"  # made by running: docs/rule_examples.py
_BRANCH = "blob/main/docs/rules"


class Example(msgspec.Struct, frozen=True):
    """What a rule said of a good distribution in which one thing was changed.

    `fault` is that thing, `file` what was changed, `level` and `message` the finding's.
    """

    fault: str
    file: str
    level: str
    message: str


@functools.cache
def examples() -> dict[str, Example]:
    """Give the examples by rule."""
    data = files("shipwheel.console").joinpath(EXAMPLES).read_bytes()
    return msgspec.json.decode(data, type=dict[str, Example])


def example_of(rule: str) -> Example | None:
    """Give a rule's example, None where there is none."""
    return examples().get(rule)


def page_name(family: str) -> str:
    """Give the name of a family's page, without its suffix."""
    return family.replace(" ", "-")


def address(rule: Rule) -> str:
    """Give the URL of a rule's documentation; empty where a third party brought it."""
    source = _project_url("Source")
    if rule.origin or not source:
        return ""
    return f"{source}/{_BRANCH}/{page_name(rule.family)}.md#{rule.id}"


def how_to_ignore(rule: str) -> str:
    """Give the line of `[tool.shipwheel.verify]` that sets a rule aside."""
    return f'ignore = {{ "{rule}" = "why it does not count here" }}'


@functools.cache
def _project_url(label: str) -> str:
    try:
        urls = metadata("shipwheel").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    found = dict(str(each).split(", ", 1) for each in urls if ", " in str(each))
    return found.get(label, "").rstrip("/")
