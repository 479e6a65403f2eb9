"""A graph in a page."""

from __future__ import annotations

from shipwheel.console.reports.markup import Html, element
from shipwheel.console.section import Drawing


def drawing_html(drawing: Drawing) -> Html:
    """Give a graph: for now, its arrows in words."""
    labels = {node.id: node.label for node in drawing.nodes}
    arrows = (
        element("li", f"{labels[edge.source]} \N{RIGHTWARDS ARROW} {labels[edge.target]}")
        for edge in drawing.edges
    )
    caption = element("figcaption", drawing.title)
    return element("figure", caption, element("ul", *arrows), class_="drawing")
