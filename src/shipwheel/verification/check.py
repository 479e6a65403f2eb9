"""What a rule is: a check of a few lines, its id and level, its title, hint and reason beside it."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from shipwheel.planning.job import Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Kind, Project
from shipwheel.verification.facts import (
    BuildFacts,
    FileFacts,
    InstallFacts,
    SdistFacts,
    SetFacts,
    WheelFacts,
)
from shipwheel.verification.families import family_of
from shipwheel.verification.report import Level

F = TypeVar("F")


class Subject(StrEnum):
    """What a check looks at."""

    FILE = "file"  # any file, readable or not
    ARCHIVE = "archive"  # a readable wheel or sdist
    WHEEL = "wheel"
    SDIST = "sdist"
    SET = "set"
    INSTALL = "install"  # a wheel in an environment of one Python
    BUILD = "build"  # an sdist from which a wheel was built


@dataclass(frozen=True, slots=True)
class Rule:
    """A check as its documentation shows it; `reason` is why the rule exists, possibly empty.

    `origin` names the distribution that brought it, empty for those of our own.
    """

    id: str
    family: str
    subject: Subject
    level: Level
    title: str
    hint: str
    reason: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a check found: the evidence, and a level or hint other than the rule's."""

    message: str
    level: Level | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the files: all of it is absent for files of strangers."""

    plan: Plan | None = None
    project: Project | None = None
    scope: Scope | None = None

    @property
    def extension_promised(self) -> bool:
        """Say whether the project's wheels are to hold compiled modules."""
        if self.plan is not None:
            return self.plan.project.kind is not Kind.PURE
        return self.project is not None and self.project.kind.value is not Kind.PURE

    def may_fail(self, python: str | None) -> bool:
        """Say whether the Plan lets that Python fail (`allow-failure`)."""
        if self.plan is None or python is None:
            return False
        return any(job.allow_failure and job.python == python for job in self.plan.jobs)

    @property
    def releasing(self) -> bool:
        """Say whether the files are judged as a whole release."""
        return self.scope is Scope.RELEASE


class Check(ABC, Generic[F]):
    """A rule at work. The class's docstring is its title and, after a blank line, its reason.

    `problems` gives what is wrong, as evidence in a sentence; it raises nothing for what a stranger's
    file holds. `applies` gives the reason for which the check has nothing to say, empty where it has.
    """

    id: ClassVar[str]
    level: ClassVar[Level] = Level.ERROR
    hint: ClassVar[str]
    subject: ClassVar[Subject]

    def applies(self, facts: F, context: Context) -> str:
        """Give why there is nothing to check, or an empty string."""
        del facts, context
        return ""

    @abstractmethod
    def problems(self, facts: F, context: Context) -> Iterator[str | Problem]:
        """Give each thing that is wrong."""

    def note(self, facts: F) -> str:
        """Give what is to be said of a check that passed, such as what it had no time for."""
        del facts
        return ""

    @classmethod
    def rule(cls) -> Rule:
        """Give the rule as a record."""
        title, _, reason = (inspect.getdoc(cls) or "").partition("\n")
        return Rule(
            id=cls.id,
            family=family_of(cls.__module__),
            subject=cls.subject,
            level=cls.level,
            title=title.rstrip("."),
            hint=cls.hint,
            reason=reason.strip(),
        )


class FileCheck(Check[FileFacts]):
    """A check of any distribution, also of one that cannot be read."""

    subject = Subject.FILE


class ArchiveCheck(Check[WheelFacts | SdistFacts]):
    """A check of what wheels and sdists have in common: members and metadata."""

    subject = Subject.ARCHIVE


class MetadataCheck(ArchiveCheck):
    """A check of a wheel's METADATA or an sdist's PKG-INFO; there is nothing to check without."""

    def applies(self, facts: WheelFacts | SdistFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.metadata else "no metadata"


class WheelCheck(Check[WheelFacts]):
    """A check of a readable wheel."""

    subject = Subject.WHEEL


class SdistCheck(Check[SdistFacts]):
    """A check of a readable sdist."""

    subject = Subject.SDIST


class SetCheck(Check[SetFacts]):
    """A check of all files together."""

    subject = Subject.SET


class InstallCheck(Check[InstallFacts]):
    """A check of a wheel that was installed into an environment of its own."""

    subject = Subject.INSTALL


class BuildCheck(Check[BuildFacts]):
    """A check of an sdist from which a wheel was built, with nothing but the sdist."""

    subject = Subject.BUILD
