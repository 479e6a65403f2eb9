"""What is wrong with a production install, from what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from shipwheel.data.import_names import import_names, release
from shipwheel.deps.production.answer import Found, Kind, Level
from shipwheel.deps.production.copies import Copy, compiled, vendored
from shipwheel.deps.production.wanting import Wants, along_with
from shipwheel.deps.production.weighing import names
from shipwheel.project.names import normalize
from shipwheel.verification.dependencies import Installed, unmet
from shipwheel.verification.facts import InstallFacts
from shipwheel.verification.judging.development import (
    WORDS,
    for_developers,
    imported_distributions,
    kind_of,
)

TOOLS_RULE = "install-development-tools"  # verify's rule, whose exception counts here too


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An install as it was found: `own` is the project's name, `built` what had no wheel.

    `ignored` is the reason why tools are let pass, empty where they are not.
    """

    own: str
    extras: tuple[str, ...]
    installed: dict[str, Installed]
    markers: dict[str, str]
    wants: Wants
    site: Path
    lock: str = ""
    built: tuple[str, ...] = ()
    yanked: tuple[tuple[str, str], ...] = ()
    ignored: str = ""


def judge(held: Held, facts: InstallFacts) -> tuple[Found, ...]:
    """Give what is wrong, errors first."""
    found = [
        *_tools(held, facts),
        *_unmet(held),
        *_built(held),
        *_yanked(held),
        *_unwanted(held),
        *_strays(held),
        *_shared(held),
        *_copies(held),
    ]
    order = ("error", "warning", "note")
    return tuple(sorted(found, key=lambda each: order.index(each.level)))


def _tools(held: Held, facts: InstallFacts) -> Iterator[Found]:
    """Tell tools for tests, linting, docs and builds, unless the project is for developers or imports them."""
    if for_developers(facts):
        return
    used = imported_distributions(facts)
    for name in held.installed:
        kind, way = kind_of(name), held.wants.chains.get(name, ())
        if not kind or name == held.own or name in used or any(map(kind_of, way[1:-1])):
            continue
        certain = kind == "test" or (kind != "build" and len(way) == 2)
        level: Level = "note" if held.ignored else "error" if certain else "warning"
        more = along_with(name, held.own, held.extras, held.installed, held.markers)
        said = f"{name}, a tool for {WORDS[kind]}, is in production: {' → '.join(way or (name,))}"
        if more:
            said += f"; it brings {', '.join(more)}"
        if held.ignored:
            said += f" (let pass: {held.ignored})"
        yield Found(
            kind=Kind.TOOL, level=level, packages=(name, *more), message=said, hint=_hint(held, way)
        )


def _hint(held: Held, way: tuple[str, ...]) -> str:
    if len(way) == 2:
        return "move it to an extra or to [dependency-groups], which no production install takes"
    if way:
        return f"{way[-2]} requires it: ask its makers, or look for another version of it"
    return f"nothing requires it: write {held.lock or 'the lock'} again"


def _unmet(held: Held) -> Iterator[Found]:
    own = held.installed.get(held.own)
    if own is None:
        return
    for sentence in unmet(held.installed.values(), held.markers):
        hint = f"write {held.lock} again: `shipwheel deps lock`" if held.lock else ""
        yield Found(kind=Kind.UNMET, level="error", packages=(), message=sentence, hint=hint)


def _built(held: Held) -> Iterator[Found]:
    for name in held.built:
        yield Found(
            kind=Kind.BUILT,
            level="warning",
            packages=(name,),
            message=f"{name} has no wheel here and was built from its sdist",
            hint="build its wheel once, and install that; an image without a compiler cannot build it",
        )


def _yanked(held: Held) -> Iterator[Found]:
    for name, reason in held.yanked:
        version = held.installed[name].version
        said = f"{name} {version} was yanked: its makers took it back"
        yield Found(
            kind=Kind.YANKED,
            level="warning",
            packages=(name,),
            message=f"{said} ({reason})" if reason else said,
            hint="only an exact pin or a lock brings it: allow another version",
        )


def _unwanted(held: Held) -> Iterator[Found]:
    for name in sorted(held.installed.keys() - held.wants.chains.keys()):
        yield Found(
            kind=Kind.UNWANTED,
            level="warning",
            packages=(name,),
            message=f"{name} is installed, and nothing requires it",
            hint=f"write {held.lock or 'the lock'} again: `shipwheel deps lock`",
        )


def _strays(held: Held) -> Iterator[Found]:
    """Tell names at top level that belong to a source tree, or that are the standard library's."""
    known, python = import_names(), release(held.markers["python_version"])
    for name, each in held.installed.items():
        for top in sorted(_top_level(each)):
            plain = normalize(top)
            if plain in names().strays and plain != name:
                yield Found(
                    kind=Kind.STRAY,
                    level="warning",
                    packages=(name,),
                    message=f"{name} puts {top!r} at the top of site-packages: `import {top}` finds it",
                    hint="leave the folder out of the wheel"
                    if name == held.own
                    else "its makers' build took it along",
                )
            elif known.in_library(top, python):
                yield Found(
                    kind=Kind.SHADOW,
                    level="warning",
                    packages=(name,),
                    message=f"{name} has a module {top!r}, as the standard library of this Python does",
                    hint="which of the two is imported depends on the order of sys.path; is it needed at all?",
                )


def _top_level(each: Installed) -> set[str]:
    """Give the names that can be imported at top level: modules and folders with Python or compiled files."""
    found = set()
    for path in each.files:
        first, _, rest = path.partition("/")
        if rest and not first.endswith((".dist-info", ".data", ".libs", "__pycache__")):
            inside = path.endswith((".py", *names().compiled))
            found |= {first} if inside and first.isidentifier() else set()
        elif not rest and first.endswith(".py"):
            found.add(first.removesuffix(".py"))
    return found


def _shared(held: Held) -> Iterator[Found]:
    """Tell files that two distributions have: who is installed last wins."""
    owners: dict[str, list[str]] = {}
    for name, each in held.installed.items():
        for path in each.files:
            if ".dist-info/" not in path and not path.endswith(".pyc"):
                owners.setdefault(path, []).append(name)
    groups: dict[tuple[str, ...], list[str]] = {}
    for path, names_of in owners.items():
        if len(names_of) > 1:
            groups.setdefault(tuple(sorted(set(names_of))), []).append(path)
    for those, paths in groups.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield Found(
            kind=Kind.SHARED,
            level="warning",
            packages=those,
            message=f"{' and '.join(those)} both have {min(paths)}{more}",
            hint="who is installed last wins; one of them is not needed, or has a fault",
        )


def _copies(held: Held) -> Iterator[Found]:
    for library, copies in vendored(held.installed, held.site).items():
        versions = {each.version for each in copies if each.version}
        yield Found(
            kind=Kind.VENDORED,
            level="warning" if len(versions) > 1 else "note",
            packages=_owners(copies),
            message=f"{library} is there {len(copies)} times: {', '.join(map(_copy, copies))}",
            hint="an advisory for it concerns each copy",
        )
    for library, copies in compiled(held.installed, held.site).items():
        told = ", ".join(f"{each.owner} ({each.size / 1e6:.1f} MB)" for each in copies)
        yield Found(
            kind=Kind.LIBRARY,
            level="note",
            packages=_owners(copies),
            message=f"{library} is compiled into several wheels: {told}",
        )


def _copy(copy: Copy) -> str:
    version = copy.version or "an unknown version"
    return f"{version} in {copy.owner} ({copy.where})" if copy.where else f"{version} installed"


def _owners(copies: tuple[Copy, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.owner for each in copies))
