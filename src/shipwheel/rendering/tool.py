"""Where shipwheel itself comes from in CI: `[tool.shipwheel.ci] tool`, judged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from shipwheel import __version__
from shipwheel.data.catalog import Catalog
from shipwheel.errors import ConfigurationError
from shipwheel.project.facts import Project
from shipwheel.project.names import normalize
from shipwheel.redaction import redact
from shipwheel.rendering.member import Member
from shipwheel.rendering.pipeline import Tool

NAME = "shipwheel"
# the indexes whose trusted publishing knows the providers
TRUSTED = frozenset({"pypi", "testpypi"})
_ATTESTING = "attestations"  # the extra that attests files (PEP 740)
_PATH = re.compile(
    r"[A-Za-z0-9._+!/-]+"
)  # a wheel's name has no others; stands in workflows, a lock
_WHERE = "[tool.shipwheel.ci] tool"
_HINT = f'write tool = "{NAME}=={__version__}", or the path of its wheel in the repository'


def extras_for(members: Iterable[Member], catalog: Catalog) -> tuple[str, ...]:
    """Give the extras of shipwheel that the releases of some packages need in CI, in order.

    Files are attested by an upload that is trusted, on an index that takes attestations.
    """
    indexes = {member.project.config.publish.index for member in members}
    attested = any(catalog.indexes[each].takes_attestations for each in indexes & TRUSTED)
    return (_ATTESTING,) if attested else ()


def tool_of(
    project: Project,
    catalog: Catalog,
    provider: Literal["github", "gitlab"],
    extras: Iterable[str] = (),
) -> Tool:
    """Give where CI takes shipwheel from: the version that renders, unless the project says otherwise.

    `extras` are those that it is wanted with, beside any that the project names itself. The lock is one for all providers, in the first one's folder; `provider` is taken where the project
    names none. Raises ConfigurationError for what is neither a requirement of shipwheel, nor the
    relative path of its wheel, nor `.` in shipwheel's own repository.
    """
    first = next(iter(project.config.ci.providers), provider)
    told = project.config.ci.tool
    text = f"{NAME}=={__version__}" if told is None else told.strip()
    kind = _kind(text, project.name.value)
    return Tool(
        kind=kind,
        value=PurePosixPath(text).as_posix() if kind == "wheel" else text,
        extras=tuple(sorted(set(extras) - _named_in(text, kind))),
        lock=lock_path(first),
        python=catalog.ci_python,
    )


def lock_path(provider: str) -> str:
    """Give the place of the tools' lock, relative to the repository's root."""
    return f".{provider}/{NAME}-tools.txt"


def _named_in(text: str, kind: str) -> set[str]:
    """Give the extras that a requirement has already, on every system."""
    if kind != "index" or "[" not in text:
        return set()
    from packaging.requirements import Requirement  # noqa: PLC0415 - seldom needed

    return set(Requirement(text).extras)


def _kind(text: str, project: str) -> Literal["index", "wheel", "tree"]:
    if text == ".":
        _check_tree(project)
        return "tree"
    if text.endswith(".whl"):
        _check_wheel(text)
        return "wheel"
    _check_requirement(text)
    return "index"


def _check_tree(project: str) -> None:
    if normalize(project) != NAME:
        raise ConfigurationError(
            f"'.' is no source of {NAME}: this project is {project!r}", where=_WHERE, hint=_HINT
        )


def _check_wheel(text: str) -> None:
    path = PurePosixPath(text)
    if "://" in text or "\\" in text or path.is_absolute() or ".." in path.parts:
        raise ConfigurationError(
            f"{redact(text)!r} is no path within the repository",
            where=_WHERE,
            hint=f'write it relative to the repository\'s root: tool = "tools/{NAME}-….whl"',
        )
    if not _PATH.fullmatch(text):
        raise ConfigurationError(
            f"{text!r} cannot stand in a list of requirements",
            where=_WHERE,
            hint="letters, digits and `. _ - + ! /` are a wheel's path",
        )
    if not path.name.startswith(f"{NAME}-"):
        raise ConfigurationError(f"{path.name} is no wheel of {NAME}", where=_WHERE, hint=_HINT)


def _check_requirement(text: str) -> None:
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - seldom needed

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise ConfigurationError(
            f"{redact(text)!r} is neither a requirement of {NAME} nor its wheel's path",
            where=_WHERE,
            evidence=redact(str(error)),
            hint=_HINT,
        ) from error
    if normalize(requirement.name) != NAME or requirement.url or requirement.marker:
        raise ConfigurationError(
            f"{redact(text)!r} is no version of {NAME}", where=_WHERE, hint=_HINT
        )
