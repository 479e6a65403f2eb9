from __future__ import annotations

import io

from shipwheel.console.layout import Cell, Column, Table, plain_lines, show
from shipwheel.console.terminal import Look, Tone, printable

TABLE = Table(
    title="planned [files]",
    columns=(Column("file"), Column("size", right=True), Column("note")),
    rows=(
        (Cell("a-1.0.tar.gz"), Cell("3 kB"), Cell("")),
        (Cell("a-1.0-py3-none-any.whl"), Cell("12 kB"), Cell("two\nlines [bold]", Tone.BAD)),
    ),
    notes=(Cell("2 files"),),
)


def test_plain_lines_are_aligned_and_never_cut() -> None:
    assert list(plain_lines(TABLE, Look(width=20))) == [
        "planned [files]",
        "  file                     size  note",
        "  a-1.0.tar.gz             3 kB",
        "  a-1.0-py3-none-any.whl  12 kB  two",
        "                                 lines [bold]",
        "  2 files",
    ]


def test_a_table_without_rows_says_so() -> None:
    assert list(plain_lines(Table("jobs", empty="none"), Look())) == ["jobs", "  none"]


def test_a_head_without_words_is_left_out() -> None:
    table = Table("", (Column(""),), ((Cell("x"),),))
    assert list(plain_lines(table, Look())) == ["  x"]


def test_a_terminal_gets_rules_colours_and_whole_words() -> None:
    stream = io.StringIO()
    show(stream, (TABLE, TABLE), Look(rich=True, width=60))
    text = stream.getvalue()
    assert "\x1b[31m" in text
    plain = printable(text)
    assert "a-1.0-py3-none-any.whl" in plain
    assert "lines [bold]" in plain  # no markup of strangers is obeyed
    assert "───" in plain
    assert max(len(line) for line in plain.splitlines()) <= 60


def test_a_narrow_terminal_folds_what_may_be_folded() -> None:
    stream = io.StringIO()
    show(stream, (TABLE,), Look(rich=True, width=30))
    plain = printable(stream.getvalue())
    assert max(len(line) for line in plain.splitlines()) <= 30
    assert "".join(plain.split()).count("py3") == 1


def test_a_narrow_terminal_leaves_out_what_is_spare_and_says_so() -> None:
    table = Table(
        "jobs",
        (
            Column("job", keep=True),
            Column("runner", keep=True, spare=True),
            Column("needs", spare=True),
        ),
        ((Cell("test-3.12"), Cell("ubuntu-24.04-arm"), Cell("wheels-cp312-manylinux_x86_64")),),
    )
    for width, heads, missing in [
        (80, "job runner needs", ""),
        (40, "job runner", "no room here for: needs"),
        (20, "job", "no room here for: runner, needs"),
    ]:
        stream = io.StringIO()
        show(stream, (table,), Look(rich=True, width=width))
        lines = printable(stream.getvalue()).splitlines()
        assert " ".join(lines[1].split()) == heads
        assert missing in " ".join("".join(lines[4:]).split())


def test_tables_are_set_apart() -> None:
    stream = io.StringIO()
    show(stream, (Table("a", empty="-"), Table("b", empty="-")), Look())
    assert stream.getvalue() == "a\n  -\n\nb\n  -\n"
