"""`shipwheel deps graph`."""

from __future__ import annotations

import click
import msgspec

from shipwheel.cli.call import STDOUT, Call, print_tables, report_option, write_report
from shipwheel.cli.deps.answering import answered, report_options
from shipwheel.console.dependencies.graph import graph_section
from shipwheel.console.reports.dependencies import dependencies_html
from shipwheel.console.reports.drawing import drawings_svg
from shipwheel.console.section import Drawing, Section
from shipwheel.deps.graph.answer import Graph
from shipwheel.deps.graph.folder import folder_graph
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.files import to_json
from shipwheel.sessions.deps.asked import as_json
from shipwheel.sessions.deps.graph import GRAPH


@click.command()
@click.argument("folders", metavar="[FOLDER]...", nargs=-1)
@report_option("--svg", "The picture as an SVG of its own, readable in light and dark.")
@report_options
@click.pass_obj
def graph(
    call: Call,
    /,
    *,
    folders: tuple[str, ...],
    svg_file: str | None,
    json_file: str | None,
    html_file: str | None,
) -> int:
    """Show import circles and where to cut them, undeclared and unused imports, and private names of others.

    With FOLDERs: the circles among all packages below them, by what each pyproject.toml declares. Exits with 1 where
    modules take names of one another at import, packages require one another, or an import is undeclared.
    """
    _check_one_stream(json_file, html_file, svg_file)
    if folders:
        section = _of_folders(call, folders, json_file, html_file)
        if STDOUT not in {json_file, html_file, svg_file}:
            print_tables(section.tables)
        _write_svg(svg_file, [section])
        return ExitCode.DONE if section.ok else ExitCode.FOUND
    sections: list[Section] = []

    def kept(found: Graph) -> Section:
        sections.append(graph_section(found))
        if svg_file == STDOUT:  # nothing else goes there
            return msgspec.structs.replace(sections[-1], tables=())
        return sections[-1]

    asked = msgspec.structs.replace(GRAPH, section=kept)
    code = answered(call, asked, json_file=json_file, html_file=html_file)
    _write_svg(svg_file, sections)
    return code


def _of_folders(
    call: Call, folders: tuple[str, ...], json_file: str | None, html_file: str | None
) -> Section:
    places = [call.root / each for each in folders]
    for place, named in zip(places, folders, strict=True):
        if not place.is_dir():
            raise ConfigurationError(
                f"there is no folder {named!r}",
                where="shipwheel deps graph",
                hint="name a folder with packages below it, or none for this project",
            )
    with call.progress() as emit:
        found = folder_graph(places, emit)
    section = graph_section(found)
    if json_file is not None:
        write_report(json_file, to_json(as_json((found,))))
    if html_file is not None:
        page = dependencies_html((section,), title="shipwheel deps graph")
        write_report(html_file, page.encode())
    return section


def _check_one_stream(*files: str | None) -> None:
    if files.count(STDOUT) > 1:
        raise ConfigurationError(
            "standard output can hold one report",
            where="shipwheel deps graph",
            hint="name a file for the others: `--svg graph.svg`",
        )


def _write_svg(target: str | None, sections: list[Section]) -> None:
    if target is None:
        return
    drawings = [each for s in sections for each in s.pictures if isinstance(each, Drawing)]
    write_report(target, drawings_svg(drawings).encode())
