"""Names that are private by their look or by their owner's word: `graph.toml`, read once."""

from __future__ import annotations

import functools
import tomllib

import msgspec

from shipwheel.data.catalog import data_text


class PrivateNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What graph.toml holds; `plugins` are import names by the beginning of a group of entry points."""

    development: tuple[str, ...]
    documented: tuple[str, ...]
    private: tuple[str, ...]
    vendors: frozenset[str]
    plugins: dict[str, tuple[str, ...]]


@functools.cache
def private_names() -> PrivateNames:
    """Read the names; raises msgspec.ValidationError for a file that is not of its form."""
    return msgspec.convert(tomllib.loads(data_text("graph")), PrivateNames)
