from __future__ import annotations

import importlib
import platform
from collections.abc import Callable

import pytest

CPYTHON = platform.python_implementation() == "CPython"


@pytest.fixture(params=["_pure", "_speedups"])
def distance(request: pytest.FixtureRequest) -> Callable[[str, str], int]:
    """Each implementation in turn; a missing extension is an error on CPython, not a skip."""
    if request.param == "_speedups" and not CPYTHON:
        pytest.skip("the extension is built on CPython alone")
    return importlib.import_module(f"nearword.{request.param}").distance
