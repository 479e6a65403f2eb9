"""Install: what a user gets who installs the wheel into a clean environment, on each Python."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from shipwheel.verification.check import Context, InstallCheck, Problem
from shipwheel.verification.dependencies import applies, parsed
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SCRIPTS, Attempt, InstallFacts
from shipwheel.verification.judging.development import WORDS, tools_along
from shipwheel.verification.judging.judgement import Judgement, Outcome, judge_entry
from shipwheel.verification.judging.providers import names_of_extras
from shipwheel.verification.modules import script_name
from shipwheel.verification.report import Level


class Installs(InstallCheck):
    """It installs, with its dependencies."""

    id = "install"
    hint = "correct what the lines name, a dependency or a field, in [project] and build again"

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
            yield f"{facts.built} for Python {facts.python}"


class Proof(_InstalledCheck):
    """What was installed is the file that is verified, by its sha256, and says so after it was run."""

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
    hint = "look at the installer's log, and whether RECORD lists the file"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        shared = {each.path for each in facts.shared}  # told by install-shared-files
        altered = [path for path in facts.altered if path not in shared]
        if altered:
            yield f"installed with other bytes: {sample(altered)}"
        if facts.absent:
            yield f"not installed: {sample(facts.absent)}"


class Scripts(_InstalledCheck):
    """Every script exists and can be started.

    Those of entry points, and those in the wheel's `.data/scripts`: their first line must name a program
    that is there.
    """

    id = "install-scripts"
    hint = "see `[project.scripts]`; a script file begins with `#!python`, which installers replace"

    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        made = any(facts.wheel.entry_points.get(group) for group in SCRIPTS)
        some = made or any(script_name(each.name) for each in facts.wheel.members)
        return super().applies(facts, context) or ("" if some else "no scripts")

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        if facts.scripts_absent:
            yield f"no program was made for {sample(facts.scripts_absent)}"
        yield from facts.scripts_broken


class Dependencies(_InstalledCheck):
    """Every dependency is installed in a version that all agree on, as `pip check` asks."""

    id = "install-dependencies"
    hint = "loosen one of the requirements that contradict each other, or take a version whose own can be met"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        yield from facts.unmet


class DependencyExtras(_InstalledCheck):
    """A dependency has the extra that is asked of it.

    Installers say so in a line that nobody reads, and leave out what the extra was to bring.
    """

    id = "install-dependency-extras"
    level = Level.WARNING
    hint = "see the dependency's own metadata for the extras that it has today"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        metadata = facts.wheel.metadata
        for each in parsed(metadata.requires_dist if metadata else ()):
            there = facts.installed.get(canonicalize_name(each.name))
            if there is None or not applies(each, facts.markers):
                continue
            for extra in sorted(each.extras):
                if canonicalize_name(extra) not in there.extras:
                    yield f"it requires {each}, but {there.name} {there.version} has no extra {extra!r}"


class DevelopmentTools(_InstalledCheck):
    """No tool for tests, linting, docs or builds comes along with a plain install.

    Production stays production: what only developers need belongs to an extra or a dependency group.
    Tools of developers, plugins of such tools, and what the wheel's own modules import are left out.
    """

    id = "install-development-tools"
    hint = "move it to an extra or to `[dependency-groups]`, which users do not install"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for tool in tools_along(facts):
            certain = tool.direct and tool.kind != "build"
            yield Problem(
                f"{tool.name}, a tool for {WORDS[tool.kind]}, comes along: {' → '.join(tool.chain)}",
                level=Level.ERROR if certain else Level.WARNING,
            )


class Shared(_InstalledCheck):
    """No file of the wheel's is another distribution's too.

    Who is installed last wins, and who is uninstalled first takes the other's file along.
    """

    id = "install-shared-files"
    hint = "leave the file out, or rename what it belongs to: a name at top level has one owner"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for same, level in ((False, Level.ERROR), (True, Level.WARNING)):
            found = [each for each in facts.shared if each.same is same]
            others = sorted({name for each in found for name in each.others})
            if found:
                how = "with the same bytes" if same else "with other bytes"
                names = sample([each.path for each in found])
                yield Problem(f"{', '.join(others)} has them too, {how}: {names}", level=level)


class Uninstalls(_InstalledCheck):
    """Uninstalling leaves nothing behind.

    What a module writes beside itself when it is imported stays for good.
    """

    id = "install-leftovers"
    level = Level.WARNING
    hint = "write caches below the user's folders, not among the modules"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        if facts.stuck:
            yield Problem(f"it does not uninstall: {facts.stuck}", level=Level.ERROR)
        if facts.left:
            yield Problem(f"written when it was imported or run, and left: {sample(facts.left)}")


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
            if judgement.outcome is Outcome.OPTIONAL and _is_meant(attempt, judgement, facts):
                continue
            if judgement.outcome not in {Outcome.FINE, Outcome.EXCUSED}:
                level = None if judgement.outcome is Outcome.BROKEN else Level.WARNING
                yield Problem(f"{attempt.target}: {judgement.reason}", level=level)


def _is_meant(attempt: Attempt, judgement: Judgement, facts: InstallFacts) -> bool:
    """Say whether a plugin lacks the program that it plugs into, or a script what an extra brings."""
    by_extra = judgement.missing in facts.supplied or judgement.missing in names_of_extras(facts)
    return attempt.group not in SCRIPTS or by_extra


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


CHECKS = (
    Installs,
    WheelsAlone,
    Proof,
    Files,
    Shared,
    Scripts,
    Dependencies,
    DependencyExtras,
    DevelopmentTools,
    EntryPoints,
    Smoke,
    Uninstalls,
)
