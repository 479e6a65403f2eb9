"""What is installed in a folder: each distribution's modules and requirements, by its metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import Distribution
from pathlib import Path

import msgspec
from packaging.markers import UndefinedEnvironmentName, default_environment
from packaging.requirements import InvalidRequirement, Requirement

from shipwheel.deps.graph.answer import Arrow
from shipwheel.project.names import normalize
from shipwheel.redaction import redact
from shipwheel.verification.dependencies import distributions_in
from shipwheel.verification.modules import extension_stem

_MOST = 5_000


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution: its normalized name, the names that can be imported, and what it requires.

    `commands` are its console scripts; `plugin`: it is found by other entry points, and need not be imported.
    """

    name: str
    version: str
    modules: frozenset[str]
    requires: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    plugin: bool = False


def read_installed(folders: Iterable[Path]) -> dict[str, Installed]:
    """Read the distributions in site-packages folders by name; of two with one name the first counts."""
    found: dict[str, Installed] = {}
    every = (each for folder in folders for each in distributions_in(folder))
    for number, each in enumerate(every):
        if number >= _MOST:
            break
        name = each.metadata["Name"] if each.metadata else None
        if name and normalize(name) not in found:
            found[normalize(name)] = _installed(each, normalize(name))
    return found


def _installed(found: Distribution, name: str) -> Installed:
    points = _entry_points(found)
    return Installed(
        name=name,
        version=found.version or "",
        modules=frozenset(_modules(found)),
        requires=tuple(found.requires or ()),
        commands=tuple(each for group, each in points if group == "console_scripts"),
        plugin=any(group not in {"console_scripts", "gui_scripts"} for group, _ in points),
    )


def _entry_points(found: Distribution) -> list[tuple[str, str]]:
    """Give group and name of each; none where the file is not as the specification has it."""
    try:
        return [(each.group, each.name) for each in found.entry_points]
    except (TypeError, ValueError):  # a line without `=`
        return []


def _modules(found: Distribution) -> Iterator[str]:
    """Give the names at the top level, by RECORD: `top_level.txt` is setuptools' alone."""
    for line in (found.read_text("RECORD") or "").splitlines():
        path = line.partition(",")[0].strip('"')
        top, slash, rest = path.partition("/")
        stem = (
            top
            if slash
            else (top.removesuffix(".py") if top.endswith(".py") else extension_stem(top)[0])
        )
        is_code = not slash or rest.endswith((".py", ".so", ".pyd"))
        if stem.isidentifier() and is_code and stem != "__pycache__":
            yield stem


def providers(known: Mapping[str, Installed]) -> dict[str, tuple[str, ...]]:
    """Give the distributions that bring each top-level name."""
    found: dict[str, list[str]] = {}
    for name, each in sorted(known.items()):
        for module in each.modules:
            found.setdefault(module, []).append(name)
    return {module: tuple(names) for module, names in found.items()}


def requirement_arrows(
    project: str, direct: Sequence[str], known: Mapping[str, Installed], python: str
) -> tuple[Arrow, ...]:
    """Give who requires whom of what is installed, from the project's requirements on; extras as they are asked for.

    `python` is the version for which markers are read (`3.12.1`). Requirements that cannot be read, and what is not
    installed, are left out.
    """
    arrows: dict[tuple[str, str], Arrow] = {}
    queue: list[tuple[str, frozenset[str]]] = [(project, frozenset())]
    seen: dict[str, frozenset[str]] = {}
    while queue:
        name, extras = queue.pop()
        if name in seen and extras <= seen[name]:
            continue
        seen[name] = extras = seen.get(name, frozenset()) | extras
        texts = direct if name == project else known[name].requires
        for requirement in _applying(texts, extras, python):
            target = normalize(requirement.name)
            if target in known or target == project:
                text = redact(str(requirement)).partition(";")[0].strip()
                arrow = Arrow(source=name, target=target, names=(text,))
                arrows.setdefault((name, target), arrow)
                queue.append((target, frozenset(map(normalize, requirement.extras))))
    return tuple(arrows[pair] for pair in sorted(arrows))


def _applying(texts: Iterable[str], extras: Iterable[str], python: str) -> Iterator[Requirement]:
    environment = {k: str(v) for k, v in default_environment().items()}
    environment["python_full_version"] = python
    environment["python_version"] = ".".join(python.split(".")[:2])
    for text in texts:
        try:
            requirement = Requirement(text)
            marker = requirement.marker
            asked = ("", *extras)
            if marker is None or any(marker.evaluate({**environment, "extra": e}) for e in asked):
                yield requirement
        except (InvalidRequirement, UndefinedEnvironmentName, ValueError):
            continue


def reached(start: Iterable[str], arrows: Iterable[Arrow]) -> dict[str, str]:
    """Give what is required from some distributions on, each with the one that requires it; those themselves not."""
    after: dict[str, list[str]] = {}
    for each in arrows:
        after.setdefault(each.source, []).append(each.target)
    first = set(start)
    found: dict[str, str] = {}
    queue = sorted(first)
    while queue:
        name = queue.pop(0)
        for target in after.get(name, ()):
            if target not in found and target not in first:
                found[target] = name
                queue.append(target)
    return found
