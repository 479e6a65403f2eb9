"""An install taken apart: measured cold and warm, then again with each change that could shorten it."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import msgspec

from shipwheel.deps.pinned import downloaded_size, marker_values, pinned
from shipwheel.deps.profile.answer import Profile, Spent
from shipwheel.deps.profile.changes import chosen
from shipwheel.deps.profile.compiling import compile_times
from shipwheel.deps.profile.measuring import Bench, Ran, Way
from shipwheel.deps.profile.order import Order
from shipwheel.deps.profile.rounds import Rounds
from shipwheel.deps.profile.trace import read_packages
from shipwheel.deps.profile.trials import Trials
from shipwheel.events import Emit, Notice, StepDone, StepStarted, silent
from shipwheel.project.pylock import LockedPackage, Pylock, read_pylock
from shipwheel.verification.dependencies import Installed, read_installed


def profile(order: Order, *, folder: Path | None = None, emit: Emit = silent) -> Profile:
    """Measure an install and what would shorten it; nothing outside of a folder of ours is touched.

    Raises JobError where the project cannot be installed, MachineError where an index is out of reach.
    """
    started, busy = time.perf_counter(), processes_per_core()
    if not order.requirements:
        return Profile(
            project=order.project,
            ok=True,
            python=order.interpreter.version,
            platform=order.platform,
            installer=order.installer,
        )
    with tempfile.TemporaryDirectory(
        prefix="profile-", dir=folder, ignore_cleanup_errors=True
    ) as name:
        found = _profile(order, Path(name), emit)
    seconds = round(time.perf_counter() - started, 1)
    return msgspec.structs.replace(found, seconds=seconds, busy=busy)


def processes_per_core() -> float:
    """Give how many processes want each core, over the last minute; 0 where the system does not tell."""
    try:
        return round(os.getloadavg()[0] / (os.cpu_count() or 1), 1)
    except (AttributeError, OSError):  # Windows
        return 0.0


def _profile(order: Order, folder: Path, emit: Emit) -> Profile:
    pins = _pins(order, folder, emit)
    bench = Bench(folder, order.root, order.interpreter, order.minutes * 60, emit)
    whole = Way(name="cold", requirements=order.requirements, file=order.lock)
    ran, cache = bench.cold(whole)
    installed = read_installed(ran.environment.site_packages)
    packages = _packages(ran, pins, installed, folder)
    trials = Trials(order, folder, pins, packages)
    rounds = Rounds(bench, whole, ran, cache, order)
    compiles = rounds.cold.phases is not None and rounds.cold.phases.compile > 0
    rounds.run([*trials.each(installed, cache, compiles=compiles)])
    cold = msgspec.structs.replace(rounds.cold, packages=len(packages))
    return Profile(
        project=order.project,
        ok=True,
        python=order.interpreter.version,
        platform=order.platform,
        installer=order.installer,
        lock=order.lock.name if order.lock else "",
        installs=(cold, rounds.warm, *rounds.others),
        packages=packages,
        changes=chosen(rounds.compared),
        untried=(*trials.untried, *rounds.failed),
    )


def _pins(order: Order, folder: Path, emit: Emit) -> tuple[LockedPackage, ...]:
    """Give what will be installed, and tell what will be built: that alone can take minutes."""
    emit(StepStarted("resolve", f"what {order.project} requires, for {order.interpreter.target}"))
    started = time.perf_counter()
    if order.lock is not None:
        pins = read_pylock(order.lock).selected(marker_values(order.interpreter))
    else:
        pins = _resolved(order, folder).packages
    emit(
        StepDone(
            "resolve",
            time.perf_counter() - started,
            f"{len(pins)} package{'' if len(pins) == 1 else 's'}",
        )
    )
    built = [each.name for each in pins if not each.wheels]
    if built:
        emit(
            Notice(
                f"{', '.join(built)} {'has' if len(built) == 1 else 'have'} no wheel here: each cold install"
                f" builds from source, and is stopped after {order.minutes:g} minutes"
            )
        )
    return pins


def _resolved(order: Order, folder: Path) -> Pylock:
    return pinned(order.requirements, order.interpreter, root=order.root, folder=folder)


def _packages(
    ran: Ran, pins: tuple[LockedPackage, ...], installed: dict[str, Installed], folder: Path
) -> tuple[Spent, ...]:
    """Give what each package took, the longest first."""
    compiled = compile_times(ran.environment, installed, folder)
    own = read_packages(ran.lines, installed)
    site, known = ran.environment.site_packages, {each.name: each for each in pins}
    found = [
        Spent(
            name=name,
            version=each.version,
            made="sdist" if own[name].built else "wheel",
            size=_size(known[name], each, site) if name in known else None,
            download=round(own[name].download, 3),
            build=round(own[name].build, 3),
            install=round(own[name].install, 3),
            compile=round(compiled.get(name, 0.0), 3),
        )
        for name, each in installed.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.total, each.name)))


def _size(pin: LockedPackage, each: Installed, site: Path) -> int | None:
    """Give the bytes that are downloaded of a package, its sdist's where it has no wheel."""
    if not pin.wheels and pin.sdist is not None:
        return pin.sdist.size
    return downloaded_size(pin, each, site)
