"""A clean install of exactly the released bytes, from the index alone, on each Python here."""

from __future__ import annotations

import os
import shlex
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from shipwheel.dists.headers import parse_headers
from shipwheel.dists.sibling import Sibling, Supply, required
from shipwheel.errors import JobError, ShipwheelError
from shipwheel.events import Emit, Notice, StepDone, StepStarted, Warned, silent
from shipwheel.files import write_text
from shipwheel.indexes.known import Index, origin_of
from shipwheel.indexes.page import Page
from shipwheel.machine.environment import (
    Environment,
    Installer,
    create_environment,
    environment_variables,
)
from shipwheel.machine.failures import installation_failure
from shipwheel.machine.installer import Installation, command_for, install, installed
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.machine.variables import for_installer
from shipwheel.process import run
from shipwheel.publishing.credentials import identify, reading
from shipwheel.publishing.publication import Installed
from shipwheel.publishing.release import Release, ReleasedFile
from shipwheel.verification.trying.pythons import supported_tags

_LIMIT = 600.0  # seconds for one command in a fresh environment

_IMPORT = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is installed, from where, with what."""

    release: Release
    index: Index
    folder: Path
    installer: Installer
    emit: Emit
    log: Path | None
    siblings: Supply = field(default_factory=dict)

    @property
    def requirements(self) -> Path:
        """Give the requirements file: the release's version with the hashes of its wheels."""
        return self.folder / "released.txt"


def try_installs(
    release: Release,
    index: Index,
    page: Page,
    *,
    machine: Machine,
    folder: Path,
    installer: Installer = "uv",
    siblings: Supply = MappingProxyType({}),
    emit: Emit = silent,
    log: Path | None = None,
) -> tuple[Installed, ...]:
    """Install the release from `index` into a fresh environment for each tested Python.

    The environments lie below `folder` and are removed at the end.

    The index is the only source of the project itself, and the installer is given the hashes of the
    release's wheels: it can take nothing else. Of the `siblings`, which the index has too, the same holds.
    Other dependencies come from the ordinary index, as wheels. Then each module is imported and the smoke command runs. A Python that is not here, or that no wheel of
    the release serves, is left out with a notice. Raises nothing for a Python that fails: it says so.
    """
    wheels = [file for file in release.in_order if file.is_wheel and page.file(file.filename)]
    interpreters = tuple(_interpreters(release, wheels, machine, emit))
    if not interpreters:
        emit(
            Notice(
                "nothing is installed from the index: no wheel of the release serves a Python here"
            )
        )
        return ()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="install-", dir=folder, ignore_cleanup_errors=True
    ) as scratch:
        trial = Trial(release, index, Path(scratch), installer, emit, log, siblings)
        write_text(trial.requirements, pinned(release, wheels))
        return tuple(_try(trial, each) for each in interpreters)


def pinned(release: Release, wheels: list[ReleasedFile]) -> str:
    """Give the requirements file that only these wheels satisfy; uv and pip both hold to the hashes."""
    hashes = " ".join(f"--hash=sha256:{file.sha256}" for file in wheels)
    return f"{canonicalize_name(release.project)}=={release.version} {hashes}\n"


def pinned_sibling(sibling: Sibling) -> str:
    """Give the line of a requirements file that only this wheel satisfies."""
    return f"{sibling.name}=={sibling.version} --hash=sha256:{sibling.file.sha256}\n"


def dependencies_in(metadata: str) -> tuple[str, ...]:
    """Give the requirements of METADATA that hold without any extra."""
    found = []
    for text in parse_headers(metadata).all("Requires-Dist"):
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # verification has said so; the installer would not understand it either
        if requirement.marker is None or "extra" not in str(requirement.marker):
            found.append(text)
    return tuple(found)


def smoke_command(command: str, environment: Environment) -> list[str]:
    """Give the smoke command's words, the first one resolved in the environment, not on this PATH."""
    first, *rest = shlex.split(command, posix=os.name == "posix")
    if first == "python":
        return [str(environment.python), *rest]
    own = environment.command(first)
    return [str(own) if own.exists() else first, *rest]


def _interpreters(
    release: Release, wheels: list[ReleasedFile], machine: Machine, emit: Emit
) -> Iterator[Interpreter]:
    """Give the tested Pythons that are here and that a wheel serves, each once."""
    for target in dict.fromkeys(release.pythons):
        interpreter = machine.interpreter(target)
        if interpreter is None:
            emit(Notice(f"Python {target} is not on this machine: not installed there"))
        elif _served(wheels, interpreter):
            yield interpreter


def _served(wheels: list[ReleasedFile], interpreter: Interpreter) -> bool:
    supported = supported_tags(interpreter)
    return any(parse_wheel_filename(file.filename)[3] & supported for file in wheels)


def _try(trial: Trial, interpreter: Interpreter) -> Installed:
    trial.emit(StepStarted("install", f"on Python {interpreter.target} from {trial.index.name}"))
    started = time.perf_counter()
    try:
        environment = _install(trial, interpreter)
        _use(trial, environment)
    except ShipwheelError as error:
        detail = "\n".join(part for part in (error.what, error.evidence) if part)
        trial.emit(Warned(f"Python {interpreter.target}: {error.what}"))
        return Installed(
            python=interpreter.target,
            ok=False,
            detail=detail,
            seconds=round(time.perf_counter() - started, 3),
        )
    seconds = time.perf_counter() - started
    trial.emit(StepDone("install", seconds, f"Python {interpreter.target}: imported"))
    detail = f"{trial.release.project} {trial.release.version} from {trial.index.simple}"
    return Installed(python=interpreter.target, ok=True, detail=detail, seconds=round(seconds, 3))


def _install(trial: Trial, interpreter: Interpreter) -> Environment:
    """Install the released wheel from the index alone, then what it needs from the ordinary one."""
    environment = create_environment(
        trial.folder / f"install-{interpreter.target}",
        interpreter,
        installer=trial.installer,
        log=trial.log,
    )
    name = canonicalize_name(trial.release.project)
    _take(trial, environment, trial.requirements, name)
    needed = dependencies_in(_metadata(environment, name))
    siblings = required(trial.siblings.get(interpreter.target, ()), needed)
    if siblings:
        path = environment.path / "siblings.txt"
        write_text(path, "".join(map(pinned_sibling, siblings)))
        _take(trial, environment, path, *(each.name for each in siblings))
    if needed:
        ordinary = Installation(requirements=needed, only_binary=True)
        install(environment, ordinary, installer=trial.installer, log=trial.log, cwd=trial.folder)
    return environment


def _take(trial: Trial, environment: Environment, requirements: Path, *names: str) -> None:
    """Install exactly the wheels of a requirements file with hashes, from the index alone."""
    from_index = Installation(
        requirement_files=(str(requirements),),
        index=trial.index.simple,
        only_binary=True,
        no_deps=True,
        refresh=names,  # what was just published is not in any cache
    )
    done = run(
        command_for(environment, from_index, trial.installer),
        env=_to_the_index(trial),
        cwd=trial.folder,
        log=trial.log,
    )
    if not done.ok:
        raise installation_failure(
            done.tail(200),
            python=environment.interpreter.target,
            only_binary=True,
            log=trial.log,
        )


def _to_the_index(trial: Trial) -> dict[str, str]:
    """Give the variables with which an installer reaches the index, with our credentials and past proxies.

    A password goes by way of a netrc file of its own: it must stand in no command line.
    """
    variables = for_installer(os.environ, one_index=True)
    if trial.index.loopback:
        own = (variables.get("NO_PROXY"), variables.get("no_proxy"), "127.0.0.1,localhost,::1")
        past = ",".join(each for each in own if each)
        variables |= {"NO_PROXY": past, "no_proxy": past}
    credentials = (
        None if not trial.index.shares_origin else reading(trial.index, identify(trial.index))
    )
    if credentials:
        netrc = trial.folder / "netrc"
        netrc.touch(mode=0o600)
        write_netrc(netrc, trial.index, credentials)
        variables["NETRC"] = str(netrc)
    return variables


def write_netrc(path: Path, index: Index, credentials: tuple[str, str]) -> None:
    """Write user name and password for the index's host; each is one word to netrc's readers."""
    host = origin_of(index.simple)[1]
    user, password = credentials
    path.write_text(f"machine {host}\nlogin {user}\npassword {password}\n", encoding="utf-8")


def _metadata(environment: Environment, name: str) -> str:
    """Give the METADATA of the installed release; raises JobError where it was not installed."""
    for info in sorted(environment.site_packages.glob("*.dist-info")):
        if canonicalize_name(info.name.partition("-")[0]) == name:
            return (info / "METADATA").read_text("utf-8", "replace")
    raise JobError(f"the installer reported success and {name} is not installed")


def _use(trial: Trial, environment: Environment) -> None:
    """Import the modules and run the smoke command, in an empty folder: nothing of a tree is near."""
    place = trial.folder / "empty"
    place.mkdir(exist_ok=True)
    variables = environment_variables(environment)
    found = installed(environment).get(canonicalize_name(trial.release.project))
    if found is None:
        raise JobError("a dependency's install took the released project away")
    if trial.release.modules:
        names = ", ".join(trial.release.modules)
        command = [str(environment.python), "-c", _IMPORT, *trial.release.modules]
        _run(command, f"{names} cannot be imported", place, variables, trial.log)
    if trial.release.smoke:
        command = smoke_command(trial.release.smoke, environment)
        _run(
            command, f"the smoke command failed: {trial.release.smoke}", place, variables, trial.log
        )


def _run(
    command: list[str], what: str, cwd: Path, variables: Mapping[str, str], log: Path | None
) -> None:
    done = run(command, cwd=cwd, env=variables, log=log, timeout=_LIMIT)
    if not done.ok:
        raise JobError(what, evidence=done.tail(6))
