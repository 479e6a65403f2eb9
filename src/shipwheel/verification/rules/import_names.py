"""Import-Name and Import-Namespace: what the metadata promises can be imported (PEP 794)."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.dists.modules import module_names
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts, WheelFacts
from shipwheel.verification.report import Level


class ImportNames(WheelCheck):
    """The import names that the metadata states are the wheel's.

    Tools look there which distribution a module comes from.
    """

    id = "import-names"
    hint = (
        "correct `import-names` and `import-namespaces` in [project], or let the backend find them"
    )

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.metadata is None:
            return "no metadata"
        stated = facts.metadata.all("import-name") or facts.metadata.all("import-namespace")
        return "" if stated else "no Import-Name"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        assert facts.metadata is not None
        names, namespaces = (
            _stated(facts.metadata, "import-name"),
            _stated(facts.metadata, "import-namespace"),
        )
        modules = set(module_names(facts.importable))
        known = modules | {above for name in modules for above in _above(name)}
        lost = [name for name in sorted(names | namespaces) if name not in known]
        if lost:
            yield Problem(f"stated, and not in the wheel: {sample(lost)}")
        both = names & namespaces
        if both:
            yield Problem(f"both a name and a namespace: {sample(tuple(both))}")
        tops = {name for name in modules if "." not in name and not name.startswith("_")}
        covered = {each.partition(".")[0] for each in names | namespaces}
        untold = tops - covered
        if untold:
            told = f"in the wheel, and not stated: {sample(tuple(untold))}"
            yield Problem(told, level=Level.WARNING)


def _stated(metadata: MetadataFacts, field: str) -> set[str]:
    values = (value.partition(";")[0].strip() for value in metadata.all(field))
    return {value for value in values if value}


def _above(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


CHECKS = (ImportNames,)
