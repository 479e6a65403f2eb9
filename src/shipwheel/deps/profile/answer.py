"""The answer: where an install's time goes, and what each change to it was measured to save."""

from __future__ import annotations

from typing import Literal

import msgspec


class Phases(msgspec.Struct, frozen=True, kw_only=True):
    """The stretches of one install, one after another, in seconds: together they are its whole time.

    `resolve` includes the metadata of sdists, which is built; `prepare` is downloading, unpacking and
    building, several packages at once; `install` puts the files into the environment; `compile` makes
    bytecode of them; `rest` is what the installer does around these.
    """

    resolve: float = 0.0
    prepare: float = 0.0
    install: float = 0.0
    compile: float = 0.0
    rest: float = 0.0

    @property
    def total(self) -> float:
        """Give the time from the command's start to its end."""
        return self.resolve + self.prepare + self.install + self.compile + self.rest


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What one package took, in seconds; packages are prepared side by side, so that these overlap.

    `made` says whether its wheel was downloaded or built from an sdist; `size` is in bytes of what was
    downloaded, None where the index does not say. `download` includes unpacking, which uv does
    meanwhile; `build` the metadata and what a build itself needs. `compile` is on one core.
    """

    name: str
    version: str
    made: Literal["wheel", "sdist"]
    size: int | None = None
    download: float = 0.0
    build: float = 0.0
    install: float = 0.0
    compile: float = 0.0

    @property
    def total(self) -> float:
        """Give the sum of its own stretches."""
        return self.download + self.build + self.install + self.compile


class Install(msgspec.Struct, frozen=True, kw_only=True):
    """One way of installing that was measured: its seconds are the least of `runs`."""

    name: str
    seconds: float
    runs: tuple[float, ...]
    phases: Phases | None = None
    packages: int = 0


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was tried: `before` and `after` are seconds, both measured; `how` says what to do."""

    id: str
    title: str
    how: str
    before: float
    after: float

    @property
    def saved(self) -> float:
        """Give the seconds that it saves."""
        return self.before - self.after


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for a project: `installs` are all that was measured, the first is `cold`.

    `changes` are the three that save most, best first; `untried` says in sentences which were not
    measured, and why. `lock` is the file that was installed from, empty where versions were resolved.
    `busy` is how many processes wanted each core before anything was measured, 0 where nobody tells.
    """

    project: str
    ok: bool
    python: str
    platform: str
    installer: str
    lock: str = ""
    installs: tuple[Install, ...] = ()
    packages: tuple[Spent, ...] = ()
    changes: tuple[Change, ...] = ()
    untried: tuple[str, ...] = ()
    busy: float = 0.0
    seconds: float = 0.0
