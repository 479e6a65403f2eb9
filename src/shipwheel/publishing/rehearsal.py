"""The release of the local scope against an index that lives for as long as the rehearsal."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path
from types import MappingProxyType

from shipwheel.dists.sibling import Supply, each_file
from shipwheel.events import Emit, Notice, silent
from shipwheel.indexes.server import throw_away_index
from shipwheel.machine.environment import Installer
from shipwheel.machine.interpreter import Machine
from shipwheel.publishing.installs import try_installs
from shipwheel.publishing.publication import Publication
from shipwheel.publishing.publish import publish
from shipwheel.publishing.release import Release
from shipwheel.workspace import Workspace


def rehearse(
    release: Release,
    dist: Path,
    *,
    workspace: Workspace,
    machine: Machine,
    installer: Installer = "uv",
    siblings: Supply = MappingProxyType({}),
    emit: Emit = silent,
    log: Path | None = None,
) -> Publication:
    """Publish to an index of our own on loopback, read back, install on each Python; then stop it.

    The index has the wheels of the `siblings` already, as if those had been released before.
    Nothing of it stays but the log: the index's folder, its server and the environments are gone at the
    end, however that comes. Raises as `publish` does, MachineError where the index does not start.
    """
    workspace.prepare()
    workspace.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="rehearsal-", dir=workspace.cache, ignore_cleanup_errors=True
    ) as scratch:
        folder = Path(scratch)
        (folder / "index").mkdir()
        for sibling in each_file(siblings):
            shutil.copy2(sibling.path, folder / "index")
        with throw_away_index(folder / "index", log=log, name="rehearsal") as index:
            emit(Notice(f"a throw-away index answers at {index.simple}"))
            install = functools.partial(
                try_installs,
                release,
                index,
                machine=machine,
                folder=folder / "installs",
                installer=installer,
                siblings=siblings,
                emit=emit,
                log=log,
            )
            return publish(release, index, dist=dist, state=folder, install=install, emit=emit)
