"""`shipwheel deps patch`."""

from __future__ import annotations

import click

from shipwheel.cli.call import Call
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.sessions.deps.patch import NO_TESTS, PATCH, PYTHON


@click.command()
@click.argument("package", metavar="NAME[==VERSION]")
@click.option(NO_TESTS, is_flag=True, help="Run no tests afterwards.")
@click.option(PYTHON, "pythons", multiple=True, metavar="X.Y", help="Test on this Python alone.")
@report_options
@click.pass_obj
def patch(
    call: Call,
    /,
    *,
    package: str,
    no_tests: bool,
    pythons: tuple[str, ...],
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Move one package in every lock that has it, with what must move too, and run the tests.

    Without VERSION it is the newest that fits what is declared. Nothing else moves. The locks stay
    written where the tests fail; the command then exits with 1.
    """
    chosen = (word for python in pythons for word in (PYTHON, python))
    words = (package, *chosen, *((NO_TESTS,) if no_tests else ()))
    return answered(call, PATCH, words, json_file=json_file, html_file=html_file)
