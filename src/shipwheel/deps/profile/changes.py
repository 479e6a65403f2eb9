"""Which changes could shorten an install: each is a way of installing that can be measured."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec
from packaging.requirements import InvalidRequirement, Requirement

from shipwheel.deps.profile.answer import Change, Install
from shipwheel.deps.profile.measuring import Way
from shipwheel.project.names import normalize

SHOWN = 3
_LEAST_SECONDS = 0.05  # below, a difference is the machine's mood
_LEAST_SHARE = 0.03
_MOST_DROPPED = 3  # requirements that are tried without: each costs a whole install


class Trial(msgspec.Struct, frozen=True):
    """A change to try: how it is installed then, and what a person would have to do.

    `phases` are those that it can shorten, all where none is named: what a run took less elsewhere is the
    machine's doing, and not counted as saved.
    """

    id: str
    title: str
    how: str
    way: Way
    phases: tuple[str, ...] = ()


def dropped(
    requirements: Sequence[str], unused: Collection[str], heavy: Sequence[str]
) -> Iterator[Trial]:
    """Give the installs without a requirement that no module imports, and without extras, heaviest first.

    `unused` and `heavy` are normalized names; `heavy` orders the direct requirements by what they take.
    """
    parsed = [(text, each) for text in requirements if (each := _requirement(text)) is not None]
    order = {name: at for at, name in enumerate(heavy)}
    parsed.sort(key=lambda pair: order.get(normalize(pair[1].name), len(order)))
    count = 0
    for text, each in parsed:
        name = normalize(each.name)
        others = tuple(other for other in requirements if other != text)
        if name in unused and others and count < _MOST_DROPPED:
            count += 1
            yield _without(name, others)
        elif each.extras and count < _MOST_DROPPED:
            count += 1
            yield _plain(text, each, requirements)


def chosen(tried: Iterable[tuple[Change, Install, Install]]) -> tuple[Change, ...]:
    """Give the changes that save most, best first, of all with the two installs that were compared.

    One that saves next to nothing is none, and neither is one that saves less than two runs of the same
    install differ by: that may be the machine's doing.
    """
    real = [
        change
        for change, *installs in tried
        if change.saved >= _LEAST_SECONDS
        and change.saved >= _LEAST_SHARE * change.before
        and change.saved >= max(noise(each) for each in installs)
    ]
    return tuple(sorted(real, key=lambda each: -each.saved))[:SHOWN]


def after(trial: Trial, cold: Install, measured: Install) -> float:
    """Give the seconds with a change: as measured, and no less than the phases that it leaves alone allow."""
    if not trial.phases or cold.phases is None:
        return measured.seconds
    most: float = sum(getattr(cold.phases, name) for name in trial.phases)
    return round(max(measured.seconds, cold.seconds - most), 3)


def noise(install: Install) -> float:
    """Give by how much the two best runs of an install differ, in seconds."""
    best = sorted(install.runs)
    return best[1] - best[0] if len(best) > 1 else 0.0


def _without(name: str, others: tuple[str, ...]) -> Trial:
    return Trial(
        f"without-{name}",
        f"without {name}, which none of the project's modules imports",
        f"take {name} out of the dependencies if nothing needs it (`shipwheel deps graph` looks closer)",
        Way(name=f"without {name}", requirements=others),
    )


def _plain(text: str, each: Requirement, requirements: Sequence[str]) -> Trial:
    extras = ",".join(sorted(each.extras))
    bare = Requirement(text)
    bare.extras = set()
    others = tuple(str(bare) if other == text else other for other in requirements)
    name = normalize(each.name)
    return Trial(
        f"plain-{name}",
        f"{each.name} without its extra {extras}",
        f"require {bare} in place of {text}, if the extra is not used",
        Way(name=f"{each.name} without [{extras}]", requirements=others),
    )


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
