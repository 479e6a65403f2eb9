"""Entry points: they parse, and name what the wheel holds."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.dists.modules import module_names
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.imports import SCRIPTS
from shipwheel.verification.report import Level


class EntryPoints(WheelCheck):
    """The entry points parse and name modules that the wheel holds.

    Modules of other distributions are left to the install checks.
    """

    id = "entry-points"
    hint = "correct `[project.scripts]` or the entry-points table, or what the backend packs"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.entry_points or facts.entry_points_fault else "no entry points"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        if facts.entry_points_fault:
            yield Problem(f"entry_points.txt cannot be read: {facts.entry_points_fault}")
        modules = set(module_names(facts.importable)) | set(_folders(facts))
        for group, points in sorted(facts.entry_points.items()):
            level = None if group in SCRIPTS else Level.WARNING
            for name, value in sorted(points.items()):
                module, _, attr = value.partition("[")[0].partition(":")
                if _lacks(modules, module.strip(), with_attr=bool(attr)):
                    text = f"{group}: {name} = {value}: the wheel has no module {module.strip()}"
                    yield Problem(text, level=level)


def _lacks(modules: set[str], module: str, *, with_attr: bool) -> bool:
    """Say whether a module is the wheel's to have, and is not there.

    Some groups name an object without a colon (fsspec's): then its module is enough.
    """
    if module.partition(".")[0] not in modules or module in modules:
        return False
    return with_attr or module.rpartition(".")[0] not in modules


def _folders(facts: WheelFacts) -> Iterator[str]:
    """Give the folders as dotted names: one without `__init__` can be named too (numpy does)."""
    for path in facts.importable:
        parts = path.split("/")[:-1]
        yield from (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))


CHECKS = (EntryPoints,)
