"""The dumper: what it writes reads back as the same data, and looks as a person would write it."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from shipwheel.rendering.page import WIDTH
from shipwheel.rendering.yaml import Commented, Flow, Plain, dump

TEXT = st.text(max_size=120) | st.text("ab \n:#-{}[]'\"\\*&!|>%@`?,\t\x85\u2028é", max_size=60)
KEYS = st.text("abon_- .:#é*\u2028", min_size=1, max_size=20)
SCALARS = TEXT | st.booleans() | st.integers() | st.none() | st.floats(allow_nan=False)
FLAT = st.dictionaries(KEYS, SCALARS, max_size=4)


def _values(children):
    inner = st.lists(children, max_size=4) | st.dictionaries(KEYS, children, max_size=4)
    return inner | st.builds(
        Commented, value=inner | SCALARS, above=TEXT, behind=TEXT, gap=st.booleans()
    )


DATA = st.recursive(SCALARS | st.builds(Flow, FLAT) | st.builds(Flow, st.lists(FLAT)), _values)


def _bare(value):
    match value:
        case Commented() | Flow():
            return _bare(value.value)
        case dict():
            return {key: _bare(each) for key, each in value.items()}
        case list():
            return [_bare(each) for each in value]
    return value


@given(st.dictionaries(KEYS, DATA, max_size=5))
@example({"a": Commented(value="x", above="\u2028b: 1", behind="y\nc: 2\x85d: 3")})
@example({"a": "# a comment", "b": "x # no comment", "c": "  \n", "d": "\n", "e": "a \n b"})
@example({"a": ["x  y " * 40, {"b": " x" * 70, "c": "x" * 200 + " y " + "  z" * 60}]})
def test_what_is_dumped_reads_back_as_the_same_data(data):
    # the pure Python reader: the C one wrote it and found the places of the comments
    assert yaml.load(dump(data), Loader=yaml.SafeLoader) == _bare(data)


@given(TEXT, TEXT, TEXT)
def test_no_text_of_a_user_is_taken_for_a_comment_or_the_other_way_round(value, above, behind):
    with_comments = {
        "a": Commented(value=value, above=above, behind=behind, gap=True),
        "b": [value],
    }
    assert yaml.safe_load(dump(with_comments)) == {"a": value, "b": [value]}


LOOKS = {
    "an empty key": ({"workflow_dispatch": None}, "workflow_dispatch:\n"),
    "nothing at all": ({"permissions": {}}, "permissions: {}\n"),
    "on is no truth": ({Plain("on"): {"push": None}}, "on:\n  push:\n"),
    "but as a value it is quoted": ({"a": "on"}, 'a: "on"\n'),
    "numbers that are names": ({"python": "3.10"}, 'python: "3.10"\n'),
    "a time is no number of seconds": ({"at": "12:30"}, 'at: "12:30"\n'),
    "patterns": ({"tags": ["v*", "*.x"]}, 'tags:\n  - v*\n  - "*.x"\n'),
    "quotes within": ({"if": "a == 'b'"}, "if: a == 'b'\n"),
    "lists are indented": ({"a": {"b": ["c", {"d": "e"}]}}, "a:\n  b:\n    - c\n    - d: e\n"),
    "several lines": ({"a": [{"run": "b\nc\n"}]}, "a:\n  - run: |\n      b\n      c\n"),
    "a row": (
        {"include": [Flow({"job": "a", "python": "3.12"})]},
        'include:\n  - { job: a, python: "3.12" }\n',
    ),
    "a row in a row": ({"a": Flow([{"b": {}}, "c"])}, "a: [{ b: {} }, c]\n"),
    "a comment behind": ({"uses": Commented(value="a@b", behind="v1")}, "uses: a@b # v1\n"),
    "a comment behind what has lines": (
        {"permissions": Commented(value={"a": "b"}, behind="why")},
        "permissions: # why\n  a: b\n",
    ),
    "a comment above an item": (
        {"a": [{"b": "c"}, Commented(value={"d": "e"}, above="why", gap=True)]},
        "a:\n  - b: c\n\n  # why\n  - d: e\n",
    ),
    "no gap before everything": ({"a": Commented(value=1, gap=True)}, "a: 1\n"),
    "a long text": (
        {"if": "word " * 25 + "end"},
        "if: >-\n  " + ("word " * 19).rstrip() + "\n  " + "word " * 6 + "end\n",
    ),
    "a long text that fits behind its key": ({"if": f"{'x' * 80} y"}, f"if: {'x' * 80} y\n"),
    "quoted, where it must be": ({"run": f"{'x' * 80}: y"}, f'run: "{"x" * 80}: y"\n'),
    "or folded, where quotes are in the way": (
        {"run": f'{"x" * 80}: "y"'},
        f'run: >-\n  {"x" * 80}: "y"\n',
    ),
    "braces within a text": ({"a": "${{ b }}"}, "a: ${{ b }}\n"),
    "braces within a row": ({"a": Flow({"b": "${{ c }}"})}, 'a: { b: "${{ c }}" }\n'),
    "a long word": ({"a": "x" * 150}, f"a: {'x' * 150}\n"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_it_looks_as_a_person_writes_it(name):
    data, text = LOOKS[name]
    assert dump(data) == text


def test_a_long_comment_is_wrapped_where_its_value_stands():
    text = dump({"jobs": {"a": Commented(value=1, above="why " * 60)}})
    lines = text.splitlines()
    assert all(re.match(r"  # why", line) and len(line) <= WIDTH for line in lines[1:-1])
    assert len(lines) == 5


def test_the_same_text_at_two_places_is_told_apart_by_its_place():
    text = dump({"a": "x", "b": {"a": Commented(value="x", behind="this one")}})
    assert text == "a: x\nb:\n  a: x # this one\n"
