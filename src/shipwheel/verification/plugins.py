"""Rules that third parties bring: an entry point of the group `shipwheel.rules`.

    [project.entry-points."shipwheel.rules"]
    acme = "acme_rules:RULES"

The entry point's object is a `Check` subclass or a sequence of them; its name (`acme`) is their family, and
each id begins with it (`acme-licence`), so that no later rule of ours is in its way.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import traceback
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from shipwheel.errors import ConfigurationError
from shipwheel.verification.check import Check, Context, Problem, Rule
from shipwheel.verification.report import Level

GROUP = "shipwheel.rules"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@cache
def brought(own: tuple[type[Check[Any]], ...]) -> tuple[type[Check[Any]], ...]:
    """Give the checks that installed distributions bring; `own` are ours, which none may resemble.

    Raises ConfigurationError, which names the distribution, where one cannot be loaded or is no rule.
    """
    found: list[type[Check[Any]]] = []
    taken = {check.id.partition("-")[0] for check in own}
    for entry in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
        if entry.name in taken:
            raise _refused(entry, f"{entry.name!r} is the family of others' rules")
        taken.add(entry.name)
        found += [_guarded(check, entry) for check in _loaded(entry)]
    return tuple(found)


def _loaded(entry: EntryPoint) -> tuple[type[Check[Any]], ...]:
    try:
        given = entry.load()
    except Exception as error:
        said = "".join(traceback.format_exception_only(error)).strip()
        raise _refused(entry, "it cannot be imported", evidence=said) from error
    checks = tuple(given) if isinstance(given, Sequence) else (given,)
    ids = [getattr(check, "id", None) for check in checks]
    for check, name in zip(checks, ids, strict=True):
        fault = _fault(check, entry.name)
        if fault or ids.count(name) > 1:
            raise _refused(entry, fault or f"it brings the rule {name!r} twice")
    return checks


def _fault(check: object, prefix: str) -> str:
    """Say why something is no rule; empty where it is one."""
    if not (isinstance(check, type) and issubclass(check, Check)):
        return f"{check!r} is no subclass of shipwheel.verification.check.Check"
    lacking = [name for name in ("id", "hint", "subject") if not hasattr(check, name)]
    if lacking or inspect.isabstract(check):
        return f"{check.__name__} lacks {', '.join(lacking) or 'the method problems'}"
    if not (_ID.fullmatch(str(check.id)) and check.id.startswith(f"{prefix}-")):
        return f"the rule's id {check.id!r} is not of the form {prefix}-WHAT"
    if not check.__doc__:
        return f"{check.__name__} has no docstring, which is the rule's title"
    return ""


def _refused(entry: EntryPoint, why: str, *, evidence: str | None = None) -> ConfigurationError:
    origin = _origin(entry)
    return ConfigurationError(
        f"the rules that {origin} brings cannot be taken: {why}",
        where=f"the entry point {entry.name} = {entry.value} of {GROUP}",
        evidence=evidence,
        hint=f"mend or uninstall {origin}: what it was to look at would go unseen",
    )


def _origin(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown distribution"


def _guarded(check: type[Check[Any]], entry: EntryPoint) -> type[Check[Any]]:
    """Give the check such that what it raises is a finding: all else is still looked at and told."""
    origin = _origin(entry)

    def applies(self: Check[Any], facts: Any, context: Context) -> str:
        try:
            return check.applies(self, facts, context)
        except Exception:  # noqa: BLE001 - anybody's code; `problems` meets and tells it
            return ""

    def problems(self: Check[Any], facts: Any, context: Context) -> Iterator[str | Problem]:
        try:
            check.applies(self, facts, context)
            for each in check.problems(self, facts, context):
                yield each if isinstance(each, Problem) else str(each)
        except Exception as error:  # noqa: BLE001 - anybody's code
            yield _own_failure(error, origin)

    def rule(_cls: type[Check[Any]]) -> Rule:
        return dataclasses.replace(check.rule(), family=entry.name, origin=origin)

    own = {"applies": applies, "problems": problems, "rule": classmethod(rule)}
    return type(check.__name__, (check,), {**own, "__doc__": check.__doc__, "__slots__": ()})


def _own_failure(error: Exception, origin: str) -> Problem:
    said = "".join(traceback.format_exception_only(error)).strip()
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Problem(
        f"the rule itself failed, so nothing is known: {said} ({last.name}, line {last.lineno})",
        level=Level.ERROR,
        hint=f"tell whoever makes {origin}; the file may be good",
    )
