"""A production install, made in a clean environment and looked at."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name

from shipwheel.captured import Completed
from shipwheel.deps.pinned import downloaded_size, marker_values, pinned
from shipwheel.deps.production.answer import Package, Production, is_ok
from shipwheel.deps.production.judging import Held, judge
from shipwheel.deps.production.wanting import Wants, wants
from shipwheel.deps.production.weighing import weigh
from shipwheel.dists.sibling import Sibling, constraint_file
from shipwheel.errors import JobError, MachineError, ShipwheelError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.machine.environment import Environment, create_environment
from shipwheel.machine.failures import NO_WHEEL
from shipwheel.machine.installer import Installation, direct_reference, install
from shipwheel.machine.interpreter import Interpreter
from shipwheel.process import redact
from shipwheel.project.names import normalize
from shipwheel.project.pylock import LockedPackage, read_pylock
from shipwheel.verification.dependencies import Installed, read_installed
from shipwheel.verification.facts import InstallFacts, WheelFacts
from shipwheel.verification.judging.development import kind_of
from shipwheel.verification.reading.distributions import read_distribution

_YANKED = re.compile(
    r'^warning: `([A-Za-z0-9._-]+)==[^`\s]+` is yanked(?: \(reason: "([^\n]*)"\))?', re.MULTILINE
)
_REASON = 200  # characters of a stranger's reason


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is installed: a wheel that was built, with extras; `lock` stands for its requirements.

    `siblings` are wheels of the same repository; `ignored` is why tools are let pass, empty where they
    are not.
    """

    project: str
    root: Path
    wheel: Path
    interpreter: Interpreter
    platform: str
    extras: tuple[str, ...] = ()
    lock: Path | None = None
    siblings: tuple[Sibling, ...] = ()
    ignored: str = ""


def production(order: Order, *, folder: Path | None = None, emit: Emit = silent) -> Production:
    """Install for production into an environment that is thrown away, and judge what is there.

    Raises JobError where it cannot be installed or the wheel cannot be read, MachineError where an index
    is out of reach.
    """
    started = time.perf_counter()
    emit(StepStarted("production", f"{order.wheel.name} on {order.interpreter.target}"))
    with tempfile.TemporaryDirectory(
        prefix="production-", dir=folder, ignore_cleanup_errors=True
    ) as name:
        found = _production(order, Path(name))
    seconds = round(time.perf_counter() - started, 1)
    emit(StepDone("production", seconds, _counted(len(found.packages))))
    return msgspec.structs.replace(found, seconds=seconds)


def _counted(count: int) -> str:
    return "1 package" if count == 1 else f"{count} packages"


def _production(order: Order, folder: Path) -> Production:
    wheel = _read(order.wheel)
    own = canonicalize_name(wheel.file.name)
    environment = create_environment(folder / "environment", order.interpreter)
    only_binary, yanked, offline = _install(order, wheel, environment)
    pins = {each.name: each for each in _pins(order, wheel, folder, only_binary=only_binary)}
    installed = read_installed(environment.site_packages)
    markers = dict(marker_values(order.interpreter))
    wanted = wants(own, order.extras, installed, markers)
    built = tuple(name for name, pin in pins.items() if name in installed and _was_built(pin))
    held = Held(
        own=own,
        extras=order.extras,
        installed=installed,
        markers=markers,
        wants=wanted,
        site=environment.site_packages,
        lock=order.lock.name if order.lock else "",
        built=built,
        yanked=tuple((name, reason) for name, reason in yanked if name in installed),
        ignored=order.ignored,
    )
    facts = InstallFacts(wheel, order.interpreter.target, installed=installed, markers=markers)
    packages = [_package(name, each, wanted, pins, environment) for name, each in installed.items()]
    packages = [
        msgspec.structs.replace(each, wheel=wheel.file.size, built=False)
        if each.name == own
        else each
        for each in packages
    ]
    found = judge(held, facts)
    return Production(
        project=order.project,
        ok=is_ok(found),
        python=order.interpreter.version,
        platform=order.platform,
        wheel=order.wheel.name,
        lock=held.lock,
        extras=order.extras,
        packages=tuple(sorted(packages, key=lambda each: (-each.weight.total, each.name))),
        found=found,
        offline=offline,
    )


def _read(path: Path) -> WheelFacts:
    found = read_distribution(path)
    if found.wheel is None:
        raise JobError(
            "the project's wheel cannot be read",
            where=str(path),
            evidence=found.file.unreadable,
            hint="`shipwheel verify` tells more",
        )
    return found.wheel


def _install(
    order: Order, wheel: WheelFacts, environment: Environment
) -> tuple[bool, tuple[tuple[str, str], ...], bool]:
    """Install wheels alone, as production does, and say whether that was enough; else build what has none.

    Also gives the names that uv calls yanked, with the reasons, and whether its cache had to answer.
    """
    own = direct_reference(wheel.file.name, order.wheel, wheel.file.sha256, order.extras)
    constraints = constraint_file(environment.path, order.siblings)
    if order.lock is None:
        steps = [Installation(requirements=(own,), only_binary=True, constraint_files=constraints)]
    else:
        locked = Installation(requirement_files=(str(order.lock),), only_binary=True)
        plain = direct_reference(wheel.file.name, order.wheel, wheel.file.sha256)
        steps = [locked, Installation(requirements=(plain,), no_deps=True)]
    enough, done = True, []
    for step in steps:
        try:
            done.append(_installed(environment, step, order.root))
        except JobError as refusal:
            if refusal.reference != NO_WHEEL:
                raise
            any_file = msgspec.structs.replace(step, only_binary=False)
            done.append(_installed(environment, any_file, order.root))
            enough = False
    offline = any("--offline" in each.command for each in done)
    return enough, read_yanked("\n".join(each.output for each in done)), offline


def _installed(environment: Environment, step: Installation, root: Path) -> Completed:
    """Install; where an index is out of reach, from what uv's cache has, if that is enough."""
    try:
        return install(environment, step, cwd=root)
    except MachineError as error:
        if error.reference != "index":
            raise
        try:
            return install(environment, msgspec.structs.replace(step, offline=True), cwd=root)
        except ShipwheelError as refusal:
            if refusal.reference == NO_WHEEL:
                raise  # an sdist may be there
            raise error from None


def read_yanked(output: str) -> tuple[tuple[str, str], ...]:
    """Give the names that uv warns of as yanked, with the reasons that it tells, in one line each."""
    found = (
        (normalize(match[1]), redact(" ".join((match[2] or "").split()))[:_REASON])
        for match in _YANKED.finditer(output)
    )
    return tuple(dict(found).items())


def _pins(
    order: Order, wheel: WheelFacts, folder: Path, *, only_binary: bool
) -> tuple[LockedPackage, ...]:
    """Give the files that were downloaded; none where nobody tells, for sizes are no reason to fail."""
    if order.lock is not None:
        return read_pylock(order.lock).selected(marker_values(order.interpreter))
    own = direct_reference(wheel.file.name, order.wheel, wheel.file.sha256, order.extras)
    siblings = [each.reference for each in order.siblings]
    try:
        found = pinned(
            [own, *siblings],
            order.interpreter,
            root=order.root,
            folder=folder,
            only_binary=only_binary,
        )
    except ShipwheelError:
        return ()
    return found.packages


def _was_built(pin: LockedPackage) -> bool:
    return not pin.wheels and pin.sdist is not None


def _package(
    name: str,
    each: Installed,
    wanted: Wants,
    pins: Mapping[str, LockedPackage],
    environment: Environment,
) -> Package:
    site = environment.site_packages
    weight, files = weigh(each.files, site, environment.path)
    pin = pins.get(name)
    return Package(
        name=name,
        version=each.version,
        chain=wanted.chains.get(name, ()),
        required_by=wanted.required_by.get(name, ()),
        weight=weight,
        files=files,
        wheel=None if pin is None else downloaded_size(pin, each, site),
        built=pin is not None and _was_built(pin),
        tool=kind_of(name),
    )
