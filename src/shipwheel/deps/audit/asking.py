"""An audit from beginning to end: what is locked, what the service says of it, what mends it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.deps.audit.answer import Advisory, Audit, Audited, Mend, Place, Vulnerable
from shipwheel.deps.audit.ignoring import Ignoring
from shipwheel.deps.audit.keeping import keep, read_kept, recalled
from shipwheel.deps.audit.mending import candidates, mend, sifted
from shipwheel.deps.audit.pins import Scope, locked_scopes, resolved_scope
from shipwheel.deps.audit.resolving import Resolver
from shipwheel.deps.audit.service import Answers, ask_service
from shipwheel.deps.audit.synthetic import Pin
from shipwheel.deps.sources import Listings, configured_sources
from shipwheel.errors import JobError, MachineError
from shipwheel.events import Emit, Notice, Progress, StepDone, StepStarted, Warned, silent
from shipwheel.redaction import redact

_STEP = "audit"
_AT_ONCE = 4


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: a project's declarations by group (empty: at run time), of which service, and since when.

    `requires_python` is a specifier; `cache` the file of earlier answers; `now` the time that counts;
    what was released after `cutoff` does not. `patch` is the session that moves one package.
    """

    project: str
    root: Path
    declared: Mapping[str, tuple[str, ...]]
    requires_python: str
    service: str
    ignoring: Ignoring
    cache: Path
    now: dt.datetime
    cutoff: dt.datetime | None = None
    patch: str = "patch"


class _Said(msgspec.Struct, frozen=True):
    """The service's answers, and since when they were kept where it is out of reach."""

    answers: Answers
    since: dt.datetime | None = None


def audit(asking: Asking, emit: Emit = silent) -> Audit:
    """Audit every group's lock, and what uv resolves now for a group that has none.

    Raises ConfigurationError for a lock that cannot be read, MachineError where the service is out of
    reach and no answers of it are kept, or an index is; JobError where the declarations do not resolve.
    """
    started = time.perf_counter()
    resolver = Resolver(asking.root, asking.cutoff)
    scopes = _scopes(asking, resolver, emit)
    pins = {pin for scope in scopes for pin in scope.places}
    versions = f"{len(pins)} version{'' if len(pins) == 1 else 's'}"
    emit(StepStarted(_STEP, f"{asking.project}: {versions}, {redact(asking.service)}"))
    said = _ask(asking, pins, emit)
    every = [each for found in said.answers.values() for each in found]
    vulnerable = _vulnerable(said, scopes, asking.ignoring)
    if said.since is None:
        vulnerable = _mended(asking, vulnerable, scopes, resolver, emit)
    seconds = time.perf_counter() - started
    emit(StepDone(_STEP, seconds, f"{len(pins)} versions"))
    return Audit(
        project=asking.project,
        ok=not any(each.advisories for each in vulnerable),
        service=redact(asking.service),
        groups=tuple(
            Audited(group=each.group, lock=each.lock, packages=len(each.places)) for each in scopes
        ),
        packages=len(pins),
        vulnerable=vulnerable,
        set_aside=tuple(dict.fromkeys(name for each in scopes for name in each.set_aside)),
        expired=asking.ignoring.expired,
        unmet=asking.ignoring.unmet(every),
        kept_since=None if said.since is None else said.since.isoformat(timespec="seconds"),
        seconds=round(seconds, 2),
    )


def _scopes(asking: Asking, resolver: Resolver, emit: Emit) -> tuple[Scope, ...]:
    locked = locked_scopes(asking.root, asking.declared, asking.requires_python)
    known = {each.group for each in locked}
    missing = [
        Scope(group=group, requirements=needed, requires_python=asking.requires_python)
        for group, needed in asking.declared.items()
        if needed and group not in known
    ]
    if missing:
        names = ", ".join(each.group or "the run-time requirements" for each in missing)
        emit(Notice(f"no lock of {names}: what uv resolves today is audited in its place"))
    return (*locked, *(_resolved(each, resolver) for each in missing))


def _resolved(scope: Scope, resolver: Resolver) -> Scope:
    found = resolver.resolve(scope)
    if found.refusal:
        raise JobError(
            f"no versions fit together for {scope.group or 'the run-time requirements'}",
            where=str(resolver.root),
            evidence=found.refusal[:2000],
            hint="`shipwheel deps conflicts` says who is in whose way",
        )
    return resolved_scope(scope, found.pins)


def _ask(asking: Asking, pins: Iterable[Pin], emit: Emit) -> _Said:
    """Ask the service, and keep what it says; where it is out of reach, what was kept stands in."""
    wanted = sorted(pins)
    kept = read_kept(asking.cache, redact(asking.service))
    try:
        answers = ask_service(wanted, asking.service)
    except MachineError as error:
        known = recalled(kept, wanted, asking.now)
        if known is None or not wanted:
            raise
        emit(Warned(f"{error.what}: answers of {known[1]:%Y-%m-%d %H:%M} UTC stand in", ""))
        return _Said(*known)
    keep(asking.cache, kept, answers, asking.now)
    return _Said(answers)


def _vulnerable(said: _Said, scopes: Sequence[Scope], ignoring: Ignoring) -> tuple[Vulnerable, ...]:
    places: dict[Pin, list[Place]] = {}
    for scope in scopes:
        for pin, place in scope.places.items():
            places.setdefault(pin, []).append(place)
    return tuple(
        Vulnerable(
            name=pin.name,
            version=pin.version,
            places=tuple(places[pin]),
            advisories=_newest_first(ignoring.counting(found)),
            ignored=tuple((each, entry) for each in found if (entry := ignoring.of(each))),
        )
        for pin, found in sorted(said.answers.items())
        if found
    )


def _newest_first(advisories: Iterable[Advisory]) -> tuple[Advisory, ...]:
    return tuple(sorted(advisories, key=lambda each: (each.published, each.id), reverse=True))


def _mended(
    asking: Asking,
    vulnerable: Sequence[Vulnerable],
    scopes: Sequence[Scope],
    resolver: Resolver,
    emit: Emit,
) -> tuple[Vulnerable, ...]:
    """Find what mends each: all later releases are asked about in one go, then uv's resolver of each."""
    pins = [Pin(each.name, each.version) for each in vulnerable if each.advisories]
    if not pins:
        return tuple(vulnerable)
    listings = Listings(configured_sources(asking.root, emit), emit)
    listings.fetch((pin.name for pin in pins), _AT_ONCE)
    later = {pin: candidates(pin, listings.of(pin.name)) for pin in pins}
    asked = {Pin(pin.name, each.public) for pin, versions in later.items() for each in versions}
    answers = ask_service(asked, asking.service)
    counting = {pin: asking.ignoring.counting(found) for pin, found in answers.items()}
    mends: dict[Pin, Mend] = {}

    def find(pin: Pin) -> None:
        own = [scope for scope in scopes if pin in scope.places]
        if pin.name in listings.failed:
            mends[pin] = Mend(state="unknown", reason="no index gave its releases")
        else:
            found = mend(pin, sifted(pin.name, later[pin], counting), own, resolver)
            mends[pin] = _called(found, pin, asking.patch) if _locked(own) else found
        emit(Progress(_STEP, len(mends), len(pins)))

    process.parallel(find, pins, workers=_AT_ONCE)
    return tuple(
        msgspec.structs.replace(each, mend=mends.get(Pin(each.name, each.version)))
        for each in vulnerable
    )


def _locked(scopes: Iterable[Scope]) -> bool:
    return any(scope.lock for scope in scopes)


def _called(found: Mend, pin: Pin, session: str) -> Mend:
    """Give a mend with the command that applies it."""
    if found.state != "found":
        return found
    command = f"nox -s {session} -- {pin.name}=={found.version}"
    return msgspec.structs.replace(found, command=command)
