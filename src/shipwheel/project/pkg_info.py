"""`PKG-INFO`: what the backend itself wrote into an sdist."""

from __future__ import annotations

import re
from email.message import Message
from email.parser import HeaderParser

from shipwheel.project.declared import Declared
from shipwheel.project.facts import Fact
from shipwheel.project.names import normalize
from shipwheel.project.tree import Tree

PKG_INFO = "PKG-INFO"
# what a marker says of an extra; it is put by a comparison that holds, or does not, whatever else is said
_EXTRA = re.compile(r"""\bextra\s*==\s*["'](?P<name>[^"']+)["']""")
_TRUE = 'python_version >= "0"'
_FALSE = 'python_version < "0"'


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
            value=tuple(each for each in _all(message, "Requires-Dist") if not _extras_of(each)),
            origin=f"{origin} Requires-Dist",
        ),
        extras=Fact(value=_extras(message), origin=f"{origin} Provides-Extra"),
    )


def _all(message: Message, field: str) -> tuple[str, ...]:
    return tuple(str(value) for value in message.get_all(field, []))


def _extras_of(requirement: str) -> frozenset[str]:
    """Give the normalized names of the extras that a requirement is for; none where it always is."""
    marker = requirement.partition(";")[2]
    return frozenset(normalize(found["name"]) for found in _EXTRA.finditer(marker))


def _extras(message: Message) -> dict[str, tuple[str, ...]]:
    extras: dict[str, list[str]] = {name: [] for name in _all(message, "Provides-Extra")}
    by_name = {normalize(name): name for name in extras}
    for requirement in _all(message, "Requires-Dist"):
        for extra in sorted(_extras_of(requirement) & by_name.keys()):
            extras[by_name[extra]].append(_of_extra(requirement, extra))
    return {name: tuple(found) for name, found in extras.items()}


def _of_extra(requirement: str, extra: str) -> str:
    """Give a requirement as it is once its extra is asked for: what else its marker says stays."""
    what, _, marker = requirement.partition(";")

    def value(found: re.Match[str]) -> str:
        return _TRUE if normalize(found["name"]) == extra else _FALSE

    marker = _EXTRA.sub(value, marker.replace("'", '"')).strip()
    marker = re.sub(rf"\(\s*{re.escape(_TRUE)}\s*\)", _TRUE, marker)
    marker = marker.removesuffix(f" and {_TRUE}").removeprefix(f"{_TRUE} and ")
    if marker == _TRUE or _either(marker):
        return what.strip()
    return f"{what.strip()}; {_bare(marker.strip())}"


def _either(marker: str) -> bool:
    """Say whether a marker is a row of alternatives of which one is true."""
    return re.split(r"\s+or\s+", marker).count(_TRUE) > 0 and not re.search(r"[()]|\sand\s", marker)


def _bare(marker: str) -> str:
    """Take parentheses off that stand around all of a marker."""
    inner = marker[1:-1]
    closed = marker.startswith("(") and marker.endswith(")")
    return inner.strip() if closed and not re.search(r"[()]", inner) else marker
