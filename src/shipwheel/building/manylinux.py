"""auditwheel in our own process: a tenth of a second a wheel instead of half a one."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from auditwheel.error import AuditwheelError, InvalidLibcError
from auditwheel.lddtree import load_ld_paths
from auditwheel.libc import Libc
from auditwheel.wheel_abi import WheelAbIInfo, analyze_wheel_abi, get_wheel_elfdata
from auditwheel.wheeltools import get_wheel_architecture

from shipwheel.building.repair_tool import repair_command, run_repair
from shipwheel.building.retag import retag
from shipwheel.errors import JobError, is_refusal
from shipwheel.events import Emit, silent


class _Policy(Protocol):
    name: str
    aliases: tuple[str, ...]


def repair_for_linux(
    path: Path, into: Path, *, emit: Emit = silent, log: Path | None = None
) -> tuple[Path, tuple[str, ...]]:
    """Tag the wheel with the oldest policy that it fits (manylinux, musllinux), grafting what it must.

    Gives its path and warnings. Where no policy fits (a compiler newer than auditwheel knows), it keeps
    its `linux_` tag with a warning: it serves the tests here, and no index takes it.
    """
    policy, libraries, reason = _analyze(path, log)
    if policy is None:
        text = f"{path.name} fits no manylinux policy: {reason}; no index takes it"
        return path, (text,)
    if libraries:
        _check_located(path, libraries)
        command = repair_command("linux", path, into)
        assert command is not None
        return run_repair(command, into, emit=emit, log=log), ()
    return retag(path, [policy.name, *policy.aliases], into), ()


def _analyze(path: Path, log: Path | None) -> tuple[_Policy | None, dict[str, Path | None], str]:
    """Ask auditwheel for the policy and for the libraries that it would graft."""
    # they remember by path and forever; a wheel that was built again lies where the old one lay
    get_wheel_elfdata.cache_clear()
    load_ld_paths.cache_clear()
    with _logged(log):
        try:
            try:
                found = _ask(path, None)
            except InvalidLibcError:
                # an extension that calls nothing of the C library names none: it is for this one
                found = _ask(path, Libc.detect())
        except (AuditwheelError, RuntimeError, ValueError, OSError) as error:
            if isinstance(error, OSError) and is_refusal(error):
                raise  # a full disk says nothing of the wheel
            return None, {}, getattr(error, "message", str(error)) or type(error).__name__
    policy = found.overall_policy
    if policy == found.policies.linux:
        return None, {}, _why(found)
    return policy, dict(found.external_refs[policy.name].libs), ""


def _ask(path: Path, libc: Libc | None) -> WheelAbIInfo:
    return analyze_wheel_abi(
        libc,
        get_wheel_architecture(path.name),
        path,
        frozenset(),
        disable_isa_ext_check=False,
        allow_graft=True,
        requested_policy_base_name="auto",
    )


def _why(found: WheelAbIInfo) -> str:
    """Name what keeps a wheel from every policy."""
    reasons = {
        "sym_policy": "it uses symbols newer than any policy",
        "ucs_policy": "it was compiled for a UCS2 Python",
        "blacklist_policy": "it uses symbols that no policy allows",
        "machine_policy": "it needs instructions that its architecture does not promise",
        "pyfpe_policy": "it uses PyFPE_jbuf",
    }
    linux = found.policies.linux
    told = [text for name, text in reasons.items() if getattr(found, name, None) == linux]
    return ", ".join(told) or "auditwheel gives no reason"


def _check_located(path: Path, libraries: dict[str, Path | None]) -> None:
    lost = [
        name
        for name, place in sorted(libraries.items())
        if place is None and not name.startswith("libpython")
    ]
    if lost:
        raise JobError(
            f"the wheel needs {', '.join(lost)}, which is nowhere on this machine",
            where=path.name,
            hint="install the library where the linker finds it (LD_LIBRARY_PATH), or link it statically",
        )


@contextlib.contextmanager
def _logged(log: Path | None) -> Iterator[None]:
    """Send what auditwheel logs into the job's log; without a handler it goes to standard error."""
    logger = logging.getLogger("auditwheel")
    handler: logging.Handler = logging.NullHandler()
    if log is not None:
        handler = logging.FileHandler(log, encoding="utf-8", delay=True)
    propagates = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
        handler.close()
