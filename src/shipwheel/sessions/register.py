"""The only contact with nox: the Plan's jobs become its sessions.

Nox starts a process a session and imports the noxfile in each: what a session does is imported when it
runs, and the Plan comes from `.shipwheel/cache` where nothing changed.
"""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from shipwheel.errors import ConfigurationError, JobSkipped, ShipwheelError

if TYPE_CHECKING:
    from shipwheel.sessions.context import Opened
    from shipwheel.sessions.specs import SessionSpec


def register(nox: Any, only: Iterable[str] | None = None, skip: Iterable[str] = ()) -> None:
    """Register the project's sessions with nox.

    `nox` is the module; `only` and `skip` name sessions, for those that the noxfile defines itself. One
    of these that calls `shipwheel.run` takes the place of ours; any other is none of our business.
    This is an error boundary: a wrong configuration prints its error and exits with 2, a machine
    that lacks what the Plan needs with 3.
    """
    try:
        _register(nox, only, tuple(skip))
    except ShipwheelError as error:
        _exit(error)


def _register(nox: Any, only: Iterable[str] | None, skip: tuple[str, ...]) -> None:
    from shipwheel.sessions.context import open_project
    from shipwheel.sessions.specs import chosen, session_specs

    opened = open_project(Path.cwd())
    every = session_specs(opened.plan)
    _check_names(every, only, skip)
    specs = chosen(every, only, skip, _replaced(nox.registry.get()))
    _check_free(specs, nox.registry.get())
    for spec in specs:
        _add(nox, opened, spec)
    # nox warns today and will refuse later: a session that silently replaced ours would test less
    warnings.filterwarnings("error", "The session '.*' has already been registered", FutureWarning)
    # nox -j runs `python -m nox` in the project: a module in its root must not shadow the standard
    # library; what our sessions start gets a clean environment
    os.environ.setdefault("PYTHONSAFEPATH", "1")


def _add(nox: Any, opened: Opened, spec: SessionSpec) -> None:
    nox.session(
        _session(opened, spec),
        name=spec.name,
        venv_backend="none",
        requires=list(spec.requires),
        default=spec.default,
        allow_parallel=spec.parallel,
    )


def _session(opened: Opened, spec: SessionSpec) -> Callable[[Any], None]:
    """Give the session as a plain closure: nox rebuilds sessions from their code objects."""

    def session(session: Any) -> None:
        from shipwheel.console.errors import print_error
        from shipwheel.sessions.dispatch import run_session

        try:
            run_session(opened, spec, tuple(session.posargs), parallel=session.parallel)
        except JobSkipped as skipped:
            session.skip(_skip_text(skipped))
        except ShipwheelError as error:
            print_error(error, sys.stderr)
            session.error(error.what)

    session.__doc__ = spec.says
    return session


def _replaced(sessions: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the user's sessions that call shipwheel themselves: those stand in for ours of their name."""
    return tuple(name for name, session in sessions.items() if _calls_us(session))


def _calls_us(session: Any) -> bool:
    body = inspect.unwrap(getattr(session, "func", session))
    code, known = getattr(body, "__code__", None), getattr(body, "__globals__", {})
    used = (known.get(name) for name in code.co_names) if code else ()
    names = (getattr(each, "__module__", None) or getattr(each, "__name__", "") for each in used)
    return any(str(name).partition(".")[0] == "shipwheel" for name in names)


def _skip_text(skipped: JobSkipped) -> str:
    return f"{skipped.what}; {skipped.hint}" if skipped.hint else skipped.what


def _check_names(
    specs: Iterable[SessionSpec], only: Iterable[str] | None, skip: Iterable[str]
) -> None:
    names = [spec.name for spec in specs]
    for name in [*(only or ()), *skip]:
        # a cell of a Python that the project does not support any more is no reason to stop
        if name not in names and "-" not in name and name not in _EVERY_NAME:
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
    listed = ", ".join(repr(name) for name in clashes)
    comma = "," if len(clashes) == 1 else ""
    raise ConfigurationError(
        f"the noxfile defines the session{'s' if len(clashes) > 1 else ''} {listed} already",
        where="shipwheel.register() in the noxfile",
        hint=f"keep yours with shipwheel.register(nox, skip=({listed}{comma})), or rename it",
    )


def _exit(error: ShipwheelError) -> NoReturn:
    from shipwheel.console.errors import print_error

    print_error(error, sys.stderr)
    sys.exit(int(error.exit_code))
