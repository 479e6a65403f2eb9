from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest

Distance = Callable[[str, str], int]

APART = [
    ("", "", 0),
    ("", "abc", 3),
    ("abc", "abc", 0),
    ("kitten", "sitting", 3),
    ("flaw", "lawn", 2),
    ("naïve", "naive", 1),
    ("日本語", "日本", 1),
    ("😀a", "a😀", 2),
]


@pytest.mark.parametrize(("left", "right", "apart"), APART)
def test_counts(distance: Distance, left: str, right: str, apart: int) -> None:
    assert distance(left, right) == distance(right, left) == apart


def test_keeps_the_triangle(distance: Distance) -> None:
    dice = random.Random(20261121)
    for _ in range(200):
        a, b, c = ("".join(dice.choices("abß😀", k=dice.randrange(9))) for _ in range(3))
        assert distance(a, c) <= distance(a, b) + distance(b, c)


@pytest.mark.parametrize("wrong", [b"bytes", None, 3])
def test_takes_text_alone(distance: Distance, wrong: object) -> None:
    with pytest.raises(TypeError):
        distance("text", wrong)  # type: ignore[arg-type]


def test_works_in_threads(distance: Distance) -> None:
    answers: list[int] = []
    work = [
        threading.Thread(target=lambda: answers.append(distance("a" * 200, "b" * 300)))
        for _ in range(4)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert answers == [300] * 4
