"""One compiled function."""

from ._total import total

__all__ = ["total"]
