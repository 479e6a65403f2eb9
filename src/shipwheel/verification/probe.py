"""Run inside the environment under verification: import what it is told to, a line of JSON each.

`python -I -B probe.py TASKS RESULTS`: TASKS holds {"limit": seconds, "own": [top-level names],
"tasks": [{"number", "module", "attr"}]}. RESULTS gets a line before and after each task, so that
whoever started this knows which one ended the process. Nothing here but the standard library, and
nothing newer than Python 3.8: this file runs on the project's Pythons, and is never imported by us.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import threading
import traceback
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # an annotation is only text here, and may be newer than the Python
    from collections.abc import Callable

    Say = Callable[[dict[str, Any]], None]


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


def attempt(task: dict[str, Any], absent: Absent) -> dict[str, Any]:
    """Import the task's module and resolve its attribute; give what came of it."""
    phase = "failed"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value: Any = importlib.import_module(task["module"])
            phase = "unresolved"
            for part in filter(None, task["attr"].split(".")):
                value = getattr(value, part)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are answers too
        place = _place(error, absent.own)
        return {
            "status": phase,
            "error": type(error).__name__,
            "message": str(error)[:2000],
            "missing": (error.name or "") if isinstance(error, ModuleNotFoundError) else "",
            "absent": _causes(error) + [name for asker, name in absent.asked if asker == place],
            "absent_elsewhere": [name for asker, name in absent.asked if asker != place][-50:],
            "trace": _trace(error),
        }
    return {"status": "ok"}


def _place(error: BaseException, own: list[str]) -> str:
    """Give the module of the project's own whose code ran last."""
    names = [
        str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    return next((name for name in reversed(names) if name.partition(".")[0] in own), "")


def _causes(error: BaseException) -> list[str]:
    """Give the modules that were not found and made somebody raise this."""
    found: list[str] = []
    each = error.__cause__ or error.__context__
    while each is not None and len(found) < 10:
        if isinstance(each, ModuleNotFoundError) and each.name:
            found.append(each.name)
        each = each.__cause__ or each.__context__
    return found


def _trace(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    kept = [f for f in frames if "importlib" not in f.filename and f.filename != __file__]
    return "".join(traceback.format_list(kept[-4:]))[-4000:]


def environment() -> dict[str, Any]:
    """Give what this Python is: its standard library's names and its marker values (PEP 508)."""
    info = sys.implementation.version
    return {
        "stdlib": sorted(getattr(sys, "stdlib_module_names", sys.builtin_module_names)),
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


def work_off(work: dict[str, Any], say: Say) -> None:
    """Do the tasks one after the other; what lies below a package that failed is not tried."""
    absent = Absent(work["own"])
    sys.meta_path.append(absent)
    failed: list[str] = []
    for task in work["tasks"]:
        if any(task["module"].startswith(f"{parent}.") for parent in failed):
            say({"task": task["number"], "status": "skipped"})
            continue
        say({"task": task["number"], "status": "started"})
        timer = threading.Timer(work["limit"], _expire, (say, task["number"]))
        timer.daemon = True
        timer.start()
        answer = attempt(task, absent)
        timer.cancel()
        if answer["status"] == "failed":
            failed.append(task["module"])
        say({"task": task["number"], **answer})


def _expire(say: Say, number: int) -> None:
    say({"task": number, "status": "timeout"})
    os._exit(124)


def main() -> None:
    """Read the tasks, write the results, and leave without waiting for anybody's threads."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - as plain as can be
        work = json.load(file)
    # each line is flushed: it must be there when the next import ends the process
    with open(sys.argv[2], "a", encoding="utf-8") as results:  # noqa: PTH123

        def say(value: dict[str, Any]) -> None:
            results.write(json.dumps(value) + "\n")
            results.flush()

        say(environment())
        sys.argv = ["probe"]
        work_off(work, say)
        results.flush()
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
