"""Faults that show when a wheel is built from the sdist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from faulty import Fault, Files, Sdist

SDIST = "itsdangerous-sdist"
_BACKEND = """
from pathlib import Path
from uuid import uuid4
from flit_core.buildapi import *

Path("src/itsdangerous/stamp.txt").write_text(uuid4().hex)
"""


def _no_readme(sdist: Sdist) -> None:
    sdist.remove(sdist.inside("README.md"))


def _backend_not_required(sdist: Sdist) -> None:
    name = sdist.inside("pyproject.toml")
    sdist.edit(name, "flit_core.buildapi", "itsdangerous_build.hooks")


def _no_c_source(sdist: Sdist) -> None:
    sdist.remove(sdist.find("nearword/_distance.c"))


def _another_commit(files: Files) -> None:
    wheel = files["itsdangerous-wheel"]
    wheel.write("itsdangerous/exc.py", wheel.text("itsdangerous/exc.py") + "\nLATER = True\n")


def _lost_in_the_sdist(files: Files) -> None:
    sdist = files[SDIST]
    sdist.remove(sdist.inside("src/itsdangerous/timed.py"))


def _other_requirements(files: Files) -> None:
    files["itsdangerous-wheel"].add_metadata(("Requires-Dist", "six"))


def _random(sdist: Sdist) -> None:
    name = sdist.inside("pyproject.toml")
    sdist.edit(name, '"flit_core.buildapi"', '"stamped"\nbackend-path = ["."]')
    sdist.write(sdist.inside("stamped.py"), _BACKEND)


def _twice() -> Mapping[str, Any]:
    return {"reproducible": True}


FAULTS = (
    Fault(
        "the README that the metadata needs is lost",
        "build",
        SDIST,
        _no_readme,
        install=True,
        says=("README.md",),
    ),
    Fault(
        "a backend that nothing brings",
        "build",
        SDIST,
        _backend_not_required,
        install=True,
        says=("itsdangerous_build",),
    ),
    Fault(
        "a wheel from another commit",
        "build-same",
        ("itsdangerous-wheel", SDIST),
        _another_commit,
        install=True,
        says=("itsdangerous/exc.py",),
    ),
    Fault(
        "a module lost in the sdist",
        "build-same",
        ("itsdangerous-wheel", SDIST),
        _lost_in_the_sdist,
        install=True,
        says=("itsdangerous/timed.py",),
    ),
    Fault(
        "a wheel with other requirements",
        "build-same",
        ("itsdangerous-wheel", SDIST),
        _other_requirements,
        install=True,
        says=("six",),
    ),
    Fault(
        "a build that writes something random",
        "build-reproducible",
        SDIST,
        _random,
        install=True,
        known=_twice,
        says=("stamp.txt",),
    ),
)
