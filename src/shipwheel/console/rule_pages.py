"""Where a rule is documented, and how it is set aside."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, metadata

from shipwheel.verification.check import Rule

IGNORE_TABLE = "[tool.shipwheel.verify]"
_BRANCH = "blob/main/docs/rules"


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
