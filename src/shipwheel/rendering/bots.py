"""Which bots a repository has already: Renovate by its configuration, Dependabot by a file of its own."""

from __future__ import annotations

import re
from pathlib import Path

from shipwheel.rendering.pipeline import Provider

DEPENDABOT = ".github/dependabot.yml"
# where Renovate looks for its configuration (docs.renovatebot.com/configuration-options)
RENOVATE_CONFIGS = (
    "renovate.json",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
)


def renovate_config(root: Path) -> Path | None:
    """Give the project's own Renovate configuration, if it has one."""
    return next((root / name for name in RENOVATE_CONFIGS if (root / name).is_file()), None)


def has_own_dependabot(root: Path) -> bool:
    """Say whether there is a setting under the other name that GitHub reads: two would be refused."""
    return (root / DEPENDABOT).with_suffix(".yaml").is_file()


def preset_path(provider: Provider) -> str:
    """Give the place of the Renovate preset."""
    return f".{provider}/renovate-shipwheel.json"


def preset_line(provider: Provider, repository: str) -> str:
    """Give the line that the project's own Renovate configuration needs."""
    return f'"extends": ["local>{repository}//{preset_path(provider)}"]'


def extends_preset(config: str) -> bool:
    """Say whether the project's own Renovate configuration names our preset."""
    return "renovate-shipwheel" in config


def has_actions(config: str) -> bool:
    """Say whether somebody's own Dependabot setting moves the actions."""
    pattern = r"""^\s*(?:-\s+)?["']?package-ecosystem["']?:\s*["']?github-actions\b"""
    return re.search(pattern, config, re.MULTILINE) is not None
