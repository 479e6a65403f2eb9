"""Sphinx: `nox -s docs`, or `sphinx-build -W docs docs/_build`."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import reference  # noqa: E402 - beside this file
import rule_pages  # noqa: E402

from shipwheel import __version__  # noqa: E402

project = "shipwheel"
copyright = "2026, the shipwheel developers"  # noqa: A001 - Sphinx's name
release = version = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "_generated"]

html_theme = "furo"
html_title = "shipwheel"
html_static_path: list[str] = []

# what can be known from the code is written from the code, anew at each build
reference.write(HERE / "_generated")
rule_pages.write()
