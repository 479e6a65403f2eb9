"""Bars below one another, as a picture in a page."""

from __future__ import annotations

from collections.abc import Sequence

from shipwheel.console.reports.markup import Html, element
from shipwheel.console.section import Bar, Bars

_HUES = 8
_HEIGHT = 14


def bars_html(bars: Bars) -> Html:
    """Give bars on one scale, with a legend of the kinds of their parts."""
    kinds = list(dict.fromkeys(part.kind for bar in bars.bars for part in bar.parts))
    longest = max((sum(part.value for part in bar.parts) for bar in bars.bars), default=0) or 1
    rows = [_row(bar, kinds, longest) for bar in bars.bars]
    legend = element("ul", *(_key(kind, kinds) for kind in kinds), class_="legend")
    return element("figure", element("figcaption", bars.title), legend, *rows, class_="bars")


def _row(bar: Bar, kinds: Sequence[str], longest: float) -> Html:
    at, parts = 0.0, []
    for part in bar.parts:
        width = 100 * part.value / longest
        parts.append(
            element("rect", x=f"{at:.2f}%", y=0, width=f"{width:.2f}%", height=_HEIGHT,
                    class_=_hue(part.kind, kinds))
        )  # fmt: skip
        at += width
    label = element("p", element("b", bar.label), f" {bar.said}".rstrip())
    drawn = element("svg", *parts, width="100%", height=_HEIGHT, role="img", aria_label=bar.said)
    return element("div", label, drawn, class_="lane")


def _key(kind: str, kinds: Sequence[str]) -> Html:
    return element("li", element("span", "", class_=f"swatch {_hue(kind, kinds)}"), f" {kind}")


def _hue(kind: str, kinds: Sequence[str]) -> str:
    return f"hue{kinds.index(kind) % _HUES}"
