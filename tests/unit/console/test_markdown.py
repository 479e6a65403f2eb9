from __future__ import annotations

import html
import re

import pytest

from shipwheel.console.layout import Cell, Column, Table
from shipwheel.console.markdown import append_summary, escaped, markdown
from shipwheel.console.terminal import Tone

TABLE = Table(
    title="jobs",
    columns=(Column("job"), Column("tests", right=True), Column("")),
    rows=((Cell("test-3.12"), Cell("7"), Cell("passed", Tone.GOOD)),),
    notes=(Cell("one is left", Tone.WARN),),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("spanwords-1.0-py3-none-any.whl", "spanwords-1.0-py3-none-any.whl"),
        ("test-3.12-manylinux_x86_64", "test-3.12-manylinux_x86_64"),
        ("a|b", "a&#124;b"),
        ("`rm`", "&#96;rm&#96;"),
        ("<img src=x onerror=y>", "&#60;img src=x onerror=y&#62;"),
        ("&lt;", "&#38;lt;"),
        ("__init__", "&#95;&#95;init&#95;&#95;"),
        ("*bold* ~no~", "&#42;bold&#42; &#126;no&#126;"),
        ("[text](https://evil.example)", "&#91;text&#93;(https&#58;//evil.example)"),
        ("www.evil.example", "www&#46;evil.example"),
        ("@someone #12 :smile:", "&#64;someone &#35;12 &#58;smile:"),
        (r"back\slash $x^2$ {y}", "back&#92;slash &#36;x&#94;2&#36; &#123;y&#125;"),
        ("two\nlines\r\n| more", "two lines &#124; more"),
        ("\x1b[31mred\x1b[0m\u202e", "red&#92;u202e"),
    ],
)
def test_what_a_stranger_calls_a_file_is_text(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_nothing_is_lost_by_escaping() -> None:
    every = "".join(chr(each) for each in range(33, 127))
    assert html.unescape(escaped(every)) == every
    assert not re.search(
        r"(?<!&)#|(?<![0-9]);(?! )|[<>`|*\[\]~\\@!$^{}]", escaped("|<>`*[]~\\@!$^{}")
    )


def test_credentials_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEX_TOKEN", "geheim-4711")
    assert "geheim" not in escaped("got geheim-4711 and https://me:geheim-4711@index.example/")


def test_a_table_with_its_heading_alignment_and_notes() -> None:
    assert markdown("gate <1>", (TABLE, Table(title="", empty="none"))).splitlines() == [
        "### gate &#60;1&#62;",
        "",
        "**jobs**",
        "",
        "| job | tests |   |",
        "| --- | ---: | --- |",
        "| test-3.12 | 7 | ✅ passed |",
        "",
        "- ⚠️ one is left",
        "",
        "none",
    ]


def test_sections_follow_each_other(tmp_path) -> None:
    path = tmp_path / "summary.md"
    environ = {"GITHUB_STEP_SUMMARY": str(path)}
    assert append_summary("### a\n", environ)
    assert append_summary("### b\n", environ)
    assert path.read_bytes() == b"### a\n\n### b\n\n"


@pytest.mark.parametrize("environ", [{}, {"GITHUB_STEP_SUMMARY": ""}])
def test_without_a_summary_nothing_is_written(environ: dict[str, str]) -> None:
    assert not append_summary("text", environ)


def test_a_summary_that_cannot_be_written_fails_no_job(tmp_path) -> None:
    assert not append_summary("text", {"GITHUB_STEP_SUMMARY": str(tmp_path / "gone" / "x")})


def test_a_summary_stays_below_githubs_limit(tmp_path) -> None:
    path = tmp_path / "summary.md"
    for _ in range(8):
        append_summary("x" * 60_000, {"GITHUB_STEP_SUMMARY": str(path)})
    assert 200_000 < path.stat().st_size <= 256 << 10
