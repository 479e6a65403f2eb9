"""What a test environment needs installed, decided from the facts, and when it may be used again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.files import digest_of
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.facts import Project
from shipwheel.testing import hook

# what steers a resolver from outside; their values are digested, never kept
_RESOLVER_VARIABLES = re.compile(r"^(UV|PIP)_")
_NESTED = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)(?:\s+|=)(?P<path>\S+)")
_LARGEST = 4 << 20  # bytes of a requirement file
_MOST_FILES = 100
_COVERAGE = "coverage"
_MEASURING = frozenset({_COVERAGE, "pytest-cov", "covdefaults"})


def measures_coverage(project: Project) -> bool:
    """Say whether the cells measure: coverage is configured, and the tests' own needs or commands use it.

    A table for coverage alone is often left over, or somebody's editor's; measuring slows tests down.
    """
    test = project.test
    if not test.coverage.value:
        return False
    extras = (each for name in test.extras.value for each in project.extras.value.get(name, ()))
    named = requirement_names((*test.requirements.value, *project.config.test.requires, *extras))
    words = {word for argv in test.commands.value for word in argv}
    return bool(named & _MEASURING) or any(
        word == _COVERAGE or word.startswith("--cov") for word in words
    )


def needed_requirements(project: Project, extra: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the PEP 508 strings beside the wheel itself, each once."""
    test = project.test
    named = [*test.requirements.value, *project.config.test.requires, *extra]
    if measures_coverage(project) and _COVERAGE not in requirement_names(named):
        named.append(_COVERAGE)
    return tuple(dict.fromkeys(named))


def requirement_names(requirements: Iterable[str]) -> frozenset[str]:
    """Give the normalized names of PEP 508 strings; what is none is passed over."""
    found = (_parse(each) for each in requirements)
    return frozenset(canonicalize_name(each.name) for each in found if each)


def declared_lowest(
    requires: Iterable[str], environment: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a wheel's own dependencies (no extras) into those with a lower bound and those without.

    `environment` are marker values. A dependency without a bound has no lowest declared version: the
    oldest release there ever was says nothing of the project.
    """
    bounded: list[str] = []
    unbounded: list[str] = []
    for text in requires:
        parsed = _parse(text)
        if parsed is None or not _applies(parsed, environment):
            continue
        parsed.marker = None
        (bounded if _has_lower_bound(parsed) else unbounded).append(str(parsed))
    return tuple(bounded), tuple(unbounded)


def requires_project(complaint: str, name: str) -> bool:
    """Say whether a resolver complains that something it installs depends on the project itself."""
    pattern = r"[-_.]+".join(re.escape(part) for part in canonicalize_name(name).split("-"))
    return bool(re.search(rf"depends on {pattern}(?![\w.-])", complaint, re.IGNORECASE))


def extra_requirements(
    requires: Iterable[str], extras: Iterable[str], environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Give what extras bring beyond the dependencies, without markers, from a wheel's Requires-Dist."""
    parsed = [each for text in requires if (each := _parse(text)) and each.marker]
    found: list[str] = []
    for extra in extras:
        values = {**environment, "extra": canonicalize_name(extra)}
        for requirement in parsed:
            if _applies(requirement, environment) or not requirement.marker:
                continue
            if requirement.marker.evaluate(values):
                bare = Requirement(str(requirement))
                bare.marker = None
                found.append(str(bare))
    return tuple(dict.fromkeys(found))


def file_contents(root: Path, paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Give constraint files with what they include by `-r` and `-c`, each path with its text."""
    found: dict[Path, str] = {}
    queue = [root / path for path in paths]
    while queue and len(found) < _MOST_FILES:
        path = Path(os.path.normpath(queue.pop(0)))
        if path not in found:
            found[path] = _text(path)
            queue.extend(path.parent / name for name in _included(found[path]))
    return tuple((str(path), text) for path, text in found.items())


def environment_key(
    interpreter: Interpreter,
    wheel_digest: str,
    requirements: Sequence[str],
    files: Sequence[tuple[str, str]],
    *,
    installer: str,
    lowest: bool,
    environ: Mapping[str, str],
) -> str:
    """Give the digest of everything that decides what an environment holds, time aside."""
    steering = sorted(f"{name}={value}" for name, value in environ.items() if _steers(name))
    parts = ("interpreter", interpreter.executable, interpreter.build, "wheel", wheel_digest)
    how = ("how", installer, str(lowest), str(hook.VERSION), "steering", *steering)
    texts = (part for pair in files for part in pair)
    return digest_of(*parts, *how, "requirements", *requirements, "files", *texts)


def is_pinned(
    requirements: Sequence[str], files: Sequence[tuple[str, str]], installed: Iterable[str]
) -> bool:
    """Say whether everything installed is pinned by name: no new release can change it."""
    lines = (
        line.partition(" #")[0].rstrip("\\ ") for _, text in files for line in text.splitlines()
    )
    parsed = (_parse(each) for each in (*requirements, *lines))
    pinned = {canonicalize_name(each.name) for each in parsed if each and _is_exact(each)}
    return {canonicalize_name(name) for name in installed} <= pinned


def _steers(name: str) -> bool:
    return bool(_RESOLVER_VARIABLES.match(name)) and not name.endswith(("_CACHE_DIR", "_TIMEOUT"))


def _included(text: str) -> Iterator[str]:
    for line in text.splitlines():
        nested = _NESTED.match(line)
        if nested and "://" not in nested["path"]:
            yield nested["path"]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""


def _parse(text: str) -> Requirement | None:
    try:
        return Requirement(text.strip())
    except InvalidRequirement:
        return None


def _applies(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    values = {**environment, "extra": ""}
    return requirement.marker is None or requirement.marker.evaluate(values)


def _has_lower_bound(requirement: Requirement) -> bool:
    lower = {">=", ">", "~=", "==", "==="}
    return requirement.url is None and any(each.operator in lower for each in requirement.specifier)


def _is_exact(requirement: Requirement) -> bool:
    return requirement.url is not None or any(
        each.operator in {"==", "==="} and not each.version.endswith(".*")
        for each in requirement.specifier
    )
