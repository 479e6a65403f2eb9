"""A wheel taken away again, by the installer itself: what stays behind."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from shipwheel import process
from shipwheel.machine.environment import Environment, Installer, uv_command
from shipwheel.machine.variables import for_installer
from shipwheel.verification.dependencies import Installed

_LONGEST = 300.0  # seconds


def files_below(environment: Environment) -> frozenset[str]:
    """Give every file that is installed, relative to site-packages, without bytecode."""
    site = environment.site_packages
    return frozenset(
        os.path.relpath(os.path.join(folder, name), site).replace(os.sep, "/")  # noqa: PTH118
        for start in (site, environment.bin)
        for folder, _, names in os.walk(start)
        for name in names
        if not name.endswith(".pyc")
    )


def uninstall(environment: Environment, name: str, installer: Installer, log: Path | None) -> str:
    """Uninstall a distribution; give the installer's last lines where it cannot, else nothing."""
    command = (
        (uv_command(), "pip", "uninstall", "--python", environment.python, name)
        if installer == "uv"
        else (environment.python, "-m", "pip", "--no-input", "uninstall", "--yes", name)
    )
    done = process.run(
        command,
        env=for_installer(os.environ),
        cwd=environment.path,
        log=log,
        timeout=_LONGEST,
    )
    return "" if done.ok else done.tail(5)


def leftovers(
    before: frozenset[str], after: frozenset[str], installed: Mapping[str, Installed], own: str
) -> tuple[str, ...]:
    """Give what is there after the uninstall, was not there before, and is no other distribution's."""
    others = {path for name, each in installed.items() if name != own for path in each.files}
    return tuple(
        sorted(
            path
            for path in after - before - others
            # the installers' own notes in the folders of the others
            if not (".dist-info/" in path and not path.startswith(".."))
        )
    )
