"""The proof of what was imported: each module of the project is a file of the wheel, or one of its tests."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import msgspec

from shipwheel.errors import JobError
from shipwheel.events import Emit, Warned, silent
from shipwheel.machine.environment import Environment
from shipwheel.testing.environment import spoil
from shipwheel.testing.hook import clear_proofs, install_hook, proof_folder, read_proofs
from shipwheel.testing.installed import (
    WheelFiles,
    added_files,
    altered_files,
    holds,
    others_files,
    read_wheel_files,
)
from shipwheel.testing.overlay import Overlay

__all__ = ["Proofs", "check_proof", "clear_proofs", "install_hook", "proof_folder"]

_MOST_SHOWN = 12  # lines of evidence


class Origin(StrEnum):
    """Where an imported module came from."""

    WHEEL = "wheel"  # a file of the wheel, its bytes as RECORD says
    TEST = "test"  # a file of the overlay that is not the wheel's
    OTHER = "other"  # another distribution's, or made by the tests
    CHANGED = "changed"  # a file of the wheel with other bytes
    CHECKOUT = "checkout"  # the tree itself
    COPY = "copy"  # another file of a module that the wheel has


_WRONG = {
    Origin.CHANGED: "was changed since the wheel was installed",
    Origin.CHECKOUT: "came from the checkout",
    Origin.COPY: "came from another copy",
}


class Violation(msgspec.Struct, frozen=True):
    """A module of the project that was not the wheel's; `expected` is empty where the wheel has none."""

    module: str
    path: str
    expected: str
    origin: Origin

    @property
    def line(self) -> str:
        """Give it as a line with both paths."""
        expected = self.expected or "not in the wheel"
        return f"{self.module} {_WRONG[self.origin]}: {self.path} (the wheel's: {expected})"


class Proofs(msgspec.Struct, frozen=True):
    """What was imported over all processes of a run.

    `modules` are the names that were files of the wheel, with their paths relative to site-packages;
    `tests` the project's names that were test files of the overlay; `processes` is how many noted
    anything. `altered` are files of the wheel that the tests changed or removed, `added` files that
    they left in its folders.
    """

    modules: dict[str, str]
    tests: tuple[str, ...]
    violations: tuple[Violation, ...]
    processes: int
    altered: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    needed: bool = True  # something must have been imported (not so for type stubs)

    @property
    def files(self) -> int:
        """Give how many files of the wheel were imported."""
        return len(set(self.modules.values()))

    def failure(self, job_id: str) -> JobError | None:
        """Give why the run proves nothing of the wheel, None where it does."""
        foreign = tuple(each for each in self.violations if each.origin is not Origin.CHANGED)
        if foreign:
            return _not_the_wheel(foreign, job_id)
        if self.altered:
            return _spoiled(self.altered, job_id)
        if self.violations:
            return _not_the_wheel(self.violations, job_id)
        if self.needed and not self.modules:
            return JobError(
                "the tests ran but never imported the project",
                where=job_id,
                reference="tests-without-project",
                hint="they prove nothing of the wheel: let one import it; if the import name is wrong, "
                "`[tool.shipwheel.packages]` settles it",
            )
        return None


def check_proof(
    environment: Environment,
    wheel: Path,
    overlay: Overlay,
    *,
    narrowed: bool = False,
    emit: Emit = silent,
) -> Proofs:
    """Judge what the run's processes noted, and look whether the installed wheel is still itself.

    An environment that is not as it was will not be used again. `narrowed`: the caller chose some tests,
    which need not import the project. Raises JobError for a module that was
    not the wheel's, for a file of the wheel that the tests changed or removed, and where no module of
    the project was imported at all.
    """
    proofs = gather_proof(environment, wheel, overlay)
    if narrowed:
        proofs = msgspec.structs.replace(proofs, needed=False)
    if proofs.altered or proofs.added:
        spoil(environment)
    if proofs.added:
        emit(
            Warned(
                f"the tests left files in the installed package: {', '.join(proofs.added[:5])}",
                "let them write to a temporary folder",
            )
        )
    failure = proofs.failure(overlay.root.name.replace("--", ":"))
    if failure is not None:
        raise failure
    return proofs


def gather_proof(environment: Environment, wheel: Path, overlay: Overlay) -> Proofs:
    """Do as `check_proof`, and raise nothing."""
    held = read_wheel_files(wheel)
    seen, processes = read_proofs(overlay.proofs)
    judge = _Judge(environment.site_packages, held, overlay)
    judged = sorted((module, path, judge.origin(module, path)) for module, path in seen)
    return Proofs(
        modules={
            module: judge.wheel_path(path)
            for module, path, origin in judged
            if origin is Origin.WHEEL
        },
        tests=tuple(module for module, _, origin in judged if origin is Origin.TEST),
        violations=tuple(
            Violation(module, path, judge.expected(module), origin)
            for module, path, origin in judged
            if origin in _WRONG
        ),
        processes=processes,
        altered=(
            *altered_files(environment.site_packages, held.files),
            *_altered_copies(overlay, held),
        ),
        added=added_files(environment.site_packages, held),
        needed=not overlay.stubs and bool(overlay.names),
    )


def _altered_copies(overlay: Overlay, held: WheelFiles) -> tuple[str, ...]:
    if not overlay.copies:
        return ()
    return tuple(
        str(overlay.root / path)
        for path, inside in sorted(overlay.placed.items())
        if not holds(overlay.root / path, held.files[inside])
    )


class _Judge:
    """Says of a module's path where it came from; paths are compared with links resolved."""

    def __init__(self, site_packages: Path, held: WheelFiles, overlay: Overlay) -> None:
        self._site = os.path.realpath(site_packages)
        self._overlay = os.path.realpath(overlay.root)
        self._tree = os.path.realpath(overlay.tree)
        self._state = os.path.realpath(overlay.root.parent.parent)
        self._held = held
        self._modules = held.modules
        self._placed = overlay.placed
        self._places = [os.path.join(self._tree, each.path) for each in overlay.places]  # noqa: PTH118
        self._names = overlay.names
        self._sound: dict[str, bool] = {}
        self._others: frozenset[str] | None = None

    def origin(self, module: str, path: str) -> Origin:
        real = os.path.realpath(path)
        if (inside := _below(real, self._site)) is not None:
            return self._of_site(module, real, inside)
        if (inside := _below(real, self._overlay)) is not None:
            return self._of_overlay(module, real, inside)
        if _below(real, self._tree) is not None and _below(real, self._state) is None:
            return Origin.CHECKOUT if self._is_ours(module, real) else Origin.OTHER
        return Origin.COPY if module in self._modules else Origin.OTHER

    def wheel_path(self, path: str) -> str:
        """Give a wheel module's path relative to site-packages."""
        real = os.path.realpath(path)
        inside = _below(real, self._site)
        return inside if inside is not None else self._placed[_below(real, self._overlay) or ""]

    def expected(self, module: str) -> str:
        """Give where the wheel's module of that name stands, empty where there is none."""
        inside = self._modules.get(module)
        return os.path.join(self._site, *inside.split("/")) if inside else ""  # noqa: PTH118

    def _of_site(self, module: str, real: str, inside: str) -> Origin:
        if inside in self._held.files:
            return self._by_bytes(real, inside)
        if module not in self._modules:
            return Origin.OTHER
        if self._others is None:
            self._others = others_files(Path(self._site))
        return Origin.OTHER if inside in self._others else Origin.COPY

    def _of_overlay(self, module: str, real: str, inside: str) -> Origin:
        if inside in self._placed:
            return self._by_bytes(real, self._placed[inside])
        # a folder that nobody took for the package: its modules are in the place of the wheel's
        return Origin.COPY if module in self._modules else Origin.TEST

    def _by_bytes(self, real: str, inside: str) -> Origin:
        if real not in self._sound:
            self._sound[real] = holds(Path(real), self._held.files[inside])
        return Origin.WHEEL if self._sound[real] else Origin.CHANGED

    def _is_ours(self, module: str, real: str) -> bool:
        """Say whether a file of the checkout stands in the project's packages or bears their name."""
        named = any(module == name or module.startswith(f"{name}.") for name in self._names)
        return named or any(
            real == place or _below(real, place) is not None for place in self._places
        )


def _below(path: str, folder: str) -> str | None:
    """Give a path relative to a folder with `/`, None where it is not below it."""
    if not path.startswith(folder + os.sep):
        return None
    return path[len(folder) + 1 :].replace(os.sep, "/")


def _not_the_wheel(violations: tuple[Violation, ...], job_id: str) -> JobError:
    count = len({each.module for each in violations})
    noun = "module of the project was" if count == 1 else "modules of the project were"
    return JobError(
        f"{count} imported {noun} not the wheel's",
        where=job_id,
        reference="not-the-wheel",
        evidence=_shown(each.line for each in violations),
        hint="the tests must import the installed wheel: look for sys.path, PYTHONPATH or an absolute "
        "path to the checkout in conftest.py, the tests' configuration and the command",
    )


def _spoiled(altered: tuple[str, ...], job_id: str) -> JobError:
    noun = "file" if len(altered) == 1 else "files"
    return JobError(
        f"the tests changed {len(altered)} installed {noun} of the wheel",
        where=job_id,
        reference="wheel-changed-by-tests",
        evidence=_shown(altered),
        hint="a test must not write into the installed package: let it write to a temporary folder",
    )


def _shown(lines: Iterable[str]) -> str:
    every = list(lines)
    more = [f"… and {len(every) - _MOST_SHOWN} more"] if len(every) > _MOST_SHOWN else []
    return "\n".join([*every[:_MOST_SHOWN], *more])
