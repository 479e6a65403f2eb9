"""The lowest Python that uv is asked to resolve for, where all later ones count as well."""

from __future__ import annotations

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from shipwheel.data.catalog import load_catalog

_FROM_BELOW = frozenset({">=", "~=", "==", ">"})


def declared_python(requires_python: str | None) -> str:
    """Give the lowest Python that requires-python admits (`2.7`), empty where it names none."""
    try:
        specifiers = SpecifierSet(requires_python or "")
    except InvalidSpecifier:
        return ""
    bounds = (
        Version(each.version.removesuffix(".*"))
        for each in specifiers
        if each.operator in _FROM_BELOW
    )
    lowest = max(bounds, default=None)
    return "" if lowest is None else f"{lowest.major}.{lowest.minor}"


def resolvable_python(declared: str) -> str:
    """Give the Python to begin with: none older than what uv resolves for without a warning.

    That is the oldest that projects are tested on, also where none is declared.
    """
    oldest = load_catalog().pythons[0].version
    return max(declared or oldest, oldest, key=Version)
