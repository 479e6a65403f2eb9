"""What publishing came to: each file, its hash, and what became of it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shipwheel.errors import ShipwheelError


class Action(StrEnum):
    """What became of a file: the index lacked it, had it, has other bytes, or was not reached yet."""

    UPLOADED = "uploaded"
    IDENTICAL = "identical"
    REFUSED = "refused"
    PENDING = "pending"


class PublishedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the release; `read_back`: fetched again from the index, its bytes the same.

    `size` is in bytes; `found` is the sha256 of other bytes that the index has under that name.
    """

    filename: str
    sha256: str
    action: Action
    read_back: bool = False
    size: int | None = None
    found: str | None = None


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload would do, as a dry run tells it; the files stand in the order of sending.

    `upload` is the URL that would be asked, `credentials` and `attestations` say in words where they
    would come from. `reasons` stand against it, each as `RULE: message`.
    """

    upload: str
    credentials: str
    attestations: str
    reasons: tuple[str, ...] = ()


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """An install from the index into a clean environment: `file` is what the installer chose."""

    python: str
    ok: bool
    detail: str = ""
    seconds: float = 0.0


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for all files. `index` is the name or URL; `dry_run`: nothing was sent, as `intent` tells."""

    schema: int = 1
    index: str
    project: str = ""
    version: str = ""
    dry_run: bool = False
    files: tuple[PublishedFile, ...]
    installs: tuple[Installed, ...] = ()
    intent: Intent | None = None

    @property
    def complete(self) -> bool:
        """Say whether the index has every file of the release, byte for byte."""
        return all(each.action in {Action.UPLOADED, Action.IDENTICAL} for each in self.files)

    @property
    def passes(self) -> bool:
        """Say whether nothing on the index stands against the release, as far as a dry run sees."""
        refused = any(each.action is Action.REFUSED for each in self.files)
        return not refused and not (self.intent and self.intent.reasons)


class Unfinished(ShipwheelError):  # noqa: N818 - a state, not a fault
    """Publishing stopped; `publication` says how far it came, exit code and reference are the cause's."""

    def __init__(self, cause: ShipwheelError, publication: Publication) -> None:
        super().__init__(
            cause.what,
            where=cause.where,
            evidence=cause.evidence,
            hint=cause.hint,
            reference=cause.reference,
        )
        self.cause = cause
        self.publication = publication
        self.exit_code = cause.exit_code
