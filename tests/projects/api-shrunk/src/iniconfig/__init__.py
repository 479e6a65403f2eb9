"""Parse ini files: the public names of an imagined next version."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping

from ._parse import COMMENTCHARS, iscommentline
from .exceptions import ParseError

__all__ = ["COMMENTCHARS", "IniConfig", "ParseError", "SectionWrapper", "iscommentline"]


class SectionWrapper:
    """A section of a file."""

    def __init__(self, config: IniConfig, name: str) -> None:
        self.config = config
        self.name = name

    def lineno(self, name: str) -> int | None:
        """Give the line of a value."""
        warnings.warn(
            "lineno() is deprecated and will be removed in iniconfig 2.2",
            DeprecationWarning,
            stacklevel=2,
        )
        return self.config.lineof(self.name, name)

    def get(self, key: str, default: str | None = None) -> str | None:
        """Give a value."""
        return self.config.get(self.name, key, default)

    def __iter__(self) -> Iterator[str]:
        yield from self.config.sections[self.name]


class IniConfig:
    """A file."""

    path: str
    sections: Mapping[str, Mapping[str, str]]

    def __init__(self, path: str | os.PathLike[str], encoding: str = "utf-8") -> None:
        self.path = os.fspath(path)
        self.sections = {}

    def lineof(self, section: str, name: str | None = None) -> int | None:
        """Give the line of a section or value."""
        return None

    def get(self, section: str, name: str, default: str | None = None) -> str | None:
        """Give a value."""
        return self.sections.get(section, {}).get(name, default)

    def names(self) -> list[str]:
        """Give the names of all sections."""
        return [*self.sections]

    def __contains__(self, name: str) -> bool:
        return name in self.sections
