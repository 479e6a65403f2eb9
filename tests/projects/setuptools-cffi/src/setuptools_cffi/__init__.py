"""One compiled function."""

from ._total import lib

total = lib.total

__all__ = ["total"]
