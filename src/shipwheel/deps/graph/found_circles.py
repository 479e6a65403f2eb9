"""Which circles there are, of modules, sub-packages and distributions, and where to cut them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from shipwheel.deps.graph.answer import Arrow, Circle, Level, When
from shipwheel.deps.graph.circles import Pair, components, smallest_cut


def module_circles(arrows: Sequence[Arrow]) -> tuple[Circle, ...]:
    """Give the circles of modules: those that take names of one another at import, which are errors, then the others."""
    return _by_strictness(arrows, Level.MODULES)


def package_circles(arrows: Sequence[Arrow], modules: Collection[str]) -> tuple[Circle, ...]:
    """Give sub-packages that import one another though no two of their modules do: below each package, its children.

    They can be imported, and neither can be understood or taken out alone.
    """
    strict = [each for each in arrows if each.when in {When.ALWAYS, When.WHOLE}]
    told = [frozenset(each) for each in components(_pairs(strict))]
    found: list[Circle] = []
    for package in sorted({above for name in modules for above in _above(name)}):
        between = _between(package, [a for a in strict if not _within(a, told)], modules)
        found += _circles(between, Level.PACKAGES, When.ALWAYS)
    return tuple(found)


def distribution_circles(arrows: Sequence[Arrow], own: Collection[str]) -> tuple[Circle, ...]:
    """Give the circles of distributions; one in which something of `own` takes part at run time is an error."""
    return _by_strictness(arrows, Level.DISTRIBUTIONS, own)


def _by_strictness(
    arrows: Sequence[Arrow], level: Level, own: Collection[str] | None = None
) -> tuple[Circle, ...]:
    """Give the circles of the strictest arrows, then those that looser ones make besides."""
    found: list[Circle] = []
    for number, when in enumerate(When):
        holding = [each for each in arrows if list(When).index(each.when) <= number]
        # what is a circle anyway stands for itself: else one late import would tie all of them into one
        known = [frozenset(each.members) for each in found]
        loose = [each for each in holding if not _within(each, known)]
        found += _circles(loose, level, when, own)
    return tuple(found)


def _circles(
    arrows: Sequence[Arrow], level: Level, when: When, own: Collection[str] | None = None
) -> Iterator[Circle]:
    for members in components(_pairs(arrows)):
        inside = frozenset(members)
        among = [each for each in arrows if {each.source, each.target} <= inside]
        cut, proven = smallest_cut(members, _weights(among))
        strict = when in {When.ALWAYS, When.WHOLE}
        error = level is Level.DISTRIBUTIONS and when is When.ALWAYS
        error = error or (level is Level.MODULES and strict and may_fail(members, among))
        yield Circle(
            level=level,
            members=members,
            when=when,
            arrows=tuple(among),
            cut=tuple(each for each in among if (each.source, each.target) in set(cut)),
            proven=proven,
            error=error and (own is None or not inside.isdisjoint(own)),
        )


def may_fail(members: Collection[str], arrows: Sequence[Arrow]) -> bool:
    """Say whether there is a module of the circle with which nobody can begin for certain.

    Whoever begins with a module comes back to it while it is half loaded. That is well where the module is imported whole, or
    where it binds the names that are taken before it leads into the circle; else it fails. Nobody begins
    with a module whose package is a member: the package is loaded before it.
    """
    firsts = [each for each in members if not {*_above(each)} & {*members}]
    if any(_comes_too_early(each, arrows) for each in arrows if each.target in firsts):
        return True
    left = [a for a in arrows if a.target not in firsts]
    return any(
        may_fail(inner, [a for a in left if {a.source, a.target} <= {*inner}])
        for inner in components(_pairs(left))
    )


def _comes_too_early(arrow: Arrow, arrows: Sequence[Arrow]) -> bool:
    """Say whether an arrow takes names that its target may not have when it leads into the circle."""
    if arrow.when is not When.ALWAYS:
        return False
    leads = [place.line for a in arrows if a.source == arrow.target for place in a.places]
    return not arrow.there or arrow.there >= min(leads, default=0)


def _weights(arrows: Iterable[Arrow]) -> dict[Pair, int]:
    """Weigh an arrow by the statements to change."""
    weights: dict[Pair, int] = defaultdict(int)
    for each in arrows:
        weights[each.source, each.target] += max(1, len(each.places))
    return weights


def _pairs(arrows: Iterable[Arrow]) -> list[Pair]:
    return [(each.source, each.target) for each in arrows]


def _within(arrow: Arrow, circles: Iterable[Collection[str]]) -> bool:
    return any(arrow.source in each and arrow.target in each for each in circles)


def _above(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _between(package: str, arrows: Iterable[Arrow], modules: Collection[str]) -> list[Arrow]:
    """Give the arrows between a package's children, of which one at least is a package itself."""
    parents = {name.rpartition(".")[0] for name in modules}
    found: dict[Pair, list[Arrow]] = defaultdict(list)
    for each in arrows:
        source, target = _child(package, each.source), _child(package, each.target)
        if source and target and source != target and (source in parents or target in parents):
            found[source, target].append(each)
    return [_joined(pair, each) for pair, each in sorted(found.items())]


def _child(package: str, name: str) -> str:
    if not name.startswith(f"{package}."):
        return ""
    return f"{package}.{name[len(package) + 1 :].partition('.')[0]}"


def _joined(pair: Pair, arrows: Sequence[Arrow]) -> Arrow:
    places = [place for each in arrows for place in each.places]
    names = dict.fromkeys(each.target for each in arrows)
    return Arrow(source=pair[0], target=pair[1], places=tuple(places), names=tuple(names))
