"""The `[project]` table (PEP 621) and dependency groups (PEP 735)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipwheel.errors import ConfigurationError
from shipwheel.project.declared import Declared
from shipwheel.project.facts import Fact
from shipwheel.project.names import normalize
from shipwheel.project.pyproject import PYPROJECT, strings, table

_ORIGIN = f"{PYPROJECT} [project]"


def read_pep621(tables: Mapping[str, Any]) -> Declared | None:
    """Give what `[project]` declares; fields that it calls dynamic stay None.

    Raises ConfigurationError for a name, version or requires-python that is no text.
    """
    if not isinstance(tables.get("project"), Mapping):
        return None
    project = table(tables, "project")
    for key in ("name", "version", "requires-python"):
        _check_text(project, key)
    dynamic = strings(project.get("dynamic"))

    def fact(key: str, value: Any) -> Any:
        return None if key in dynamic else Fact(value=value, origin=f"{_ORIGIN} {key}")

    version = project.get("version")
    return Declared(
        file=PYPROJECT,
        name=fact("name", project["name"]) if "name" in project else None,
        version=None if version is None else fact("version", version),
        requires_python=_unless_missing(project, "requires-python", fact),
        classifiers=fact("classifiers", strings(project.get("classifiers"))),
        dependencies=fact("dependencies", strings(project.get("dependencies"))),
        extras=fact("optional-dependencies", _lists(table(project, "optional-dependencies"))),
        entry_points=_entry_points(project, dynamic),
        raw={"dynamic": dynamic, "import-names": strings(project.get("import-names"))},
    )


def _unless_missing(project: Mapping[str, Any], key: str, fact: Any) -> Any:
    """Leave a missing key to the other files only where the table calls it dynamic."""
    if key in project:
        return fact(key, project[key])
    return fact(key, None) and Fact(value=None, origin=f"{_ORIGIN} has no {key}")


def _check_text(project: Mapping[str, Any], key: str) -> None:
    if key in project and not isinstance(project[key], str):
        raise ConfigurationError(
            f"{key} in [project] is no text",
            where=PYPROJECT,
            evidence=f"{key} = {project[key]!r}",
            hint=f'write it in quotes: {key} = "{project[key]}"',
        )


def _lists(value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: strings(each) for name, each in value.items()}


def _entry_points(
    project: Mapping[str, Any], dynamic: tuple[str, ...]
) -> Fact[dict[str, dict[str, str]]] | None:
    groups = {name: table(each) for name, each in table(project, "entry-points").items()}
    for key, group in (("scripts", "console_scripts"), ("gui-scripts", "gui_scripts")):
        if table(project, key):
            groups[group] = table(project, key)
    if not groups and {"scripts", "entry-points", "gui-scripts"} & set(dynamic):
        return None
    clean = {
        group: {name: str(target) for name, target in entries.items()}
        for group, entries in groups.items()
    }
    return Fact(value=clean, origin=f"{_ORIGIN} scripts and entry-points")


def read_groups(tables: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Give the dependency groups with their includes put in place (PEP 735).

    Raises ConfigurationError for an include of a group that is not there, or of itself.
    """
    raw = table(tables, "dependency-groups")
    by_name = {normalize(name): name for name in raw}

    def resolve(name: str, above: tuple[str, ...]) -> tuple[str, ...]:
        if name in above:
            raise _wrong_group(f"the group {name!r} includes itself", (*above, name))
        found: list[str] = []
        for entry in raw[name] if isinstance(raw[name], list) else ():
            if isinstance(entry, str):
                found.append(entry)
            elif isinstance(entry, Mapping) and isinstance(entry.get("include-group"), str):
                inner = by_name.get(normalize(entry["include-group"]))
                if inner is None:
                    raise _wrong_group(
                        f"the group {name!r} includes {entry['include-group']!r}, which is not there",
                        (*above, name),
                    )
                found += resolve(inner, (*above, name))
        return tuple(dict.fromkeys(found))

    return {name: resolve(name, ()) for name in raw}


def _wrong_group(what: str, path: tuple[str, ...]) -> ConfigurationError:
    return ConfigurationError(
        what,
        where=f"{PYPROJECT} [dependency-groups]",
        evidence=" -> ".join(path),
        hint="mend the include-group entry",
    )
