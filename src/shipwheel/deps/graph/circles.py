"""Circles in a directed graph, and the fewest arrows that break them all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[str, str]
Weights = Mapping[Pair, int]

# a table over all subsets of a circle's members: 4096 of twelve take 50 ms
_EXACT = 12
_PASSES = 20  # of moving members about; each one makes the cut smaller, or is the last


def components(pairs: Iterable[Pair]) -> tuple[tuple[str, ...], ...]:
    """Give the strongly connected components of two members and more, each sorted (Tarjan, without recursion)."""
    graph: dict[str, list[str]] = defaultdict(list)
    for source, target in sorted(set(pairs)):
        graph[source].append(target)
        graph[target]  # a node without arrows of its own
    search = _Search(graph)
    for node in list(graph):
        if node not in search.number:
            search.walk(node)
    return tuple(sorted(search.found))


class _Search:
    """Tarjan's search: `number` by first visit, `low` the oldest node that is reached."""

    def __init__(self, graph: Mapping[str, Sequence[str]]) -> None:
        self.graph = graph
        self.number: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.stack: list[str] = []
        self.open: set[str] = set()
        self.found: list[tuple[str, ...]] = []

    def walk(self, start: str) -> None:
        """Visit everything that `start` leads to."""
        way = [(start, iter(self.graph[start]))]
        self._enter(start)
        while way:
            node, targets = way[-1]
            new = next((each for each in targets if self._is_new(node, each)), None)
            if new is not None:
                self._enter(new)
                way.append((new, iter(self.graph[new])))
                continue
            way.pop()
            if way:
                above = way[-1][0]
                self.low[above] = min(self.low[above], self.low[node])
            if self.low[node] == self.number[node]:
                self._leave(node)

    def _is_new(self, node: str, target: str) -> bool:
        if target in self.open:
            self.low[node] = min(self.low[node], self.number[target])
        return target not in self.number

    def _enter(self, node: str) -> None:
        self.number[node] = self.low[node] = len(self.number)
        self.stack.append(node)
        self.open.add(node)

    def _leave(self, node: str) -> None:
        members: list[str] = []
        while not members or members[-1] != node:
            members.append(self.stack.pop())
        self.open.difference_update(members)
        if len(members) > 1:
            self.found.append(tuple(sorted(members)))


def smallest_cut(members: Sequence[str], weights: Weights) -> tuple[tuple[Pair, ...], bool]:
    """Give the arrows of least weight together without which no circle is left, and whether that is proven.

    `weights` are those of the arrows among `members`, 1 or more. A cut is what points back in an order of the members:
    of up to twelve every order is weighed (by dynamic programming over their subsets), of more one is
    found from ins and outs (Eades, Lin, Smyth: A fast and effective heuristic for the feedback arc
    set problem, 1993) and bettered by moving members while that helps.
    """
    if len(members) <= _EXACT:
        return _backward(_best_order(members, weights), weights), True
    return _backward(_bettered(_greedy_order(members, weights), weights), weights), False


def _backward(order: Sequence[str], weights: Weights) -> tuple[Pair, ...]:
    place = {each: number for number, each in enumerate(order)}
    return tuple(sorted(p for p in weights if place[p[0]] > place[p[1]]))


def _best_order(members: Sequence[str], weights: Weights) -> list[str]:
    """Give the order with the least weight backwards: that of each subset follows from those one smaller."""
    names = sorted(members)
    bits = range(len(names))
    into = [[weights.get((a, b), 0) for a in names] for b in names]  # into[b][a]: from a to b
    best = [0] * (1 << len(names))
    last = [0] * (1 << len(names))
    for subset in range(1, 1 << len(names)):
        inside = [each for each in bits if subset >> each & 1]
        # the last of the subset: what it points at within is behind it
        options = (
            (
                best[subset ^ (1 << end)] + sum(into[each][end] for each in inside if each != end),
                end,
            )
            for end in inside
        )
        best[subset], last[subset] = min(options)
    order: list[str] = []
    subset = (1 << len(names)) - 1
    while subset:
        order.append(names[last[subset]])
        subset ^= 1 << last[subset]
    return order[::-1]


def _greedy_order(members: Sequence[str], weights: Weights) -> list[str]:
    """Put members that nothing points at first, those that point at nothing last, else the most outgoing next."""
    left = set(members)
    first: list[str] = []
    last: list[str] = []
    while left:
        within = {pair: w for pair, w in weights.items() if left.issuperset(pair)}
        out, into = _sums(within)
        if sinks := sorted(each for each in left if not out.get(each)):
            last[:0] = sinks
            left.difference_update(sinks)
        elif sources := sorted(each for each in left if not into.get(each)):
            first += sources
            left.difference_update(sources)
        else:
            chosen = max(sorted(left), key=lambda each: out[each] - into[each])
            first.append(chosen)
            left.discard(chosen)
    return first + last


def _sums(weights: Weights) -> tuple[dict[str, int], dict[str, int]]:
    out: dict[str, int] = defaultdict(int)
    into: dict[str, int] = defaultdict(int)
    for (source, target), weight in weights.items():
        out[source] += weight
        into[target] += weight
    return out, into


def _bettered(order: list[str], weights: Weights) -> list[str]:
    """Move each member to where least points back, until no move helps."""
    for _pass in range(_PASSES):
        moved = False
        for member in list(order):
            at = order.index(member)
            to = _better_place(order, at, weights)
            if to != at:
                order.insert(to, order.pop(at))
                moved = True
        if not moved:
            break
    return order


def _better_place(order: Sequence[str], at: int, weights: Weights) -> int:
    member, rest = order[at], [*order[:at], *order[at + 1 :]]
    # in front of all: every arrow into it points back
    cost = sum(weights.get((other, member), 0) for other in rest)
    costs = [cost]
    for other in rest:
        cost += weights.get((member, other), 0) - weights.get((other, member), 0)
        costs.append(cost)
    least = min(costs)
    return at if costs[at] == least else costs.index(least)
