"""Entry points: they parse, are named so that they can be made, and name what the wheel holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from shipwheel.dists.modules import module_names
from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SCRIPTS, WheelFacts
from shipwheel.verification.report import Level

# https://packaging.python.org/en/latest/specifications/entry-points/
_OBJECT = re.compile(
    r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*)\s*"
    r"(:\s*(?P<attr>[^\W\d]\w*(\.[^\W\d]\w*)*)\s*)?(\[(?P<extras>[^\]]*)\])?"
)
_COMMAND = re.compile(r"[\w.-]+")
# what everybody's PATH has, and what would answer in its place
_OTHERS = {
    *("python", "python2", "python3", "pythonw", "pip", "pip3", "uv", "conda", "activate"),
    *("sh", "bash", "ls", "cp", "mv", "rm", "cat", "sudo", "git", "make", "cc", "gcc", "ssh"),
    *("test", "env", "install", "node", "npm", "cmd", "powershell"),
}


class _EntryPointCheck(WheelCheck):
    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.entry_points or facts.entry_points_fault else "no entry points"


class EntryPoints(_EntryPointCheck):
    """The entry points parse and name modules that the wheel holds.

    Modules of other distributions are left to the install checks.
    """

    id = "entry-points"
    hint = "correct `[project.scripts]` or the entry-points table, or what the backend packs"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        if facts.entry_points_fault:
            yield Problem(f"entry_points.txt cannot be read: {facts.entry_points_fault}")
        modules = set(module_names(facts.importable)) | set(_folders(facts))
        for group, name, value in _points(facts):
            level = None if group in SCRIPTS else Level.WARNING
            told = f"{group}: {name} = {value}"
            meant = group.lower().replace("-", "_").removesuffix("s") + "s"
            if group not in SCRIPTS and meant in SCRIPTS:
                yield Problem(f"{told}: the group is {meant}", level=Level.WARNING)
            match = _OBJECT.fullmatch(value.strip())
            if match is None:
                if group in SCRIPTS:
                    yield Problem(f"{told}: this is not `module:function`")
            elif group in SCRIPTS and not match["attr"]:
                yield Problem(f"{told}: no function is named, so that no script can be made")
            elif _lacks(modules, match["module"], with_attr=bool(match["attr"])):
                yield Problem(f"{told}: the wheel has no module {match['module']}", level=level)


def _points(facts: WheelFacts) -> Iterator[tuple[str, str, str]]:
    for group, points in sorted(facts.entry_points.items()):
        for name, value in sorted(points.items()):
            yield group, name, value


def _lacks(modules: set[str], module: str, *, with_attr: bool) -> bool:
    """Say whether a module is the wheel's to have, and is not there.

    Some groups name an object without a colon (fsspec's): then its module is enough.
    """
    if module.partition(".")[0] not in modules or module in modules:
        return False
    return with_attr or module.rpartition(".")[0] not in modules


def _folders(facts: WheelFacts) -> Iterator[str]:
    """Give the folders as dotted names: one without `__init__` can be named too (numpy does)."""
    for path in facts.importable:
        parts = path.split("/")[:-1]
        yield from (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))


class Attribute(_EntryPointCheck):
    """What an entry point names is there in its module.

    Seen in the module's text, without running it; a module that binds names in ways that its text does
    not show is left to the install checks.
    """

    id = "entry-point-attribute"
    hint = "correct the function's name in `[project.scripts]` or the entry-points table"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        modules = set(module_names(facts.importable))
        for group, name, value in _points(facts):
            match = _OBJECT.fullmatch(value.strip())
            if match is None or not match["attr"] or match["module"] not in facts.bound:
                continue
            first = match["attr"].partition(".")[0]
            bound = facts.bound[match["module"]]
            if first not in bound and f"{match['module']}.{first}" not in modules:
                level = None if group in SCRIPTS else Level.WARNING
                told = f"{group}: {name} = {value}: {match['module']} has no {first}"
                yield Problem(told, level=level)


class Names(_EntryPointCheck):
    """Scripts have names that a file can have, and that no other command has.

    A name with a separator is written outside the folder of scripts; of two scripts by one name the
    last one wins.
    """

    id = "entry-point-name"
    hint = "rename the script in `[project.scripts]`"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        names = [name for group, name, _ in _points(facts) if group in SCRIPTS]
        odd = [repr(name) for name in names if not _COMMAND.fullmatch(name) or ".." in name]
        if odd:
            separated = any(sign in name for name in odd for sign in ("/", "\\\\", ".."))
            level = Level.ERROR if separated else Level.WARNING
            yield Problem(f"no names of commands: {sample(odd)}", level=level)
        files = [m.name.rpartition("/")[2] for m in facts.payload if _is_script(m.name)]
        counts = Counter(name.lower().removesuffix(".exe") for name in (*names, *files))
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            yield Problem(f"several scripts by one name: {sample(twice)}")
        own = facts.file.name  # pip brings pip and pip3, uv brings uv
        others = [n for n in names if n.lower() in _OTHERS and n.rstrip("23") != own]
        if others:
            told = f"scripts by the name of other commands: {sample(others)}"
            yield Problem(told, level=Level.WARNING)


def _is_script(name: str) -> bool:
    return ".data/scripts/" in name


class Extras(_EntryPointCheck):
    """The extras that entry points ask for are provided."""

    id = "entry-point-extra"
    level = Level.WARNING
    hint = "provide the extra, or take it out: installers ignore it"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        listed = facts.metadata.extras if facts.metadata else ()
        provided = {"", *map(canonicalize_name, listed)}
        modules = set(module_names(facts.importable))
        for group, name, value in _points(facts):
            match = _OBJECT.fullmatch(value.strip())
            if match is None or match["module"] not in modules:
                continue
            asked = {canonicalize_name(each.strip()) for each in (match["extras"] or "").split(",")}
            if asked - provided:
                lost = sample(tuple(asked - provided))
                yield f"{group}: {name} asks for the extra {lost}, which is not provided"


CHECKS = (EntryPoints, Attribute, Names, Extras)
