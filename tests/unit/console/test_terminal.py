from __future__ import annotations

import io

import pytest

from shipwheel.console.terminal import Look, Tone, look_of, printable, tinted, write


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ascii_stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="ascii")


@pytest.mark.parametrize(
    ("environ", "rich"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "CI": "true"}, False),
        ({"TERM": "xterm", "CI": "false"}, True),
    ],
)
def test_a_terminal_is_rich_unless_somebody_objects(
    environ: dict[str, str], *, rich: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert look_of(Terminal(), environ).rich is rich


def test_a_pipe_is_plain_and_as_wide_as_its_lines() -> None:
    assert look_of(io.StringIO(), {"TERM": "xterm", "COLUMNS": "20"}) == Look(
        rich=False, unicode=True, width=100, github=False
    )


def test_what_is_asked_for_overrides_the_stream() -> None:
    assert look_of(io.StringIO(), {"NO_COLOR": "1"}, color=True).rich
    assert not look_of(Terminal(), {"TERM": "xterm"}, color=False).rich


def test_a_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    stream.close()  # isatty raises then
    assert not look_of(stream, {"TERM": "xterm"}).rich


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nsecond", "plain\ttext\nsecond"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://evil\x1b\\link", "link"),
        ("bell\x07 back\x08", "bell\\x07 back\\x08"),
        ("\u202eelif.whl", "\\u202eelif.whl"),
        ("\x9b31m", "\\x9b31m"),
        ("lone \udcff", "lone \\udcff"),
        ("é ü 漢", "é ü 漢"),
    ],
)
def test_text_of_strangers_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_what_a_stream_cannot_encode_is_replaced() -> None:
    stream = ascii_stream()
    look = look_of(stream, {})
    assert not look.unicode
    write(stream, "✓ wheel → é …", look)
    stream.flush()
    assert stream.buffer.getvalue() == b"ok wheel > \\xe9 ..."  # type: ignore[attr-defined]


def test_colour_only_where_the_look_has_it() -> None:
    assert tinted("x", Tone.BAD, Look(rich=True)) == "\x1b[31mx\x1b[0m"
    assert tinted("x", Tone.BAD, Look()) == "x"
    assert tinted("", Tone.BAD, Look(rich=True)) == ""
