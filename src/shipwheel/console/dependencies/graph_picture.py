"""What is drawn of a graph: all of a small one; of a large one its circles, and its packages as one node each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from shipwheel.console.section import Drawing, Edge, Node
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted
from shipwheel.deps.graph.answer import Arrow, Circle, Graph, Level, When

_MOST = 60  # nodes that a person can follow
_AROUND = 30  # a circle and what is next to it
_FEW = 4  # packages that say less than their modules do
_DENSE = 1.5  # arrows a node; above that, those that follow from others are left out
_Pair = tuple[str, str]


def graph_drawings(found: Graph) -> tuple[Drawing, ...]:
    """Give the pictures of the modules and of the distributions, as far as there are several."""
    drawings: list[Drawing] = []
    if len(found.modules) > 1:
        circles = [c for c in found.circles if c.level is Level.MODULES and c.when in _AT_IMPORT]
        arrows = [each for each in found.imports if each.when in _AT_IMPORT]
        drawings += _drawings(
            f"modules of {found.project}", found.modules, arrows, circles, dotted=True
        )
    if len(found.distributions) > 1:
        circles = [c for c in found.circles if c.level is Level.DISTRIBUTIONS]
        title = (
            "distributions, and what they require"
            if found.modules
            else f"packages below {found.project}"
        )
        arrows = list(found.requirements)
        drawings += _drawings(title, found.distributions, arrows, circles, dotted=False)
    return tuple(drawings)


_AT_IMPORT = {When.ALWAYS, When.WHOLE}


def _drawings(
    title: str,
    names: Sequence[str],
    arrows: Sequence[Arrow],
    circles: Sequence[Circle],
    *,
    dotted: bool,
) -> Iterator[Drawing]:
    if len(names) <= _MOST:
        yield _drawing(title, names, arrows, circles)
        return
    # of those that do no harm a large one would fill the picture
    worst = [each for each in circles if each.error] or [
        c for c in circles if len(c.members) <= _AROUND
    ]
    inside = list(dict.fromkeys(name for each in worst for name in each.members))
    if inside:
        around = _around(inside, arrows)
        said = f"{title}: the circles and what is next to them, {len(around)} of {len(names)}"
        yield _drawing(said, around, arrows, worst)
    if dotted and len({_cut(name, _depth(names)) for name in names}) >= _FEW:
        yield _collapsed(title, names, arrows)
    elif not inside:
        yield _most_used(title, names, arrows)


def _most_used(title: str, names: Sequence[str], arrows: Sequence[Arrow]) -> Drawing:
    used = Counter(each.target for each in arrows).most_common(_MOST)
    chosen = sorted(name for name, _ in used)
    return _drawing(
        f"{title}: the {len(chosen)} of {len(names)} that most others need", chosen, arrows, ()
    )


def _around(inside: Sequence[str], arrows: Sequence[Arrow]) -> list[str]:
    """Give the members of circles, and neighbours as long as there is room."""
    chosen = dict.fromkeys(inside[:_MOST])
    for each in arrows:
        for one, other in ((each.source, each.target), (each.target, each.source)):
            if one in inside and len(chosen) < _AROUND:
                chosen.setdefault(other)
    return sorted(chosen)


def _collapsed(title: str, names: Sequence[str], arrows: Sequence[Arrow]) -> Drawing:
    """Give packages in place of their modules, as deep as there is room."""
    depth = _depth(names)
    nodes = sorted({_cut(name, depth) for name in names})
    pairs = {(_cut(a.source, depth), _cut(a.target, depth)) for a in arrows}
    joined = [Arrow(source=a, target=b) for a, b in sorted(pairs) if a != b]
    below = Counter(_cut(name, depth) for name in names)
    said = f"{title}: {counted(len(nodes), 'package')} that hold {counted(len(names), 'module')}"
    shown, told = _shown(nodes, joined, [])
    prefix = _prefix(nodes)
    return Drawing(
        said + told,
        tuple(
            Node(each, _label(each, prefix) + (f" ({below[each]})" if below[each] > 1 else ""))
            for each in nodes
        ),
        tuple(Edge(a.source, a.target) for a in shown),
    )


def _depth(names: Sequence[str]) -> int:
    depth = 1
    while len({_cut(name, depth + 1) for name in names}) <= _MOST and depth < 8:
        depth += 1
    return depth


def _cut(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _drawing(
    title: str, names: Sequence[str], arrows: Sequence[Arrow], circles: Sequence[Circle]
) -> Drawing:
    inside = {*names}
    among = [a for a in arrows if a.source in inside and a.target in inside]
    shown, told = _shown(names, among, circles)
    prefix = _prefix(names)
    tones = {name: _tone(each) for each in reversed(circles) for name in each.members}
    return Drawing(
        title + told,
        tuple(Node(each, _label(each, prefix), tones.get(each, Tone.PLAIN)) for each in names),
        tuple(_edges(shown, circles)),
    )


def _edges(arrows: Iterable[Arrow], circles: Sequence[Circle]) -> Iterator[Edge]:
    done: set[_Pair] = set()
    cut = {(a.source, a.target) for each in circles for a in each.cut}
    for arrow in sorted(arrows, key=lambda a: list(When).index(a.when)):
        pair = (arrow.source, arrow.target)
        if pair in done:
            continue
        done.add(pair)
        circle = next((c for c in circles if {*pair} <= {*c.members}), None)
        if circle is not None:
            yield Edge(*pair, _tone(circle), "cut" if pair in cut else "")
        else:
            yield Edge(*pair, Tone.PLAIN if arrow.when in _AT_IMPORT else Tone.DIM, arrow.said)


def _tone(circle: Circle) -> Tone:
    return Tone.BAD if circle.error else Tone.WARN


def _shown(
    names: Collection[str], arrows: Sequence[Arrow], circles: Sequence[Circle]
) -> tuple[list[Arrow], str]:
    """Give the arrows to draw: of many those that no longer way stands for, and all within circles."""
    if len(arrows) <= _DENSE * len(names):
        return list(arrows), ""
    kept = {(a.source, a.target) for c in circles for a in c.arrows}
    follows = implied([(a.source, a.target) for a in arrows]) - kept
    shown = [a for a in arrows if (a.source, a.target) not in follows]
    left = len(arrows) - len(shown)
    return (
        shown,
        f" ({counted(left, 'arrow')} that others lead to as well left out)" if left else "",
    )


def implied(pairs: Iterable[_Pair]) -> set[_Pair]:
    """Give the arrows that a longer way stands for; of those within a circle none."""
    after: dict[str, set[str]] = defaultdict(set)
    for source, target in pairs:
        if source != target:
            after[source].add(target)
    reach = {node: _reached(node, after) for node in list(after)}
    return {
        (source, target)
        for source, targets in list(after.items())
        for target in targets
        if source not in reach.get(target, ())
        and any(
            target in reach.get(other, ()) and source not in reach.get(other, ())
            for other in targets - {target}
        )
    }


def _reached(start: str, after: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    queue = [*after.get(start, ())]
    while queue:
        node = queue.pop()
        if node not in found:
            found.add(node)
            queue += after.get(node, ())
    return found


def _prefix(names: Sequence[str]) -> str:
    """Give the top-level package with its dot where all names are below it: labels need not repeat it."""
    tops = {name.partition(".")[0] for name in names}
    return f"{tops.pop()}." if len(tops) == 1 else ""


def _label(name: str, prefix: str) -> str:
    return name.removeprefix(prefix) if prefix else name
