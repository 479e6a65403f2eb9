"""What cibuildwheel is told beyond the project's own `[tool.cibuildwheel]`: only what that leaves open."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from cibuildwheel.selector import selector_matches

from shipwheel.building.constrained import constraint_variables, is_readable
from shipwheel.data.catalog import Platform
from shipwheel.project.facts import Package, Project, Runner

# read by test runners from the folder in which they start
_SETTINGS = (
    *("pyproject.toml", "pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"),
    *("tox.ini", "setup.cfg", "conftest.py"),
)
# cibuildwheel's systems have tables of their own, and overrides say what they are for
_SYSTEMS = ("linux", "macos", "windows", "android", "ios", "pyodide")
_NO_OPTIONS = frozenset({*_SYSTEMS, "overrides", "select", "inherit"})
_PYTHON = re.compile(r"python[\d.]*t?(\.exe)?")
_OWN_TESTS = "[tool.cibuildwheel] test-command, with test-sources, says how else to test it"


class ProvedBy(StrEnum):
    """What cibuildwheel does with the wheel that it made."""

    PROJECT = "project"  # the project's own test-command
    FACTS = "facts"  # the tests that we found, for no job of the Plan tests this wheel
    IMPORTS = "imports"  # they cannot run there: that it can be imported is shown
    JOB = "job"  # nothing: a test job of the Plan tests these bytes
    NOBODY = "nobody"  # nothing, as the project's configuration says


class ReleaseSettings(msgspec.Struct, frozen=True):
    """Variables for one call of cibuildwheel; `why` says what keeps the tests from running there.

    `unconstrained` are the files of constraints that cannot be read there.
    """

    variables: dict[str, str]
    tested_by: ProvedBy
    why: str = ""
    unconstrained: tuple[str, ...] = ()


class Configured(msgspec.Struct, frozen=True):
    """What the project and the terminal have set of cibuildwheel's options, for one identifier.

    `table` is `[tool.cibuildwheel]`. Of an option's places the last counts: the table, that of the
    operating system, the overrides that match, `CIBW_NAME`, `CIBW_NAME_LINUX`.
    """

    table: Mapping[str, Any]
    identifier: str
    system: str
    environ: Mapping[str, str]

    def get(self, option: str) -> Any:
        """Give an option's value as it is written, None where nobody sets it."""
        values = [each[option] for _origin, each in self._tables() if option in each]
        name = f"CIBW_{option.upper().replace('-', '_')}"
        values += [
            self.environ[each]
            for each in (name, f"{name}_{self.system.upper()}")
            if each in self.environ
        ]
        return values[-1] if values else None

    def every(self) -> dict[str, tuple[Any, str]]:
        """Give each option that is set, with its value as it is written and where that stands."""
        found: dict[str, tuple[Any, str]] = {}
        for origin, table in self._tables():
            options = [each for each in table if each not in _NO_OPTIONS]
            found |= {each: (table[each], origin) for each in options}
        ending = f"_{self.system.upper()}"
        others = tuple(f"_{each.upper()}" for each in _SYSTEMS if each != self.system)
        # of two variables the system's own counts
        for name in sorted(self.environ, key=lambda each: (each.endswith(ending), each)):
            if name.startswith("CIBW_") and not name.endswith(others):
                option = name.removeprefix("CIBW_").removesuffix(ending)
                words = option.replace("_", "-").lower().replace("x86-64", "x86_64")
                found[words] = (self.environ[name], name)
        return found

    def _tables(self) -> Iterable[tuple[str, Mapping[str, Any]]]:
        yield "[tool.cibuildwheel]", self.table
        yield f"[tool.cibuildwheel.{self.system}]", self.table.get(self.system, {})
        for override in self.table.get("overrides", ()):
            select = override.get("select", "")
            patterns = select if isinstance(select, str) else " ".join(select)
            if selector_matches(patterns, self.identifier):
                yield f"[[tool.cibuildwheel.overrides]] {patterns}", override


def release_settings(
    project: Project,
    configured: Configured,
    platform: Platform,
    members: Collection[str],
    *,
    tested_elsewhere: bool,
    epoch: int,
) -> ReleaseSettings:
    """Decide what one identifier's wheel is built with beside what is configured.

    `members` are the paths of the sdist below its folder; `tested_elsewhere`: a job of the Plan tests
    the wheel; `epoch` is the sdist's time in seconds. Where an option is configured, it stays.
    """
    base = {
        "SOURCE_DATE_EPOCH": str(epoch),
        # its lines come through us, which fold and colour nothing
        "CIBW_LOG_FOLD_MODE": "disabled",
    }
    if project.requires_python.value:
        base["CIBW_PROJECT_REQUIRES_PYTHON"] = project.requires_python.value
    tests, tested_by, why = _tests(
        project, configured, platform, members, elsewhere=tested_elsewhere
    )
    own = {f"CIBW_{option.upper().replace('-', '_')}": value for option, value in tests.items()}
    unread: tuple[str, ...] = ()
    if tested_by is ProvedBy.FACTS:
        files = project.test.constraint_files
        unread = tuple(each for each in files if not is_readable(each, members))
    return ReleaseSettings(base | own, tested_by, why, unread)


def container_engine(configured: Configured) -> str:
    """Give the container program that Linux wheels are made in: docker unless another is named."""
    value = configured.get("container-engine")
    if isinstance(value, Mapping):
        return str(value.get("name", "docker"))
    name = str(value or "docker").partition(";")[0].strip()
    return name.removeprefix("name:").strip()


def _tests(
    project: Project,
    configured: Configured,
    platform: Platform,
    members: Collection[str],
    *,
    elsewhere: bool,
) -> tuple[dict[str, str], ProvedBy, str]:
    skipped = configured.get("test-skip") or ""
    patterns = skipped if isinstance(skipped, str) else " ".join(skipped)
    if selector_matches(patterns, configured.identifier):
        return {}, ProvedBy.NOBODY, f"test-skip leaves out {configured.identifier}"
    own = configured.get("test-command")
    if own is not None:
        return (
            {},
            (ProvedBy.PROJECT if own else ProvedBy.NOBODY),
            "" if own else "test-command is empty",
        )
    if elsewhere:
        return {}, ProvedBy.JOB, ""
    sources, why = test_sources(project, members)
    windows = platform.os == "windows"
    if why:
        return _importing(project, windows=windows), ProvedBy.IMPORTS, f"{why}; {_OWN_TESTS}"
    wanted = _as_found(project, sources, members, platform.os)
    left_open = {
        option: value for option, value in wanted.items() if configured.get(option) is None
    }
    return left_open, ProvedBy.FACTS, ""


def _as_found(
    project: Project, sources: Sequence[str], members: Collection[str], system: str
) -> dict[str, str]:
    test, windows = project.test, system == "windows"
    variables = test.environment.value
    variables = variables | constraint_variables(test.constraint_files, members, system, variables)
    requires = dict.fromkeys((*test.requirements.value, *project.config.test.requires))
    found = {
        "test-command": " && ".join(_line(argv, windows=windows) for argv in test.commands.value),
        "test-sources": shlex.join(sources),
        "test-requires": shlex.join(requires),
        "test-extras": ",".join(test.extras.value),
        "test-environment": " ".join(
            f"{name}={shlex.quote(value)}" for name, value in variables.items()
        ),
    }
    return {option: value for option, value in found.items() if value}


def _importing(project: Project, *, windows: bool) -> dict[str, str]:
    known = project.config.verify.modules
    names = (
        [each.name for each in project.packages.value if not each.stubs] if known is None else known
    )
    if not names:
        return {}
    return {"test-command": _line(("python", "-c", f"import {', '.join(names)}"), windows=windows)}


def _line(argv: Sequence[str], *, windows: bool) -> str:
    """Give a command for the shell that runs it; `python` is what cibuildwheel's environment calls it."""
    words = ["python" if _PYTHON.fullmatch(argv[0]) else argv[0], *argv[1:]]
    return " ".join(map(_for_windows, words)) if windows else shlex.join(words)


def _for_windows(word: str) -> str:
    escaped = word.replace('"', '\\"')
    return f'"{escaped}"' if not word or re.search(r'[\s"&|<>^]', word) else word


def test_sources(project: Project, members: Collection[str]) -> tuple[tuple[str, ...], str]:
    """Give what of the sdist the tests need beside the wheel, or why they cannot run with that alone.

    cibuildwheel runs them in a folder that holds nothing but these: the project's own packages must
    not be among them, or they would be imported in the wheel's place.
    """
    test = project.test
    if test.runner.value is Runner.NONE:
        return (), "no tests are known"
    if test.runner.value is Runner.OTHER:
        return (), "what else the project's own test command needs is not known"
    named = {word.rstrip("/") for argv in test.commands.value for word in argv[1:]}
    wanted = [
        os.path.normpath(each).replace("\\", "/") for each in (*test.paths.value, *sorted(named))
    ]
    there = [each for each in dict.fromkeys(wanted) if _is_member(each, members)]
    lost = [each for each in test.paths.value if not _is_member(os.path.normpath(each), members)]
    if lost or not there:
        return (), f"the sdist lacks the tests ({', '.join(lost) or 'none are known by path'})"
    inside = [each for each in there if _overlaps(each, project.packages.value)]
    if inside:
        return (), f"its tests lie with its packages ({', '.join(inside)})"
    return (*there, *(each for each in _SETTINGS if each in members and each not in there)), ""


def _is_member(path: str, members: Collection[str]) -> bool:
    return (
        path in {"", "."} or path in members or any(each.startswith(f"{path}/") for each in members)
    )


def _overlaps(path: str, packages: Iterable[Package]) -> bool:
    """Say whether a folder holds a package of the project's, or lies in one."""
    if path in {"", "."}:
        return True
    places = [each.path for each in packages if each.path]
    return any(
        place == path or place.startswith(f"{path}/") or path.startswith(f"{place}/")
        for place in places
    )
