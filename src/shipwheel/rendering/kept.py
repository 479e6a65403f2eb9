"""Rendered files kept until what they are made from changes: a check of what is unchanged takes no YAML."""

from __future__ import annotations

import contextlib

import msgspec

from shipwheel import __version__
from shipwheel.errors import MachineError
from shipwheel.files import digest_of, write_bytes
from shipwheel.rendering.bots import has_own_dependabot, renovate_config
from shipwheel.rendering.rendered import RenderedFile
from shipwheel.rendering.repository import Repository, newest_code
from shipwheel.workspace import Workspace

_CODE = ("rendering", "rendering/github", "rendering/gitlab", "data", "planning")


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    files: tuple[RenderedFile, ...]


def files_of(repository: Repository) -> tuple[RenderedFile, ...]:
    """Give every file as it should be, from the last time where nothing changed.

    Raises ConfigurationError as `rendered_files` does.
    """
    key = _key(repository)
    kept = _read(repository, key)
    if kept is None:
        from shipwheel.rendering.render import rendered_files  # noqa: PLC0415 - loads YAML

        kept = rendered_files(repository)
        workspace = Workspace(repository.root)
        with contextlib.suppress(MachineError, OSError, UnicodeError):  # a read-only tree
            workspace.prepare()
            write_bytes(
                workspace.cache / "rendered",
                msgspec.msgpack.encode(_Kept(key=key, files=kept)),
            )
    return kept


def _key(repository: Repository) -> str:
    root = repository.root
    return digest_of(
        __version__,
        newest_code(*_CODE),
        repository.source,
        str(renovate_config(root) is not None),
        str(has_own_dependabot(root)),
        msgspec.msgpack.encode((repository.ci, repository.members)),
    )


def _read(repository: Repository, key: str) -> tuple[RenderedFile, ...] | None:
    path = Workspace(repository.root).cache / "rendered"
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
    return kept.files if kept.key == key else None
