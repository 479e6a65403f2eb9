"""A shipped wheel to be had from cibuildwheel, and all that it is told for it."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from shipwheel.building.compiler_cache import uncached
from shipwheel.building.release_settings import (
    Configured,
    ProvedBy,
    ReleaseSettings,
    release_settings,
)
from shipwheel.data.catalog import Platform
from shipwheel.dists.sdist import Sdist, open_sdist, unpack_sdist
from shipwheel.events import Emit, Warned, silent
from shipwheel.files import digest_of, sha256
from shipwheel.machine.variables import without_outer
from shipwheel.project.facts import Project
from shipwheel.workspace import Workspace

_VERSION = "cibuildwheel/2"  # counted up when the wheel is made in another way
# a job of ours tells what was made; cibuildwheel would write its own over that
_NOT_PASSED = frozenset({"GITHUB_STEP_SUMMARY", "CIBW_ALLOW_EMPTY", "CIBW_OUTPUT_DIR"})
# what is built is the Plan's to say, here and for one system
_SELECTING = ("CIBW_ENABLE", "CIBW_BUILD", "CIBW_SKIP", "CIBW_PLATFORM", "CIBW_ARCHS")
_SYSTEMS = ("", "_LINUX", "_MACOS", "_WINDOWS")


class ReleaseOrder(msgspec.Struct, frozen=True):
    """A wheel to be had: `identifier` is cibuildwheel's, `platform` the Catalog's for it.

    `tested_elsewhere`: a job of the Plan tests this wheel, so that it need not be tested here. Else the
    Pythons of `also`, identifiers of later ones which the wheel serves, test it too.
    """

    workspace: Workspace
    project: Project
    sdist: Path
    identifier: str
    platform: Platform
    tested_elsewhere: bool
    also: tuple[str, ...] = ()
    emit: Emit = silent
    log: Path | None = None


class Prepared(msgspec.Struct, frozen=True):
    """An order with what is known of its sdist, and what cibuildwheel is told; `inputs` is its digest.

    `testing` are the identifiers that test the wheel in one call: its own and those of `also` that are
    told the same; `apart` those that are told otherwise.
    """

    order: ReleaseOrder
    sdist: Sdist
    configured: Configured
    settings: ReleaseSettings
    testing: tuple[str, ...]
    apart: tuple[str, ...]
    inputs: str

    def warn(self) -> None:
        """Say what is not tested as one would think."""
        identifier, settings = self.order.identifier, self.settings
        if settings.why:
            how = (
                "imported, not tested"
                if settings.tested_by is ProvedBy.IMPORTS
                else "tested by nobody"
            )
            self.order.emit(Warned(f"{identifier} is {how}: {settings.why}"))
        for file in settings.unconstrained:
            self.order.emit(
                Warned(
                    f"{identifier} is tested without the constraints of {file}:"
                    " the sdist lacks that file"
                )
            )
        for other in self.apart:
            self.order.emit(
                Warned(
                    f"{identifier} is not tested as {other}: [tool.cibuildwheel] tells that otherwise"
                )
            )


def prepare(order: ReleaseOrder) -> Prepared:
    """Decide what cibuildwheel is told for a wheel: nothing is started."""
    sdist = open_sdist(order.sdist)
    table = _table(order.sdist)
    members = {member.name.partition("/")[2] for member in sdist.members}

    def told(identifier: str) -> tuple[Configured, ReleaseSettings]:
        configured = Configured(
            table=table, identifier=identifier, system=order.platform.os, environ=os.environ
        )
        settings = release_settings(
            order.project,
            configured,
            order.platform,
            members,
            tested_elsewhere=order.tested_elsewhere,
            epoch=sdist.epoch,
        )
        return configured, settings

    configured, settings = told(order.identifier)
    tested = settings.tested_by not in {ProvedBy.JOB, ProvedBy.NOBODY}
    also = order.also if tested else ()
    same = tuple(each for each in also if told(each)[1].variables == settings.variables)
    testing = (order.identifier, *same)
    return Prepared(
        order=order,
        sdist=sdist,
        configured=configured,
        settings=settings,
        testing=testing,
        apart=tuple(each for each in also if each not in same),
        inputs=_inputs(order, settings, testing),
    )


def environment_of(settings: ReleaseSettings) -> dict[str, str]:
    """Give this terminal's variables without those of the tools around us; what a person set stays.

    Where the build is not in a container, a compiler cache that PATH has gives nothing to a release.
    """
    kept = without_outer(os.environ, network=True)
    for name in (*_NOT_PASSED, *(f"{each}{system}" for each in _SELECTING for system in _SYSTEMS)):
        kept.pop(name, None)
    return {**settings.variables, **kept, **uncached(), "NO_COLOR": "1"}


def _inputs(order: ReleaseOrder, settings: ReleaseSettings, testing: tuple[str, ...]) -> str:
    """Give the digest of all that we know to decide a wheel and what was proved of it."""
    own = {name: text for name, text in environment_of(settings).items() if name.startswith("CIBW")}
    words = (settings.variables, own, testing, settings.tested_by.value)
    return digest_of(
        _VERSION, version("cibuildwheel"), sha256(order.sdist), json.dumps(words, sort_keys=True)
    )


def _table(sdist: Path) -> Mapping[str, Any]:
    """Give `[tool.cibuildwheel]` as cibuildwheel itself reads it: from the sdist's pyproject.toml."""
    with tempfile.TemporaryDirectory(prefix="shipwheel-") as folder:
        path = unpack_sdist(sdist, Path(folder)) / "pyproject.toml"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    table: Mapping[str, Any] = tomllib.loads(text).get("tool", {}).get("cibuildwheel", {})
    return table
