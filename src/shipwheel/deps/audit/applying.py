"""What mends a project's locks, written into them: all upgrades at once, and nothing else moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shipwheel.deps.audit.answer import Audit
from shipwheel.deps.lock.locking import existing, kept_pins
from shipwheel.deps.lock.resolving import Asked, resolve
from shipwheel.deps.lock.wanted import Wanted
from shipwheel.deps.lock.writing import merged, written
from shipwheel.files import write_text


def apply_mends(found: Audit, wanted: Sequence[Wanted], asked: Asked) -> tuple[str, ...]:
    """Write the upgrades that an audit found into the locks that are there, and name those that changed.

    Only what has to move with an upgrade moves too; a lock that is not there is not made. Raises as
    `resolve` does.
    """
    upgrades = tuple(_upgrades(found))
    there = existing(asked.root)
    locked = [each for each in wanted if each.name in there.locks]
    if not upgrades or not locked:
        return ()
    told = msgspec.structs.replace(
        asked,
        kept=kept_pins(asked.root, locked, there),
        upgrade=upgrades,
        waived=tuple(dict.fromkeys(each.partition("==")[0] for each in upgrades)),
    )
    texts = resolve(locked, told).texts
    return tuple(
        each.lock for each in locked if _put(each, written(texts[each.name], each.origin), asked)
    )


def _upgrades(found: Audit) -> Iterator[str]:
    for each in found.vulnerable:
        if each.mend is not None and each.mend.state == "found":
            yield f"{each.name}=={each.mend.version}"


def _put(wanted: Wanted, text: str, asked: Asked) -> bool:
    path = asked.root / wanted.lock
    before = path.read_text("utf-8")
    after = merged(before, text, wanted.lock)
    if after == before:
        return False
    write_text(path, after)
    return True
