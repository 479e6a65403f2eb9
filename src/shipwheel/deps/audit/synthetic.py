"""Any set of locked versions as the project and lock that `uv audit` reads.

It audits a project's own `uv.lock`. Ours holds every version of every group's lock at once, several of
one project too, which no resolution could: it is read with `--frozen` and never resolved.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from shipwheel.files import write_text

# a folder that holds nothing: uv asks a lock's registry for a project's status (PEP 792), and which
# index that is, with which password, is none of this question's business
_REGISTRY = "none"
_NAME = "audited"


class Pin(msgspec.Struct, frozen=True, order=True):
    """A version of a project, both normalized (PEP 503, PEP 440)."""

    name: str
    version: str


def write_synthetic(folder: Path, pins: Iterable[Pin]) -> None:
    """Write `pyproject.toml` and `uv.lock` into a folder."""
    every = sorted(set(pins))
    project = f'[project]\nname = "{_NAME}"\nversion = "0"\nrequires-python = ">=3.8"\n'
    write_text(folder / "pyproject.toml", project)
    write_text(folder / "uv.lock", _lock(every))
    (folder / _REGISTRY).mkdir(exist_ok=True)


def _lock(pins: list[Pin]) -> str:
    source = f'source = {{ registry = "{_REGISTRY}" }}'
    needed = "".join(
        f'    {{ name = "{each.name}", version = "{each.version}", {source} }},\n' for each in pins
    )
    root = f'[[package]]\nname = "{_NAME}"\nversion = "0"\nsource = {{ virtual = "." }}\n'
    packages = "".join(
        f'\n[[package]]\nname = "{each.name}"\nversion = "{each.version}"\n{source}\n'
        for each in pins
    )
    head = 'version = 1\nrevision = 3\nrequires-python = ">=3.8"\n\n'
    return f"{head}{root}dependencies = [\n{needed}]\n{packages}"
