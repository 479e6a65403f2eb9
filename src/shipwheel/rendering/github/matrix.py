"""A lane's cells as a matrix: what they share is said once, what follows from another column not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shipwheel.data.catalog import Catalog
from shipwheel.rendering.github.columns import columns_of
from shipwheel.rendering.github.fields import Row, fields_of, system_of
from shipwheel.rendering.github.product import Product, product_of
from shipwheel.rendering.pipeline import Lane, Pipeline
from shipwheel.rendering.yaml import Flow

_ONE_LINE = 80  # columns that a list of plain words may take


class Spread(msgspec.Struct, frozen=True):
    """A lane's cells: the matrix (empty for one cell), and what a step writes for each field.

    `values` hold a constant, or an expression over the matrix, for each field of `fields_of`.
    """

    matrix: Mapping[str, Any]
    values: Mapping[str, Any]
    rows: tuple[Row, ...]  # all fields of each cell
    lane: Lane
    systems: tuple[str, ...]  # of the cells' machines: linux, macos, windows

    def of(self, field: str) -> str:
        """Give what a step writes for a field, empty where no cell has it."""
        return str(self.values.get(field) or "")

    def named(self, field: str) -> str:
        """Give `job` or `session` as the repository's root knows it."""
        return f"{self.of('package')}:{self.of(field)}" if self.of("package") else self.of(field)

    def expression(self, field: str) -> str:
        """Give a field as a condition asks for it, empty where all cells have the same."""
        text = self.of(field)
        return text.removeprefix("${{ ").removesuffix(" }}") if "${{" in text else ""

    @property
    def stem(self) -> str:
        """Give the job's part of an artifact's name."""
        return stem_of(self.of("package"), self.of("job"))

    def path(self, text: str) -> str:
        """Give a path within the package's folder from the repository's root."""
        directory = self.of("directory")
        return text if directory in {"", "."} else f"{directory}/{text}"


def stem_of(package: str | None, job: str) -> str:
    """Give the part of an artifact's name that says whose it is: as `job_stem` names files."""
    return f"{package}--{job}" if package else job


def spread(lane: Lane, pipeline: Pipeline, catalog: Catalog) -> Spread:
    """Give a lane's cells as a matrix: all pairs of two lists where they are that, else a row each."""
    rows = tuple(fields_of(cell, lane, pipeline, catalog) for cell in lane.cells)
    matrix, values = _matrix(rows, tuple(cell.platform for cell in lane.cells))
    found = {system_of(cell, catalog) for cell in lane.cells}
    systems = tuple(each for each in ("linux", "macos", "windows") if each in found)
    return Spread(matrix, values, rows, lane, systems)


def _matrix(rows: Sequence[Row], platforms: Sequence[str | None]) -> Product:
    found = columns_of(rows, platforms)
    told, values = found.rows(), found.values
    if not found.columns:
        return {}, values
    if len(found.columns) == 1:
        ((name, column),) = found.columns.items()
        short = sum(len(str(each)) + 2 for each in column) <= _ONE_LINE
        return {name: Flow(column) if short else column}, values
    return product_of(told, values) or ({"include": [Flow(row) for row in told]}, values)
