"""The command line: the group of commands, and the one place where an error meets a person."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from shipwheel import __version__
from shipwheel.cli.call import Call, locate
from shipwheel.cli.lazily import LazyGroup
from shipwheel.console.errors import print_error
from shipwheel.errors import ConfigurationError, ExitCode, ShipwheelError, unexpected

_ISSUES = "https://github.com/shipwheel/shipwheel/issues"
_COMMANDS = ("init", "plan", "render", "verify", "publish", "deps", "index", "doctor")


@click.group(
    cls=LazyGroup,
    commands={name: f"shipwheel.cli.{name}" for name in _COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="shipwheel %(version)s")
@click.option(
    "-C",
    "--project",
    "project",
    metavar="DIR",
    default=".",
    callback=locate,
    help="The project's folder; the default is the current one.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the output of the tools that run.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_obj
def shipwheel(call: Call, project: Path, *, verbose: bool, debug: bool) -> None:
    """From commit to published wheels: one plan for sessions, files and release."""
    call.root = project
    call.verbose = verbose
    call.debug = debug


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run())


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code; every error ends here as lines on stderr.

    0 done, 1 found something or failed, 2 a wrong call or configuration, 3 the machine lacks
    something, 130 interrupted.
    """
    call = Call()
    try:
        code = shipwheel.main(
            args=argv if argv is None else list(argv),
            prog_name="shipwheel",
            standalone_mode=False,
            obj=call,
        )
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - the boundary
        return _failed(error, call)
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit as stopped:  # how click ends on a closed pipe
        return stopped.code if isinstance(stopped.code, int) else int(ExitCode.FOUND)
    return int(code or ExitCode.DONE)


def _failed(error: Exception, call: Call) -> int:
    if isinstance(error, click.exceptions.Abort):
        return _interrupted()
    if isinstance(error, BrokenPipeError):
        return _cut_off()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return int(ExitCode.USAGE)
    if call.debug:
        traceback.print_exception(error)
    told = _told(error)
    with contextlib.suppress(BrokenPipeError):
        print_error(told, sys.stderr)
    return int(told.exit_code)


def _told(error: Exception) -> ShipwheelError:
    """Give any exception as an error that says what to do next."""
    if isinstance(error, ShipwheelError):
        return error
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, OSError):
        return unexpected(error)
    return ShipwheelError(
        "this is a fault in shipwheel, not in your project",
        evidence=f"{type(error).__name__}: {error}",
        hint=f"`shipwheel --debug …` shows the traceback; please report it: {_ISSUES}",
        reference="internal",
    )


def _usage(error: click.ClickException) -> ConfigurationError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "shipwheel"
    return ConfigurationError(
        _sentence(error.format_message()), where=path, hint=f"`{path} --help` lists what it takes"
    )


def _sentence(message: str) -> str:
    """Give click's message as errors here begin: in lower case, without the final full stop."""
    message = message.strip().removesuffix(".")
    return message[:1].lower() + message[1:]


def _interrupted() -> int:
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write("interrupted\n")
        sys.stderr.flush()
    return int(ExitCode.INTERRUPTED)


def _cut_off() -> int:
    """End quietly where nobody reads on; nothing more may be flushed when Python exits."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.close()
    return int(ExitCode.FOUND)
