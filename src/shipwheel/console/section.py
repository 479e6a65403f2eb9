"""A part of a report as data: tables and pictures, shown on a terminal and in the HTML page."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from shipwheel.console.layout import Table
from shipwheel.console.terminal import Tone


class Part(NamedTuple):
    """A stretch of a bar: of what kind (`download`), and how long it is in the bars' unit."""

    kind: str
    value: float


class Bar(NamedTuple):
    """A bar of one or more parts, with its label and what is said behind it."""

    label: str
    parts: tuple[Part, ...]
    said: str = ""


class Bars(msgspec.Struct, frozen=True, tag="bars"):
    """Bars below one another on one scale; `unit` is that of the values (`s`, `MB`)."""

    title: str
    unit: str
    bars: tuple[Bar, ...]


class Node(NamedTuple):
    """A node of a drawing."""

    id: str
    label: str
    tone: Tone = Tone.PLAIN


class Edge(NamedTuple):
    """An arrow of a drawing between two nodes' ids."""

    source: str
    target: str
    tone: Tone = Tone.PLAIN
    label: str = ""


class Drawing(msgspec.Struct, frozen=True, tag="drawing"):
    """A graph: what depends on what."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class Section(msgspec.Struct, frozen=True):
    """What one question brought to light: `name` is its session's (`audit`), `ok` whether all is well."""

    name: str
    title: str
    ok: bool
    tables: tuple[Table, ...] = ()
    pictures: tuple[Bars | Drawing, ...] = ()
