"""How a profile looks: phases, packages, changes and their bars."""

from __future__ import annotations

import io

import msgspec
import pytest

from shipwheel.console.dependencies.profile import profile_section
from shipwheel.console.layout import show
from shipwheel.console.section import Bars
from shipwheel.console.terminal import Look
from shipwheel.deps.profile.answer import Change, Install, Phases, Profile, Spent

COLD = Install(
    name="cold",
    seconds=3.0,
    runs=(3.4, 3.0),
    phases=Phases(resolve=1.0, prepare=1.2, install=0.1, compile=0.6, rest=0.1),
    packages=2,
)
WARM = Install(name="warm", seconds=0.5, runs=(0.5, 0.6), phases=Phases(resolve=0.3, compile=0.2))
PIP = Install(name="pip", seconds=9.0, runs=(9.0,))
FOUND = Profile(
    project="demo",
    ok=True,
    python="3.13.0",
    platform="manylinux_x86_64",
    installer="pip",
    installs=(COLD, WARM, PIP),
    packages=(
        Spent(name="docopt", version="0.6.2", made="sdist", size=26_000, download=0.1, build=1.1),
        Spent(name="numpy", version="2.5", made="wheel", download=0.5, install=0.03, compile=1.0),
    ),
    changes=(Change(id="uv", title="uv in place of pip", how="say so", before=9.0, after=3.0),),
    untried=("wheels alone in place of docopt: there is none",),
    seconds=17.0,
)


def shown(found: Profile) -> str:
    stream = io.StringIO()
    show(stream, profile_section(found).tables, Look(rich=False, unicode=True, width=100))
    return stream.getvalue()


def test_what_a_person_reads() -> None:
    said = shown(FOUND)
    assert "what demo requires, on Python 3.13.0, manylinux_x86_64, as uv resolves it" in said
    assert "  cold     3.0 s     1.00     1.20     0.10     0.60  0.10  3.40, 3.00" in said
    assert "  docopt   0.6.2    sdist    26 kB      0.10   1.10" in said
    assert "  6.0 s  9.00 → 3.00  uv in place of pip" in said
    assert "  uv in place of pip: say so" in said
    assert "  not measured: wheels alone in place of docopt: there is none" in said
    assert "the best of 2 runs each, 17 s in all" in said


def test_the_section_and_its_bars() -> None:
    section = profile_section(FOUND)
    assert section.title == "profile: 3.0 s for 2 packages"
    installs, packages = section.pictures
    assert isinstance(installs, Bars)
    assert isinstance(packages, Bars)
    assert [bar.label for bar in installs.bars] == ["cold", "warm"]  # pip tells no phases
    assert sum(part.value for part in installs.bars[0].parts) == pytest.approx(COLD.seconds)
    assert packages.bars[0].said == "1.20 s (built from source)"


def test_more_packages_than_a_terminal_wants() -> None:
    many = tuple(
        Spent(name=f"p{number}", version="1", made="wheel", download=1.0) for number in range(20)
    )
    found = Profile(
        project="demo", ok=True, python="3.13.0", platform="x", installer="uv",
        lock="pylock.toml", installs=(COLD,), packages=many,
    )  # fmt: skip
    said = shown(found)
    assert "from pylock.toml" in said
    assert "and 8 more, 8.0 s together" in said
    assert "nothing that was tried makes a difference" in said


def test_nothing_to_install() -> None:
    found = Profile(project="demo", ok=True, python="3.13.0", platform="x", installer="uv")
    assert "it requires nothing at run time" in shown(found)
    assert profile_section(found).pictures == ()


def test_a_machine_that_is_busy_is_told() -> None:
    assert "each core" not in shown(FOUND)
    said = shown(msgspec.structs.replace(FOUND, busy=6.5))
    assert "6.5 processes wanted each core before anything was measured" in said
    uneven = msgspec.structs.replace(COLD, runs=(3.0, 5.0))
    said = shown(msgspec.structs.replace(FOUND, installs=(uneven, WARM)))
    assert "two runs of the same install differ by up to 2.0 s" in said
