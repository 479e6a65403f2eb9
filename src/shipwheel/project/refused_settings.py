"""What is wrong with a setting, in the words of the file it stands in."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec
from packaging.requirements import InvalidRequirement, Requirement

from shipwheel.errors import ConfigurationError
from shipwheel.project.config import Config
from shipwheel.project.cooldown import cutoff
from shipwheel.project.names import normalize

_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]*)`(?: - at `(?P<path>[^`]*)`)?")
_TYPE = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`")
_MISSING = re.compile(r"missing required field `(?P<key>[^`]*)`")
_PATH = re.compile(r" - at `(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
# msgspec's words for types, in TOML's
_WORDS = {
    "array": "a list",
    "str": "a string",
    "object": "a table",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
}
# 3.12, 3.14t, pypy3.11; which of them exist is the Catalog's to say
_PYTHON = re.compile(r"(?:pypy|graalpy)?3\.\d+t?")

OWN = "shipwheel.toml"
Step = str | int


def refused(message: str, raw: Any, where: str, prefix: str) -> ConfigurationError:
    """Give the error for msgspec's complaint about `raw`; `prefix` is the key under which that stands."""
    unknown = _UNKNOWN.search(message)
    if unknown is not None:
        return _unknown_key(unknown["key"], steps(unknown["path"], raw), where, prefix)
    place = _PATH.search(message)
    path = steps(place["path"] if place else None, raw)
    said = message[: place.start()] if place else message
    what, hint = _complaint(said, path, raw)
    return ConfigurationError(f"{_dotted(prefix, path) or OWN}: {what}", where=where, hint=hint)


def steps(path: str | None, raw: Any) -> tuple[Step, ...]:
    """Split msgspec's `$.index[...].upload` into its keys; it does not say which of a table's it means.

    The first in `raw` of which the rest is true is taken.
    """
    found: list[Step] = []
    for name, number in _STEP.findall(path or ""):
        if number == "...":
            inner = _at(raw, found)
            keys = list(inner) if isinstance(inner, Mapping) else []
            wrong = next((key for key in keys if _is_wrong(inner[key], found)), None)
            found += [] if wrong is None else [wrong]
        else:
            found.append(int(number) if number else name)
    return tuple(found)


def check_pythons(key: str, names: Iterable[str], where: str) -> None:
    """Refuse what cannot be a Python's name."""
    for name in names:
        if not _PYTHON.fullmatch(name):
            raise ConfigurationError(
                f"{name!r} in {key} is no Python",
                where=where,
                hint='write versions as "3.12", "3.14t" (free-threaded) or "pypy3.11"',
            )


def check_commands(config: Config, where: str) -> None:
    """Refuse commands and requirements that cannot be ones."""
    command = config.test.command
    if command is not None and not (command and all(command)):
        raise ConfigurationError(
            "an empty list in test.command is no command",
            where=where,
            hint='write it as command = ["pytest"], or leave it out: then it is found',
        )
    for text in config.test.requires:
        try:
            Requirement(text)
        except InvalidRequirement as error:
            raise ConfigurationError(
                f"{text!r} in test.requires is no requirement",
                where=where,
                evidence=str(error),
                hint='write them as requires = ["pytest>=8"]',
            ) from error


def check_kinds(config: Config, where: str) -> None:
    """Refuse an index of a kind that there is not: nothing would be known of it, and nothing said."""
    named = {name: each.kind for name, each in config.index.items() if each.kind is not None}
    if not named:
        return
    from shipwheel.data.kinds import check_kind  # noqa: PLC0415 - reads the Catalog

    for name, kind in named.items():
        check_kind(kind, f"{where}, index.{name}.kind")


def check_cool_down(config: Config, where: str) -> None:
    """Refuse an `exclude-newer` that says no time."""
    text = config.deps.exclude_newer
    if text is None:
        return
    try:
        cutoff(text, dt.datetime.now(dt.UTC))
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{text!r} in deps.exclude-newer is no time",
            where=where,
            hint='write a span ("7 days", "36 hours"), a day ("2026-01-31")'
            ' or a moment ("2026-01-31T12:00:00Z")',
        ) from None


def check_named(
    kind: str, wanted: Iterable[str], known: Iterable[str], *, where: str, origin: str
) -> None:
    """Refuse the name of an extra or a group that the project has not; `origin` tells where those stand."""
    names = {normalize(name): name for name in known}
    for name in wanted:
        if normalize(name) in names:
            continue
        near = difflib.get_close_matches(normalize(name), names, n=1, cutoff=0.5)
        listed = (
            f"it has {', '.join(names.values())} ({origin})" if names else f"it has none ({origin})"
        )
        raise ConfigurationError(
            f"the project has no {kind} {name!r}",
            where=where,
            hint=f"did you mean {names[near[0]]!r}?" if near else listed,
        )


def known_keys(config: Any = Config) -> dict[str, Any]:
    """Give the keys of a settings record as they are written, with the record of each sub-table."""
    keys = {}
    for field in msgspec.structs.fields(config):
        inner = _inner(field.type)
        is_record = isinstance(inner, type) and issubclass(inner, msgspec.Struct)
        keys[field.encode_name] = inner if is_record else None
    return keys


def _complaint(said: str, path: tuple[Step, ...], raw: Any) -> tuple[str, str | None]:
    """Give what is wrong, and how it is written."""
    value, key = _at(raw, path), path[-1] if path else ""
    wrong = _TYPE.search(said)
    if wrong is not None:
        wanted, got = _words(wrong["wanted"]), _words(wrong["got"])
        if "array" in wrong["wanted"] and isinstance(value, str):
            items = value.split() if key == "command" else [value]
            listed = ", ".join(f'"{item}"' for item in items)
            return f"{wanted} is needed, not {got}", f"write {key} = [{listed}]"
        if "str" in wrong["wanted"] and isinstance(value, int | float):
            return f"{wanted} is needed, not {got}", f'write it in quotes: "{value}"'
        return f"{wanted} is needed, not {got}", _example(path)
    missing = _MISSING.search(said)
    if missing is not None:
        return f"{missing['key']!r} is missing", f'add a line: {missing["key"]} = "…"'
    choices = _choices(path)
    if choices:
        return f"{value!r} is none of its values", f"it is one of {', '.join(choices)}"
    return f"{said[:1].lower()}{said[1:]}", None


def _example(path: tuple[Step, ...]) -> str | None:
    keys = [step for step in path if isinstance(step, str)]
    if keys[:2] == ["verify", "ignore"]:
        return 'write ignore = { "RULE" = "why it does not count here" }'
    return (
        f"`shipwheel plan --explain` shows what is taken where {keys[-1]} is left out"
        if keys
        else None
    )


def _words(types: str) -> str:
    names = [each.strip() for each in types.split("|")]
    return " or ".join(_WORDS.get(name, name) for name in names if name != "null")


def _choices(path: tuple[Step, ...]) -> list[str]:
    record: Any = Config
    for step in (each for each in path if isinstance(each, str)):
        fields = {field.encode_name: field.type for field in msgspec.structs.fields(record)}
        record = _inner(fields.get(step))
        if not (isinstance(record, type) and issubclass(record, msgspec.Struct)):
            break
    return [each for each in _leaves(record) if isinstance(each, str)]


def _leaves(kind: Any) -> Iterable[Any]:
    for each in get_args(kind):
        yield from _leaves(each) if get_args(each) else (each,)


def _inner(kind: Any) -> Any:
    return kind.__args__[1] if getattr(kind, "__origin__", None) is dict else kind


def _is_wrong(value: Any, path: list[Step]) -> bool:
    record: Any = Config
    for step in path:
        record = known_keys(record).get(str(step)) or record
    try:
        msgspec.convert(value, record)
    except msgspec.ValidationError:
        return True
    return False


def _at(raw: Any, path: Iterable[Step]) -> Any:
    for step in path:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def _dotted(prefix: str, path: Iterable[Step]) -> str:
    text = prefix
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _unknown_key(key: str, path: tuple[Step, ...], where: str, prefix: str) -> ConfigurationError:
    record: Any = Config
    for step in path:
        record = known_keys(record).get(str(step)) or record
    known = sorted(known_keys(record))
    near = difflib.get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.5)
    return ConfigurationError(
        f"unknown key {key!r} in {_dotted(prefix, path) or OWN}",
        where=where,
        hint=f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}",
    )
