"""From times to a verdict: medians, ratios of the same round, and the table."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Times = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Target:
    """A promise: ours over another's time, at most `limit`."""

    what: str
    ours: str
    other: str
    limit: float

    def ratio(self, times: Times) -> float | None:
        """Give the median over the rounds of ours divided by theirs in that round."""
        pairs = list(zip(times.get(self.ours, ()), times.get(self.other, ()), strict=False))
        return median(ours / other for ours, other in pairs) if pairs else None


TARGETS = (
    Target("cold, against (a) the shell", "ours cold", "shell cold", 1.25),
    Target("cold, against (b) tox", "ours cold", "tox cold", 1.0),
    Target("again, against (b) tox", "ours again", "tox again", 0.6),
    Target("again, against (c) the plain noxfile", "ours again", "nox again", 0.6),
    Target("`nox -l`, against a bare noxfile's", "ours list", "nox list", 1.5),
)


def seconds_table(titles: Mapping[str, str], times: Times) -> str:
    """Give the medians in seconds, a row a contender."""
    rows = [
        f"| {title} | {_median(times, f'{key} cold')} | {_median(times, f'{key} again')} "
        f"| {_median(times, f'{key} list')} |"
        for key, title in titles.items()
    ]
    head = "| contender | cold, s | again, s | `nox -l`, s |\n| --- | --- | --- | --- |"
    return "\n".join([head, *rows])


def targets_table(times: Times) -> str:
    """Give each promise, its ratio and whether it was kept."""
    rows = []
    for target in TARGETS:
        ratio = target.ratio(times)
        if ratio is not None:
            kept = "kept" if ratio <= target.limit else "**missed**"
            rows.append(f"| {target.what} | {ratio:.2f} | {target.limit:g} | {kept} |")
    head = "| ours over theirs | ratio | at most | |\n| --- | --- | --- | --- |"
    return "\n".join([head, *rows])


def machine() -> str:
    """Say what it was measured on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _median(times: Times, key: str) -> str:
    return f"{median(times[key]):.2f}" if times.get(key) else "-"
