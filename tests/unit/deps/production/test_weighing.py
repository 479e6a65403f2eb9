"""What a distribution weighs: each file once, none outside of the environment."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from shipwheel.data.catalog import data_text
from shipwheel.deps.production.answer import Weight
from shipwheel.deps.production.weighing import kind_of_file, names, weigh


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("numpy/__init__.py", "python"),
        ("numpy/__init__.pyi", "python"),
        ("numpy/_core/umath.cpython-313-x86_64-linux-gnu.so", "compiled"),
        ("numpy.libs/libgfortran-83c28eba.so.5.0.0", "compiled"),
        ("x/y.pyd", "compiled"),
        ("numpy/tests/test_it.py", "tests"),
        ("pandas/tests/io/data/big.csv", "tests"),
        ("tests/test_it.py", "python"),  # a stray at top level, which is told otherwise
        ("numpy/testing.py", "python"),
        ("certifi/cacert.pem", "other"),
        ("../../../bin/f2py", "other"),
    ],
)
def test_what_a_file_is(path: str, kind: str) -> None:
    assert kind_of_file(path) == kind


def test_weight_stays_in_the_environment(tmp_path: Path) -> None:
    site = tmp_path / "env" / "lib" / "site-packages"
    for path, size in {
        site / "a.py": 10,
        site / "a" / "tests" / "t.py": 20,
        site / "a" / "b.so": 40,
        tmp_path / "env" / "bin" / "a": 5,
        tmp_path / "outside.py": 1000,
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    (site / "link").symlink_to(tmp_path)
    files = (
        "a.py", "a/tests/t.py", "a/b.so", "../../bin/a", "a/__pycache__/a.cpython-313.pyc", "gone.py",
        "../../../outside.py", str(tmp_path / "outside.py"), "link/outside.py",
    )  # fmt: skip
    weight, count = weigh(files, site, tmp_path / "env")
    assert weight == Weight(python=10, compiled=40, tests=20, other=5)
    assert (weight.total, count) == (75, 4)


def test_the_names_are_sorted_and_lower_case() -> None:
    raw = tomllib.loads(data_text("production"))
    assert set(raw) == {"strays", "vendored", "compiled"}
    assert names().strays
    assert all(each == each.lower() for each in names().strays)
    assert len(set(names().strays)) == len(names().strays)
