"""`shipwheel publish --from … --to …`: which release, which two indexes."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from pathlib import Path

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.events import Emit
from shipwheel.indexes.known import Index
from shipwheel.machine.here import this_machine
from shipwheel.project.config import IndexConfig
from shipwheel.project.layout import inherited_settings
from shipwheel.project.pyproject import PYPROJECT, read_config, read_toml
from shipwheel.project.tree import Tree
from shipwheel.publishing.attestations import FOLDER, attester
from shipwheel.publishing.installs import try_installs
from shipwheel.publishing.promotion import promote
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.release import Release, index_for, read_release
from shipwheel.workspace import Workspace


def promote_release(
    root: Path,
    path: Path | None,
    *,
    source: str,
    to: str,
    dry_run: bool = False,
    trusted: bool | None = None,
    attested: bool = True,
    emit: Emit,
) -> Publication:
    """Move what a `release.json` names from the index `source` to the index `to`, and install it there.

    `path` is the release, by default `.shipwheel/release.json` of the project in `root`. No checkout is
    needed; where there is one, its `[tool.shipwheel.index]` names indexes. `trusted` and `attested` as in
    `sessions.publish.publish_project`. Raises ConfigurationError for an index that nobody knows, else as
    `publishing.promotion.promote` does.
    """
    workspace = Workspace(root)
    release = read_release(path or workspace.state / "release.json")
    configured = _configured(root)
    staging = _index(release, source, configured, "--from")
    production = _index(release, to, configured, "--to")
    install = functools.partial(
        try_installs,
        release,
        production,
        machine=this_machine(emit=emit),
        folder=Path(tempfile.gettempdir()),
        emit=emit,
    )
    if not dry_run:
        workspace.prepare()
    return promote(
        release,
        staging,
        production,
        state=workspace.state,
        dry_run=dry_run,
        trusted=trusted,
        install=install,
        attest=attester(production, workspace.state / FOLDER, trusted=trusted, emit=emit)
        if attested
        else None,
        emit=emit,
    )


def _configured(root: Path) -> Mapping[str, IndexConfig]:
    """Give the indexes that the project in `root` names, none where there is no project."""
    tree = Tree(root)
    return read_config(tree, read_toml(tree, PYPROJECT), inherited_settings(tree)).index


def _index(
    release: Release, wanted: str, configured: Mapping[str, IndexConfig], option: str
) -> Index:
    try:
        return index_for(release, wanted, load_catalog().indexes, configured)
    except ConfigurationError as error:
        if error.where and error.where.startswith("[tool"):
            raise
        raise ConfigurationError(
            error.what, where=option, evidence=error.evidence, hint=error.hint
        ) from error
