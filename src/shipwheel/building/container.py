"""The container engine that cibuildwheel makes Linux wheels with."""

from __future__ import annotations

import shutil

import msgspec

from shipwheel.errors import MachineError

_OTHERS = ("docker", "podman")
_INSTALL = (
    "install docker (docs.docker.com/engine/install) or podman (podman.io/docs/installation;\n"
    "`apt-get install podman` on Debian and Ubuntu)"
)
_WITHOUT = "`nox -s wheel` makes this machine's own wheels without one"


class Engine(msgspec.Struct, frozen=True):
    """A container program that is here; `notice` is set where it takes another's place."""

    name: str
    notice: str = ""


def check_engine(wanted: str, *, named: bool, path: str | None = None) -> Engine:
    """Give the engine to use; the other one takes docker's place where nobody named one (`named`).

    Raises MachineError where there is none, or not the one that was named.
    """
    if shutil.which(wanted, path=path):
        return Engine(wanted)
    other = next((each for each in _OTHERS if shutil.which(each, path=path)), None)
    if other is not None and not named:
        return Engine(other, f"{wanted} is not here: {other} makes the container")
    told = f"{other} is here: CIBW_CONTAINER_ENGINE={other} takes it\n" if other else ""
    raise MachineError(
        f"no container engine: {wanted} is not on this machine",
        where="cibuildwheel makes Linux wheels in a container",
        hint=f"{told}{_INSTALL}\n{_WITHOUT}",
    )
