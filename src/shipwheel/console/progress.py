"""What is running now, on a terminal: a turning mark, the seconds so far, a bar where there is a total."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO, cast

from shipwheel.console.steps import Steps
from shipwheel.console.terminal import Look, look_of, printable
from shipwheel.errors import ShipwheelError
from shipwheel.events import Emit, Event, Progress, StepDone, StepStarted

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


@contextlib.contextmanager
def shown(
    stream: TextIO | None = None, *, verbose: bool = False, look: Look | None = None
) -> Iterator[Emit]:
    """Show events on `stream` (standard error) for the length of the block.

    A step that was running when the block raised is marked as failed; the error itself is left to
    whoever catches it.
    """
    stream = stream or sys.stderr
    look = look or look_of(stream)
    with (
        _live(stream, look, verbose=verbose) if look.rich else _plain(stream, look, verbose) as emit
    ):
        yield emit


@contextlib.contextmanager
def _plain(stream: TextIO, look: Look, verbose: bool) -> Iterator[Emit]:  # noqa: FBT001
    steps = Steps(stream, verbose=verbose, look=look)
    with _marking(steps):
        yield steps.emit


@contextlib.contextmanager
def _live(stream: TextIO, look: Look, *, verbose: bool) -> Iterator[Emit]:
    from rich.file_proxy import FileProxy  # noqa: PLC0415 - only a terminal needs rich

    bars = _bars(stream, look)
    # what goes through the proxy appears above the bars
    above = cast("TextIO", FileProxy(bars.console, stream))
    steps = Steps(above, verbose=verbose, look=look, begun=False)
    with bars, _marking(steps):
        yield _Live(bars, steps).emit


@contextlib.contextmanager
def _marking(steps: Steps) -> Iterator[None]:
    try:
        yield
    except ShipwheelError as error:
        steps.failed(error, tell=False)
        raise
    except BaseException:
        steps.broken(tail=False)
        raise


def _bars(stream: TextIO, look: Look) -> Bars:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console = Console(
        file=stream,
        force_terminal=True,
        width=look.width,
        markup=False,
        highlight=False,
        emoji=False,
    )
    spinner = "dots" if look.unicode else "line"
    return Bars(
        TextColumn(" "),
        SpinnerColumn(spinner, style="cyan"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


class _Live:
    """Keeps one moving line a running step, and hands the rest to Steps."""

    def __init__(self, bars: Bars, steps: Steps) -> None:
        self.bars = bars
        self.steps = steps
        self.tasks: dict[tuple[int, str], TaskID] = {}

    def emit(self, event: Event) -> None:
        match event:
            case StepStarted():
                text = f"{event.name}  {event.detail}" if event.detail else event.name
                self._add(event.name, text)
            case StepDone():
                self._remove(event.name)
            case Progress():
                self._advance(event)
        self.steps.emit(event)

    def _add(self, name: str, text: str) -> None:
        self._remove(name)
        text = printable(text).partition("\n")[0]
        room = max(self.bars.console.width - 20, 20)
        self.tasks[_key(name)] = self.bars.add_task(text[:room], total=None)

    def _remove(self, name: str) -> None:
        task = self.tasks.pop(_key(name), None)
        if task is not None:
            self.bars.remove_task(task)

    def _advance(self, event: Progress) -> None:
        if event.done >= event.total:
            self._remove(event.name)
            return
        text = f"{printable(event.name)}  {event.done * 100 // event.total} %"
        if _key(event.name) not in self.tasks:
            self._add(event.name, text)
        self.bars.update(self.tasks[_key(event.name)], description=text)


def _key(name: str) -> tuple[int, str]:
    """Tell steps of the same name apart that run side by side."""
    return threading.get_ident(), name
