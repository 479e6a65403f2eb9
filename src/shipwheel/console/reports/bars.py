"""Bars below one another, as a picture in a page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from shipwheel.console.reports.markup import Html, element
from shipwheel.console.section import Bar, Bars

_HUES = 8  # colours in page.css
_HEIGHT = 14  # pixels
_THIN = 0.5  # per cent of the width: a part that is shorter would not be seen
_TICKS = 5  # the most that have room beside each other on a phone


def bars_html(bars: Bars) -> Html:
    """Give bars on one scale from nothing, with a legend where they have parts of several kinds."""
    kinds = list(
        dict.fromkeys(part.kind for bar in bars.bars for part in bar.parts if part.value > 0)
    )
    step, ticks = scale(max((_length(bar) for bar in bars.bars), default=0.0))
    whole = step * ticks
    legend = element("ul", *(_key(kind, kinds) for kind in kinds), class_="legend")
    return element(
        "figure",
        element("figcaption", bars.title),
        legend if len(kinds) > 1 else "",
        _axis(step, ticks, bars.unit),
        *(_row(bar, kinds, whole, bars.unit) for bar in bars.bars),
        class_="bars",
    )


def scale(longest: float) -> tuple[float, int]:
    """Give the step of a scale and how many it has: 1, 2 or 5 times a power of ten, over all of `longest`.

    >>> scale(3.1)
    (1.0, 4)
    """
    if not math.isfinite(longest) or longest <= 0:
        return 1.0, 1
    power = 10.0 ** math.floor(math.log10(longest / _TICKS))
    step = next(size * power for size in (1, 2, 5, 10, 20) if longest <= size * power * _TICKS)
    return step, max(1, math.ceil(longest / step - 1e-9))


def _axis(step: float, ticks: int, unit: str) -> Html:
    """Give the scale's numbers, of which the last has the unit."""
    numbers = [f"{step * tick:.6g}" for tick in range(ticks + 1)]
    numbers[-1] += f" {unit}".rstrip()
    inner = element("span", *(element("span", each) for each in numbers), class_="axis")
    return element("div", element("span", ""), inner, class_="bar", aria_hidden="true")


def _row(bar: Bar, kinds: Sequence[str], whole: float, unit: str) -> Html:
    said = bar.said or f"{_length(bar):.3g} {unit}".rstrip()
    told = ", ".join(
        f"{part.kind} {part.value:.3g} {unit}".rstrip() for part in bar.parts if part.value > 0
    )
    drawn = element(
        "svg",
        *_parts(bar, kinds, whole, unit),
        width="100%",
        height=_HEIGHT,
        role="img",
        aria_label=f"{bar.label}: {told or said}",
    )
    return element(
        "div", element("b", bar.label), drawn, element("span", said, class_="said"), class_="bar"
    )


def _parts(bar: Bar, kinds: Sequence[str], whole: float, unit: str) -> Iterator[Html]:
    at = 0.0
    for part in bar.parts:
        if not math.isfinite(part.value) or part.value <= 0:
            continue
        width = max(100 * part.value / whole, _THIN)
        yield element(
            "g",
            element("title", f"{part.kind} {part.value:.3g} {unit}".rstrip()),
            element(
                "rect",
                x=f"{min(at, 100 - _THIN):.2f}%",
                y=0,
                width=f"{width:.2f}%",
                height=_HEIGHT,
                class_=_hue(part.kind, kinds),
            ),
        )
        at += width


def _length(bar: Bar) -> float:
    return sum(part.value for part in bar.parts if math.isfinite(part.value) and part.value > 0)


def _key(kind: str, kinds: Sequence[str]) -> Html:
    swatch = element("span", class_=f"swatch {_hue(kind, kinds)}", aria_hidden="true")
    return element("li", swatch, f" {kind}")


def _hue(kind: str, kinds: Sequence[str]) -> str:
    return f"hue{kinds.index(kind) % _HUES}"
