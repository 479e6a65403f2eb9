"""An audit as a table: a row an advisory, what mends each package below."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.section import Section
from shipwheel.console.terminal import Tone
from shipwheel.console.wording import counted, seconds_text
from shipwheel.deps.audit.answer import Advisory, Audit, Mend, Vulnerable

_COLUMNS = (
    Column("package", keep=True),
    Column("locked", keep=True),
    Column("group"),
    Column("advisory", keep=True),
    Column("what it says"),
    Column("mended in", spare=True),
)
RUN_TIME = "run time"  # the group without a name


def audit_section(found: Audit) -> Section:
    """Give the answer as a part of the report."""
    names = [each.name for each in found.vulnerable if each.advisories]
    said = f"advisories name {', '.join(dict.fromkeys(names))}" if names else "no advisory"
    return Section("audit", f"audit: {said}", found.ok, audit_tables(found))


def audit_tables(found: Audit) -> tuple[Table, ...]:
    """Give the advisories that count, what mends them, what is ignored, and what was looked at."""
    rows = tuple(row for each in found.vulnerable for row in _rows(each))
    table = Table(
        title=f"advisories about what {found.project} has locked",
        columns=_COLUMNS,
        rows=rows,
        notes=(*_mends(found), *_ignored(found), *_looked_at(found), _sum(found)),
    )
    return (table,)


def group_name(group: str) -> str:
    """Give a group's name for a person."""
    return group or RUN_TIME


def _rows(each: Vulnerable) -> Iterator[tuple[Cell, ...]]:
    groups = ", ".join(map(group_name, each.groups))
    for number, advisory in enumerate(each.advisories):
        first = number == 0
        yield (
            Cell(each.name, Tone.BAD) if first else Cell(""),
            Cell(each.version if first else ""),
            Cell(groups if first else ""),
            Cell(advisory.names[0]),
            Cell(_summary(advisory)),
            Cell(", ".join(advisory.fixed)),
        )


def _summary(advisory: Advisory) -> str:
    text = advisory.summary or advisory.link
    return text if len(text) <= 100 else f"{text[:99]}…"


def _mends(found: Audit) -> Iterator[Cell]:
    for each in found.vulnerable:
        if each.mend is not None:
            yield from _mend(each, each.mend)


def _mend(each: Vulnerable, mend: Mend) -> Iterator[Cell]:
    named = f"{each.name} {each.version}"
    match mend.state:
        case "found":
            moved = f"; with it {', '.join(mend.moves)}" if mend.moves else ""
            how = mend.command or f"require {each.name}>={mend.version}"
            yield Cell(f"{named}: {mend.version} mends it{moved}: {how}", Tone.STRONG)
            if mend.reason:
                yield Cell(f"  {mend.reason}", Tone.DIM)
        case "forbidden":
            yield Cell(
                f"{named}: {mend.version} would mend it, but for this: {mend.reason}", Tone.BAD
            )
        case "none":
            yield Cell(f"{named}: {mend.reason}", Tone.BAD)
        case _:
            since = f"{mend.version} is named by none" if mend.version else "what mends it is open"
            yield Cell(f"{named}: {since}; {mend.reason}", Tone.WARN)


def _ignored(found: Audit) -> Iterator[Cell]:
    for each in found.vulnerable:
        for advisory, entry in each.ignored:
            until = f", until {entry.until}" if entry.until else ""
            told = f"{each.name} {each.version}: {advisory.names[0]} is ignored{until}"
            yield Cell(f"{told}: {entry.reason}", Tone.DIM)
    for entry in found.expired:
        yield Cell(f"{entry.id} was ignored until {entry.until}, and counts again", Tone.WARN)
    if found.unmet:
        yield Cell(f"ignore-advisories names what nothing has: {', '.join(found.unmet)}", Tone.WARN)


def _looked_at(found: Audit) -> Iterator[Cell]:
    locks = [f"{each.lock} ({each.packages})" for each in found.groups if each.lock]
    if locks:
        yield Cell(f"looked at: {', '.join(locks)}", Tone.DIM)
    free = [f"{group_name(each.group)} ({each.packages})" for each in found.groups if not each.lock]
    if free:
        yield Cell(
            f"without a lock, as uv resolves it today: {', '.join(free)}; `nox -s lock` keeps that",
            Tone.WARN,
        )
    if found.set_aside:
        names = ", ".join(found.set_aside)
        yield Cell(f"not asked about, for they come from no index: {names}", Tone.DIM)
    if found.kept_since:
        yield Cell(
            f"{found.service} is out of reach: this is what it said until {found.kept_since}, and"
            " nothing that came later; what mends it is asked when it is back",
            Tone.WARN,
        )


def _sum(found: Audit) -> Cell:
    if not found.packages:
        return Cell("nothing is locked and nothing declared: nothing to ask", Tone.GOOD)
    bad = [each for each in found.vulnerable if each.advisories]
    count = sum(len(each.advisories) for each in bad)
    said = "no advisory that counts"
    if bad:
        named = "1 advisory" if count == 1 else f"{count} advisories"
        said = f"{named} on {counted(len(bad), 'version')}"
    told = f"{counted(found.packages, 'version')} asked about at {found.service}: {said}"
    return Cell(f"{told} ({seconds_text(found.seconds)})", Tone.GOOD if found.ok else Tone.BAD)
