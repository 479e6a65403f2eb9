"""Install: what a user gets who installs the wheel into a clean environment, on each Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from shipwheel.verification.check import Context, InstallCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import Attempt, InstallFacts
from shipwheel.verification.imports import Judgement, Outcome, judge, judge_entry
from shipwheel.verification.report import Level


class Installs(InstallCheck):
    """It installs, with its dependencies."""

    id = "install"
    hint = "the lines name the dependency or field that keeps it from installing"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.failure:
            yield f"it does not install: {facts.failure}"


class _InstalledCheck(InstallCheck):
    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        del context
        return "it does not install" if facts.failure else ""


class WheelsAlone(_InstalledCheck):
    """It installs from wheels alone (`--only-binary :all:`), its dependencies too.

    A dependency without a wheel for this Python is built by whoever installs the project, who may lack
    what that takes.
    """

    id = "install-wheels"
    hint = (
        "ask its authors for a wheel, or do without it; where that must be,"
        ' `[tool.shipwheel.verify] ignore = { "install-wheels" = "why" }`'
    )

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.built:
            yield facts.built


class Proof(_InstalledCheck):
    """What was installed is the file that is verified, by version and sha256."""

    id = "install-proof"
    hint = "the installer took another file than the one named; see its log"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.proof != facts.wheel.file.sha256:
            yield f"the environment recorded {facts.proof or 'no hash'} as its origin"


class Files(_InstalledCheck):
    """Every file of the wheel is installed with the bytes that its RECORD promises."""

    id = "install-files"
    hint = "look at the installer's log; two distributions may own the same file"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.altered:
            yield f"installed with other bytes: {sample(facts.altered)}"
        if facts.absent:
            yield f"not installed: {sample(facts.absent)}"


class Scripts(_InstalledCheck):
    """Every console script exists."""

    id = "install-scripts"
    hint = "see `[project.scripts]` and the installer's log"

    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        scripts = facts.wheel.entry_points.get("console_scripts")
        return super().applies(facts, context) or ("" if scripts else "no scripts")

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.scripts_absent:
            yield f"no program was made for {sample(facts.scripts_absent)}"


class Dependencies(_InstalledCheck):
    """Every dependency is installed in a version that all agree on, as `pip check` asks."""

    id = "install-dependencies"
    hint = "two requirements contradict each other, or one of a dependency's own is not met"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        yield from facts.unmet


class Imports(_InstalledCheck):
    """Every module imports.

    A module that fails for want of something that is no declared dependency is told by
    `import-optional`; tests, `__main__` and what belongs to another platform are left out.
    """

    id = "import"
    hint = "import it in an environment that holds nothing but the wheel, and mend what is missing there"

    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        return super().applies(facts, context) or ("" if facts.imports else "no modules")

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for attempt, judgement in _judged(facts):
            if judgement.outcome in {Outcome.BROKEN, Outcome.SUSPECT}:
                broken = judgement.outcome is Outcome.BROKEN
                yield Problem(
                    f"`import {attempt.target}`: {judgement.reason}{_place(attempt)}",
                    level=Level.ERROR if broken else Level.WARNING,
                )


class Optional(_InstalledCheck):
    """No module needs something that is no declared dependency.

    It may be an extra's, or a matter of who uses the module: the project's top-level module must do
    without.
    """

    id = "import-optional"
    level = Level.WARNING
    hint = "guard the import with try and except ImportError, or declare the dependency"

    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        return super().applies(facts, context) or ("" if facts.imports else "no modules")

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        needs: dict[str, list[str]] = defaultdict(list)
        for attempt, judgement in _judged(facts):
            if judgement.outcome is Outcome.OPTIONAL:
                needs[judgement.missing].append(attempt.target)
        for missing, modules in sorted(needs.items()):
            yield f"{missing} is no dependency, but is needed by {sample(modules)}"


class EntryPoints(_InstalledCheck):
    """Every entry point resolves to an object."""

    id = "install-entry-points"
    hint = "correct `module:attr` in `[project.scripts]` or the entry-points table"

    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        return super().applies(facts, context) or ("" if facts.entry_points else "no entry points")

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for attempt in facts.entry_points:
            judgement = judge_entry(attempt, facts)
            if judgement.outcome not in {Outcome.FINE, Outcome.EXCUSED}:
                level = None if judgement.outcome is Outcome.BROKEN else Level.WARNING
                yield Problem(f"{attempt.target}: {judgement.reason}", level=level)


class Smoke(_InstalledCheck):
    """The project's smoke command ends well.

    `[tool.shipwheel.verify] smoke`, run in the clean environment, in an empty folder.
    """

    id = "install-smoke"
    hint = "run the command in an environment that holds nothing but the wheel"

    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        project = context.project
        none = project is None or not project.config.verify.smoke
        return super().applies(facts, context) or ("no smoke command" if none else "")

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.smoke:
            yield facts.smoke


def _judged(facts: InstallFacts) -> Iterator[tuple[Attempt, Judgement]]:
    return ((attempt, judge(attempt, facts)) for attempt in facts.imports)


def _place(attempt: Attempt) -> str:
    """Give the last line of the module's code that ran, where there is one."""
    lines = [line.strip() for line in attempt.trace.splitlines() if line.strip()]
    return f" ({lines[-1][:120]})" if lines else ""


CHECKS = (
    Installs,
    WheelsAlone,
    Proof,
    Files,
    Scripts,
    Dependencies,
    Imports,
    Optional,
    EntryPoints,
    Smoke,
)
