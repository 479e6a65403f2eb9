"""Places for the nodes of a graph, in columns such that arrows lead to the right, and ways for the arrows.

After Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures (1981): arrows that close a
circle are turned, each node stands one column behind the last that leads to it, columns are ordered by the middle of
their neighbours, and long arrows get places of their own in the columns that they pass.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Pair = tuple[str, str]

_ROW = 26  # the height of a node
_GAP = 12  # between two below one another
_PASSING = 8  # the height that an arrow takes in a column that it passes
_BETWEEN = 44  # between two columns, at least
_BEND = 0.8  # pixels of that more for each arrow that goes through
_WIDEST = 160
_SWEEPS = 12


class Box(NamedTuple):
    """A node's place, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float = _ROW


class Way(NamedTuple):
    """An arrow's way: straight across the columns, from one `(x, y)` to the next; two by two they are level."""

    points: tuple[tuple[float, float], ...]


class Layout(NamedTuple):
    """Where everything lies, and how large the whole is."""

    boxes: dict[str, Box]
    ways: dict[Pair, Way]
    width: float
    height: float


class _Slot(NamedTuple):
    """A place in a column: a node's, or an arrow's that passes."""

    node: str = ""
    pair: Pair | None = None
    column: int = 0


def layout(widths: Mapping[str, float], pairs: Iterable[Pair]) -> Layout:
    """Lay out nodes, which have these widths, and the arrows between them; an arrow to itself has no way."""
    known = sorted({p for p in pairs if p[0] != p[1] and p[0] in widths and p[1] in widths})
    turned = _turned(widths, known)
    columns = _columns(widths, [(b, a) if (a, b) in turned else (a, b) for a, b in known])
    chains = {pair: _chain(pair, columns) for pair in known}
    rows = _ordered(_slots(columns, chains), chains)
    heights = _heights(rows, chains)
    return _drawn(widths, rows, heights, chains)


def _turned(nodes: Iterable[str], pairs: Sequence[Pair]) -> set[Pair]:
    """Give the arrows that lead back to where a walk is: without them no circle is left."""
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        after[source].append(target)
    into = {target for _, target in pairs}
    done: set[str] = set()
    found: set[Pair] = set()
    for start in sorted(nodes, key=lambda each: (each in into, each)):
        if start in done:
            continue
        done.add(start)
        here, way = {start}, [(start, iter(after[start]))]
        while way:
            node, targets = way[-1]
            target = next(targets, "")
            if not target:
                way.pop()
                here.discard(node)
            elif target in here:
                found.add((node, target))
            elif target not in done:
                done.add(target)
                here.add(target)
                way.append((target, iter(after[target])))
    return found


def _columns(nodes: Iterable[str], pairs: Sequence[Pair]) -> dict[str, int]:
    """Give each node's column: one behind the last that leads to it; a source stands just before what it leads to."""
    after: dict[str, list[str]] = defaultdict(list)
    waiting: dict[str, int] = dict.fromkeys(nodes, 0)
    for source, target in dict.fromkeys(pairs):
        after[source].append(target)
        waiting[target] += 1
    sources = [each for each in sorted(waiting) if not waiting[each]]
    found = dict.fromkeys(waiting, 0)
    queue = list(sources)
    for node in queue:
        for target in after[node]:
            found[target] = max(found[target], found[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                queue.append(target)
    for node in sources:
        if after[node]:
            found[node] = min(found[each] for each in after[node]) - 1
    return found


def _chain(pair: Pair, columns: Mapping[str, int]) -> tuple[_Slot, ...]:
    """Give the slots that an arrow goes through, from left to right."""
    left, right = sorted(pair, key=lambda each: columns[each])
    passed = range(columns[left] + 1, columns[right])
    inner = (_Slot(pair=pair, column=each) for each in passed)
    return (_Slot(left, column=columns[left]), *inner, _Slot(right, column=columns[right]))


def _slots(columns: Mapping[str, int], chains: Mapping[Pair, Sequence[_Slot]]) -> list[list[_Slot]]:
    rows: list[list[_Slot]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for name in sorted(columns):
        rows[columns[name]].append(_Slot(name, column=columns[name]))
    for chain in chains.values():
        for slot in chain[1:-1]:
            rows[slot.column].append(slot)
    return rows


def _neighbours(chains: Mapping[Pair, Sequence[_Slot]]) -> tuple[_Near, _Near]:
    before: _Near = defaultdict(list)
    behind: _Near = defaultdict(list)
    for chain in chains.values():
        for left, right in itertools.pairwise(chain):
            behind[left].append(right)
            before[right].append(left)
    return before, behind


_Near = dict[_Slot, list[_Slot]]


def _ordered(rows: list[list[_Slot]], chains: Mapping[Pair, Sequence[_Slot]]) -> list[list[_Slot]]:
    """Order each column by the middle of its neighbours, to and fro, and give the order with the fewest crossings."""
    before, behind = _neighbours(chains)
    best, least = [list(row) for row in rows], _crossings(rows, behind)
    for sweep in range(_SWEEPS):
        near = behind if sweep % 2 else before
        for row in reversed(rows) if sweep % 2 else rows:
            place = {
                slot: number / max(1, len(r) - 1) for r in rows for number, slot in enumerate(r)
            }
            row.sort(key=lambda slot: _mean([place[each] for each in near[slot]], place[slot]))
        count = _crossings(rows, behind)
        if count < least:
            best, least = [list(row) for row in rows], count
    return best


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: Sequence[Sequence[_Slot]], behind: _Near) -> int:
    """Count the arrows that cross between two columns."""
    count = 0
    for row, following in itertools.pairwise(rows):
        place = {slot: number for number, slot in enumerate(following)}
        seen: list[int] = []
        for slot in row:
            ends = [place[each] for each in behind[slot]]
            count += sum(1 for end in ends for other in seen if other > end)
            seen += ends
    return count


def _heights(
    rows: Sequence[Sequence[_Slot]], chains: Mapping[Pair, Sequence[_Slot]]
) -> dict[_Slot, float]:
    """Give the middle of each slot: near to its neighbours, and never nearer to the next than both need."""
    before, behind = _neighbours(chains)
    found: dict[_Slot, float] = {}
    for row in rows:
        at = 0.0
        for slot in row:
            found[slot] = at + _height(slot) / 2
            at += _height(slot) + _GAP
    for sweep in range(_SWEEPS):
        near = behind if sweep % 2 else before
        for row in reversed(rows) if sweep % 2 else rows:
            wanted = [_mean([found[each] for each in near[slot]], found[slot]) for slot in row]
            found.update(zip(row, _spread(wanted, row), strict=True))
    top = min((found[slot] - _height(slot) / 2 for slot in found), default=0.0)
    return {slot: at - top for slot, at in found.items()}


def _height(slot: _Slot) -> float:
    return _ROW if slot.node else _PASSING


def _spread(wanted: Sequence[float], row: Sequence[_Slot]) -> list[float]:
    """Give places in order as near as can be to those wanted, apart as they must be.

    Least squares under order (pool adjacent violators): neighbours that want to overlap become a block, which stands
    where its members would on average.
    """
    offsets = [0.0]
    for one, two in itertools.pairwise(row):
        offsets.append(offsets[-1] + (_height(one) + _height(two)) / 2 + _GAP)
    blocks: list[tuple[float, int]] = []  # sum of what is wanted less the offset, and how many
    for place, offset in zip(wanted, offsets, strict=False):
        total, count = place - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / count:
            total, count = total + blocks[-1][0], count + blocks[-1][1]
            blocks.pop()
        blocks.append((total, count))
    found = [total / count for total, count in blocks for _ in range(count)]
    return [at + offset for at, offset in zip(found, offsets, strict=False)]


def _drawn(
    widths: Mapping[str, float],
    rows: Sequence[Sequence[_Slot]],
    heights: Mapping[_Slot, float],
    chains: Mapping[Pair, Sequence[_Slot]],
) -> Layout:
    through = [0] * len(rows)
    for chain in chains.values():
        for slot in chain[:-1]:
            through[slot.column] += 1
    spans: list[tuple[float, float]] = []
    x = 0.0
    for row, count in zip(rows, through, strict=True):
        width = max((widths[slot.node] for slot in row if slot.node), default=0.0)
        spans.append((x, x + width))
        x += width + min(_WIDEST, _BETWEEN + _BEND * count)
    boxes = {
        slot.node: Box(spans[slot.column][0], heights[slot] - _ROW / 2, widths[slot.node])
        for row in rows
        for slot in row
        if slot.node
    }
    ways = {pair: _way(pair, chain, spans, heights, widths) for pair, chain in chains.items()}
    bottom = max((heights[s] + _height(s) / 2 for row in rows for s in row), default=0.0)
    return Layout(boxes, ways, max((end for _, end in spans), default=0.0), bottom)


def _way(
    pair: Pair,
    chain: Sequence[_Slot],
    spans: Sequence[tuple[float, float]],
    heights: Mapping[_Slot, float],
    widths: Mapping[str, float],
) -> Way:
    first, last = chain[0], chain[-1]
    points = [(spans[first.column][0] + widths[first.node], heights[first])]
    # a short label leaves room to its right: the arrow stays level across it
    points.append((spans[first.column][1], heights[first]))
    for slot in chain[1:-1]:
        points += [(x, heights[slot]) for x in spans[slot.column]]
    points.append((spans[last.column][0], heights[last]))
    return Way(tuple(points if first.node == pair[0] else reversed(points)))
