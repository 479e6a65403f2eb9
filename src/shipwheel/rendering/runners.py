"""Where a provider runs a lane's cells: its own runner for a platform, or the one that the user names."""

from __future__ import annotations

import msgspec

from shipwheel.data.catalog import Catalog, Platform
from shipwheel.errors import ConfigurationError
from shipwheel.project.config import CiConfig
from shipwheel.rendering.pipeline import Cell, Lane, Provider


def on_provider(lane: Lane, provider: Provider, catalog: Catalog, ci: CiConfig) -> Lane:
    """Give a lane whose cells name this provider's runners.

    Raises ConfigurationError where the provider has none for a platform, and the user names none.
    """
    if provider == "github" or lane.own is not None:
        return lane
    cells = tuple(
        msgspec.structs.replace(cell, runner=_on_gitlab(cell, catalog, ci)) for cell in lane.cells
    )
    return msgspec.structs.replace(lane, cells=cells)


def _on_gitlab(cell: Cell, catalog: Catalog, ci: CiConfig) -> str:
    platform = catalog.platform(cell.platform) if cell.platform else _first_linux(catalog)
    assert platform is not None, "the Plan's platforms are the Catalog's"
    if platform.gitlab:
        return platform.gitlab
    if platform.id in ci.runners:
        return platform.id
    raise ConfigurationError(
        f"GitLab has no runner of its own for {platform.id}",
        where="[tool.shipwheel.wheels] platforms",
        hint=f"name a runner of yours: [tool.shipwheel.ci] runners = {{ {platform.id} ="
        ' ["my-tag"] }, or leave the platform out',
    )


def _first_linux(catalog: Catalog) -> Platform:
    return next(each for each in catalog.platforms if each.default and each.os == "linux")
