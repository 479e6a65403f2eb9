"""Draw the pipelines of a starter from its Plan: `python docs/pipelines.py` writes `docs/pipelines-*.svg`.

A box is a job of the workflow, or a matrix of jobs; an arrow is what waits for what. Nothing is placed by
hand: a box stands one column behind the last one that it waits for. `tests/integration/test_pictures.py`
holds the files to be what this draws.
"""

from __future__ import annotations

import collections
import html
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from shipwheel.planning.job import JobKind
from shipwheel.rendering.gitlab.jobs import job_of
from shipwheel.rendering.gitlab.parts import PREFIX, Part, parts_of
from shipwheel.rendering.gitlab.reach import Reach
from shipwheel.rendering.lanes import workspace_pipelines
from shipwheel.rendering.pipeline import Cell, Lane, Pipeline
from shipwheel.rendering.repository import Repository, open_repository

HERE = Path(__file__).resolve().parent
STARTER = HERE.parent / "templates" / "c-extension"

_WIDTH, _LINE, _ABOVE, _BELOW = 168, 18, 26, 10  # of a box: its width, its lines, room around these
_ACROSS, _DOWN, _EDGE = 38, 20, 18  # between columns, between boxes, around everything
_TIMES = "\N{MULTIPLICATION SIGN}"
_TONES = {
    JobKind.BUILD: "make",
    JobKind.WHEELS: "make",
    JobKind.GATE: "gate",
    JobKind.PUBLISH: "ship",
}
_STYLE = """
    text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #57606a }
    .paper { fill: #ffffff; stroke: #d0d7de }
    .name { font-weight: 600; font-size: 14px; fill: #1f2328 }
    .when { font-style: italic }
    .arrow { fill: none; stroke: #8c959f; stroke-width: 1.5 }
    .head { fill: #8c959f }
    .make { fill: #ddf4ff; stroke: #0969da }
    .prove { fill: #dafbe1; stroke: #1a7f37 }
    .gate { fill: #fff8c5; stroke: #9a6700 }
    .ship { fill: #fbefff; stroke: #8250df }
    @media (prefers-color-scheme: dark) {
      text { fill: #9198a1 }
      .paper { fill: #0d1117; stroke: #3d444d }
      .name { fill: #f0f6fc }
      .arrow { stroke: #656c76 }
      .head { fill: #656c76 }
      .make { fill: #121d2f; stroke: #4493f8 }
      .prove { fill: #12261e; stroke: #3fb950 }
      .gate { fill: #272115; stroke: #d29922 }
      .ship { fill: #211830; stroke: #ab7df8 }
    }
"""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A job of a workflow as it is drawn: `needs` are the ids of boxes, `when` is a note at its foot."""

    id: str
    lines: tuple[str, ...]
    needs: tuple[str, ...]
    tone: str
    when: str = ""

    @property
    def height(self) -> int:
        """Give its height in pixels."""
        return _ABOVE + _LINE * (len(self.lines) + bool(self.when)) + _BELOW


class Place(msgspec.Struct, frozen=True):
    """The upper left corner of a box."""

    x: int
    y: int


def drawings(repository: Repository) -> dict[str, str]:
    """Give every picture by its file's name; `repository` holds one package."""
    catalog, ci = repository.catalog, repository.ci
    changes, release = workspace_pipelines(repository.members, catalog, "github", ci)
    gitlab = workspace_pipelines(repository.members, catalog, "gitlab", ci)
    parts = parts_of(gitlab, catalog)
    needs = {part.name: _waits(part, parts, repository) for part in parts}
    return {
        "pipelines-github-ci.svg": draw("GitHub: a change (ci.yml)", boxes(changes)),
        "pipelines-github-release.svg": draw("GitHub: a release (release.yml)", boxes(release)),
        "pipelines-gitlab.svg": draw(
            "GitLab: changes and releases (.gitlab/shipwheel.yml)", gitlab_boxes(parts, needs)
        ),
    }


def boxes(pipeline: Pipeline) -> tuple[Box, ...]:
    """Give the boxes of a GitHub workflow: a lane is a box."""
    return tuple(
        Box(
            id=lane.id,
            lines=_counts(lane.cells),
            needs=lane.needs,
            tone=_tone(lane),
            when="not for pull requests" if lane.unless_pr else _only_tag(lane),
        )
        for lane in pipeline.lanes
    )


def gitlab_boxes(parts: Iterable[Part], needs: Mapping[str, tuple[str, ...]]) -> tuple[Box, ...]:
    """Give the boxes of a GitLab pipeline: jobs that differ in their machine alone are one box."""
    groups: dict[str, list[Part]] = {}
    for part in parts:
        groups.setdefault(_group(part), []).append(part)
    names = {part.name: group for group, found in groups.items() for part in found}
    return tuple(
        Box(
            id=group,
            lines=_counts([cell for part in found for cell in part.cells]),
            needs=tuple(dict.fromkeys(names[need] for part in found for need in needs[part.name])),
            tone=_tone(found[0].lane),
            when=_reach(found[0].reach),
        )
        for group, found in groups.items()
    )


def draw(title: str, found: tuple[Box, ...]) -> str:
    """Give a picture as SVG, the same text for the same boxes."""
    needs = direct(found)
    places = placed(found, needs)
    by_id = {box.id: box for box in found}
    width = max(place.x for place in places.values()) + _WIDTH + _EDGE
    height = max(places[box.id].y + box.height for box in found) + _EDGE
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-label="{_text(title)}">'
        ),
        f"  <title>{_text(title)}</title>",
        f"  <style>{_STYLE}  </style>",
        f'  <rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
    ]
    parts += [
        _arrow(by_id[need], places[need], box, places[box.id])
        for box in found
        for need in needs[box.id]
    ]
    for box in found:
        parts += _drawn(box, places[box.id])
    return "\n".join([*parts, "</svg>"]) + "\n"


def direct(found: tuple[Box, ...]) -> dict[str, tuple[str, ...]]:
    """Give what each box waits for, without what one of these waits for itself."""
    above: dict[str, set[str]] = {}
    waits = {box.id: box.needs for box in found}

    def ancestors(box_id: str) -> set[str]:
        if box_id not in above:
            above[box_id] = {each for need in waits[box_id] for each in (need, *ancestors(need))}
        return above[box_id]

    return {
        box.id: tuple(
            need
            for need in box.needs
            if not any(need in ancestors(other) for other in box.needs if other != need)
        )
        for box in found
    }


def placed(found: tuple[Box, ...], needs: Mapping[str, tuple[str, ...]]) -> dict[str, Place]:
    """Give each box its place: columns by what waits for what, each column centred."""
    columns: dict[int, list[Box]] = collections.defaultdict(list)
    depth: dict[str, int] = {}

    def depth_of(box_id: str) -> int:
        if box_id not in depth:
            depth[box_id] = max((depth_of(each) + 1 for each in needs[box_id]), default=0)
        return depth[box_id]

    for box in found:
        columns[depth_of(box.id)].append(box)
    tall = {
        column: sum(box.height for box in held) + _DOWN * (len(held) - 1)
        for column, held in columns.items()
    }
    places = {}
    for column, held in columns.items():
        y = _EDGE + (max(tall.values()) - tall[column]) // 2
        for box in held:
            places[box.id] = Place(_EDGE + column * (_WIDTH + _ACROSS), y)
            y += box.height + _DOWN
    return places


def _arrow(start: Box, one: Place, end: Box, other: Place) -> str:
    x1, y1 = one.x + _WIDTH, one.y + start.height // 2
    x2, y2 = other.x - 8, other.y + end.height // 2
    bend = (x2 - x1) // 2
    return (
        f'  <path class="arrow" d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"/>'
        f'<path class="head" d="M{x2} {y2 - 4}l8 4l-8 4z"/>'
    )


def _drawn(box: Box, place: Place) -> Iterator[str]:
    dashed = ' stroke-dasharray="5 3"' if box.when else ""
    yield (
        f'  <rect class="{box.tone}" x="{place.x}" y="{place.y}" width="{_WIDTH}"'
        f' height="{box.height}" rx="6"{dashed}/>'
    )
    y = place.y + 22
    yield f'  <text class="name" x="{place.x + 12}" y="{y}">{_text(box.id)}</text>'
    for line in box.lines:
        y += _LINE
        yield f'  <text x="{place.x + 12}" y="{y}">{_text(line)}</text>'
    if box.when:
        yield f'  <text class="when" x="{place.x + 12}" y="{y + _LINE}">{_text(box.when)}</text>'


def _counts(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Give the number of jobs on each platform; one without a platform is on any machine."""
    counted = collections.Counter(cell.platform for cell in cells)
    return tuple(
        f"{count} {_TIMES} {platform}"
        for platform, count in counted.items()
        if platform is not None
    )


def _tone(lane: Lane) -> str:
    if lane.kind is not None:
        return _TONES.get(lane.kind, "prove")
    return {"gate": "gate", "read-back": "ship", "github-release": "ship"}.get(lane.id, "prove")


def _only_tag(lane: Lane) -> str:
    return (
        "for a tag alone"
        if lane.kind is JobKind.PUBLISH or lane.id in {"read-back", "github-release"}
        else ""
    )


def _reach(reach: Reach) -> str:
    """Say for which pipelines a job is there, nothing where it is for all."""
    if reach.uploads:
        return "for a tag alone"
    told = {
        "merge requests": reach.merge_requests,
        "main": reach.main,
        "releases": bool(reach.releases),
    }
    if all(told.values()):
        return ""
    if not told["releases"]:
        return "not for releases"
    return " and ".join(name for name, there in told.items() if there)


def _group(part: Part) -> str:
    name = part.name.removeprefix(PREFIX)
    return name.removesuffix(part.runner.suffix) if part.runner.suffix else name


def _waits(part: Part, parts: tuple[Part, ...], repository: Repository) -> tuple[str, ...]:
    job = job_of(part, parts, repository.catalog)
    return tuple(need.job for need in job.needs or ()) or job.dependencies


def _text(text: str) -> str:
    return html.escape(text)


def main() -> None:
    """Write the pictures beside this file."""
    for name, text in drawings(open_repository(STARTER)).items():
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
