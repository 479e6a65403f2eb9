"""Imports: every module, each in a fresh interpreter that holds nothing but the wheel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from shipwheel.verification.check import Context, InstallCheck, Problem
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import Attempt, InstallFacts
from shipwheel.verification.judging.judgement import (
    Judgement,
    Outcome,
    is_certain,
    is_loaders,
    is_main,
    is_meant,
    is_private,
    judge,
    last_line,
)
from shipwheel.verification.judging.providers import (
    declared,
    has_others_elsewhere,
    imported,
    names_of_extras,
    provider_of,
    providers,
)
from shipwheel.verification.report import Level


class _ImportCheck(InstallCheck):
    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.failure:
            return "it does not install"
        return "" if facts.imports else "no modules"


class Imports(_ImportCheck):
    """Every module imports, each in a fresh interpreter.

    A module that fails for want of something that is no declared dependency is told by
    `import-undeclared` and `import-optional`, one that needs others to be imported first by
    `import-order`; tests, `__main__` and what belongs to another platform are left out.
    """

    id = "import"
    hint = "import it in an environment that holds nothing but the wheel, and mend what is missing there"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        alike: dict[tuple[Level, str], list[str]] = defaultdict(list)
        for attempt, judgement in judged(facts):
            told = judgement.missing or attempt.after_others
            level = _level(attempt, judgement, facts, own=context.project is not None)
            if level is not None and not told:
                reason = f"{judgement.reason}{_place(attempt)}"
                alike[level, reason].append(f"`import {attempt.target}`")
        for (level, reason), targets in alike.items():
            yield Problem(f"{sample(targets)}: {reason}", level=level)

    def note(self, facts: InstallFacts) -> str:
        """See Check."""
        left = f"{facts.untried} of {len(facts.imports)} modules were tried after others only"
        return f"{left}: there was no time for a fresh interpreter each" if facts.untried else ""


def _level(
    attempt: Attempt, judgement: Judgement, facts: InstallFacts, *, own: bool
) -> Level | None:
    """Give how bad a failure is, None for what is no finding.

    Of a stranger's module beside the main ones nobody knows whether anybody imports it: what raises by
    a statement of its own, or is private and lacks a module, is meant for something else.
    """
    if judgement.outcome not in {Outcome.BROKEN, Outcome.SUSPECT}:
        return None
    level = Level.ERROR if judgement.outcome is Outcome.BROKEN else Level.WARNING
    if own or is_main(attempt, facts):
        return level
    absent = attempt.error in {"ImportError", "ModuleNotFoundError"} and not is_loaders(attempt)
    if is_private(attempt.target) and absent:
        return None
    if level is Level.WARNING and is_meant(attempt):
        return None
    return level if is_certain(attempt) else Level.WARNING


class Order(_ImportCheck):
    """No module needs others to be imported before it.

    Modules that import each other work in the order in which their authors import them, and fail for
    whoever begins with another. Modules with a leading underscore are left out: nobody begins there.
    """

    id = "import-order"
    level = Level.WARNING
    hint = (
        "break the circle: import within the function that needs it, or move what both need apart"
    )

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        alike: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in facts.imports:
            private = is_private(attempt.target)
            if attempt.after_others and not private and attempt.target not in facts.mended:
                alike[f"{attempt.error}: {attempt.message}{_place(attempt)}"].append(attempt)
        for reason, attempts in alike.items():
            names = sample([each.target for each in attempts])
            yield f"it fails in a fresh interpreter, and does well after others: {names}: {reason}"


class Undeclared(_ImportCheck):
    """What is imported comes with the wheel, with Python, or with a declared dependency.

    Whoever develops the project has it, and does not see that users don't.
    """

    id = "import-undeclared"
    hint = "add it to `dependencies`, or import it in try and except ImportError"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        told = set()
        for attempt, judgement in judged(facts):
            if judgement.outcome is Outcome.BROKEN and judgement.missing:
                told.add(judgement.missing)
                yield Problem(f"`import {attempt.target}`: {judgement.reason}{_place(attempt)}")
        for name, modules in sorted(_never_tried(facts).items()):
            if name not in told:
                yield Problem(
                    f"{name} is no dependency, but is imported by {sample(modules)}",
                    level=Level.WARNING,
                )


def _never_tried(facts: InstallFacts) -> dict[str, list[str]]:
    """Give names that nobody brings, with the modules that import them and were not imported."""
    known, tried = providers(facts.installed), {each.target for each in facts.imports}
    maybe = names_of_extras(facts)
    needs: dict[str, list[str]] = defaultdict(list)
    for module, name in imported(facts):
        top = name.partition(".")[0]
        if (
            module not in tried
            and not provider_of(name, known)
            and not _by_extra(top, facts, maybe)
        ):
            needs[top].append(module)
    return needs


def _by_extra(top: str, facts: InstallFacts, maybe: Mapping[str, str]) -> bool:
    """Say whether an extra brings a module, seen to or by its name; or another platform's dependency."""
    named = top in facts.supplied or canonicalize_name(top) in maybe
    return named or has_others_elsewhere(facts)


class Transitive(_ImportCheck):
    """What is imported is a declared dependency, and not only a dependency's own.

    It is there by chance: the dependency may do without it tomorrow.
    """

    id = "import-transitive"
    level = Level.WARNING
    hint = "add it to `dependencies`: what a dependency requires may change with any release"

    def applies(self, facts: InstallFacts, context: Context) -> str:
        """See Check."""
        return super().applies(facts, context) or ("" if facts.wheel.sources else "no sources")

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        known, own = providers(facts.installed), facts.wheel.file.name
        fine = declared(facts) | {own}
        needs: dict[str, list[str]] = defaultdict(list)
        for module, name in imported(facts):
            brought = provider_of(name, known)
            if brought and not brought & fine:
                needs[min(brought)].append(module)
        for name, modules in sorted(needs.items()):
            yield f"{name} is imported by {sample(sorted(set(modules)))}, and only a dependency requires it"


class Optional(_ImportCheck):
    """No module needs something that is no declared dependency.

    It may be a matter of who uses the module: the project's top-level module must do without. What an
    extra brings is declared.
    """

    id = "import-optional"
    level = Level.WARNING
    hint = "guard the import with try and except ImportError, or declare the dependency"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        maybe = names_of_extras(facts)
        needs: dict[str, list[str]] = defaultdict(list)
        for attempt, judgement in judged(facts):
            # of a stranger's module only what it looked for itself is sure to be the cause
            sure = bool(attempt.missing or attempt.absent) and not is_private(attempt.target)
            if judgement.outcome is Outcome.OPTIONAL and (sure or context.project is not None):
                needs[judgement.missing].append(attempt.target)
        needs = {name: each for name, each in needs.items() if not _by_extra(name, facts, maybe)}
        for missing, modules in sorted(needs.items()):
            yield f"{missing} is no dependency, but is needed by {sample(modules)}"


class Warned(_ImportCheck):
    """No module of the project's makes Python warn when it is imported.

    A use of what is deprecated, or an invalid escape in a string, ends with a later Python. What a
    module says of itself with `warnings.warn` is meant.
    """

    id = "import-warnings"
    level = Level.WARNING
    hint = "use what the warning names instead: a later Python makes it an error"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        seen = dict.fromkeys(each for attempt in facts.imports for each in attempt.cautions)
        for each in seen:
            yield f"{each.path}:{each.line}: {each.category}: {each.message}"


class Compiles(_ImportCheck):
    """Every module that is run rather than imported compiles with this Python.

    `__main__`, and modules for another platform.
    """

    id = "import-compiles"
    hint = "write it in the syntax of the oldest Python that `requires-python` admits"

    def problems(self, facts: InstallFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        for path, reason in facts.uncompiled:
            yield f"{path}: {reason}"


def judged(facts: InstallFacts) -> Iterator[tuple[Attempt, Judgement]]:
    """Give each import with what it means, those left out that an extra mends."""
    tried = (attempt for attempt in facts.imports if attempt.target not in facts.mended)
    return ((attempt, judge(attempt, facts)) for attempt in tried)


def _place(attempt: Attempt) -> str:
    """Give the last line of the module's code that ran, where there is one."""
    last = last_line(attempt)
    return f" ({last[:120]})" if last else ""


CHECKS = (Imports, Order, Undeclared, Transitive, Optional, Warned, Compiles)
