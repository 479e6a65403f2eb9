from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from shipwheel.cli.call import json_option, report_option, write_report
from shipwheel.errors import ConfigurationError
from shipwheel.files import to_json


@click.command()
@json_option("Something")
@report_option("--html", "A page.")
@click.option("--explain", is_flag=True)
def command(*, json_file: str | None, html_file: str | None, explain: bool) -> None:
    for name, value in (("json", json_file), ("html", html_file), ("explain", explain)):
        click.echo(f"{name}={value}")


def called(*argv: str) -> dict[str, str]:
    result = CliRunner().invoke(command, argv, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return dict(line.split("=", 1) for line in result.stdout.splitlines())


@pytest.mark.parametrize(
    ("argv", "json_file", "explain"),
    [
        ((), "None", "False"),
        (("--json",), "-", "False"),
        (("--json", "-"), "-", "False"),
        (("--json", "out.json"), "out.json", "False"),
        (("--json", "--explain"), "-", "True"),
        (("--explain", "--json"), "-", "True"),
    ],
)
def test_the_file_after_json_may_be_left_out(
    argv: tuple[str, ...], json_file: str, explain: str
) -> None:
    assert called(*argv) == {"json": json_file, "html": "None", "explain": explain}


def test_other_reports_name_their_file() -> None:
    assert called("--html", "report.html")["html"] == "report.html"
    assert CliRunner().invoke(command, ["--html"]).exit_code == 2


@pytest.mark.parametrize("name", ["a-1.0.tar.gz", "a-1.0-py3-none-any.WHL", "a.zip", "."])
def test_a_report_never_lands_on_what_is_shipped(name: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        CliRunner().invoke(command, ["--json", name], catch_exceptions=False)
    assert raised.value.exit_code == 2
    assert name in raised.value.what
    assert raised.value.hint == "`--json FILE`, or `--json -` for standard output"


def test_json_has_line_ends_and_keeps_letters(tmp_path) -> None:
    path = tmp_path / "neu" / "bericht.json"
    write_report(str(path), to_json({"schema": 1, "name": "zażółć"}))
    text = path.read_text("utf-8")
    assert json.loads(text) == {"schema": 1, "name": "zażółć"}
    assert "zażółć" in text
    assert text.endswith("\n}\n")


def test_a_report_that_cannot_be_written_names_its_place(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError) as caught:
        write_report(str(tmp_path / "file" / "report.json"), b"{}")
    assert caught.value.where == str(tmp_path / "file" / "report.json")
    assert caught.value.exit_code == 2
