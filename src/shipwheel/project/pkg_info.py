"""`PKG-INFO`: what the backend itself wrote into an sdist."""

from __future__ import annotations

from email.message import Message
from email.parser import HeaderParser

from shipwheel.project.declared import Declared
from shipwheel.project.facts import Fact
from shipwheel.project.names import normalize
from shipwheel.project.tree import Tree

PKG_INFO = "PKG-INFO"


def read_pkg_info(tree: Tree) -> Declared | None:
    """Give the metadata of an unpacked sdist; None where the tree is a checkout."""
    text = tree.read(PKG_INFO)
    return parse_metadata(text, PKG_INFO) if text else None


def parse_metadata(text: str, origin: str) -> Declared:
    """Give core metadata (`METADATA`, `PKG-INFO`) in the form of the other files."""
    message = HeaderParser().parsestr(text)
    return Declared(
        file=origin,
        name=Fact(value=str(message["Name"]), origin=f"{origin} Name") if message["Name"] else None,
        version=Fact(value=message["Version"], origin=f"{origin} Version"),
        requires_python=Fact(value=message["Requires-Python"], origin=f"{origin} Requires-Python"),
        classifiers=Fact(value=_all(message, "Classifier"), origin=f"{origin} Classifier"),
        dependencies=Fact(
            value=tuple(each for each in _all(message, "Requires-Dist") if not _extra_of(each)),
            origin=f"{origin} Requires-Dist",
        ),
        extras=Fact(value=_extras(message), origin=f"{origin} Provides-Extra"),
    )


def _all(message: Message, field: str) -> tuple[str, ...]:
    return tuple(str(value) for value in message.get_all(field, []))


def _extra_of(requirement: str) -> str | None:
    _, _, marker = requirement.partition(";")
    _, found, rest = marker.replace("'", '"').partition('extra == "')
    return normalize(rest.partition('"')[0]) if found else None


def _extras(message: Message) -> dict[str, tuple[str, ...]]:
    extras: dict[str, list[str]] = {name: [] for name in _all(message, "Provides-Extra")}
    by_name = {normalize(name): name for name in extras}
    for requirement in _all(message, "Requires-Dist"):
        extra = by_name.get(_extra_of(requirement) or "")
        if extra is not None:
            extras[extra].append(requirement.partition(";")[0].strip())
    return {name: tuple(found) for name, found in extras.items()}
