"""The timeline of a page: what ran when, and how long, a lane a file and Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shipwheel.console.reports.file_labels import short_names
from shipwheel.console.reports.markup import Html, element
from shipwheel.console.wording import seconds_text
from shipwheel.verification.report import Report, Step

_HUES = 8  # colours in page.css; the words beside a lane say what its bars are
_THIN = 0.4  # per cent of the width: a bar that is shorter would not be seen
_TOLD = 0.05  # seconds; less is drawn, but not worth a word
_BAR = 14  # pixels
_TICKS = 4


def timeline_section(report: Report, numbers: Mapping[str, str]) -> Iterator[Html]:
    """Give the timeline of the Report's steps, none where it has none."""
    steps = [step for step in report.steps if step.seconds >= 0]
    if not steps:
        return
    whole = max(step.started + step.seconds for step in steps) or 1.0
    names = list(dict.fromkeys(step.name for step in steps))
    hues = {name: f"hue{number % _HUES}" for number, name in enumerate(names)}
    labels = dict(zip((f.filename for f in report.files), short_names(report.files), strict=True))
    lanes = [
        _lane(_label(file, python, labels), numbers.get(file, "set"), each, whole, hues)
        for (file, python), each in _lanes(steps).items()
    ]
    yield element(
        "section",
        element("h2", "Time"),
        element("p", f"{seconds_text(whole)} from the first file to the last check", class_="dim"),
        _legend(hues),
        element("div", _axis(whole), *lanes, class_="lanes"),
        id="timeline",
    )


def _lanes(steps: Sequence[Step]) -> dict[tuple[str, str | None], list[Step]]:
    """Give the steps by lane, in the order of their beginning; those without a Python share one."""
    lanes: dict[tuple[str, str | None], list[Step]] = {}
    for step in sorted(steps, key=lambda each: each.started):
        file = step.file if step.python else ""
        lanes.setdefault((file, step.python), []).append(step)
    return lanes


def _label(file: str, python: str | None, labels: Mapping[str, str]) -> str:
    if python is None:
        return "the files"
    return f"Python {python} · {labels.get(file, file)}" if file else f"Python {python}"


def _legend(hues: Mapping[str, str]) -> Html:
    keys = (
        element("li", element("span", class_=f"swatch {hue}", aria_hidden="true"), f" {name}")
        for name, hue in hues.items()
    )
    return element("ul", *keys, class_="legend")


def _axis(whole: float) -> Html:
    ticks = (whole * tick / _TICKS for tick in range(_TICKS + 1))
    return element("div", *(element("span", f"{at:.1f} s") for at in ticks), class_="axis")


def _lane(
    label: str, number: str, steps: Sequence[Step], whole: float, hues: Mapping[str, str]
) -> Html:
    tracks = _tracks(steps)
    bars = (
        _bar(step, track, whole, hues[step.name])
        for track, each in enumerate(tracks)
        for step in each
    )
    drawing = element(
        "svg", *bars, width="100%", height=_BAR * len(tracks), role="img", aria_label=_told(steps)
    )
    said = element("p", element("b", label), f" {_told(steps)}")
    return element("div", said, drawing, class_="lane", data_file=number)


def _tracks(steps: Iterable[Step]) -> list[list[Step]]:
    """Give steps in rows such that none of a row overlap."""
    tracks: list[list[Step]] = []
    for step in steps:
        free = (row for row in tracks if row[-1].started + row[-1].seconds <= step.started + 1e-6)
        row = next(free, None)
        if row is None:
            tracks.append([step])
        else:
            row.append(step)
    return tracks


def _bar(step: Step, track: int, whole: float, hue: str) -> Html:
    width = max(100 * step.seconds / whole, _THIN)
    start = min(max(100 * step.started / whole, 0.0), 100 - _THIN)
    return element(
        "g",
        element("title", f"{step.name} {step.file} {seconds_text(step.seconds)}"),
        element("rect", x=f"{start:.2f}%", y=_BAR * track, width=f"{width:.2f}%", height=_BAR - 2,
                rx=2, class_=hue),
    )  # fmt: skip


def _told(steps: Iterable[Step]) -> str:
    """Give the sum of each kind of step in words."""
    sums: dict[str, float] = {}
    for step in steps:
        sums[step.name] = sums.get(step.name, 0.0) + step.seconds
    told = [f"{name} {seconds_text(each)}" for name, each in sums.items() if each >= _TOLD]
    return ", ".join(told)
