"""The interpreters of this machine, wherever they lie; remembered, so that asking again is free."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from shipwheel.events import Emit, Notice, StepDone, StepStarted, silent
from shipwheel.files import digest_of, write_bytes
from shipwheel.machine.cache import cache_folder, stamp
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.question import SECONDS, Answer, ask

_SCHEMA = 1
_SCANS = (
    32  # environments remembered: shells, activated venvs and IDEs each have a PATH of their own
)

# what decides where to look, beside the folders themselves
_VARIABLES = (
    "PATH",
    "HOME",
    "USERPROFILE",
    "PYENV_ROOT",
    "ASDF_DATA_DIR",
    "UV_PYTHON_INSTALL_DIR",
    "RYE_PY_ROOT",
    "MISE_DATA_DIR",
    "XDG_DATA_HOME",
    "CONDA_EXE",
    "CONDA_PREFIX",
    "MAMBA_ROOT_PREFIX",
    "RUNNER_TOOL_CACHE",
    "LOCALAPPDATA",
    "APPDATA",
)


class Scan(msgspec.Struct, frozen=True):
    """What was found under one environment: origins and real paths, and the folders' stamps."""

    found: tuple[tuple[str, str], ...]
    folders: dict[str, str]

    @property
    def holds(self) -> bool:
        """Say whether no folder has gained or lost anything since."""
        return all(stamp(path) == seen for path, seen in self.folders.items())


class Memory(msgspec.Struct):
    """The file in the user's cache: scans by environment, answers by real path."""

    schema: int = _SCHEMA
    scans: dict[str, Scan] = {}
    answers: dict[str, Answer] = {}


def find_interpreters(*, refresh: bool = False, emit: Emit = silent) -> tuple[Interpreter, ...]:
    """Find the Pythons on PATH and those that uv, pyenv, asdf, mise, rye, conda or an installer keep.

    By target, oldest first; of several with the same target the best comes first: made for this
    machine's processor, with headers, the latest release, PATH's before others. Each installation
    comes once, by its real path; environments, shims, debug builds and what does not run never do.
    `refresh` forgets what is remembered.
    """
    file = cache_folder() / "interpreters.json"
    memory = Memory() if refresh else _read(file)
    key = digest_of(sys.executable, *(os.environ.get(name, "") for name in _VARIABLES))[:20]
    scan = memory.scans.get(key)
    if scan is None or not scan.holds or not _answered(scan.found, memory.answers):
        scan = _scan(memory, emit)
        memory.scans[key] = scan
        _write(file, memory)
    return ranked(scan.found, memory.answers)


def ranked(found: Iterable[tuple[str, str]], answers: dict[str, Answer]) -> tuple[Interpreter, ...]:
    """Put what was found into order, one of each installation."""
    best: dict[tuple[str, str, int], tuple[tuple[object, ...], Interpreter]] = {}
    for place, (origin, path) in enumerate(found):
        answer = answers.get(path)
        if answer is None or not answer.target or not _same(answer.executable, path):
            continue
        key = (answer.prefix, answer.target, answer.hexversion)
        if key not in best:
            best[key] = (_rank(answer, place), answer.interpreter(path, origin))
    return tuple(each for _, each in sorted(best.values(), key=lambda pair: pair[0]))


def _rank(answer: Answer, place: int) -> tuple[object, ...]:
    release = answer.hexversion >> 16  # major and minor
    return (
        answer.implementation,
        release,
        answer.free_threaded,
        not answer.native,
        not answer.has_headers,
        -answer.hexversion,
        place,
    )


def _scan(memory: Memory, emit: Emit) -> Scan:
    """Look everywhere, and ask those that have not been asked or have changed."""
    # not needed where all is remembered
    from shipwheel.machine.candidates import find_candidates, is_environment  # noqa: PLC0415

    started = time.perf_counter()
    emit(StepStarted("interpreters", "looking for Pythons on this machine"))
    candidates = find_candidates(os.environ)
    folders = {path: stamp(path) for path in candidates.folders}
    found = list(candidates.found)
    _ask_all([path for _, path in found], memory.answers, emit)
    # a wrapper script or launcher names the real one, which may be known already
    known = {path for _, path in found}
    for origin, path in candidates.found:
        real = memory.answers[path].executable if path in memory.answers else ""
        if real and real not in known and not is_environment(real):
            known.add(real)
            found.append((origin, real))
    _ask_all([path for _, path in found], memory.answers, emit)
    emit(StepDone("interpreters", time.perf_counter() - started))
    return Scan(tuple(found), folders)


def _ask_all(paths: list[str], answers: dict[str, Answer], emit: Emit) -> None:
    open_questions = [path for path in paths if path not in answers or not answers[path].holds]
    if not open_questions:
        return
    from shipwheel import process  # noqa: PLC0415 - nothing to start when all is remembered

    given = process.parallel(ask, open_questions, workers=min(8, (os.cpu_count() or 2) * 2))
    for path, answer in zip(open_questions, given, strict=True):
        if answer is None:
            answers.pop(path, None)
            emit(Notice(f"{path} did not answer within {SECONDS:g} seconds and is left out"))
        else:
            answers[path] = answer


def _answered(found: Iterable[tuple[str, str]], answers: dict[str, Answer]) -> bool:
    return all(path in answers and answers[path].holds for _, path in found)


def _same(first: str, second: str) -> bool:
    return os.path.normcase(first) == os.path.normcase(second)


def _read(file: Path) -> Memory:
    """Read what is remembered; anything unreadable is forgotten."""
    try:
        memory = msgspec.json.decode(file.read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError):
        return Memory()
    return memory if memory.schema == _SCHEMA else Memory()


def _write(file: Path, memory: Memory) -> None:
    """Remember for the next run, the oldest environments forgotten; without a cache, just slower."""
    kept = dict(list(memory.scans.items())[-_SCANS:])
    used = {path for scan in kept.values() for _, path in scan.found}
    answers = {path: answer for path, answer in memory.answers.items() if path in used}
    with contextlib.suppress(OSError):
        write_bytes(file, msgspec.json.encode(Memory(scans=kept, answers=answers)))
