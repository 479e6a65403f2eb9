"""Answers of the service from earlier, for when it is out of reach: each with the time it was given."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import msgspec

from shipwheel.deps.audit.answer import Advisory
from shipwheel.deps.audit.service import Answers
from shipwheel.deps.audit.synthetic import Pin
from shipwheel.errors import MachineError
from shipwheel.files import to_json, write_bytes

_MOST = 20_000  # answers in the file
_OLDEST = dt.timedelta(days=30)  # by then most packages have a release that nobody asked about
_LARGEST = 64 << 20


class KeptAnswer(msgspec.Struct, frozen=True):
    """What was said of a version, and when."""

    asked: dt.datetime
    advisories: tuple[Advisory, ...] = ()


class Kept(msgspec.Struct, frozen=True):
    """All answers of one service, by `name==version`."""

    service: str
    answers: dict[str, KeptAnswer] = {}


def read_kept(path: Path, service: str) -> Kept:
    """Read what was kept of a service's answers; nothing of another's, nor of a file that cannot be read."""
    try:
        if path.stat().st_size > _LARGEST:
            return Kept(service)
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return Kept(service)
    return kept if kept.service == service else Kept(service)


def keep(path: Path, kept: Kept, answers: Answers, now: dt.datetime) -> None:
    """Add answers to the file, the newest first; what is too much is left out. A read-only tree keeps none."""
    fresh = {_key(pin): KeptAnswer(now, found) for pin, found in answers.items()}
    every = fresh | {name: each for name, each in kept.answers.items() if name not in fresh}
    bounded = dict(list(every.items())[:_MOST])
    with contextlib.suppress(MachineError, OSError, UnicodeError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, to_json(Kept(kept.service, bounded)))


def recalled(
    kept: Kept, pins: Iterable[Pin], now: dt.datetime
) -> tuple[Answers, dt.datetime] | None:
    """Give the kept answers about versions and the time of the oldest; None where one is missing or too old."""
    found: Answers = {}
    oldest = now
    for pin in pins:
        answer = kept.answers.get(_key(pin))
        if answer is None or now - answer.asked > _OLDEST:
            return None
        found[pin] = answer.advisories
        oldest = min(oldest, answer.asked)
    return found, oldest


def _key(pin: Pin) -> str:
    return f"{pin.name}=={pin.version}"
