"""The hook that every Python of a test environment runs: at its end it notes what it imported.

A `.pth` file starts it, so that workers and subprocesses are covered, those with an empty environment
too: what it needs to know stands in its own text. It is written for Python 3.8 and later and PyPy.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from shipwheel.files import write_text
from shipwheel.machine.environment import Environment
from shipwheel.workspace import STATE, Workspace, job_stem

VERSION = 1  # an environment with another hook is made anew
MODULE = "_shipwheel_proof"
SUFFIX = ".seen"

# `site` prints what goes wrong in a .pth line, and a test may have removed the module
_PTH = f"import os; exec('try:\\n import {MODULE}\\nexcept Exception: pass')\n"

# Modules are looked at through their __dict__: a lazy module's __getattr__ would import things.
# What is called at exit is held here, since tests replace parts of `os`.
_SOURCE = '''"""Written by shipwheel: notes at exit which modules of the project this process imported."""

import atexit
import os
import sys

NAMES = {names!r}
FOLDER = {folder!r}
TREES = {trees!r}
STATES = {states!r}
INNER = tuple(each + "." for each in NAMES)


def _place(module):
    values = getattr(module, "__dict__", None)
    if type(values) is not dict:
        return None, None
    spec = values.get("__spec__")
    origin = getattr(spec, "origin", None)
    if not isinstance(origin, str) or not getattr(spec, "has_location", True):
        origin = values.get("__file__")
    return getattr(spec, "name", None), origin if isinstance(origin, str) else None


def _ours(name):
    return name in NAMES or name.startswith(INNER)


def _seen(abspath=os.path.abspath):
    for name, module in list(sys.modules.items()):
        try:
            spec_name, origin = _place(module)
            if name == "__main__" and isinstance(spec_name, str):
                name = spec_name
            if not origin:
                continue
            if _ours(name) or (origin.startswith(TREES) and not origin.startswith(STATES)):
                yield "%s\\0%s" % (name, abspath(origin))
        except Exception:
            pass


def _write(open=os.open, write=os.write, close=os.close, replace=os.replace, pid=os.getpid):
    try:
        lines = "\\0".join(sorted(set(_seen())))
        if not lines:
            return
        path = os.path.join(FOLDER, "%d-%s" % (pid(), os.urandom(6).hex()))
        handle = open(path + ".part", os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0))
        data = lines.encode("utf-8", "surrogateescape")
        while data:
            data = data[write(handle, data):]
        close(handle)
        replace(path + ".part", path + {suffix!r})
    except Exception:
        pass


atexit.register(_write)
'''


def proof_folder(workspace: Workspace, job_id: str) -> Path:
    """Give the folder into which the processes of a job write what they imported."""
    return workspace.cache / "proofs" / job_stem(job_id)


def hook_source(names: Sequence[str], folder: Path, tree: Path) -> str:
    """Give the hook's module for the project's import names, its folder and the checkout.

    Modules below the checkout are noted whatever their name; those below `.shipwheel` (the
    environment, the overlay) only where they are the project's.
    """
    trees = _prefixes(tree)
    return _SOURCE.format(
        names=tuple(names),
        folder=str(folder),
        trees=trees,
        states=_prefixes(tree / STATE),
        suffix=SUFFIX,
    )


def _prefixes(folder: Path) -> tuple[str, ...]:
    """Give the folder as a prefix of paths: as it is named, and with links resolved."""
    separator = "\\" if "\\" in str(folder) else "/"
    return tuple(dict.fromkeys(f"{each}{separator}" for each in (folder, folder.resolve())))


def install_hook(environment: Environment, names: Sequence[str], folder: Path, tree: Path) -> None:
    """Write the hook into an environment, where it does not stand there already as it should."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_new(environment.site_packages / f"{MODULE}.py", hook_source(names, folder, tree))
    _write_new(environment.site_packages / f"{MODULE}.pth", _PTH)


def clear_proofs(folder: Path) -> None:
    """Forget what the processes of an earlier run noted."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def read_proofs(folder: Path) -> tuple[frozenset[tuple[str, str]], int]:
    """Give the (module name, path) pairs that were noted, and by how many processes."""
    seen: set[tuple[str, str]] = set()
    files = sorted(folder.glob(f"*{SUFFIX}"))
    for file in files:
        parts = file.read_bytes().decode("utf-8", "surrogateescape").split("\0")
        seen.update(zip(parts[::2], parts[1::2], strict=False))
    return frozenset(seen), len(files)


def _write_new(path: Path, text: str) -> None:
    try:
        same = path.read_text(encoding="utf-8") == text
    except OSError:
        same = False
    if not same:
        write_text(path, text)
