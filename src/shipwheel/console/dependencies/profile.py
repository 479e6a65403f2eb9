"""Where an install's time goes: the phases, what each package took, and the changes that were measured."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Bar, Bars, Part, Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text, size_text
from shipwheel.deps.profile.answer import Install, Phases, Profile, Spent
from shipwheel.deps.profile.changes import noise

_PHASES = ("resolve", "prepare", "install", "compile", "rest")
_SHOWN = 12  # packages in the terminal's table; JSON and the page have all
_DRAWN = 40
_NOISY = 0.15  # of the cold install
_BUSY = 1.5  # processes a core


def profile_section(found: Profile) -> Section:
    """Give the answer as a part of the report."""
    if not found.installs:
        return Section("profile", "profile: nothing to install", found.ok, (_nothing(found),))
    cold = found.installs[0]
    title = f"profile: {seconds_text(cold.seconds)} for {counted(cold.packages, 'package')}"
    tables = (_phases(found), _packages(found), _changes(found))
    return Section("profile", title, found.ok, tables, (_install_bars(found), _package_bars(found)))


def _nothing(found: Profile) -> Table:
    return Table(f"the install of {found.project}", empty="it requires nothing at run time")


def _phases(found: Profile) -> Table:
    columns = (
        Column("install", keep=True),
        *(Column(each, right=True) for each in ("whole", *_PHASES)),
        Column("runs", spare=True),
    )
    said = f"from {found.lock}" if found.lock else "as uv resolves it"
    return Table(
        title=f"what {found.project} requires, on Python {found.python}, {found.platform}, {said}",
        columns=columns,
        rows=tuple(_install_row(each) for each in found.installs),
        notes=(
            Cell(
                "phases follow one another and add up to the whole; prepare is downloading, unpacking and"
                " building, side by side",
                Tone.DIM,
            ),
        ),
    )


def _install_row(each: Install) -> tuple[Cell, ...]:
    spent = [_seconds(getattr(each.phases, name)) for name in _PHASES] if each.phases else []
    return (
        Cell(each.name),
        Cell(seconds_text(each.seconds), Tone.STRONG),
        *(Cell(text) for text in spent or [""] * len(_PHASES)),
        Cell(", ".join(f"{run:.2f}" for run in each.runs), Tone.DIM),
    )


def _packages(found: Profile) -> Table:
    heads = ("package", "version", "made of", "size", "download", "build", "install", "compile")
    left = {"package", "version", "made of"}
    rest = found.packages[_SHOWN:]
    notes = [
        Cell(
            "each by itself: packages are prepared side by side, and compile is what one core takes, so"
            " that these add up to more than the whole",
            Tone.DIM,
        )
    ]
    if rest:
        took = sum(each.total for each in rest)
        said = f"and {len(rest)} more, {seconds_text(took)} together"
        notes.insert(0, Cell(said, Tone.DIM))
    return Table(
        title="what each package took",
        columns=tuple(Column(each, right=each not in left, keep=each in left) for each in heads),
        rows=tuple(_package_row(each) for each in found.packages[:_SHOWN]),
        notes=tuple(notes),
    )


def _package_row(each: Spent) -> tuple[Cell, ...]:
    built = each.made == "sdist"
    return (
        Cell(each.name),
        Cell(each.version),
        Cell(each.made, Tone.WARN if built else Tone.PLAIN),
        Cell("" if each.size is None else size_text(each.size)),
        Cell(_seconds(each.download)),
        Cell(_seconds(each.build), Tone.WARN if built else Tone.PLAIN),
        Cell(_seconds(each.install)),
        Cell(_seconds(each.compile)),
    )


def _changes(found: Profile) -> Table:
    rows = tuple(
        (
            Cell(f"{each.saved:.1f} s" if each.saved >= 1 else f"{each.saved:.2f} s", Tone.GOOD),
            Cell(f"{_seconds(each.before)} → {_seconds(each.after)}"),
            Cell(each.title),
        )
        for each in found.changes
    )
    return Table(
        title="what would help most, each measured",
        columns=(
            Column("saves", right=True, keep=True),
            Column("seconds", keep=True),
            Column("change"),
        ),
        rows=rows,
        notes=tuple(_change_notes(found)),
        empty="nothing that was tried makes a difference",
    )


def _change_notes(found: Profile) -> Iterator[Cell]:
    for each in found.changes:
        yield Cell(f"{each.title}: {each.how}")
    for said in found.untried:
        yield Cell(f"not measured: {said}", Tone.WARN)
    runs = max(len(each.runs) for each in found.installs)
    said = f"the best of {runs} runs each" if runs > 1 else "one run each"
    yield Cell(f"{said}, {seconds_text(found.seconds)} in all", Tone.DIM)
    yield from _busy(found)


def _busy(found: Profile) -> Iterator[Cell]:
    """Say what may hide or feign a saving: other programs, and runs of the same install that differ."""
    if found.busy >= _BUSY:
        said = f"{found.busy:g} processes wanted each core before anything was measured: all of this is too long"
        yield Cell(
            f"{said}, and differs; measure again on a machine that does nothing else", Tone.WARN
        )
    spread = max(noise(each) for each in found.installs)
    if spread >= _NOISY * found.installs[0].seconds:
        yield Cell(f"two runs of the same install differ by up to {spread:.1f} s", Tone.WARN)


def _install_bars(found: Profile) -> Bars:
    bars = [
        Bar(each.name, tuple(_parts(each.phases)), _bar_said(each))
        for each in found.installs
        if each.phases is not None
    ]
    return Bars("installs that were measured", "s", tuple(bars))


def _parts(phases: Phases) -> Iterator[Part]:
    return (Part(name, round(getattr(phases, name), 3)) for name in _PHASES)


def _bar_said(each: Install) -> str:
    return seconds_text(each.seconds)


def _package_bars(found: Profile) -> Bars:
    bars = [
        Bar(
            each.name,
            (
                Part("download and unpack", each.download),
                Part("build", each.build),
                Part("install", each.install),
                Part("compile", each.compile),
            ),
            _seconds(each.total) + " s" + (" (built from source)" if each.made == "sdist" else ""),
        )
        for each in found.packages[:_DRAWN]
    ]
    return Bars("what each package took, by itself", "s", tuple(bars))


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}"
