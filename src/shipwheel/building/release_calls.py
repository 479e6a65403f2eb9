"""How cibuildwheel is called: for one wheel, or once for several that it is told the same for.

One call for several costs the container, its image and `before-all` once. cibuildwheel takes the wheels out
of a container at its end, so that a late failure loses all of them: here the container's folder for finished
wheels is one of this machine's, and each is there as soon as cibuildwheel is done with it.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from shipwheel import process
from shipwheel.building.cibuildwheel_failure import made_nothing, release_failure
from shipwheel.building.container import check_engine
from shipwheel.building.release_order import Prepared, environment_of
from shipwheel.building.release_settings import container_engine
from shipwheel.building.running_call import RunningCall, Tell
from shipwheel.building.staging import empty
from shipwheel.dists.artifact import parse_filename, wheel_id
from shipwheel.events import Notice, Output
from shipwheel.planning.identifiers import cibuildwheel_arch

_IN_CONTAINER = "/output"  # where cibuildwheel puts a wheel when it has passed its test
_ENGINE = "CIBW_CONTAINER_ENGINE"


class Call(msgspec.Struct, frozen=True):
    """What came of a wheel's call: the wheels that may be it, all that was said, and by which Python's tests."""

    wheels: list[Path]
    output: str
    parts: tuple[tuple[str, str], ...]


class ReleaseCalls:
    """The call that runs, for as long as wheels are made; it is stopped where they are not all taken."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._running: RunningCall | None = None
        self._followed: process.Followed | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close(read=kind is None)

    def _close(self, *, read: bool) -> None:
        """End the call that runs; `read`: what it still does after its last wheel is waited for."""
        if read and self._running is not None:
            self._running.read_all()
        self._running = self._followed = None
        self._stack.close()

    def wheel(self, wanted: Prepared, mates: Sequence[Prepared]) -> Call:
        """Give what came of a wheel, from the call that runs or from a new one, for its mates too.

        Raises as `release_failure` says, and JobError where the call left no such wheel.
        """
        identifier = wanted.order.identifier
        if self._running is None or not self._running.can_give(identifier):
            others = mates if _leaves_at_once(wanted) else ()
            together = (wanted, *(each for each in others if _alike(wanted, each)))
            if len(together) == len(wanted.testing) == 1:
                return self._alone(wanted)
            self._start(together)
        assert self._running is not None
        finished = self._running.read_until(wanted.testing, _teller(wanted))
        return self._outcome(wanted, self._running, finished=finished)

    def _start(self, together: Sequence[Prepared]) -> None:
        self._close(read=True)
        first = together[0]
        identifiers = [each for prepared in together for each in prepared.testing]
        folder = first.order.workspace.cache / "build" / f"wheels-{first.order.identifier}"
        empty(folder)
        environ = _environ(first)
        left = folder / "out"  # on macOS and Windows each is moved there at once
        if first.order.platform.os == "linux" and _leaves_at_once(first):
            left = folder / "finished"
            left.mkdir()
            left.chmod(0o777)  # the container's root need not be this user
            # the system's own variable stands before the other
            environ[f"{_ENGINE}_LINUX"] = engine_with(_engine(first, environ), left)
        environ |= {
            "CIBW_BUILD": " ".join(identifiers),
            "CIBW_SKIP": "",
            "CIBW_ENABLE": "all",
            "CIBW_ARCHS": cibuildwheel_arch(first.order.platform),
        }
        command = [*_command(), "--platform", first.order.platform.os]
        following = process.following(
            [*command, "--output-dir", folder / "out", first.order.sdist], cwd=folder, env=environ
        )
        self._stack.callback(empty, folder)
        self._followed = self._stack.enter_context(following)
        self._running = RunningCall(self._followed.lines(), identifiers, left, folder / "out")

    def _alone(self, wanted: Prepared) -> Call:
        """Call cibuildwheel for one wheel."""
        order = wanted.order
        folder = order.workspace.cache / "build" / f"wheels-{order.identifier}"
        empty(folder)
        self._stack.callback(empty, folder)
        done = process.run(
            [*_command(), "--only", order.identifier, "--output-dir", folder / "out", order.sdist],
            cwd=folder,
            env=_environ(wanted),
            log=order.log,
            emit=order.emit,
        )
        if not done.ok:
            raise release_failure(
                done.output, done.returncode, identifier=order.identifier, log=order.log
            )
        found = sorted((folder / "out").glob("*.whl"))
        if not found:
            raise made_nothing(order.identifier, done.output, order.log)
        return Call(found, done.output, ((order.identifier, done.output),))

    def _outcome(self, wanted: Prepared, running: RunningCall, *, finished: bool) -> Call:
        output = running.told(wanted.testing)
        if not finished:
            raise self._failure(wanted, running, output)
        found = running.wheels()
        if not found and not running.ended:
            running.read_all()  # an engine on another machine: they come at the end
            found = running.wheels()
        if not found:
            if self._followed is not None and self._followed.returncode:
                return self._alone(wanted)  # another one's failure took it along
            raise made_nothing(wanted.order.identifier, output, wanted.order.log)
        wheels = [each for each in found if _is(each, wanted.order.identifier)] or found
        for wheel in wheels:
            running.take(wheel)
        parts = tuple((each, running.text(each)) for each in wanted.testing)
        return Call(wheels, output, parts)

    def _failure(self, wanted: Prepared, running: RunningCall, output: str) -> Exception:
        """Give the error of a call that ended before a wheel was finished: of the Python at which it did."""
        assert self._followed is not None
        begun = [each for each in wanted.testing if running.text(each)]
        return release_failure(
            output,
            self._followed.returncode or 1,
            identifier=begun[-1] if begun else wanted.order.identifier,
            log=wanted.order.log,
        )


def engine_with(engine: str | Mapping[str, Any], folder: Path) -> str:
    """Give a `container-engine`, as text or as a table, with a folder of this machine for finished wheels.

    As cibuildwheel writes it in one line: `podman; create_args: --network=host; disable_host_mount: True`.
    """
    volume = shlex.quote(
        f"--volume={folder}:{_IN_CONTAINER}:z"
    )  # z: for SELinux, else without effect
    if isinstance(engine, str):
        name, *options = (each.strip() for each in engine.split(";"))
        given = dict(_option(each) for each in options if each)
        args = given.pop("create_args", "")
    else:
        name = str(engine.get("name", "docker"))
        given = {str(key).replace("-", "_"): str(each) for key, each in engine.items()}
        given.pop("name", None)
        given.pop("create_args", None)
        args = shlex.join(engine.get("create-args", engine.get("create_args", ())))
    more = (f"{key}: {each}" for key, each in given.items())
    return "; ".join((name, f"create_args: {args} {volume}".replace(":  ", ": "), *more))


def _option(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip().replace("-", "_"), value.strip()


def _engine(wanted: Prepared, environ: Mapping[str, str]) -> str | Mapping[str, Any]:
    engine: str | Mapping[str, Any] | None = wanted.configured.get("container-engine")
    return engine or environ.get(_ENGINE) or "docker"


def _command() -> list[str]:
    # -P: a module in the working directory must not shadow the standard library
    return [sys.executable, "-P", "-m", "cibuildwheel"]


def _environ(wanted: Prepared) -> dict[str, str]:
    environ = environment_of(wanted.settings)
    if wanted.order.platform.os != "linux":
        return environ
    chosen = check_engine(
        container_engine(wanted.configured),
        named=wanted.configured.get("container-engine") is not None,
        path=environ.get("PATH"),
    )
    if chosen.notice:
        wanted.order.emit(Notice(chosen.notice))
        environ[_ENGINE] = chosen.name
    return environ


def _leaves_at_once(wanted: Prepared) -> bool:
    """Say whether a finished wheel can leave a call that goes on.

    Out of a container by a folder of this machine, whose path an engine's option can say.
    """
    if wanted.order.platform.os != "linux":
        return True
    place = str(wanted.order.workspace.cache)
    plain = not any(each in place for each in ":;,'\"\\") and not any(c.isspace() for c in place)
    return sys.platform == "linux" and plain


def _alike(one: Prepared, other: Prepared) -> bool:
    """Say whether one call can be told for both: the same variables, engine and platform."""
    return (
        one.order.platform == other.order.platform
        and one.settings.variables == other.settings.variables
        and one.configured.get("container-engine") == other.configured.get("container-engine")
    )


def _is(wheel: Path, identifier: str) -> bool:
    return wheel_id(parse_filename(wheel.name).tags) == identifier


def _teller(wanted: Prepared) -> Tell:
    """Give what shows a line and puts it into the wheel's own log."""
    order = wanted.order

    def tell(line: str) -> None:
        if order.log is not None:
            with order.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(f"{line}\n")
        order.emit(Output(line))

    return tell
