"""The files beside the workflows: the bots' settings, and git's attributes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from shipwheel.rendering import yaml as writer
from shipwheel.rendering.bots import DEPENDABOT, preset_path
from shipwheel.rendering.pipeline import Provider
from shipwheel.rendering.rendered import RenderedFile

ATTRIBUTES = ".gitattributes"
_COOLDOWN_DAYS = 7  # a bad release of an action is mostly found within a week
_GROUP = "actions"


def dependabot(inputs: str) -> RenderedFile:
    """Give Dependabot's setting: the actions that the workflows use, a week old, all in one change."""
    update = {
        "package-ecosystem": "github-actions",
        "directory": "/",
        "schedule": {"interval": "weekly"},
        "cooldown": writer.Commented(
            value={"default-days": _COOLDOWN_DAYS},
            above="A release that was tampered with is mostly found within days.",
        ),
        "groups": writer.Commented(
            value={_GROUP: {"patterns": ["*"]}},
            above="Moved together: every workflow has the same commit of an action.",
        ),
    }
    body = writer.dump({"version": 2, "updates": [update]})
    return RenderedFile(path=DEPENDABOT, role="whole", kind="dependabot", body=body, inputs=inputs)


def renovate(provider: Provider, workflows: Iterable[str], inputs: str) -> RenderedFile:
    """Give a Renovate preset for the rendered files, for a project that has Renovate already.

    Actions are moved with their version comments, a week old; container images in the rendered files
    come from shipwheel's data or the project's configuration, and would be drift.
    """
    files = list(workflows)
    rules: list[dict[str, Any]] = [
        {
            "matchManagers": ["github-actions"],
            "matchFileNames": files,
            "groupName": _GROUP,
            "minimumReleaseAge": f"{_COOLDOWN_DAYS} days",
        },
        {
            "matchDatasources": ["docker"],
            "matchFileNames": files,
            "enabled": False,
        },
    ]
    data = {
        "$schema": "https://docs.renovatebot.com/renovate-schema.json",
        "extends": ["helpers:pinGitHubActionDigests"],
        "packageRules": rules,
    }
    return RenderedFile(
        path=preset_path(provider),
        role="whole",
        kind="renovate",
        body=json.dumps(data, indent=2) + "\n",
        inputs=inputs,
    )


def attributes(paths: Iterable[str], inputs: str) -> RenderedFile:
    """Give the lines of `.gitattributes` that fold generated files in a review."""
    body = "".join(f"{path} linguist-generated=true\n" for path in paths)
    return RenderedFile(
        path=ATTRIBUTES, role="block", kind="gitattributes", body=body, inputs=inputs
    )
