"""Run inside the environment under verification: import what it is told to, a line of JSON each.

`python -I -B probe.py WORK RESULTS`: WORK is marshalled (version 2): {"limit": seconds a module,
"whole": seconds in all, "workers": processes side by side, "fork": bool, "own": [top-level names],
"describe": bool, "compile": {name: path}, "nodes": [[module, [[number, attribute], …], [nodes below it]], …]}.

Each node is imported in a process of its own, which then does those below it: `import a.b` always
imports `a` first, so that a fork of the process that has just imported `a` is as good as a fresh one,
and a package is imported once instead of once for each of its modules. Without `fork` all is done in
this one process. RESULTS gets a line for each number, and one for each process that ended.

Nothing here but the standard library, and nothing newer than Python 3.8: this file runs on the
project's Pythons, and is never imported by us. It imports no package: `import json` here would hide
that somebody forgot to import `json.decoder`.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
import warnings

TYPE_CHECKING = False  # typing's own is no use here: typing imports a good part of the library
if TYPE_CHECKING:
    from typing import Any

_MOST_WARNINGS = 50  # of a module


class Absent:
    """The last finder on the path: finds nothing, and remembers what the project asked for in vain."""

    def __init__(self, own: list[str]) -> None:
        self.own = own
        self.asked: list[tuple[str, str]] = []  # who asked, and for what

    def find_spec(self, name: str, *_rest: object) -> None:
        """Remember the name where a module of the project's own asks for it."""
        asker = _asker()
        if asker.partition(".")[0] in self.own and (asker, name) not in self.asked:
            self.asked.append((asker, name))


def _asker() -> str:
    """Give the name of the module whose import statement runs."""
    frame = sys._getframe(2)  # noqa: SLF001 - there is no other way to the caller's globals
    back: Any = frame
    while back is not None and "importlib" in back.f_code.co_filename:
        back = back.f_back
    return "" if back is None else str(back.f_globals.get("__name__", ""))


class Probe:
    """The work, and where its results go."""

    def __init__(self, work: dict[str, Any], results: int) -> None:
        self.work = work
        self.results = results
        self.until = time.monotonic() + work["whole"]
        self.absent = Absent(work["own"])

    def say(self, value: dict[str, Any]) -> None:
        """Write a line; one call writes it whole, whoever else writes."""
        os.write(self.results, (to_json(value) + "\n").encode("ascii"))

    def spread(self, nodes: list[Any], workers: int) -> None:
        """Do nodes in a process each, some side by side; none is begun when the time is over."""
        running: dict[int, Any] = {}
        left = list(reversed(nodes))
        while left or running:
            while left and len(running) < workers and time.monotonic() < self.until:
                node = left.pop()
                running[self.start(node, workers if len(nodes) == 1 else 1)] = node
            if not running:
                return
            try:
                pid, status = os.wait()
            except ChildProcessError:  # a module has this process ignore its children
                return
            node = running.pop(pid, None)
            if node is not None:
                self.say({"ended": [number for number, _ in node[1]], "code": _code(status)})

    def start(self, node: Any, workers: int) -> int:
        """Do a node in a new process; give its id."""
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            try:
                self.grow(node, workers)
            finally:
                _leave()
        return pid

    def grow(self, node: Any, workers: int) -> None:
        """Import a node's module here, answer for it, and go on with what lies below."""
        module, tasks, below = node
        with _Alarm(self.work["limit"]):
            answer = self.imported(module)
            self.answer(module, tasks, answer)
        if not _ok(answer):
            # told with the package, where that was asked for
            told = {"status": "skipped"} if tasks else answer
            for number in numbers(below):
                self.say({"task": number, **told})
        elif below and not _has_threads():  # a fork of a process with threads may hang
            self.spread(below, workers)

    def alone(self, nodes: list[Any]) -> None:
        """Do nodes one after the other in this process, without what lies below them."""
        for module, tasks, _ in nodes:
            answer = self.imported(module)
            self.answer(module, tasks, answer)

    def answer(self, module: str, tasks: list[Any], answer: dict[str, Any]) -> None:
        """Answer each task of a module: for the module as a whole, and for attributes of it."""
        for number, attr in tasks:
            of_attr = attr and _ok(answer)
            self.say({"task": number, **(self.resolved(module, attr) if of_attr else answer)})

    def imported(self, module: str) -> dict[str, Any]:
        """Import a module; give what came of it, with the warnings that it raised."""
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                __import__(module)
            except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are answers too
                return self.failure(error, "failed")
        told = [
            [each.category.__name__, str(each.message)[:300], str(each.filename), each.lineno]
            for each in (seen or [])[:_MOST_WARNINGS]
        ]
        return {"status": "ok", "warnings": told}

    def resolved(self, module: str, attr: str) -> dict[str, Any]:
        """Resolve a dotted attribute of an imported module."""
        try:
            value: Any = sys.modules[module]
            for part in attr.split("."):
                value = getattr(value, part)
        except BaseException as error:  # noqa: BLE001 - as above
            return self.failure(error, "unresolved")
        return {"status": "ok"}

    def failure(self, error: BaseException, status: str) -> dict[str, Any]:
        """Give what an exception tells; from here on this process is no longer clean."""
        place = _place(error, self.absent.own)
        asked = self.absent.asked
        elsewhere = [each for each in asked if each[0] != place][-50:]
        return {
            "status": status,
            "error": type(error).__name__,
            "message": str(error)[:2000],
            "missing": (error.name or "") if isinstance(error, ModuleNotFoundError) else "",
            "absent": _causes(error) + [name for asker, name in asked if asker == place],
            "absent_elsewhere": [name for _, name in elsewhere],
            "askers": [asker for asker, _ in elsewhere],
            "trace": _trace(error),
        }


class _Alarm:
    """Ends this process when a module takes too long, whatever it does; where there are such signals."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self._set(self.seconds)

    def __exit__(self, *_rest: object) -> None:
        self._set(0)

    def _set(self, seconds: float) -> None:
        import signal  # noqa: PLC0415 - no package, and not there on every system

        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, seconds)


def _ok(answer: dict[str, Any]) -> bool:
    return bool(answer["status"] == "ok")


def numbers(nodes: list[Any]) -> list[int]:
    """Give the numbers of all tasks at and below nodes."""
    return [n for _, tasks, below in nodes for n in [t[0] for t in tasks] + numbers(below)]


def _code(status: int) -> int:
    """Give an exit code, negative for a signal, as subprocess does."""
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _has_threads() -> bool:
    try:
        return len(os.listdir("/proc/self/task")) > 1  # noqa: PTH208 - as plain as can be
    except OSError:
        return True  # nobody knows


def _leave() -> None:
    """Leave without waiting for anybody's threads."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _place(error: BaseException, own: list[str]) -> str:
    """Give the module of the project's own whose code ran last."""
    found, trace = "", error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__"))
        found = name if name.partition(".")[0] in own else found
        trace = trace.tb_next
    return found


def _causes(error: BaseException) -> list[str]:
    """Give the modules that were not found and made somebody raise this."""
    found: list[str] = []
    each, seen = error.__cause__ or error.__context__, 0
    while each is not None and seen < 10:
        if isinstance(each, ModuleNotFoundError) and each.name:
            found.append(each.name)
        each, seen = each.__cause__ or each.__context__, seen + 1
    return found


def _trace(error: BaseException) -> str:
    import traceback  # noqa: PLC0415 - only where something failed: see above

    frames = traceback.extract_tb(error.__traceback__)
    kept = [f for f in frames if "importlib" not in f.filename and f.filename != __file__]
    return "".join(traceback.format_list(kept[-4:]))[-4000:]


def to_json(value: Any) -> str:
    """Give JSON in ASCII of strings, numbers, lists and dicts."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{to_json(k)}: {to_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return _quoted(value) if isinstance(value, str) else str(int(value))


def _quoted(text: str) -> str:
    return (
        '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else _escaped(c) for c in text) + '"'
    )


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def environment(files: dict[str, str]) -> dict[str, Any]:
    """Give what this Python is: its standard library's names and its marker values (PEP 508).

    And those of the files that it cannot compile, with the reason.
    """
    import platform  # noqa: PLC0415 - this runs in a process that imports nothing afterwards

    info = sys.implementation.version
    return {
        "stdlib": sorted(standard_library()),
        "uncompiled": [[name, why] for name, path in files.items() for why in uncompiled(path)],
        "markers": {
            "implementation_name": sys.implementation.name,
            "implementation_version": f"{info[0]}.{info[1]}.{info[2]}",
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_python_implementation": platform.python_implementation(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "python_full_version": platform.python_version(),
            "python_version": f"{sys.version_info[0]}.{sys.version_info[1]}",
            "sys_platform": sys.platform,
        },
    }


def uncompiled(path: str) -> list[str]:
    """Give why a file does not compile, in a list of one; an empty one where it does."""
    try:
        with open(path, "rb") as file, warnings.catch_warnings():  # noqa: PTH123
            warnings.simplefilter("ignore")
            compile(file.read(), path, "exec", dont_inherit=True)
    except OSError:
        return []  # it is not installed, which is told
    except (SyntaxError, ValueError) as error:
        return [f"{type(error).__name__}: {str(error)[:300]}"]
    return []


def standard_library() -> set[str]:
    """Give the standard library's top-level names; before Python 3.10 by its folder."""
    names = getattr(sys, "stdlib_module_names", None)
    if names is not None:
        return set(names)
    folder = os.path.dirname(os.__file__)  # noqa: PTH120 - as plain as can be
    found = set(sys.builtin_module_names)
    for each in (folder, os.path.join(folder, "lib-dynload")):  # noqa: PTH118
        if os.path.isdir(each):  # noqa: PTH112
            found |= {name.partition(".")[0] for name in os.listdir(each)}  # noqa: PTH208
    return found - {"site-packages", "__pycache__", "lib-dynload"}


def main() -> None:
    """Read the work, do it, and leave."""
    with open(sys.argv[1], "rb") as file:  # noqa: PTH123 - as plain as can be
        work = marshal.load(file)  # noqa: S302 - we wrote it
    probe = Probe(work, os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND))
    sys.argv = ["probe"]
    if work["describe"]:
        if not work["fork"]:
            probe.say(environment(work["compile"]))
        elif os.fork() == 0:
            try:
                probe.say(environment(work["compile"]))
            finally:
                _leave()
        else:
            os.wait()
    sys.meta_path.append(probe.absent)
    if work["fork"]:
        probe.spread(work["nodes"], work["workers"])
    else:
        probe.alone(work["nodes"])
    _leave()


if __name__ == "__main__":
    main()
