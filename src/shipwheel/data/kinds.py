"""The kinds of package indexes by name: one that there is not is told with the nearest that there is."""

from __future__ import annotations

import difflib

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError


def check_kind(kind: str, where: str) -> None:
    """Refuse a kind of index that the Catalog does not have; raises ConfigurationError."""
    names = sorted(load_catalog().index_kinds)
    if kind in names:
        return
    near = difflib.get_close_matches(kind, names, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigurationError(
        f"there is no kind of index {kind!r}",
        where=where,
        hint=f"{guess}known are {', '.join(names)}",
    )
