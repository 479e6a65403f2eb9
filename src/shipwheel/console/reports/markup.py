"""HTML that no text of a stranger's can break out of: whatever is not markup already is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from shipwheel.console.terminal import printable

_VOID = frozenset({"meta", "input"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: str) -> Html:
    """Give text as HTML; control characters, and those that turn its direction, are named."""
    return value if isinstance(value, Html) else Html(escape(printable(value)))


def joined(parts: Iterable[str], separator: str = "") -> Html:
    """Give parts as one; those that are no HTML are escaped."""
    return Html(separator.join(text(part) for part in parts))


def element(name: str, /, *inner: str, **attributes: str | int | bool | None) -> Html:
    """Give an element. `class_` stands for `class`, `data_file` for `data-file`.

    An attribute that is None or False is left out, True stands without a value.
    """
    words = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        words.append(attribute if value is True else f'{attribute}="{text(str(value))}"')
    opening = f"<{' '.join(words)}>"
    return Html(opening if name in _VOID else f"{opening}{joined(inner)}</{name}>")


def prose(value: str) -> Html:
    """Give a sentence in which `backticks` set code apart."""
    pieces = value.split("`")
    if len(pieces) % 2 == 0:  # one without its twin
        return text(value)
    return joined(
        element("code", piece) if number % 2 else piece for number, piece in enumerate(pieces)
    )
