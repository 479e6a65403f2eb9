"""`api`: the tree's public API against the last release, and whether the version says what broke."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shipwheel.console.dependencies.api import api_section
from shipwheel.deps.api.answer import Api
from shipwheel.deps.api.asking import Tree, api
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.jobrun import JobRun

_AGAINST = "--against"


def run(run: JobRun) -> Api:
    """Ask, and show the tables; `-- VERSION` compares with that release.

    Raises JobError where something broke and the version does not say so.
    """
    return answer_in_session(run, API)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Api:
    """Compare a project's tree with its newest final release, or with the version among `words`.

    Raises ConfigurationError for more words than a version.
    """
    project = opened.project
    tree = Tree(
        name=project.name.value,
        version=project.version.value or "",
        packages=project.packages.value,
        root=opened.workspace.root,
        wheel=_built(opened.workspace.dist),
    )
    return api(tree, against=version_among(words), emit=emit)


def version_among(words: Sequence[str]) -> str:
    """Give the version of `2.1.5`, `--against 2.1.5` or `--against=2.1.5`, empty for no words."""
    found = [each.removeprefix(f"{_AGAINST}=") for each in words if each != _AGAINST]
    if len(found) > 1 or (words and not found):
        raise ConfigurationError(
            f"the API is compared with one release, and {len(found)} are named",
            where=" ".join(words)[:200],
            hint="`nox -s api -- 2.1.5`, or no word at all for the last release",
        )
    return found[0] if found else ""


def _built(dist: Path) -> Path | None:
    wheels = sorted(dist.glob("*.whl"), key=lambda each: each.stat().st_mtime)
    return wheels[-1] if wheels else None


def _failure(found: Api, kept: str) -> JobError:
    if found.unread:
        return JobError(
            f"not all of the public API could be read: {', '.join(e.name for e in found.unread)}",
            where=kept,
            evidence="\n".join(
                f"{each.name} ({each.side}): {each.why}" for each in found.unread[:5]
            ),
            hint="leave it out with [tool.shipwheel] packages, or simplify what is nested too deeply",
        )
    needed = found.numbering.needed if found.numbering else ""
    return JobError(
        f"the public API broke since {found.against}, and the version {found.version} does not say so",
        where=kept,
        evidence="\n".join(f"{each.object}: {each.kind}" for each in found.breaking[:10]),
        hint=f"make it {needed}, or bring back what is gone; `shipwheel deps api` shows each with its place",
    )


API = Asked("api", ask, api_section, _failure)
