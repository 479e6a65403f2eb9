"""One compiled function, by ctypes."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

__all__ = ["total"]

_SUFFIX = ".dll" if sys.platform == "win32" else ".so"
_LIBRARY = ctypes.CDLL(str(Path(__file__).with_name(f"_total{_SUFFIX}")))
_LIBRARY.total.argtypes = (ctypes.c_long, ctypes.c_long)
_LIBRARY.total.restype = ctypes.c_long


def total(one: int, other: int) -> int:
    """Give the total of two numbers."""
    return int(_LIBRARY.total(one, other))
