"""All faults: every module of this folder has a table of them, a tuple `FAULTS`."""

from __future__ import annotations

import importlib
import pkgutil
from itertools import chain

from faulty import Fault


def all_faults() -> tuple[Fault, ...]:
    """Give the faults of every table, in the tables' order."""
    tables = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{table}") for table in tables)
    return tuple(chain.from_iterable(module.FAULTS for module in modules))
