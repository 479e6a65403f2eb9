"""A graph in a page, and as a picture of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from shipwheel.console.reports.layers import Box, Layout, Way, layout
from shipwheel.console.reports.markup import Html, element, joined
from shipwheel.console.section import Drawing, Edge, Node
from shipwheel.console.terminal import Tone, printable

_LETTER = 7.3  # pixels of a monospaced letter of 12: DejaVu's and Menlo's, the widest, have 7.23
_INSIDE = 9  # between a label and its border
_MARGIN = 12
_ARROW = 7
_HEAD = 22  # the height of a line of words
_LONE_ROW = 34
_LEAST = 560  # pixels that nodes without arrows may take side by side
_CLASSES = {Tone.BAD: "bad", Tone.WARN: "warn", Tone.DIM: "faint", Tone.GOOD: "good"}
_ORDER = (Tone.BAD, Tone.WARN)  # drawn last, above the others

# what page.css says of pictures in a page, for one that stands alone
_STYLE = """
svg { background: #ffffff; font: 12px "DejaVu Sans Mono", ui-monospace, Menlo, Consolas, monospace; }
rect { fill: #f4f6f8; stroke: #8b97a3; } text { fill: #1b1f24; }
path { fill: none; stroke: #8b97a3; stroke-width: 1.3; } polygon { fill: #8b97a3; stroke: none; }
rect.bad { stroke: #ab231b; fill: #fbdedb; } rect.warn { stroke: #7a4f00; fill: #fcecc6; } rect.good { stroke: #116a36; }
path.bad { stroke: #ab231b; stroke-width: 2; } polygon.bad { fill: #ab231b; }
path.warn { stroke: #7a4f00; stroke-width: 2; } polygon.warn { fill: #7a4f00; }
path.cut { stroke-dasharray: 6 4; } path.faint { stroke-dasharray: 2 3; }
.head { font-weight: 600; }
@media (prefers-color-scheme: dark) {
  svg { background: #14171a; } rect { fill: #1c2126; stroke: #6b7783; } text { fill: #e6e9ec; }
  path { stroke: #6b7783; } polygon { fill: #6b7783; }
  rect.bad { stroke: #ff9289; fill: #4a211e; } rect.warn { stroke: #f3c566; fill: #423312; } rect.good { stroke: #74d99a; }
  path.bad { stroke: #ff9289; } polygon.bad { fill: #ff9289; }
  path.warn { stroke: #f3c566; } polygon.warn { fill: #f3c566; }
}
"""


def drawing_html(drawing: Drawing) -> Html:
    """Give a graph as a figure; what it shows is told in words below it too."""
    caption = element("figcaption", drawing.title)
    if not drawing.nodes:
        return element("figure", caption, class_="drawing")
    parts, width, height = _parts(drawing)
    view = f"0 0 {width:.0f} {height:.0f}"
    picture = element(
        "svg", *parts, viewBox=view, width=f"{width:.0f}", height=f"{height:.0f}", role="img",
        aria_label=told(drawing),
    )  # fmt: skip
    box = element("div", picture, class_="scroll", tabindex=0)
    return element("figure", caption, box, _words(drawing), class_="drawing")


def drawings_svg(drawings: Sequence[Drawing]) -> str:
    """Give graphs below one another as one SVG, which brings its style for light and dark along."""
    shown = [each for each in drawings if each.nodes]
    pieces: list[Html] = []
    top, widest = float(_MARGIN), 0.0
    for each in shown:
        parts, width, height = _parts(each)
        title = printable(each.title)
        pieces.append(element("text", title, x=_MARGIN, y=f"{top + 14:.0f}", class_="head"))
        inner = element("g", *parts, transform=f"translate(0 {top + _HEAD:.0f})")
        pieces.append(inner)
        top += _HEAD + height + _MARGIN
        widest = max(widest, width, 2 * _MARGIN + _width(title) * 1.1)
    body = element(
        "svg", element("title", "; ".join(told(each) for each in shown)),
        element("style", Html(_STYLE)), *pieces, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {widest:.0f} {top:.0f}", width=f"{widest:.0f}", height=f"{top:.0f}", role="img",
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def told(drawing: Drawing) -> str:
    """Say in a sentence what a drawing shows, for whoever does not see it."""
    bad = [each for each in drawing.edges if each.tone is Tone.BAD]
    said = f"{drawing.title}: {len(drawing.nodes)} nodes, {len(drawing.edges)} arrows"
    return f"{said}, {len(bad)} of them in circles" if bad else said


def _words(drawing: Drawing) -> Html:
    labels = {node.id: node.label for node in drawing.nodes}
    lines = (
        element(
            "li",
            f"{labels[edge.source]} \N{RIGHTWARDS ARROW} {labels[edge.target]}",
            f" ({edge.label})" if edge.label else "",
            class_=_CLASSES.get(edge.tone),
        )
        for edge in sorted(
            drawing.edges,
            key=lambda each: _ORDER.index(each.tone) if each.tone in _ORDER else len(_ORDER),
        )
    )
    return element("details", element("summary", "the arrows in words"), element("ul", *lines))


def _parts(drawing: Drawing) -> tuple[list[Html], float, float]:
    """Give the elements of a drawing, its width and its height."""
    joins = {each for edge in drawing.edges for each in (edge.source, edge.target)}
    tied = [each for each in drawing.nodes if each.id in joins]
    lone = [each for each in drawing.nodes if each.id not in joins]
    widths = {each.id: _width(printable(each.label)) + 2 * _INSIDE for each in drawing.nodes}
    placed = layout({each.id: widths[each.id] for each in tied},
                    [(each.source, each.target) for each in drawing.edges])  # fmt: skip
    below = placed.height + (_LONE_ROW - 12 if tied and lone else 0)
    beside, width, height = _lone(lone, widths, below, max(placed.width, _LEAST))
    boxes = placed.boxes | beside
    arrows = (
        _arrow(edge, placed) for edge in sorted(drawing.edges, key=lambda e: e.tone in _ORDER)
    )
    nodes = (_node(each, boxes[each.id]) for each in drawing.nodes)
    moved = element("g", joined(arrows), joined(nodes), transform=f"translate({_MARGIN} {_MARGIN})")
    return (
        [moved],
        max(placed.width, width) + 2 * _MARGIN,
        max(placed.height, height) + 2 * _MARGIN,
    )


def _lone(
    nodes: Iterable[Node], widths: dict[str, float], top: float, room: float
) -> tuple[dict[str, Box], float, float]:
    """Put the nodes without arrows below, side by side."""
    x, y, widest = 0.0, top, 0.0
    boxes: dict[str, Box] = {}
    for each in nodes:
        if x and x + widths[each.id] > room:
            x, y = 0.0, y + _LONE_ROW
        boxes[each.id] = Box(x, y, widths[each.id])
        x += widths[each.id] + 12
        widest = max(widest, x - 12)
    return boxes, widest, y + _LONE_ROW - 8 if boxes else top


def _node(node: Node, box: Box) -> Html:
    rect = element(
        "rect", x=f"{box.x:.1f}", y=f"{box.y:.1f}", width=f"{box.width:.1f}",
        height=f"{box.height:.1f}", rx=4, class_=_CLASSES.get(node.tone),
    )  # fmt: skip
    label = element(
        "text", node.label, x=f"{box.x + box.width / 2:.1f}", y=f"{box.y + box.height / 2 + 4:.1f}",
        text_anchor="middle",
    )  # fmt: skip
    return element("g", rect, label)


def _arrow(edge: Edge, placed: Layout) -> Html:
    way = placed.ways.get((edge.source, edge.target))
    if way is None:  # to itself
        return Html("")
    kind = _CLASSES.get(edge.tone, "")
    cut = " cut" if edge.label == "cut" else ""
    line = element("path", d=" ".join(_steps(way)), class_=f"{kind}{cut}".strip() or None)
    (before, _), (x, y) = way.points[-2:]
    back = _ARROW if before < x else -_ARROW
    corners = f"{x:.1f},{y:.1f} {x - back:.1f},{y - 3.5:.1f} {x - back:.1f},{y + 3.5:.1f}"
    said = f"{edge.source} \N{RIGHTWARDS ARROW} {edge.target}"
    title = element("title", f"{said} ({edge.label})" if edge.label else said)
    return element("g", title, line, element("polygon", points=corners, class_=kind or None))


def _steps(way: Way) -> Iterator[str]:
    """Give an arrow's line: straight where it is level, else a bend that begins and ends level."""
    x, y = way.points[0]
    yield f"M{x:.1f} {y:.1f}"
    for next_x, next_y in way.points[1:]:
        if next_y == y:
            yield f"H{next_x:.1f}"
        else:
            middle = (x + next_x) / 2
            yield f"C{middle:.1f} {y:.1f} {middle:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}"
        x, y = next_x, next_y


def _width(text: str) -> float:
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return _LETTER * (len(text) + wide)
