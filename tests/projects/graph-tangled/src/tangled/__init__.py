"""Modules that import one another in a circle, and names that nobody declared."""

from tangled.store import Store

try:
    import tomllib
except ImportError:
    import tomli as tomllib  # the older Pythons' own affair

__all__ = ["Store", "tomllib"]
