from __future__ import annotations

from xml.etree import ElementTree as ET

from shipwheel.console.reports.drawing import drawing_html, drawings_svg, told
from shipwheel.console.section import Drawing, Edge, Node
from shipwheel.console.terminal import Tone

SVG = "{http://www.w3.org/2000/svg}"
DRAWING = Drawing(
    "modules of demo",
    (
        Node("demo.a", "a", Tone.BAD),
        Node("demo.b", "<b & 'c'>\x1b[31m", Tone.BAD),
        Node("demo.lone", "lone"),
        Node("demo.c", "c"),
    ),
    (
        Edge("demo.a", "demo.b", Tone.BAD, "cut"),
        Edge("demo.b", "demo.a", Tone.BAD),
        Edge("demo.a", "demo.c"),
        Edge("demo.c", "demo.c"),
    ),
)


def test_the_picture_of_its_own_is_xml_with_its_style() -> None:
    root = ET.fromstring(drawings_svg([DRAWING, Drawing("nothing", (), ())]))
    assert "prefers-color-scheme: dark" in (root.findtext(f"{SVG}style") or "")
    labels = [each.text for each in root.iter(f"{SVG}text")]
    assert {"a", "lone", "c", "modules of demo"} <= set(labels)
    assert not any("\x1b" in (each or "") for each in labels)
    paths = [each.get("class") for each in root.iter(f"{SVG}path")]
    assert sorted(paths, key=str) == [None, "bad", "bad cut"]
    assert float(root.get("width", "0")) > 100


def test_the_page_holds_no_style_of_an_element() -> None:
    html = drawing_html(DRAWING)
    assert " style=" not in html
    assert "<style" not in html
    assert "&lt;b &amp; &#x27;c&#x27;&gt;" in html
    assert "\x1b" not in html


def test_the_picture_is_told_in_words_too() -> None:
    html = drawing_html(DRAWING)
    assert told(DRAWING) == "modules of demo: 4 nodes, 4 arrows, 2 of them in circles"
    assert f'aria-label="{told(DRAWING)}"' in html
    assert '<li class="bad">a \N{RIGHTWARDS ARROW} ' in html
    assert " (cut)</li>" in html


def test_a_drawing_of_nothing_is_its_title() -> None:
    assert "svg" not in drawing_html(Drawing("nothing", (), ()))
