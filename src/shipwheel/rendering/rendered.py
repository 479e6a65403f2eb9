"""A rendered file, and what a comparison with the one on disk says."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec


class RenderedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it should be. `path` is relative to the repository's root, with `/`.

    `role` says how it lives with the user's: `whole` (ours from first to last line), `block` (our lines
    between two markers in a file of theirs), `once` (written where there is none, then theirs:
    `.gitlab-ci.yml`). `body` has line feeds and no header; `inputs` is a digest of what decided it.
    `includes` is the file of ours that one of theirs has to name.
    """

    path: str
    role: Literal["whole", "block", "once"]
    kind: Literal["github", "gitlab", "dependabot", "renovate", "gitattributes", "gitlab-root"]
    body: str
    inputs: str = ""
    includes: str = ""


class Drift(StrEnum):
    """What became of a rendered file."""

    NONE = "none"
    ABSENT = "absent"  # not written yet
    EDITED = "edited by hand"
    PROJECT = "project changed"
    TOOL_NEWER = "tool is newer"
    TOOL_OLDER = "tool is older"
    FOREIGN = "not ours"  # the user's own file under our name
    UNMANAGED = "unmanaged"
    LOCK = "lock"  # the tools' lock is missing, invalid, or for another tool


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What `render --check` says of a file: why it differs, how (a unified diff), and the mend."""

    path: str
    drifts: tuple[Drift, ...]
    message: str = ""
    diff: str = ""
    mend: str = ""

    @property
    def ok(self) -> bool:
        """Say whether nothing is to be done."""
        return set(self.drifts) <= {Drift.NONE, Drift.UNMANAGED}
