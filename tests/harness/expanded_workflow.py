"""A workflow as GitHub runs it: each job once for every cell of its matrix, with the cell's values put in.

Only what we write is understood: expressions over `matrix`, lists or `include`, never both.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EXPRESSION = re.compile(r"\$\{\{ matrix\.([\w.-]+)(?: \|\| false)? \}\}")
_WHOLE = re.compile(_EXPRESSION.pattern + r"\Z")


def workflow_of(text: str) -> dict[str, Any]:
    """Read a workflow; `on`, which YAML 1.1 takes for true, is `on`."""
    data = yaml.load(text, Loader=_LOADER)
    return {("on" if key is True else key): value for key, value in data.items()}


def runs_of(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a job once for each cell, without its matrix."""
    rest = {key: value for key, value in job.items() if key != "strategy"}
    for cell in _cells(job.get("strategy", {}).get("matrix", {})):
        yield _put_in(rest, cell)


def _cells(matrix: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "include" in matrix:
        assert list(matrix) == ["include"], "rows, or lists"
        yield from matrix["include"]
        return
    for values in itertools.product(*matrix.values()):
        yield dict(zip(matrix, values, strict=True))


def _put_in(value: Any, cell: dict[str, Any]) -> Any:
    match value:
        case dict():
            return {key: _put_in(each, cell) for key, each in value.items()}
        case list():
            return [_put_in(each, cell) for each in value]
        case str() if found := _WHOLE.match(value):
            return _value(cell, found[1])
        case str():
            return _EXPRESSION.sub(lambda found: str(_value(cell, found[1])), value)
    return value


def _value(cell: dict[str, Any], path: str) -> Any:
    value: Any = cell
    for name in path.split("."):
        value = value.get(name, "")
    return value
