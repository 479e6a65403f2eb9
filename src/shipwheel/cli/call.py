"""What every command is told: the project, how much to show, and where JSON goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from shipwheel.console.layout import Table, show
from shipwheel.console.progress import shown
from shipwheel.console.terminal import look_of
from shipwheel.errors import ConfigurationError
from shipwheel.events import Emit
from shipwheel.files import write_bytes

STDOUT = "-"
# a report must never land on what is about to be shipped
_SHIPPED = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".egg")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Call:
    """What was said before the command's name."""

    root: Path = field(default_factory=Path)
    verbose: bool = False
    debug: bool = False

    @contextmanager
    def progress(self) -> Iterator[Emit]:
        """Show what the core reports, on standard error, for the length of the block."""
        with shown(sys.stderr, verbose=self.verbose) as emit:
            yield emit


def locate(_context: click.Context, _option: click.Parameter, value: str) -> Path:
    """Give the folder that was named; raises ConfigurationError where there is none."""
    path = Path(value)
    if not path.is_dir():
        raise ConfigurationError(
            f"there is no folder {value!r}", where="shipwheel -C", hint="name the project's folder"
        )
    return path


def json_option(what: str) -> Callable[[F], F]:
    """Give the option `--json [FILE]`; without FILE, or with `-`, it is standard output."""
    return report_option("--json", f"{what} as JSON, to FILE or standard output.", optional=True)


def report_option(name: str, text: str, *, optional: bool = False) -> Callable[[F], F]:
    """Give an option that writes a report to FILE, `-` being standard output."""
    bare: dict[str, Any] = {"is_flag": False, "flag_value": STDOUT} if optional else {}
    return click.option(
        name,
        f"{name.removeprefix('--').replace('-', '_')}_file",
        metavar="[FILE]" if optional else "FILE",
        callback=_report_file,
        help=text,
        **bare,
    )


def _report_file(_context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is None or value == STDOUT:
        return value
    name = option.opts[0]
    path = Path(value)
    if path.is_dir() or value.lower().endswith(_SHIPPED):
        kind = "a folder" if path.is_dir() else "a distribution"
        raise ConfigurationError(
            f"{name} takes a file to write to, and {value!r} is {kind}",
            where=name,
            hint=f"`{name} FILE`, or `{name} -` for standard output",
        )
    return value


def write_report(target: str, data: bytes) -> None:
    """Write a report aside and rename it; `-` is standard output.

    Raises ConfigurationError where no file can be written there.
    """
    if target == STDOUT:
        click.echo(data, nl=False)
        return
    try:
        write_bytes(Path(target), data)
    except OSError as error:
        raise ConfigurationError(
            "the report cannot be written",
            where=target,
            evidence=error.strerror,
            hint="name a file where you may write, or `-` for standard output",
        ) from error


def print_tables(tables: Sequence[Table]) -> None:
    """Print tables to standard output, as it can show them."""
    show(sys.stdout, tables, look_of(sys.stdout))
