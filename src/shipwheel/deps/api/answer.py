"""The answer: what of the public API broke and came since a release, and whether the version says so."""

from __future__ import annotations

from typing import Literal

import msgspec


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a public object; `object` is its dotted name as users write it.

    `kind` is what happened to it in griffe's words (`parameter removed`); `file` is relative to the
    project's root, `line` 0 where the place is gone. `breaks`: a call that was right is wrong now; else
    it may be meant: a default, an annotation, a name that still can be had where it was documented.
    `deprecated`: the release had announced it.
    """

    object: str
    kind: str
    file: str = ""
    line: int = 0
    before: str = ""
    after: str = ""
    breaks: bool = True
    deprecated: bool = False


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """A public object that the release did not have."""

    object: str
    kind: str
    file: str = ""
    line: int = 0


class Deprecation(msgspec.Struct, frozen=True, kw_only=True):
    """A deprecation in the sources: `by` is how it is told (`warn`, `decorator`, `docstring`).

    `removal` is the version in which its text says that the object goes, empty where it names none;
    `due`: that version has come.
    """

    object: str
    file: str
    line: int
    by: Literal["warn", "decorator", "docstring"]
    text: str = ""
    removal: str = ""
    due: bool = False


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be read of one side, and why."""

    side: Literal["release", "now"]
    name: str
    why: str


class Task(msgspec.Struct, frozen=True):
    """Two folders as on `sys.path`, and the dotted names of the packages to compare in them.

    Without `old` there is nothing to compare with: deprecations alone are looked for.
    """

    old: str
    new: str
    packages: tuple[str, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader of sources says of two trees, without a judgement of the number."""

    changes: tuple[Change, ...] = ()
    added: tuple[Added, ...] = ()
    deprecated: tuple[Deprecation, ...] = ()
    unread: tuple[Unread, ...] = ()


class Numbering(msgspec.Struct, frozen=True, kw_only=True):
    """What the version number has to say: `needed` is the least version for these changes.

    `scheme` is how the project counts: `semantic`, `semantic 0.x` (what breaks raises the second
    number), or `calendar`, whose numbers promise nothing. `tells`: breaking changes are told.
    """

    scheme: Literal["semantic", "semantic 0.x", "calendar"]
    tells: bool
    needed: str
    said: str


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for a project; `against` is None where there is no release to compare with.

    `version` is the project's now, empty where only its backend knows it. `ok` is false where something
    broke and the version does not say so, and where a side could not be read. `file` is the file of the release that was read.
    """

    project: str
    ok: bool
    version: str
    against: str | None = None
    file: str = ""
    numbering: Numbering | None = None
    changes: tuple[Change, ...] = ()
    added: tuple[Added, ...] = ()
    deprecated: tuple[Deprecation, ...] = ()
    unread: tuple[Unread, ...] = ()
    seconds: float = 0.0

    @property
    def breaking(self) -> tuple[Change, ...]:
        """Give the changes that break."""
        return tuple(each for each in self.changes if each.breaks)
