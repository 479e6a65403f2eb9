"""Names of the standard library, against the tables and against the Python that runs the tests."""

from __future__ import annotations

import importlib
import sys
import warnings

import pytest

from shipwheel.data.import_names import changed_names
from shipwheel.verification.judging.library_names import LostName, lost_names
from shipwheel.verification.reading.sources import source_of

PYTHONS = ((3, 9), (3, 10), (3, 11), (3, 12))


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("from typing import Self", [("typing.Self", ((3, 9), (3, 10)))]),
        ("from datetime import datetime, UTC", [("datetime.UTC", ((3, 9), (3, 10)))]),
        ("from collections import Mapping", [("collections.Mapping", ((3, 10), (3, 11), (3, 12)))]),
        ("from collections import OrderedDict", []),
        ("from typing import Any", []),
        ("from typing_extensions import Self", []),
        ("from .typing import Self", []),
        ("if x:\n    from typing import Self", []),
        ("try:\n    from collections import Mapping\nexcept ImportError:\n    pass", []),
    ],
)
def test_names_that_some_python_lacks(text, lost):
    source = source_of("good/a.py", f"{text}\n".encode())
    assert list(lost_names({"good.a": source}, PYTHONS)) == [
        LostName("good.a", name, without) for name, without in lost
    ]


@pytest.mark.parametrize("name", sorted(changed_names()))
def test_the_table_says_what_this_python_has(name):
    first, gone = changed_names()[name]
    module, _, attribute = name.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there = hasattr(importlib.import_module(module), attribute)
    assert there == (first <= sys.version_info[:2] < gone)
