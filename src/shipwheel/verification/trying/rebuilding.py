"""A wheel built from the sdist alone: in a clean folder, without git, by the backend that it names."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from shipwheel.building.compiler_cache import uncached
from shipwheel.building.hooks import Backend
from shipwheel.dists.comparison import compare_files
from shipwheel.dists.manifest import Manifest
from shipwheel.dists.normalize import normalize_wheel
from shipwheel.dists.sdist import open_sdist, unpack_sdist
from shipwheel.errors import MachineError, ShipwheelError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.machine.interpreter import Interpreter
from shipwheel.verification.facts import BuildFacts, SdistFacts, WheelFacts
from shipwheel.verification.judging.differences import differences
from shipwheel.verification.reading.distributions import read_distribution
from shipwheel.verification.trying.installation import Trial
from shipwheel.verification.trying.pythons import is_for, newest_first
from shipwheel.workspace import Workspace

BUDGET = 180.0  # seconds for one build of a stranger's sdist
_LINES = 8  # of a build's output, in a finding
# what a build says that looks for something which no sdist has: a compiler, a library, the network
_MACHINE = (
    "pkg-config",
    "pkg_config",
    "fatal error: ",
    "command not found",
    "is not installed",
    "could not find",
    "not found",
    "no such program",
    "cmake error",
    "cannot find -l",
    "command 'gcc' failed",
    "command 'cc' failed",
    "unable to execute",
    "unable to find",
    "cargo",
    "rustc",
)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """How sdists are tried: `twice` asks for a second build; `limit` is seconds a build."""

    trial: Trial
    manifest: Manifest | None = None
    own: bool = False  # the sdist is of the project that is worked on here
    twice: bool = False
    limit: float = BUDGET


def rebuild(
    sdist: SdistFacts,
    wheels: Sequence[WheelFacts],
    pythons: Sequence[Interpreter],
    order: Rebuild,
    *,
    emit: Emit = silent,
) -> BuildFacts:
    """Build a wheel of an sdist, and hold it against the one among `wheels` that ships beside it.

    `pythons` are those here that may be taken. Nothing is built where a record proves that a wheel
    that ships was built from these very bytes.
    """
    proven = proof(sdist, wheels, order.manifest)
    if proven and not order.twice:
        return BuildFacts(sdist, "", proven=proven)
    ships, interpreter = choice(sdist, wheels, pythons)
    if interpreter is None:
        return BuildFacts(sdist, "", untried="no Python here is one that it is for")
    step = f"build {sdist.file.filename} on {interpreter.target}"
    emit(StepStarted(step))
    started = time.perf_counter()
    with order.trial.timeline.step("build", sdist.file.filename, interpreter.target):
        facts = _rebuild(sdist, ships, interpreter, order)
    seconds = time.perf_counter() - started
    emit(StepDone(step, seconds, facts.untried or facts.failure.partition("\n")[0]))
    return facts


def proof(sdist: SdistFacts, wheels: Sequence[WheelFacts], manifest: Manifest | None) -> str:
    """Say by which job's record a wheel that ships was built from this sdist; empty where none is."""
    shipped = {wheel.file.sha256 for wheel in wheels}
    for record in manifest.records if manifest else ():
        made = {each.sha256: each.filename for each in record.made}
        used = {each.sha256 for each in record.consumed} | made.keys()
        found = sorted(shipped & made.keys())
        if sdist.file.sha256 in used and found and record.status == "passed":
            return f"{record.job} built {made[found[0]]} from it, as its record says"
    return ""


def choice(
    sdist: SdistFacts, wheels: Sequence[WheelFacts], pythons: Sequence[Interpreter]
) -> tuple[WheelFacts | None, Interpreter | None]:
    """Give the Python to build on, the newest that has a wheel beside the sdist, and that wheel.

    Without such a wheel the newest that the sdist admits.
    """
    newest = sorted(pythons, key=newest_first, reverse=True)
    own = [wheel for wheel in wheels if wheel.file.name == sdist.file.name]
    own = [wheel for wheel in own if wheel.file.version == sdist.file.version]
    for interpreter in newest:
        for wheel in own:
            if is_for(wheel, interpreter):
                return wheel, interpreter
    requires = sdist.metadata.requires_python if sdist.metadata else ""
    return None, next((each for each in newest if _admits(requires, each)), None)


def _admits(requires: str, interpreter: Interpreter) -> bool:
    try:
        return SpecifierSet(requires).contains(interpreter.version, prereleases=True)
    except InvalidSpecifier:
        return True  # the metadata's rules tell it


def _rebuild(
    sdist: SdistFacts, ships: WheelFacts | None, interpreter: Interpreter, order: Rebuild
) -> BuildFacts:
    facts = BuildFacts(sdist, interpreter.target, ships=ships)
    if order.trial.folder is not None:
        order.trial.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="build-", dir=order.trial.folder, ignore_cleanup_errors=True
    ) as folder:
        try:
            wheel = build(sdist.file.path, interpreter, Path(folder), "1", order)
            again = _again(sdist, wheel, interpreter, Path(folder), order) if order.twice else None
        except _OutOfTime:
            return replace(facts, untried=f"it took more than {order.limit:.0f} seconds")
        except MachineError as error:
            return replace(facts, untried=error.what)
        except ShipwheelError as error:
            text = _told(error).replace(folder, "…")  # a name that nobody will see again
            if not order.own and _doubtful(text):
                first = text.partition("\n")[0]
                return replace(facts, untried=f"this machine may lack what it takes: {first}")
            return replace(facts, failure=text)
        built = read_distribution(wheel).wheel
        found = tuple(differences(built, ships)) if built and ships else ()
    return replace(facts, wheel=built, differences=found, again=again)


class _OutOfTime(Exception):  # noqa: N818 - it is no error of anybody's
    pass


def build(sdist: Path, interpreter: Interpreter, folder: Path, name: str, order: Rebuild) -> Path:
    """Build the wheel in `folder/name`, where nothing but the sdist is; raises what a build raises."""
    place = folder / name
    place.mkdir()
    # hatchling looks upwards for a .gitignore, and would find the one that hides our folder
    (place / ".gitignore").touch()
    source = unpack_sdist(sdist, place)
    backend = Backend(
        workspace=Workspace(folder / "workspace"),
        source=source,
        interpreter=interpreter,
        epoch=open_sdist(sdist).epoch,
        installer=order.trial.installer,
        variables=uncached(),
        map_paths=order.twice,  # as our own builds do
        log=order.trial.log,
        limit=None if order.own else order.limit,
    )
    started = time.monotonic()
    try:
        return backend.build("wheel", place / "out").path
    except ShipwheelError:
        if not order.own and time.monotonic() - started >= order.limit:
            raise _OutOfTime from None
        raise


def _again(
    sdist: SdistFacts, first: Path, interpreter: Interpreter, folder: Path, order: Rebuild
) -> tuple[str, ...]:
    """Build once more, in a folder of another length; give how the two differ once normalized."""
    second = build(sdist.file.path, interpreter, folder, "2-a-longer-one", order)
    epoch = open_sdist(sdist.file.path).epoch
    normalize_wheel(first, epoch)
    normalize_wheel(second, epoch)
    if first.name != second.name:
        return (f"the first is called {first.name}, the second {second.name}",)
    compared = compare_files(first, second, folder / "none")
    return tuple(
        dict.fromkeys(f"{each.member or first.name}: {each.what}" for each in compared.differences)
    )


def _told(error: ShipwheelError) -> str:
    """Give a build's error with what says most, the last line, first; a traceback's come after it."""
    lines = [line.rstrip() for line in (error.evidence or "").splitlines() if line.strip()]
    last = f": {lines[-1].strip()[:300]}" if lines else ""
    return "\n".join([f"{error.what}{last}", *lines[-_LINES:-1]])


def _doubtful(text: str) -> bool:
    """Say whether a failure may be this machine's, which lacks what no sdist holds."""
    lower = text.lower()
    # our own words for what was recognized
    if "is not there" in lower or "the sdist lacks" in lower:
        return False
    if (
        "could not be resolved" in lower
    ):  # an index may be behind; what it never had is another matter
        return "was not found in the package registry" not in lower
    return any(mark in lower for mark in _MACHINE)
