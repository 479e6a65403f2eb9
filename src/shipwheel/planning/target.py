"""A Python by the name that the Plan uses: `3.12`, `3.14t` (free-threaded), `pypy3.11`."""

from __future__ import annotations

import re

import msgspec

from shipwheel.errors import ConfigurationError

_SHAPE = re.compile(r"(?P<pypy>pypy)?(?P<major>\d)\.(?P<minor>\d{1,2})(?P<threads>t)?")


class Target(msgspec.Struct, frozen=True):
    """A parsed target; targets order by version, CPython before free-threaded before PyPy."""

    text: str
    implementation: str
    version: tuple[int, int]
    free_threaded: bool

    @property
    def key(self) -> tuple[bool, tuple[int, int], bool]:
        """Give the sort key."""
        return (self.implementation == "pypy", self.version, self.free_threaded)

    @property
    def release(self) -> str:
        """Give the version to hold against a specifier: `3.12`."""
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def tag(self) -> str:
        """Give the interpreter part of cibuildwheel's identifiers: `cp312`, `cp314t`, `pp311`."""
        prefix = "pp" if self.implementation == "pypy" else "cp"
        threads = "t" if self.free_threaded else ""
        return f"{prefix}{self.version[0]}{self.version[1]}{threads}"


def parse_target(text: str, *, where: str | None = None) -> Target:
    """Parse a target; raises ConfigurationError for anything that is not of the form."""
    match = _SHAPE.fullmatch(text.strip())
    if match is None or (match["pypy"] and match["threads"]):
        raise ConfigurationError(
            f"{text!r} is not a Python",
            where=where,
            hint='a Python is written as "3.12", "3.14t" (free-threaded) or "pypy3.11"',
        )
    return Target(
        text=match.group(0),
        implementation="pypy" if match["pypy"] else "cpython",
        version=(int(match["major"]), int(match["minor"])),
        free_threaded=bool(match["threads"]),
    )


def from_tag(tag: str) -> Target | None:
    """Give the target of an identifier's interpreter part (`cp312`), None for what is not known."""
    match = re.fullmatch(r"(cp|pp)(\d)(\d{1,2})(t?)", tag)
    if match is None:
        return None
    prefix, major, minor, threads = match.groups()
    return parse_target(f"{'pypy' if prefix == 'pp' else ''}{major}.{minor}{threads}")
