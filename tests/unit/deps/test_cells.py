from __future__ import annotations

import pytest
from packaging.tags import parse_tag

from shipwheel.data.catalog import load_catalog
from shipwheel.deps.cells import Cell, cells_of, nearest, refusal, supported_tags

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("python", "platform", "tag", "fits"),
    [
        ("3.12", "manylinux_x86_64", "cp312-cp312-manylinux_2_17_x86_64", True),
        ("3.12", "manylinux_x86_64", "cp312-cp312-manylinux2014_x86_64", True),
        ("3.12", "manylinux_x86_64", "cp312-cp312-manylinux1_x86_64", True),
        ("3.12", "manylinux_x86_64", "cp312-cp312-manylinux_2_28_x86_64", True),
        ("3.12", "manylinux_x86_64", "cp312-cp312-manylinux_2_39_x86_64", False),
        ("3.12", "manylinux_x86_64", "cp312-cp312-musllinux_1_2_x86_64", False),
        ("3.12", "manylinux_x86_64", "cp312-cp312-linux_x86_64", True),
        ("3.12", "manylinux_aarch64", "cp312-cp312-manylinux1_aarch64", False),
        ("3.12", "manylinux_aarch64", "cp312-cp312-manylinux2014_aarch64", True),
        ("3.12", "manylinux_riscv64", "cp312-cp312-manylinux_2_39_riscv64", True),
        ("3.12", "manylinux_i686", "cp312-cp312-manylinux2010_i686", True),
        ("3.12", "musllinux_x86_64", "cp312-cp312-musllinux_1_1_x86_64", True),
        ("3.12", "musllinux_x86_64", "cp312-cp312-manylinux2014_x86_64", False),
        ("3.12", "macosx_arm64", "cp312-cp312-macosx_11_0_arm64", True),
        ("3.12", "macosx_arm64", "cp312-cp312-macosx_10_9_universal2", True),
        ("3.12", "macosx_arm64", "cp312-cp312-macosx_10_9_x86_64", False),
        ("3.12", "macosx_arm64", "cp312-cp312-macosx_15_0_arm64", False),
        ("3.12", "macosx_x86_64", "cp312-cp312-macosx_10_9_universal2", True),
        ("3.12", "win_amd64", "cp312-cp312-win_amd64", True),
        ("3.12", "win_amd64", "cp312-cp312-win32", False),
        ("3.12", "win_arm64", "cp312-cp312-win_arm64", True),
        # the stable ABI: older ones on newer Pythons, none without a GIL
        ("3.12", "win_amd64", "cp39-abi3-win_amd64", True),
        ("3.12", "win_amd64", "cp313-abi3-win_amd64", False),
        ("3.14t", "win_amd64", "cp39-abi3-win_amd64", False),
        ("3.14t", "win_amd64", "cp314-cp314t-win_amd64", True),
        ("3.14t", "win_amd64", "cp314-cp314-win_amd64", False),
        ("3.14", "win_amd64", "cp314-cp314t-win_amd64", False),
        ("3.15t", "win_amd64", "cp315-abi3t-win_amd64", True),
        ("3.15t", "win_amd64", "cp315-abi3.abi3t-win_amd64", True),
        ("3.15", "win_amd64", "cp315-abi3.abi3t-win_amd64", True),
        ("3.16t", "win_amd64", "cp315-abi3t-win_amd64", True),
        ("3.15", "win_amd64", "cp315-abi3t-win_amd64", False),
        # for all
        ("3.14t", "musllinux_aarch64", "py3-none-any", True),
        ("3.12", "win32", "py2.py3-none-any", True),
        ("3.12", "win32", "py2-none-any", False),
        ("3.12", "win_amd64", "py3-none-win_amd64", True),
        ("pypy3.11", "win_amd64", "pp311-pypy311_pp73-win_amd64", True),
        ("pypy3.11", "win_amd64", "cp311-cp311-win_amd64", False),
        ("pypy3.11", "win_amd64", "py3-none-any", True),
    ],
)
def test_which_wheels_fit_a_cell_of_another_machine(
    python: str,
    platform: str,
    tag: str,
    fits: bool,  # noqa: FBT001
) -> None:
    assert parse_tag(tag).isdisjoint(supported_tags(Cell(python, platform))) is not fits


def test_cells_leave_out_what_there_is_not_and_split_what_serves_two() -> None:
    platforms = [CATALOG.platform(each) for each in ("win_arm64", "macosx_universal2")]
    found = cells_of(["3.10", "3.12"], [each for each in platforms if each])
    assert found == (
        Cell("3.10", "macosx_arm64"),
        Cell("3.10", "macosx_x86_64"),
        Cell("3.12", "win_arm64"),
        Cell("3.12", "macosx_arm64"),
        Cell("3.12", "macosx_x86_64"),
    )


def test_every_platform_of_the_catalog_can_be_asked_about() -> None:
    for cell in cells_of(["3.14"], CATALOG.platforms):
        assert supported_tags(cell)
        assert not refusal(nearest(cell)), f"{cell} is judged by a cell that uv knows"


@pytest.mark.parametrize(
    ("cell", "why", "by"),
    [
        (Cell("3.14", "win32"), "", Cell("3.14", "win32")),
        (Cell("3.14t", "win32"), "free-threaded", Cell("3.14", "win32")),
        (Cell("pypy3.11", "win32"), "pypy", Cell("3.11", "win32")),
        (Cell("3.14", "manylinux_i686"), "manylinux_i686", Cell("3.14", "manylinux_x86_64")),
        (Cell("3.14t", "musllinux_armv7l"), "free-threaded", Cell("3.14", "musllinux_aarch64")),
    ],
)
def test_what_uv_cannot_be_asked_about(cell: Cell, why: str, by: Cell) -> None:
    assert why in refusal(cell)
    assert bool(refusal(cell)) is bool(why)
    assert nearest(cell) == by
