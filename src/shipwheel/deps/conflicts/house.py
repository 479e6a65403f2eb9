"""The packages that are asked about, and their requirements as one list of links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.deps.conflicts.answer import Link
from shipwheel.errors import ConfigurationError
from shipwheel.process import redact
from shipwheel.project.names import normalize, with_marker


class Resident(msgspec.Struct, frozen=True, kw_only=True):
    """A package that lies here: its normalized name, and what its files say.

    `version` is empty where only a build would tell it. `requires` are PEP 508 strings; `parts` more of
    them by the name of an extra or `group NAME`. `origin` is the file, and key, that says so; `origins`
    those of parts.
    """

    name: str
    version: str = ""
    origin: str
    requires: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = {}
    origins: Mapping[str, str] = {}
    requires_python: str = ""


class House(msgspec.Struct, frozen=True):
    """All residents by name; `likely` are the versions to take for those that only a build tells."""

    residents: Mapping[str, Resident]
    likely: Mapping[str, str] = {}

    def versions(self) -> dict[str, str]:
        """Give the version of each resident; `0` stands for one that is not known."""
        return {
            name: each.version or self.likely.get(name, "0")
            for name, each in self.residents.items()
        }


def links_of(house: House, roots: Iterable[str], parts: Sequence[str] = ()) -> tuple[Link, ...]:
    """Give the requirements of the roots, with those of their `parts`, and of every resident that these lead to.

    Raises ConfigurationError for a requirement that does not parse.
    """
    roots = list(roots)
    queue = [(name, part) for name in roots for part in ("", *parts)]
    seen = set(queue)
    found: dict[Link, None] = {}
    while queue:
        name, part = queue.pop(0)
        for link in _own(house.residents[name], part):
            found[link] = None
            for following in _leads_to(house, link):
                if following not in seen:
                    seen.add(following)
                    queue.append(following)
    return tuple(found)


def _own(resident: Resident, part: str) -> Iterator[Link]:
    texts = resident.parts.get(part, ()) if part else resident.requires
    where = resident.origins.get(part, f"{resident.origin} [{part}]") if part else resident.origin
    for text in texts:
        checked(text, where)
        if normalize(Requirement(text).name) != resident.name or Requirement(text).extras:
            yield Link(
                requirer=resident.name, version=resident.version, requirement=text, origin=where
            )


def _leads_to(house: House, link: Link) -> Iterator[tuple[str, str]]:
    parsed = Requirement(link.requirement)
    name = normalize(parsed.name)
    if name in house.residents:
        yield name, ""
        wanted = {canonicalize_name(each) for each in parsed.extras}
        parts = house.residents[name].parts
        yield from ((name, part) for part in parts if canonicalize_name(part) in wanted)


def checked(text: str, where: str) -> Requirement:
    """Parse a requirement; raises ConfigurationError where it is none."""
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise ConfigurationError(
            f"the requirement {redact(text)[:200]!r} does not parse",
            where=where,
            evidence=redact(str(error))[:500],
            hint="write it as in \"name>=1.2; python_version < '3.12'\" (PEP 508)",
        ) from error


def target(link: Link) -> str:
    """Give the normalized name that a link asks for."""
    return normalize(Requirement(link.requirement).name)


def is_bound(link: Link) -> bool:
    """Say whether a link limits versions: without a specifier there is nothing to relax."""
    return bool(Requirement(link.requirement).specifier)


def without_bound(link: Link) -> Link:
    """Give a link that any version meets."""
    parsed = Requirement(link.requirement)
    parsed.specifier = type(parsed.specifier)()
    return msgspec.structs.replace(link, requirement=str(parsed))


def line_of(link: Link, *, relaxed: bool = False, marker: str = "") -> str:
    """Give a link as a line for uv: without its bound where it is relaxed, for a cell alone by its marker."""
    parsed = Requirement(link.requirement)
    if relaxed:
        parsed.specifier = type(parsed.specifier)()
    text = str(parsed)
    return with_marker(text, marker) if marker else text


def split_urls(links: Iterable[Link]) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """Give the links that an index answers, and the names of those with a URL."""
    listed, aside = [], []
    for link in links:
        parsed = Requirement(link.requirement)
        if parsed.url is None:
            listed.append(link)
        else:
            aside.append(normalize(parsed.name))
    return tuple(listed), tuple(dict.fromkeys(aside))
