"""The only contact with nox: the Plan's jobs become its sessions.

Nox starts a process a session and imports the noxfile in each: what a session does is imported when it
runs, and the Plan comes from `.shipwheel/cache` where nothing changed.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from shipwheel.errors import ConfigurationError, ShipwheelError, unexpected

if TYPE_CHECKING:
    from shipwheel.sessions.context import Opened
    from shipwheel.sessions.members import Packages
    from shipwheel.sessions.specs import SessionSpec

    Place = Opened | Packages

# a worker of `nox -j` asks for no prerequisite, and what only lists or helps runs none
_IDLE = frozenset(
    {"--no-dependencies", "-l", "--list", "--list-sessions", "--json", "-h", "--help"}
)


def register(nox: Any, only: Iterable[str] | None = None, skip: Iterable[str] = ()) -> None:
    """Register the project's sessions with nox; at a workspace's root those of all its packages.

    `nox` is the module; `only` and `skip` name sessions, for those that the noxfile defines itself. One
    of these that calls `shipwheel.run` takes the place of ours; any other is none of our business.
    This is an error boundary: a wrong configuration prints its error and exits with 2, a machine
    that lacks what the Plan needs with 3.
    """
    try:
        _register(nox, only, skip)
    except ShipwheelError as error:
        _exit(error)
    except Exception as error:  # noqa: BLE001 - the boundary
        _exit(unexpected(error))


def _register(nox: Any, only: Iterable[str] | None, skip: Iterable[str]) -> None:
    from shipwheel.sessions.specs import chosen

    only, skip = None if only is None else _names(only, "only"), _names(skip, "skip")
    place, every = _opened(Path.cwd())
    _check_names(every, only, skip)
    specs = chosen(every, only, skip, _replaced(nox.registry.get()))
    _check_free(specs, nox.registry.get())
    settled = _settled(place, every)
    for spec in specs:
        _add(nox, place, spec, settled)
    _refuse_successors(specs)
    # nox -j runs `python -m nox` in the project: a module in its root must not shadow the standard
    # library; what our sessions start gets a clean environment
    os.environ.setdefault("PYTHONSAFEPATH", "1")


def _opened(root: Path) -> tuple[Place, tuple[SessionSpec, ...]]:
    """Open the project, or all of a workspace, and give the sessions of that."""
    from shipwheel.project.layout import declares_workspace

    if declares_workspace(root):
        from shipwheel.sessions.members import open_packages
        from shipwheel.sessions.workspace_specs import workspace_specs

        packages = open_packages(root)
        assert packages is not None, "it was just looked at"
        return packages, workspace_specs(packages)
    from shipwheel.sessions.context import open_project
    from shipwheel.sessions.specs import session_specs

    opened = open_project(root)
    return opened, session_specs(opened.plan)


def _settled(place: Place, specs: Iterable[SessionSpec]) -> frozenset[str]:
    """Give the sessions that nothing need wait for: what they would build is there, unchanged."""
    built = [each for each in place.every if each.workspace.record("build").is_file()]
    if not built or not _IDLE.isdisjoint(sys.argv[1:]):
        return frozenset()
    from shipwheel.sessions.settled import settled_jobs

    jobs = {
        f"{each.package}:{job}" if each.package else job
        for each in built
        for job in settled_jobs(each)
    }
    return frozenset(spec.name for spec in specs if spec.job and _job(spec) in jobs)


def _job(spec: SessionSpec) -> str:
    """Give the id of a session's job, with the package that stands before the session's name."""
    package, colon, _session = spec.name.rpartition(":")
    return f"{package}{colon}{spec.job}"


def _add(nox: Any, place: Place, spec: SessionSpec, settled: frozenset[str]) -> None:
    from shipwheel.sessions.specs import needs_nothing

    waits = not needs_nothing(spec, _posargs())
    needed = [name for name in spec.requires if name not in settled] if waits else []
    nox.session(
        _session(place, spec),
        name=spec.name,
        venv_backend="none",
        requires=needed,
        default=spec.default,
        allow_parallel=spec.parallel,
    )


def _posargs() -> list[str]:
    """Give what stands behind `--` in nox's call: the sessions' own arguments."""
    return sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []


def _session(place: Place, spec: SessionSpec) -> Callable[[Any], None]:
    """Give the session as a plain closure: nox rebuilds sessions from their code objects."""

    def session(session: Any) -> None:
        from shipwheel.sessions.boundary import as_verdict
        from shipwheel.sessions.parent import end_with_parent

        if session.parallel:
            end_with_parent()
        with as_verdict(session):
            _runner(place)(place, spec, tuple(session.posargs), parallel=session.parallel)

    session.__doc__ = spec.says
    return session


def _runner(place: Place) -> Callable[..., None]:
    """Give what runs a session of the one package, or of a workspace."""
    if hasattr(place, "members"):
        from shipwheel.sessions.workspace_run import run_in_workspace

        return run_in_workspace
    from shipwheel.sessions.dispatch import run_session

    return run_session


def _replaced(sessions: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the user's sessions that call shipwheel themselves: those stand in for ours of their name."""
    return tuple(name for name, session in sessions.items() if _calls_us(session))


def _calls_us(session: Any) -> bool:
    body = inspect.unwrap(getattr(session, "func", session))
    code, known = getattr(body, "__code__", None), getattr(body, "__globals__", {})
    used = (known.get(name) for name in code.co_names) if code else ()
    names = (getattr(each, "__module__", None) or getattr(each, "__name__", "") for each in used)
    return any(str(name).partition(".")[0] == "shipwheel" for name in names)


def _refuse_successors(specs: Iterable[SessionSpec]) -> None:
    """Refuse a session that the noxfile defines below our call under a name of ours.

    nox warns of it today, and will refuse it later; one that silently replaced ours would test less.
    Its warning comes from the line that defines the session, and goes through `showwarning`.
    """
    ours = {spec.name for spec in specs}
    warnings.filterwarnings("always", "The session '.*' has already been", FutureWarning)
    before = warnings.showwarning

    def show(  # noqa: PLR0917 - the signature of showwarning
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        taken = re.match("The session '(.*)' has already been registered", str(message))
        if taken and taken[1] in ours:
            _exit(_taken([taken[1]], f"{filename}, line {lineno}"))
        before(message, category, filename, lineno, file, line)

    warnings.showwarning = show


def _names(given: Iterable[str], parameter: str) -> tuple[str, ...]:
    if not isinstance(given, str):
        return tuple(given)
    raise ConfigurationError(
        f"{parameter} is a list of names, not a string",
        where="shipwheel.register() in the noxfile",
        hint=f'write {parameter}=["{given}"]',
    )


def _check_names(
    specs: Iterable[SessionSpec], only: Iterable[str] | None, skip: Iterable[str]
) -> None:
    names = [spec.name for spec in specs]
    for name in [*(only or ()), *skip]:
        # a cell of a Python that the project does not support any more is no reason to stop
        own = name.rpartition(":")[2]
        if name not in names and "-" not in own and own not in _EVERY_NAME:
            import difflib

            near = difflib.get_close_matches(name, names, n=1)
            raise ConfigurationError(
                f"shipwheel has no session {name!r}",
                where="shipwheel.register() in the noxfile",
                hint=f"did you mean {near[0]!r}?" if near else f"it has {', '.join(names)}",
            )


# sessions that exist for some projects only: skipping one that this project lacks is fine
_EVERY_NAME = frozenset({"wheel", "wheels", "coverage", "lint", "type", "docs", "test-lowest"})


def _check_free(specs: Iterable[SessionSpec], taken: Iterable[str]) -> None:
    clashes = [spec.name for spec in specs if spec.name in set(taken)]
    if not clashes:
        return
    raise _taken(clashes, "shipwheel.register() in the noxfile")


def _taken(names: list[str], where: str) -> ConfigurationError:
    several = len(names) > 1
    listed = ", ".join(repr(name) for name in names)
    quoted = ", ".join(f'"{name}"' for name in names) + ("" if several else ",")
    return ConfigurationError(
        f"the noxfile defines the session{'s' if several else ''} {listed},"
        f" which {'are' if several else 'is'} shipwheel's too",
        where=where,
        hint=f"keep yours with shipwheel.register(nox, skip=({quoted})), or rename"
        f" {'them' if several else 'it'}",
    )


def _exit(error: ShipwheelError) -> NoReturn:
    from shipwheel.console.errors import print_error

    print_error(error, sys.stderr)
    sys.exit(int(error.exit_code))
