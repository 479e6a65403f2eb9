"""`conflicts`: which requirements exclude one another, of a project or of a folder of many packages."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from shipwheel.console.dependencies.conflicts import conflicts_section
from shipwheel.data.catalog import load_catalog
from shipwheel.deps.conflicts.answer import Conflicts, Link
from shipwheel.deps.conflicts.apart import Scope
from shipwheel.deps.conflicts.asking import Question, conflicts
from shipwheel.deps.conflicts.folder import Settled, read_folders, resident_of
from shipwheel.deps.conflicts.house import House, Resident, checked, links_of, target
from shipwheel.deps.conflicts.judge import Terms
from shipwheel.deps.conflicts.merging import merged
from shipwheel.deps.conflicts.pythons import excluding_pythons, lowest_common
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.events import Emit
from shipwheel.machine.variables import is_offline
from shipwheel.planning.target import parse_target
from shipwheel.project.names import normalize
from shipwheel.project.pyproject import PYPROJECT, read_toml, table
from shipwheel.project.tree import Tree
from shipwheel.sessions.context import Opened
from shipwheel.sessions.deps.asked import Asked, answer_in_session
from shipwheel.sessions.deps.requirements import others_of
from shipwheel.sessions.jobrun import JobRun

OFFLINE, BUILD = "--offline", "--build"

_MOST_CHOICES = 8  # of parts that the project itself keeps apart
_COMMAND = "the command"
_NO_PYTHON = "3.8"  # a project whose Plan names no CPython is asked about from here on


def run(run: JobRun) -> Conflicts:
    """Ask, and show what excludes what; raises JobError where something does."""
    return answer_in_session(run, CONFLICTS)


def ask(opened: Opened, words: Sequence[str], emit: Emit) -> Conflicts:
    """Ask about a project with all its extras and groups; `--offline` and `--build` are the only words.

    Extras and groups that `[tool.uv] conflicts` keeps apart are not put together.
    """
    _only_options(words)
    own = resident_of(opened.project)
    others = {name: resident_of(each) for name, each in others_of(opened).items()}
    house = House({**others, own.name: own})
    cells = _cells(opened)
    terms = _terms(opened.workspace.root, cells[0][0], words)
    answers = []
    for parts in _choices(opened, tuple(own.parts)):
        links = links_of(house, [own.name], parts)
        names = {own.name, *(target(each) for each in links)}
        reached = House({name: each for name, each in house.residents.items() if name in names})
        question = Question(
            project=opened.project.name.value,
            links=links,
            house=reached,
            cells=cells,
            scopes=tuple(_scopes(opened, house, own, parts)),
        )
        answers.append(conflicts(question, terms, emit))
        # an index out of reach is waited for once
        terms = msgspec.structs.replace(terms, offline=answers[-1].offline)
    return merged(answers)


def _scopes(opened: Opened, house: House, own: Resident, parts: Sequence[str]) -> Iterator[Scope]:
    """Give what runs the project, then each extra and group with it; lint tools need not be for all Pythons."""
    needed = {*opened.project.test.requirements.value}
    for part in ("", *parts):
        links = links_of(house, [own.name], (part,) if part else ())
        is_group = part not in {"", *opened.project.extras.value}
        everywhere = not is_group or {*own.parts[part]} <= needed
        yield Scope(part=part, links=links, everywhere=everywhere)


def ask_many(root: Path, words: Sequence[str], emit: Emit) -> Conflicts:
    """Ask about all packages below folders together, with requirements (`requests<3`) that are put to them.

    Raises ConfigurationError for a word that is neither a folder nor a requirement.
    """
    named = [each for each in words if each not in {OFFLINE, BUILD}]
    folders = [root / each for each in named if (root / each).is_dir()]
    texts = [each for each in named if not (root / each).is_dir()]
    own = tuple(_requirement(each) for each in texts)
    settled = read_folders(folders) if folders else Settled(House({}), ())
    residents = tuple(settled.house.residents.values())
    pythons = [
        each.target for each in load_catalog().pythons if each.target.replace(".", "").isdigit()
    ]
    python = lowest_common(residents, pythons) if residents else _this_python()
    question = Question(
        project=", ".join(named),
        links=(*own, *links_of(settled.house, settled.house.residents)),
        house=settled.house,
        cells=((python, "linux"),),
        whole=True,
        notes=settled.notes,
    )
    found = conflicts(question, _terms(folders[0] if folders else root, python, words), emit)
    apart = excluding_pythons(residents, pythons)
    return msgspec.structs.replace(
        found, ok=found.ok and not apart, conflicts=(*apart, *found.conflicts)
    )


def _only_options(words: Sequence[str]) -> None:
    for word in words:
        if word not in {OFFLINE, BUILD}:
            raise ConfigurationError(
                f"{word!r} is no option of this session",
                where="nox -s conflicts",
                hint=f"it takes {OFFLINE} and {BUILD}; `shipwheel deps conflicts FOLDER` asks about others",
            )


def _requirement(word: str) -> Link:
    if "/" in word or "\\" in word or word.startswith((".", "~", "-")):
        raise ConfigurationError(
            f"there is no folder {word!r}",
            where="shipwheel deps conflicts",
            hint="name a folder of packages, or requirements such as 'requests<3'",
        )
    checked(word, _COMMAND)
    return Link(requirer="you", requirement=word, origin=_COMMAND)


def _terms(root: Path, python: str, words: Sequence[str]) -> Terms:
    offline = OFFLINE in words or is_offline(os.environ)
    return Terms(root=root, python=python, offline=offline, builds=BUILD in words)


def _cells(opened: Opened) -> tuple[tuple[str, str], ...]:
    """Give the CPythons of the Plan, lowest first, on the three systems that markers tell apart."""
    targets = [parse_target(each) for each in opened.plan.project.pythons]
    found = {each.version: each.release for each in targets if each.implementation == "cpython"}
    pythons = [found[version] for version in sorted(found)] or [_NO_PYTHON]
    return tuple(itertools.product(pythons, ("linux", "darwin", "win32")))


def _this_python() -> str:
    maintained = [
        each.target
        for each in load_catalog().pythons
        if each.maintained and each.target.replace(".", "").isdigit()
    ]
    return maintained[0] if maintained else _NO_PYTHON


def _choices(opened: Opened, parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give all parts together, or in as many ways as those that exclude each other leave."""
    apart = [each for each in _kept_apart(opened) if len({*each} & {*parts}) > 1]
    ways = itertools.product(*(sorted({*each} & {*parts}) for each in apart))
    for way in itertools.islice(ways, _MOST_CHOICES):
        gone = {part for each in apart for part in each if part not in way}
        yield tuple(each for each in parts if each not in gone)


def _kept_apart(opened: Opened) -> Iterator[tuple[str, ...]]:
    """Read `[tool.uv] conflicts`: lists of tables with `extra` or `group`."""
    tables = read_toml(Tree(opened.workspace.root), PYPROJECT)
    own = {normalize(each): each for each in opened.project.extras.value}
    declared = table(tables, "tool", "uv").get("conflicts")
    for each in declared if isinstance(declared, list) else ():
        rows = [row for row in each if isinstance(row, dict)] if isinstance(each, list) else []
        extras = [own.get(normalize(str(row["extra"])), "") for row in rows if "extra" in row]
        yield (*extras, *(f"group {row['group']}" for row in rows if "group" in row))


def _failure(found: Conflicts, kept: str) -> JobError:
    names = dict.fromkeys(each.package for each in found.conflicts if each.counts and each.package)
    return JobError(
        f"requirements exclude one another: {', '.join(names) or 'see the table'}",
        where=kept,
        hint="relax one of the bounds that the table names, or keep extras apart by [tool.uv] conflicts",
    )


CONFLICTS = Asked("conflicts", ask, conflicts_section, _failure)
