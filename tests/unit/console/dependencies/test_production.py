"""How a production install looks."""

from __future__ import annotations

import io

import msgspec

from shipwheel.console.dependencies.production import production_section
from shipwheel.console.layout import show
from shipwheel.console.section import Bars
from shipwheel.console.terminal import Look, Tone
from shipwheel.deps.production.answer import Found, Kind, Package, Production, Weight

FOUND = Production(
    project="demo",
    ok=False,
    python="3.13.0",
    platform="manylinux_x86_64",
    wheel="demo-1.0-py3-none-any.whl",
    lock="pylock.toml",
    extras=("fast",),
    packages=(
        Package(
            name="numpy",
            version="2.5",
            chain=("demo", "numpy"),
            required_by=("demo", "pandas"),
            weight=Weight(python=5_000_000, compiled=40_000_000, tests=7_000_000),
            files=925,
            wheel=15_713_899,
        ),
        Package(
            name="pytest",
            version="9.0",
            chain=("demo", "lib", "pytest"),
            required_by=("lib", "other"),
            weight=Weight(python=1_400_000),
            files=90,
            built=True,
            tool="test",
        ),
        Package(
            name="demo",
            version="1.0",
            chain=("demo",),
            weight=Weight(python=300),
            files=3,
            wheel=900,
        ),
        Package(name="left", version="1", chain=(), weight=Weight(), files=0),
    ),
    found=(
        Found(kind=Kind.TOOL, level="error", packages=("pytest",), message="it is", hint="move it"),
        Found(kind=Kind.UNWANTED, level="warning", packages=("left",), message="nobody"),
    ),
    seconds=2.4,
)


def test_what_a_person_reads() -> None:
    stream = io.StringIO()
    show(stream, production_section(FOUND).tables, Look())
    said = stream.getvalue()
    assert (
        "a production install of demo[fast] on Python 3.13.0, manylinux_x86_64, with pylock.toml"
        in said
    )
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "numpy 2.5 52.0 MB 15.7 MB 925 7.0 MB demo, pandas" in lines
    assert "pytest 9.0 1.4 MB built 90 demo → lib (and 1 more)" in lines
    assert "demo 1.0 300 B 900 B 3 the project itself" in lines
    assert "left 1 0 B 0 nobody" in lines
    assert "error it is" in lines
    assert "move it" in lines
    # of one that nobody weighed the sum of downloads would be wrong
    assert "4 packages, 53.4 MB installed without bytecode, 1018 files" in said
    assert "cache" not in said


def test_sums_and_where_they_come_from() -> None:
    weighed = msgspec.structs.replace(FOUND, packages=FOUND.packages[:3], found=(), offline=True)
    stream = io.StringIO()
    show(stream, production_section(weighed).tables, Look())
    said = stream.getvalue()
    assert "3 packages, 53.4 MB installed without bytecode, 15.7 MB downloaded, 1018 files" in said
    assert "an index is out of reach: this is what uv's cache has, which may be old" in said


def test_the_section() -> None:
    section = production_section(FOUND)
    assert section.title == "production: 1 error, 53.4 MB in 3 packages beside the project"
    assert not section.ok
    tones = [row[0].tone for row in section.tables[0].rows]
    assert tones == [Tone.PLAIN, Tone.BAD, Tone.PLAIN, Tone.WARN]
    bars = section.pictures[0]
    assert isinstance(bars, Bars)
    assert [part.value for part in bars.bars[0].parts] == [5.0, 40.0, 7.0, 0.0]
