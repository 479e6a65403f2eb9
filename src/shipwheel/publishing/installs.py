"""A clean install of exactly the released bytes, from the index alone, on each Python here."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from email.parser import BytesHeaderParser
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Notice, StepDone, StepStarted, silent
from shipwheel.files import write_text
from shipwheel.indexes.known import Index
from shipwheel.indexes.page import Page
from shipwheel.machine.environment import (
    Environment,
    create_environment,
    environment_variables,
)
from shipwheel.machine.installer import Installation, install
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.process import Completed, run
from shipwheel.publishing.publication import Installed
from shipwheel.publishing.release import Release

_LIMIT = 600.0  # seconds for one command in a fresh environment

# what would bring in another source than the index under test, or hide it
_OTHER_SOURCES = (
    "PIP_CONSTRAINT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_NO_INDEX",
    "PIP_UPLOADED_PRIOR_TO",
    "UV_CONSTRAINT",
    "UV_DEFAULT_INDEX",
    "UV_EXCLUDE_NEWER",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_INDEX",
    "UV_NO_INDEX",
    "UV_OFFLINE",
    "UV_OVERRIDE",
)
_IMPORT = (
    "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
)


def try_installs(
    release: Release,
    index: Index,
    page: Page,
    *,
    machine: Machine,
    folder: Path,
    installer: str = "uv",
    credentials: tuple[str, str] | None = None,
    emit: Emit = silent,
    log: Path | None = None,
) -> tuple[Installed, ...]:
    """Install the release from `index` into a fresh environment below `folder` for each tested Python.

    The index is the only source of the project itself and the installer is given the hashes of the
    release's wheels: it can take nothing else. Dependencies come from the ordinary index, as wheels. Then
    each module is imported and the smoke command runs. A Python that is not here, or that no wheel of
    the release serves, is left out with a notice.
    """
    wheels = [file for file in release.in_order if file.is_wheel and page.file(file.filename)]
    if not wheels:
        emit(Notice("the release has no wheel: nothing is installed from the index"))
        return ()
    requirements = folder / "released.txt"
    hashes = " ".join(f"--hash=sha256:{file.sha256}" for file in wheels)
    write_text(requirements, f"{release.project}=={release.version} {hashes}\n")
    return tuple(
        _try(
            release,
            interpreter,
            _Source(index, requirements, installer, credentials),
            folder / f"install-{interpreter.target}",
            emit,
            log,
        )
        for interpreter in _interpreters(release, machine, emit)
    )
