from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def picture():
    spec = importlib.util.spec_from_file_location("picture", ROOT / "docs" / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("shown", "stood"),
    [
        ("a\r\nb\r\n", "a\nb"),
        ("begun\r\x1b[Kdone\r\n", "done"),
        ("⠋ spinning\r\x1b[2K✓ done\n", "✓ done"),
        ("one\ntwo\n\x1b[1A\x1b[2Kthree\n", "one\nthree"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        ("\x1b[31mred\x1b[0m\n", "\x1b[31mred\x1b[0m"),
        (f"{Path.home()}/dist\n", "~/dist"),
    ],
)
def test_what_stood_in_the_terminal(picture, shown: str, stood: str) -> None:
    assert picture.settled(shown) == stood


def test_the_last_lines(picture) -> None:
    assert picture.settled("a\nb\nc\n", last=2) == "b\nc"


def test_the_drawing_stands_by_itself(picture) -> None:
    svg = picture.draw("\x1b[32m✓\x1b[0m <done> {x}", "a & {b}", 40, ["nox", "-s", "demo"])
    assert "<title>a &amp; {b}</title>" in svg
    assert "nox&#160;-s&#160;demo" in svg
    assert "&lt;done&gt;" in svg
    assert "url(http" not in svg
    assert svg.count("http") == 1  # the name of the SVG namespace
    assert svg == picture.draw("\x1b[32m✓\x1b[0m <done> {x}", "a & {b}", 40, ["nox", "-s", "demo"])
