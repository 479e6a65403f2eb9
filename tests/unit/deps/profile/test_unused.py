"""What the project's own modules import, against what is installed."""

from __future__ import annotations

from pathlib import Path

from shipwheel.deps.profile.unused import not_imported
from shipwheel.verification.dependencies import Installed

INSTALLED = {
    "pyyaml": Installed("PyYAML", "6", files=("yaml/__init__.py",)),
    "docopt": Installed("docopt", "0.6.2", files=("docopt.py",)),
    "numpy": Installed("numpy", "2", files=("numpy/__init__.py",)),
    "pytest": Installed("pytest", "9", files=("pytest/__init__.py",)),
}


def test_an_import_counts_wherever_it_stands_but_in_tests(tmp_path: Path) -> None:
    package = tmp_path / "demo"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text("import yaml\n")
    (package / "later.py").write_text("def f():\n    from numpy import array\n")
    (package / "tests" / "test_it.py").write_text("import pytest\n")
    (package / "broken.py").write_bytes(b"import \x00\xff (")
    assert not_imported([package], INSTALLED) == {"docopt", "pytest"}


def test_without_a_module_nothing_can_be_said(tmp_path: Path) -> None:
    assert not_imported([tmp_path / "nothing"], INSTALLED) == frozenset()
    assert not_imported([], INSTALLED) == frozenset()


def test_a_single_module(tmp_path: Path) -> None:
    (tmp_path / "demo.py").write_text("import docopt\n")
    assert not_imported([tmp_path / "demo.py"], INSTALLED) == {"pyyaml", "numpy", "pytest"}
