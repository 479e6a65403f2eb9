"""Installs into an environment, by uv or pip, and what their failures mean."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

import msgspec

from shipwheel import process
from shipwheel.errors import ConfigurationError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.machine.environment import Environment, Installer, uv_command
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.variables import for_installer

_DETAILS = 1 << 20  # characters of pip's own log that are looked at


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What to install and how.

    `requirements` are PEP 508 strings; the files are paths, relative ones to `cwd`. `copy`: all files
    are copied out of uv's cache instead of linked, so that a write into one environment cannot reach the
    next; that doubles an install's time, and `detach` does it for the files that matter.
    `exclude_newer` is a date or a span as uv reads it. `index` is the one index to ask, the user's own
    set aside; `extra_indexes` are asked besides it. `refresh` names packages whose cached listing is
    too old to know what was just published. `offline` takes what uv's cache has, and asks nobody.
    """

    requirements: tuple[str, ...] = ()
    requirement_files: tuple[str, ...] = ()
    constraint_files: tuple[str, ...] = ()
    only_binary: bool = False
    no_deps: bool = False
    resolution: Literal["lowest-direct"] | None = None
    copy: bool = False
    exclude_newer: str | None = None
    index: str | None = None
    extra_indexes: tuple[str, ...] = ()
    refresh: tuple[str, ...] = ()
    reinstall: bool = False
    prereleases: bool = False
    offline: bool = False


def install(
    environment: Environment,
    installation: Installation,
    *,
    installer: Installer = "uv",
    emit: Emit = silent,
    log: Path | None = None,
    cwd: Path | None = None,
) -> process.Completed:
    """Install into the environment.

    Raises JobError where the requirements cannot be met, bytes are not those that were named, or a
    build fails; MachineError where an index is out of reach or wants a password that is not there, or a
    compiler is missing; ConfigurationError where the installer cannot do what is asked.
    """
    started = time.perf_counter()
    emit(StepStarted("install", _summary(installation)))
    if installer == "pip":
        _pip_log(environment).unlink(missing_ok=True)
    done = process.run(
        command_for(environment, installation, installer),
        env=for_installer(os.environ, one_index=installation.index is not None),
        cwd=cwd,
        log=log,
        emit=emit,
    )
    if not done.ok:
        raise installation_failure(
            done.tail(200),
            details=_pip_details(environment) if installer == "pip" else "",
            python=environment.interpreter.target,
            only_binary=installation.only_binary,
            log=log,
        )
    emit(StepDone("install", time.perf_counter() - started))
    return done


def installed(environment: Environment) -> dict[str, str]:
    """Give name and version of each distribution in the environment, by their dist-info folders.

    Names are normalized (PEP 503). Starts no process.
    """
    from packaging.utils import canonicalize_name  # noqa: PLC0415 - only who needs it

    found: dict[str, str] = {}
    try:
        entries = [entry.name for entry in os.scandir(environment.site_packages)]
    except OSError:
        return found
    for entry in sorted(entries):
        stem, suffix = os.path.splitext(entry)  # noqa: PTH122 - a name, not a path
        name, dash, version = stem.partition("-")
        if suffix == ".dist-info" and dash:
            found[canonicalize_name(name)] = version
    return found


def direct_reference(name: str, path: Path, sha256: str, extras: tuple[str, ...] = ()) -> str:
    """Give the requirement of exactly these bytes: uv and pip both refuse a file of another hash.

    `name[extra] @ file://…#sha256=…` (PEP 508 and 440), the path quoted as URLs want it.
    """
    extra = f"[{','.join(extras)}]" if extras else ""
    url = Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 - a link to a file is the file
    return f"{name}{extra} @ {url}#sha256={sha256}"


def command_for(
    environment: Environment, installation: Installation, installer: Installer
) -> tuple[str, ...]:
    """Give the command line of an installation.

    Raises ConfigurationError where pip lacks what is asked, or nothing is to be installed.
    """
    if not installation.requirements and not installation.requirement_files:
        raise ConfigurationError("nothing to install was named")
    if installer == "uv":
        start = [uv_command(), "pip", "install", "--python", str(environment.python)]
        own = _uv_options(installation)
    else:
        logged = ["--no-input", "--log", str(_pip_log(environment))]
        start = [str(environment.python), "-m", "pip", *logged, "install"]
        own = _pip_options(installation)
    return (*start, *_shared_options(installation), *own, *_end(installation))


def _shared_options(installation: Installation) -> list[str]:
    options: list[str] = []
    if installation.only_binary:
        options += ["--only-binary", ":all:"]
    if installation.no_deps:
        options.append("--no-deps")
    for path in installation.requirement_files:
        options += ["-r", path]
    for path in installation.constraint_files:
        options += ["-c", path]
    for index in installation.extra_indexes:
        options += ["--extra-index-url", index]
    return options


def _uv_options(installation: Installation) -> list[str]:
    options: list[str] = []
    if installation.copy:
        options += ["--link-mode", "copy"]
    if installation.resolution:
        options += ["--resolution", installation.resolution]
    if installation.exclude_newer:
        options += ["--exclude-newer", installation.exclude_newer]
    if installation.index:
        options += ["--default-index", installation.index]
    if installation.extra_indexes:
        # they stand beside each other, as pip has them; uv then hides that one refused it (seen in 0.13)
        options += ["--index-strategy", "unsafe-best-match"]
    for name in installation.refresh:
        options += ["--refresh-package", name]
    if installation.reinstall:
        options.append("--reinstall")
    if installation.prereleases:
        options += ["--prerelease", "allow"]
    if installation.offline:
        options.append("--offline")
    return options


def _pip_options(installation: Installation) -> list[str]:
    if installation.resolution:
        raise ConfigurationError(
            "pip cannot install the lowest versions that a project declares",
            where='installer = "pip" in [tool.shipwheel]',
            hint='use `installer = "uv"`, or leave out `test-lowest`: `register(nox, skip=["test-lowest"])`',
        )
    options: list[str] = []
    if installation.exclude_newer:
        options += ["--uploaded-prior-to", installation.exclude_newer]
    if installation.index:
        options += ["--index-url", installation.index]
    if installation.refresh:
        options.append("--no-cache-dir")  # older than pip 26, which can refresh one package
    if installation.reinstall:
        options.append("--force-reinstall")
    if installation.prereleases:
        options.append("--pre")
    return options


def _end(installation: Installation) -> tuple[str, ...]:
    """Give the requirements behind `--`: none of them can be an option."""
    return ("--", *installation.requirements) if installation.requirements else ()


def _pip_log(environment: Environment) -> Path:
    return environment.path / "pip.log"


def _pip_details(environment: Environment) -> str:
    """Give what pip writes into its own log alone: that an index is out of reach, or refused it."""
    try:
        return process.redact(_pip_log(environment).read_text("utf-8", "replace")[-_DETAILS:])
    except OSError:
        return ""


def _summary(installation: Installation) -> str:
    named = [each.partition(" @ ")[0] for each in installation.requirements]
    return " ".join([*named, *(f"-r {path}" for path in installation.requirement_files)])
