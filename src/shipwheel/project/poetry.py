"""Poetry's own tables: `[tool.poetry]`, with or without a `[project]` beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipwheel.project.declared import Declared
from shipwheel.project.facts import Fact
from shipwheel.project.names import normalize
from shipwheel.project.pyproject import PYPROJECT, strings, table
from shipwheel.project.specifiers import from_poetry

_ORIGIN = f"{PYPROJECT} [tool.poetry]"


def read_poetry(tables: Mapping[str, Any]) -> Declared | None:
    """Give what `[tool.poetry]` declares, translated into the standards' forms."""
    poetry = table(tables, "tool", "poetry")
    if not poetry:
        return None
    dependencies = table(poetry, "dependencies")
    python = dependencies.pop("python", None)
    return Declared(
        file=PYPROJECT,
        name=_fact(poetry, "name"),
        version=_fact(poetry, "version"),
        requires_python=None if python is None else _requires_python(python),
        classifiers=Fact(value=strings(poetry.get("classifiers")), origin=f"{_ORIGIN} classifiers"),
        dependencies=Fact(
            value=_requirements(dependencies, optional=False),
            origin=f"{_ORIGIN[:-1]}.dependencies]",
        ),
        extras=Fact(value=_extras(poetry, dependencies), origin=f"{_ORIGIN[:-1]}.extras]"),
        entry_points=Fact(value=_entry_points(poetry), origin=f"{_ORIGIN} scripts and plugins"),
        raw={"groups": poetry_groups(tables)},
    )


def poetry_groups(tables: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Give Poetry's groups as PEP 508 strings; `dev-dependencies` is the group `dev` of old."""
    poetry = table(tables, "tool", "poetry")
    groups = {}
    if table(poetry, "dev-dependencies"):
        groups["dev"] = _requirements(table(poetry, "dev-dependencies"), optional=None)
    for name, group in table(poetry, "group").items():
        groups[name] = _requirements(table(group, "dependencies"), optional=None)
    return groups


def requirement(name: str, value: Any) -> tuple[str, ...]:
    """Translate one of Poetry's dependencies; several where it gives several constraints.

    A path gives nothing: it is a neighbour in the author's own checkout.
    """
    if isinstance(value, list):
        return tuple(each for one in value for each in requirement(name, one))
    if isinstance(value, str):
        return (_line(name, (), from_poetry(value), ""),)
    if not isinstance(value, Mapping) or "path" in value:
        return ()
    extras = strings(value.get("extras"))
    marker = _marker(value)
    if isinstance(value.get("git"), str):
        reference = next((value[key] for key in ("rev", "tag", "branch") if key in value), "")
        at = f"@{reference}" if reference else ""
        return (_line(name, extras, f" @ git+{value['git']}{at}", marker),)
    if isinstance(value.get("url"), str):
        return (_line(name, extras, f" @ {value['url']}", marker),)
    return (_line(name, extras, from_poetry(str(value.get("version", "*"))), marker),)


def _line(name: str, extras: tuple[str, ...], specifier: str, marker: str) -> str:
    wanted = f"[{','.join(extras)}]" if extras else ""
    text = f"{name}{wanted}{specifier}"
    return f"{text} ; {marker}" if marker else text


def _marker(value: Mapping[str, Any]) -> str:
    parts = [f"({value['markers']})"] if isinstance(value.get("markers"), str) else []
    if isinstance(value.get("python"), str):
        for each in filter(None, from_poetry(value["python"]).split(",")):
            operator = each.rstrip("0123456789.*")
            name = "python_full_version" if each.count(".") > 1 else "python_version"
            parts.append(f'{name} {operator} "{each[len(operator) :]}"')
    if isinstance(value.get("platform"), str):
        parts.append(f'sys_platform == "{value["platform"]}"')
    return " and ".join(parts)


def _requirements(values: Mapping[str, Any], *, optional: bool | None) -> tuple[str, ...]:
    found: list[str] = []
    for name, value in values.items():
        is_optional = isinstance(value, Mapping) and bool(value.get("optional"))
        if optional is None or is_optional is optional:
            found += requirement(name, value)
    return tuple(found)


def _extras(
    poetry: Mapping[str, Any], dependencies: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    by_name = {normalize(name): (name, value) for name, value in dependencies.items()}
    extras = {}
    for extra, names in table(poetry, "extras").items():
        found: list[str] = []
        for name in strings(names):
            pair = by_name.get(normalize(name.partition("[")[0]))
            found += requirement(*pair) if pair else (name,)
        extras[extra] = tuple(found)
    return extras


def _entry_points(poetry: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    groups = {name: table(each) for name, each in table(poetry, "plugins").items()}
    scripts = {
        name: target if isinstance(target, str) else str(table(target).get("reference", ""))
        for name, target in table(poetry, "scripts").items()
        if not (isinstance(target, Mapping) and target.get("type") == "file")
    }
    return {**groups, "console_scripts": scripts} if scripts else groups


def _requires_python(python: Any) -> Fact[str | None]:
    text = python if isinstance(python, str) else str(table(python).get("version", "*"))
    return Fact(
        value=from_poetry(text) or None, origin=f"{_ORIGIN[:-1]}.dependencies] python = {text!r}"
    )


def _fact(poetry: Mapping[str, Any], key: str) -> Any:
    value = poetry.get(key)
    return Fact(value=value, origin=f"{_ORIGIN} {key}") if isinstance(value, str) else None
