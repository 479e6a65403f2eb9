from __future__ import annotations

import pytest

from shipwheel.deps.api.deprecations import deprecations, is_due, removal_version

SOURCE = '''
"""A module."""
import warnings
from typing_extensions import deprecated

@deprecated("use new(); it will be removed in version 4.0")
def old(): ...

class Box:
    """A box.

    .. deprecated:: 2.1
       Use Bag.

    More.
    """
    def open(self):
        if self:
            warnings.warn(f"open() of {self} goes away in demo 3.1.", category=DeprecationWarning)
        warnings.warn("mind the step", UserWarning)
        warnings.warn("this is deprecated", stacklevel=2)

warnings.warn("the module", DeprecationWarning, stacklevel=2)
'''


def test_warnings_decorators_and_directives_are_found_with_their_object_and_line() -> None:
    found = [
        (each.object, each.line, each.by, each.removal)
        for each in deprecations(SOURCE.encode(), "demo.mod", "demo/mod.py")
    ]
    assert found == [
        ("demo.mod.old", 6, "decorator", "4.0"),
        ("demo.mod.Box", 12, "docstring", ""),
        ("demo.mod.Box.open", 19, "warn", "3.1"),
        ("demo.mod.Box.open", 21, "warn", ""),
        ("demo.mod", 23, "warn", ""),
    ]


def test_a_directive_is_told_with_its_own_paragraph() -> None:
    box = next(e for e in deprecations(SOURCE.encode(), "m", "m.py") if e.by == "docstring")
    assert box.text == "since 2.1 Use Bag."


def test_a_message_of_several_pieces_is_told_in_their_order() -> None:
    source = """
def old(name):
    warnings.warn(
        f"Names that are no text ({name!r}) "
        ") go.",
        DeprecationWarning,
    )
"""
    (found,) = deprecations(source.encode(), "m", "m.py")
    assert found.text == "Names that are no text (…) ) go."


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("will be removed in version 4.0", "4.0"),
        ("removed in MarkupSafe 3.1.", "3.1"),
        ("Removal planned for a later release", ""),
        ("will be removed in v2", "2"),
        ("it is removed in Python 3.15", ""),
        ("deprecated since 2.1 and will be dropped with release 3", "3"),
        ("since 2.1", ""),
        ("In requests 3.0, get_encodings will be removed. For more, see #2266.", "3.0"),
        ("In Python 3.14, this will be removed", ""),
        ("In 3.0 this became slow", ""),
        ("Non-string names will no longer be supported in Requests 3.0.0.", "3.0.0"),
        ("will be gone by 2.0.1, says the plan", "2.0.1"),
        ("removed in " + "9" * 5000, ""),
    ],
)
def test_the_version_of_a_promised_removal(text: str, version: str) -> None:
    assert removal_version(text) == version


@pytest.mark.parametrize(
    ("removal", "version", "due"),
    [
        ("3.1", "3.1.0", True),
        ("3.1", "3.0.9", False),
        ("4", "4.0.0.dev1", True),
        ("", "9.9", False),
        ("3.1", "", False),
    ],
)
def test_a_removal_is_due_when_its_version_has_come(
    *, removal: str, version: str, due: bool
) -> None:
    assert is_due(removal, version) is due


@pytest.mark.parametrize("text", [b"\0", b"x = '\\d'", b"def (", b"\xff\xfe", b"(" * 5000])
def test_what_does_not_parse_has_none(text: bytes) -> None:
    assert list(deprecations(text, "m", "m.py")) == []
