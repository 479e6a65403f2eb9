"""A wheel held against another of the same sdist: what users of the one get and of the other don't."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.dists.modules import site_path
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts, WheelFacts
from shipwheel.verification.modules import extension_stem
from shipwheel.verification.seen import Difference

# what repair tools and installers add or change in a compiled wheel
_ADDED = re.compile(
    r"(?:^|/)[^/]+\.(?:libs|dylibs)/|(?:^|/)\.dylibs/|\.load-order-|_distributor_init"
)
# files that a backend writes with the version, the commit or the time in them
_GENERATED = re.compile(
    r"(?:^|/)_?(?:version|about|commit|build|git|revision|config|info)[^/]*\.pyi?$"
)
_FIELDS = ("name", "version", "requires_python", "requires_dist", "extras")


def differences(built: WheelFacts, ships: WheelFacts) -> Iterator[Difference]:
    """Give how the wheel built from an sdist and the one that ships differ, in what matters to users.

    Of compiled modules their names are held against each other, of all else in the packages the
    bytes. Certain is what differs in a pure wheel; a compiled one's contents depend on libraries and
    options of whoever builds.
    """
    pure = ships.pure_tags and built.pure_tags
    yield from _metadata(built.metadata, ships.metadata)
    if ships.pure_tags and not built.pure_tags:
        return  # it ships both, and the compiled one is made where there is a compiler
    if built.pure_tags and not ships.pure_tags:
        yield Difference("it is for any platform, without compiled modules", certain=False)
    one, two = _modules(built), _modules(ships)
    other = {name for name in one.keys() & two.keys() if one[name] != two[name]}
    for names, where in (
        (two.keys() - one.keys(), "only in the one that ships"),
        (one.keys() - two.keys(), "only in the one built from the sdist"),
        ({name for name in other if not _GENERATED.search(name)}, "with other bytes"),
    ):
        # data may be packed in another way, and a compiled module made or not
        for kept in (True, False):
            found = [name for name in sorted(names) if name.endswith(".py") is kept]
            if found:
                yield Difference(f"{where}: {sample(found)}", certain=pure and kept)
    yield from _entry_points(built, ships)


def _metadata(one: MetadataFacts | None, two: MetadataFacts | None) -> Iterator[Difference]:
    for field in _FIELDS if one and two else ():
        built, ships = getattr(one, field), getattr(two, field)
        if isinstance(built, tuple):
            built, ships = sorted(map(_plain, built)), sorted(map(_plain, ships))
        if built != ships:
            yield Difference(
                f"{field.replace('_', '-')} is {_shown(built)} in the wheel built from the sdist,"
                f" {_shown(ships)} in the one that ships"
            )


def _plain(line: str) -> str:
    """Give a requirement or an extra's name so that spaces, quotes, parentheses and case do not count."""
    try:
        found = Requirement(line)
    except InvalidRequirement:
        return line
    found.name = canonicalize_name(found.name)
    return str(found)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "nothing"
    return str(value) or "nothing"


def _entry_points(built: WheelFacts, ships: WheelFacts) -> Iterator[Difference]:
    if built.entry_points != ships.entry_points:
        groups = sorted(
            group
            for group in built.entry_points.keys() | ships.entry_points.keys()
            if built.entry_points.get(group) != ships.entry_points.get(group)
        )
        yield Difference(f"entry points differ in {', '.join(groups)}")


def _modules(wheel: WheelFacts) -> Mapping[str, str]:
    """Give what lands below site-packages with its sha256; a compiled module without its suffix, or bytes."""
    found = {}
    for member in wheel.payload:
        path = site_path(member.name)
        if not path or _ADDED.search(path) or path.endswith(".pyc"):
            continue
        stem, _ = extension_stem(path)
        if stem:
            folder = path.rpartition("/")[0]
            found[f"{folder}/{stem} (compiled)" if folder else f"{stem} (compiled)"] = ""
        else:
            found[path] = member.sha256
    return found
