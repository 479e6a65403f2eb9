"""Package data: what the sdist's packages hold besides modules is in the wheel too."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.verification.check import Context, Problem, SetCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts, SetFacts, WheelFacts
from shipwheel.verification.modules import is_test
from shipwheel.verification.report import Level
from shipwheel.verification.rules.leftovers import is_leftover

# what programs read while they run, and type checkers; sources and papers are none
_DATA = (
    ".json .toml .yaml .yml .csv .tsv .html .css .js .svg .png .gif .jpg .ico .jinja .jinja2 .j2 .tmpl"
    " .xml .xsd .sql .pem .mo .dat .typed .pyi .wasm .ttf .woff2 .onnx .schema .proto .avsc .graphql"
)
_ENDS = tuple(_DATA.split())


class Data(SetCheck):
    """Data files that lie in the sdist's packages are in its wheel.

    Backends pack modules by themselves, and other files where they are told. Tests that run in the
    checkout find them all the same.
    """

    id = "package-data"
    level = Level.WARNING
    hint = "tell the backend (`[tool.setuptools.package-data]`, MANIFEST.in), or leave it out of the sdist"

    def applies(self, facts: SetFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if any(_pairs(facts)) else "there is no wheel beside its sdist"

    def problems(self, facts: SetFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for sdist, wheel in _pairs(facts):
            lost = lost_data(sdist, wheel)
            if lost:
                yield Problem(f"{wheel.file.filename} lacks what the sdist has: {sample(lost)}")


def _pairs(facts: SetFacts) -> Iterator[tuple[SdistFacts, WheelFacts]]:
    """Give each sdist with the first of its wheels: another rule holds them to be alike."""
    for sdist in (each.sdist for each in facts.distributions if each.sdist is not None):
        for wheel in (each.wheel for each in facts.distributions if each.wheel is not None):
            same = (wheel.file.name, wheel.file.version) == (sdist.file.name, sdist.file.version)
            if same:
                yield sdist, wheel
                break


def lost_data(sdist: SdistFacts, wheel: WheelFacts) -> tuple[str, ...]:
    """Give the data files of the sdist's packages that the wheel has not, by their path in the wheel.

    A package counts whose `__init__.py` is in both.
    """
    there = set(wheel.importable)
    packages = {p.rpartition("/")[0] for p in there if p.endswith("/__init__.py")}
    found = []
    for path in sdist.paths:
        if not path.endswith(_ENDS):
            continue
        for package in packages:
            at = path.find(f"{package}/")
            inside = path[at:]
            if at < 0 or (at and path[at - 1] != "/") or inside.rpartition("/")[0] != package:
                continue
            known = f"{path[:at]}{package}/__init__.py" in sdist.paths
            meant = not is_leftover(inside) and not is_test(_dotted(inside))
            if known and meant and inside not in there:
                found.append(inside)
    return tuple(sorted(set(found)))


def _dotted(path: str) -> str:
    return path.rpartition(".")[0].replace("/", ".")


CHECKS = (Data,)
