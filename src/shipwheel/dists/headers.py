"""The header format of METADATA, WHEEL and PKG-INFO."""

from __future__ import annotations

import msgspec


class Headers(msgspec.Struct, frozen=True):
    """Fields in their order, names without regard to case, and the text below them."""

    fields: tuple[tuple[str, str], ...]
    body: str = ""

    def get(self, name: str) -> str | None:
        """Give a field's first value, None where it is missing."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Give all values of a field."""
        wanted = name.lower()
        return tuple(value for field, value in self.fields if field.lower() == wanted)


def parse_headers(text: str) -> Headers:
    """Read fields up to the first empty line; a line that begins with a space continues the last."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    fields: list[tuple[str, str]] = []
    for line in head.split("\n"):
        if line[:1] in {" ", "\t"} and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value}\n{line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            fields.append((name.strip(), value.strip()))
    return Headers(tuple(fields), body)
