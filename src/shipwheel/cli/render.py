"""`shipwheel render`: the workflow files written, or compared with what they should be."""

from __future__ import annotations

import click

from shipwheel.cli.call import STDOUT, Call, json_option, print_tables, write_report
from shipwheel.cli.rendered import rendering_tables
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.files import to_json
from shipwheel.rendering.offer import render as render_workflows


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file differs.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--lock", is_flag=True, help="Resolve the tools' lock too: needs an index.")
@click.option("--overwrite", is_flag=True, help="Take back what was edited by hand in our files.")
@json_option("What was found and done")
@click.pass_obj
def render(
    call: Call,
    /,
    *,
    check: bool,
    diff: bool,
    lock: bool,
    overwrite: bool,
    json_file: str | None,
) -> int:
    """Write the workflow files.

    A file that shipwheel did not write is never overwritten, one that was edited by hand with
    --overwrite alone. Exits with 1 where a file was left alone; with --check, where one differs.
    """
    if (check or diff) and (lock or overwrite):
        raise ConfigurationError(
            "--check and --diff write nothing",
            where="shipwheel render",
            hint="leave them out to write, with --lock or --overwrite",
        )
    with call.progress() as emit:
        found = render_workflows(
            call.root, check=check or diff, lock=lock, overwrite=overwrite, emit=emit
        )
    if json_file is not None:
        write_report(json_file, to_json(found))
    if json_file != STDOUT:
        print_tables(tuple(rendering_tables(found, whole_diffs=diff)))
    return ExitCode.DONE if found.ok or (diff and not check) else ExitCode.FOUND
