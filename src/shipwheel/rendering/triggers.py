"""What is wrong with when a workflow runs: branches, tags, paths, schedules, and its file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shipwheel.errors import ConfigurationError
from shipwheel.project.config import CiConfig

_TABLE = "[tool.shipwheel.ci]"
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.ya?ml")
_PATTERN = re.compile(r"[^\s$`\"'{}]+")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
# POSIX crontab: each field's name, its first and last value, and names for the values from the first
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of the month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
AUDIT_FILE = "audit.yml"
# at odd minutes: every full hour is when everybody's schedules run, and GitHub drops some then
_OFTEN = {"daily": "23 4 * * *", "weekly": "23 4 * * 1"}
_CRON = 'five fields, minute first: schedules = ["30 4 * * 1"] is Monday, 4:30 UTC'


def check_triggers(ci: CiConfig) -> None:
    """Refuse triggers that a provider would refuse, or that never fire; raises ConfigurationError."""
    for key, values in {
        "branches": ci.branches,
        "tags": ci.tags,
        "paths": ci.paths,
        "paths-ignore": ci.paths_ignore,
    }.items():
        _check_patterns(key, values)
    if ci.paths and ci.paths_ignore:
        raise ConfigurationError(
            "paths and paths-ignore cannot stand together",
            where=_TABLE,
            hint='keep `paths`, and take out of it with a leading `!`: "!docs/**"',
        )
    if not ci.tags:
        raise ConfigurationError(
            "without a tag no release begins", where=f"{_TABLE} tags", hint='tags = ["v*"]'
        )
    for text in ci.schedules:
        check_cron(text)
    if ci.audit is not None:
        audit_cron(ci.audit)
    _check_names(ci)


def audit_cron(text: str) -> str:
    """Give when the dependencies are audited as five fields of crontab; raises ConfigurationError."""
    if text in _OFTEN:
        return _OFTEN[text]
    if len(text.split()) == 1:
        raise ConfigurationError(
            f"{text!r} does not say how often to audit",
            where=f"{_TABLE} audit",
            hint=f"one of {', '.join(_OFTEN)}, or five fields of crontab: {_CRON}",
        )
    check_cron(text, "audit")
    return text


def check_cron(text: str, key: str = "schedules") -> None:
    """Refuse a schedule that is no five fields of crontab; raises ConfigurationError with the field."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise _no_schedule(text, f"it has {len(fields)} fields", key)
    for value, (name, first, last, names) in zip(fields, _FIELDS, strict=True):
        for item in value.split(","):
            if not _is_item(item, first, last, names):
                raise _no_schedule(text, f"{item!r} is no {name}", key)


def _is_item(item: str, first: int, last: int, names: list[str]) -> bool:
    found = _ITEM.fullmatch(item)
    if found is None or found["step"] == "0":
        return False
    if found["first"] == "*":
        return found["last"] is None
    ends = [_number(each, first, names) for each in (found["first"], found["last"]) if each]
    return all(each is not None and first <= each <= last for each in ends) and (
        ends == sorted(ends, key=lambda each: each or 0)
    )


def _number(text: str, first: int, names: list[str]) -> int | None:
    if text.upper() in names:
        return first + names.index(text.upper())
    return int(text) if text.isascii() and text.isdigit() else None


def _no_schedule(text: str, why: str, key: str) -> ConfigurationError:
    return ConfigurationError(
        f"{text!r} is no schedule: {why}", where=f"{_TABLE} {key}", hint=_CRON
    )


def _check_patterns(key: str, values: Iterable[str]) -> None:
    for value in values:
        if not _PATTERN.fullmatch(value) or not value.isprintable():
            raise ConfigurationError(
                f"{value!r} is no pattern for {key}",
                where=f"{_TABLE} {key}",
                hint="write a name, or a pattern with `*`, without spaces, quotes or `$`",
            )


def _check_names(ci: CiConfig) -> None:
    where = f"{_TABLE} workflows"
    for event, name in ci.workflows.items():
        if not _FILE.fullmatch(name):
            raise ConfigurationError(
                f"{name!r} is no name of a workflow's file",
                where=where,
                hint=f'a name alone, without a folder: {{ {event} = "shipwheel-{event}.yml" }}',
            )
    names = {event: ci.workflows.get(event, f"{event}.yml") for event in ("ci", "release")}
    if ci.audit is not None and AUDIT_FILE in names.values():
        raise ConfigurationError(
            f"the audit's workflow is {AUDIT_FILE} too",
            where=where,
            hint="give the other one another name",
        )
    if names["ci"] == names["release"]:
        raise ConfigurationError(
            f"both workflows would be {names['ci']}", where=where, hint="give them two names"
        )
