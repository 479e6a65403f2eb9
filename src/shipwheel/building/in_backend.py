# ruff: noqa: E402, PTH119, PTH123
"""Run by the build environment's Python: call a backend's hooks (PEP 517) in one process.

`python in_backend.py REQUEST ANSWER`, both JSON files. REQUEST: {"backend", "backend_path", "ask",
"build", "kwargs", "provided"}. `ask` is the hook that names further requirements, `build` the one that
builds; either may be null. Where both are given, the first runs in a fork (hooks may spoil the process
that they run in, and PEP 517 wants a fresh one for each), and the second goes on only if everything
that was asked for is among `provided`; where forks are not safe, it does not. Importing a backend takes
longer than asking it.

ANSWER: {"requires": [...] or null, "built": name or null, "error": null or {"kind", "text"}}. This file
must run on every Python that a project may be built with: nothing newer than 3.7, the standard library
alone.
"""

from __future__ import annotations

import sys

# the folder of this file holds modules of ours, and one is named as a package that backends use
sys.path[:1] = []

import json
import os
import traceback
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

# macOS' own libraries may not be used after a fork; Windows has none: there, two processes
FORKS = hasattr(os, "fork") and sys.platform != "darwin"


class BackendError(Exception):
    """A backend that cannot be called; `kind` is `unavailable`, `missing` or `unsupported`."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class InTree:
    """Find the backend, and what lies beside it, in `backend-path` before anywhere else."""

    def __init__(self, folders: Sequence[str], backend: str) -> None:
        self.folders = list(folders)
        self.top = backend.partition(".")[0]

    def find_spec(
        self,
        name: str,
        path: object = None,  # noqa: ARG002 - the protocol's
        target: object = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Find a top-level module; raises BackendError where the backend itself is not there."""
        if "." in name:
            return None
        spec = PathFinder.find_spec(name, path=self.folders)
        if spec is None and name == self.top:
            raise BackendError("unavailable", f"{name} is not in {', '.join(self.folders)}")
        return spec

    def find_distributions(self, context: Any = None) -> Iterable[Any]:
        """Find distributions that lie there, for backends that look up their own entry points."""
        # 3.7 has no such module, and does not call this
        from importlib.metadata import DistributionFinder, MetadataPathFinder  # noqa: PLC0415

        name = context.name if context else None
        found = DistributionFinder.Context(name=name, path=self.folders)
        return MetadataPathFinder.find_distributions(context=found)


def load(backend: str, folders: Sequence[str]) -> Any:
    """Import the backend's object, `module:attribute.attribute`."""
    module, _, attributes = backend.partition(":")
    if folders:
        sys.meta_path.insert(0, InTree(folders, module))
    try:
        found = import_module(module)
        for name in filter(None, attributes.split(".")):
            found = getattr(found, name)
    except (ImportError, AttributeError):
        raise BackendError("unavailable", traceback.format_exc()) from None
    return found


def ask(backend: Any, hook: str) -> list[str]:
    """Give the further requirements; an optional hook that is not there asks for none."""
    found = getattr(backend, hook, None)
    return [] if found is None else [str(each) for each in found(None)]


def ask_in_fork(backend: Any, hook: str) -> list[str]:
    """Ask in a child process, which leaves nothing behind in this one."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os._exit(answer_into(writer, backend, hook))
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    status = os.waitpid(child, 0)[1]
    if status:
        sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)
    return list(json.loads(text))


def answer_into(writer: int, backend: Any, hook: str) -> int:
    """Write the answer into a pipe, and give the exit code."""
    status = 1
    try:
        with os.fdopen(writer, "w") as pipe:
            json.dump(ask(backend, hook), pipe)
        status = 0
    except BaseException:  # noqa: BLE001 - SystemExit too is a backend's way to fail
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def build(backend: Any, hook: str, kwargs: dict[str, Any]) -> str:
    """Build, and give the file's name."""
    found = getattr(backend, hook, None)
    if found is None:
        raise BackendError("missing", f"the backend has no hook {hook}")
    unsupported = getattr(backend, "UnsupportedOperation", ())
    try:
        return str(os.path.basename(found(**kwargs)))
    except unsupported:
        raise BackendError("unsupported", traceback.format_exc()) from None


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked for."""
    given: dict[str, Any] = {"requires": None, "built": None, "error": None}
    both = request["ask"] and request["build"]
    try:
        backend = load(request["backend"], request["backend_path"])
        if request["ask"]:
            asked = ask_in_fork if both and FORKS else ask
            given["requires"] = asked(backend, request["ask"])
        met = set(given["requires"] or ()) <= set(request["provided"])
        if request["build"] and met and (FORKS or not both):
            given["built"] = build(backend, request["build"], request["kwargs"])
    except BackendError as error:
        given["error"] = {"kind": error.kind, "text": str(error)}
    return given


def main() -> None:
    """Read the request, write the answer."""
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    # programs such as setup.py look at the arguments; these are ours
    target, sys.argv[1:] = sys.argv[2], []
    found = answer(request)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main()
