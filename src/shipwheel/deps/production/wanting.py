"""Who wants what: from the project along the requirements that hold, with the extras that they name."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import msgspec
from packaging.utils import canonicalize_name

from shipwheel.verification.dependencies import Installed, applies, parsed

_MOST = 20_000  # pairs of a distribution and an extra


class Wants(msgspec.Struct, frozen=True):
    """The shortest chain of names from the project to each distribution, and who requires it directly."""

    chains: dict[str, tuple[str, ...]]
    required_by: dict[str, tuple[str, ...]]


def wants(
    start: str,
    extras: Iterable[str],
    installed: Mapping[str, Installed],
    markers: Mapping[str, str],
    *,
    without: str = "",
) -> Wants:
    """Walk from `start`, asked for with `extras`; `without` is a distribution that is taken as not there."""
    chains: dict[str, tuple[str, ...]] = {start: (start,)}
    required: dict[str, dict[str, None]] = {}
    queue = deque([(start, ""), *((start, canonicalize_name(each)) for each in extras)])
    seen = set(queue)
    while queue:
        name, extra = queue.popleft()
        for each in parsed(installed[name].requires):
            wanted = canonicalize_name(each.name)
            # with an extra, what holds without one was walked already
            counts = applies(each, markers, extra) and not (extra and applies(each, markers))
            if not counts or wanted not in installed or wanted == without:
                continue
            chains.setdefault(wanted, (*chains[name], wanted))
            if wanted != name:
                required.setdefault(wanted, {})[name] = None
            for further in ("", *(canonicalize_name(own) for own in each.extras)):
                pair = (wanted, further)
                if pair not in seen and len(seen) < _MOST:
                    seen.add(pair)
                    queue.append(pair)
    return Wants(chains, {name: tuple(sorted(names)) for name, names in required.items()})


def along_with(
    tool: str,
    start: str,
    extras: tuple[str, ...],
    installed: Mapping[str, Installed],
    markers: Mapping[str, str],
) -> tuple[str, ...]:
    """Give what only `tool` brings: what nobody would want without it."""
    with_it = wants(start, extras, installed, markers).chains
    left = wants(start, extras, installed, markers, without=tool).chains
    return tuple(sorted(with_it.keys() - left.keys() - {tool}))
