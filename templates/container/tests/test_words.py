from __future__ import annotations

import pytest

from pagewords import application, count, page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("one", [("one", 1)]),
        ("One one, TWO", [("one", 2), ("two", 1)]),
        ("b a", [("a", 1), ("b", 1)]),
        ("it's its", [("it's", 1), ("its", 1)]),
        ("Straße STRASSE", [("strasse", 2)]),
        ("3 times x_y", [("times", 1), ("x", 1), ("y", 1)]),
    ],
)
def test_count(text: str, words: list[tuple[str, int]]) -> None:
    assert count(text) == words


def test_nothing_of_a_text_is_markup() -> None:
    shown = page("<script>one</script>")
    assert "<script>" not in shown
    assert "&lt;script&gt;one" in shown


@pytest.mark.parametrize(("query", "expected"), [("", "<p></p>"), ("text=a+b", "<p>a b</p>")])
def test_the_service(query: str, expected: str) -> None:
    said: list[object] = []
    body = b"".join(application({"QUERY_STRING": query}, lambda *answer: said.extend(answer)))
    assert said[0] == "200 OK"
    assert expected in body.decode()
