"""`publish` in a process of its own, which can be killed, and what it said, kept and took.

The processes are copies of one that has imported everything: a hundred of them cost less than ten new ones.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

_PATIENCE = 120  # seconds for a process to end


@dataclass(frozen=True)
class Call:
    """What is to be published: `folder` holds `release.json` and `dist/`; `url` is the index's.

    A wait of the publisher lasts `pace` of the seconds that it asks for; all of them are told.
    """

    folder: Path
    url: str
    environ: Mapping[str, str] = field(default_factory=dict)
    simple: str = ""
    pace: float = 0.001
    patience: tuple[float, float] = (
        5.0,
        20.0,
    )  # of the wire: seconds to connect, and for an answer


@dataclass(frozen=True)
class Told:
    """What a publisher came to: `code` as of the command line, -9 where it was killed."""

    code: int
    text: str = ""
    actions: Mapping[str, str] = field(default_factory=dict)
    waits: tuple[float, ...] = ()
    upload_seconds: float = 0.0
    peak: int = 0  # bytes of memory, its most


class Publisher:
    """A process that publishes; it runs from the start, `pid` can be killed, `told` waits for its end."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._process: ForkServerProcess = _servers().Process(target=_publish, args=(call,))
        for name in ("told.json", "output.txt"):
            (call.folder / name).unlink(missing_ok=True)

    @property
    def pid(self) -> int | None:
        """Give its process id, once it has one."""
        return self._process.pid

    def told(self) -> Told:
        """Run it to its end, and give what came of it."""
        self._process.start()
        self._process.join(_PATIENCE)
        assert self._process.exitcode is not None, "the publisher hangs"
        output = self._call.folder / "output.txt"
        text = output.read_text("utf-8", "replace") if output.is_file() else ""
        told = self._call.folder / "told.json"
        if not told.is_file():
            return Told(self._process.exitcode, text)
        kept = json.loads(told.read_bytes())
        return Told(**{**kept, "waits": tuple(kept["waits"])}, text=text)


def published(call: Call) -> Told:
    """Publish in a process of its own."""
    return Publisher(call).told()


def _servers() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "publisher", "shipwheel.publishing.publish"])
    return context


def _publish(call: Call) -> None:
    """Publish as the command line does, in this process."""
    output = os.open(call.folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ.clear()
    os.environ.update(call.environ)
    told = _told(call)
    sys.stdout.flush()
    sys.stderr.flush()
    (call.folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


def _told(call: Call) -> dict[str, Any]:
    # in the new process alone: the one that starts it knows nothing of ours
    from shipwheel.console.errors import print_error
    from shipwheel.errors import ShipwheelError
    from shipwheel.events import StepDone, StepStarted
    from shipwheel.indexes.known import Index, index_at
    from shipwheel.publishing import wire
    from shipwheel.publishing.publication import Unfinished
    from shipwheel.publishing.publish import publish
    from shipwheel.publishing.release import read_release

    wire._TIMEOUT = call.patience  # the real one is ten minutes
    waits: list[float] = []
    times: list[float] = []

    def emit(event: Any) -> None:
        if isinstance(event, StepStarted | StepDone) and event.name == "upload":
            times.append(time.perf_counter())
        print(event)

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        time.sleep(seconds * call.pace)

    index = index_at(call.url)
    if call.simple:
        index = Index(name="split", upload=call.url, simple=call.simple)
    code, publication = 0, None
    try:
        publication = publish(
            read_release(call.folder / "release.json"),
            index,
            dist=call.folder / "dist",
            emit=emit,
            sleep=sleep,
        )
        print(publication)
    except ShipwheelError as error:
        print_error(error, sys.stderr)
        code = int(error.exit_code)
        publication = error.publication if isinstance(error, Unfinished) else None
    files = publication.files if publication else ()
    return {
        "code": code,
        "actions": {each.filename: each.action.value for each in files},
        "waits": waits,
        "upload_seconds": times[-1] - times[0] if times else 0.0,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
