"""What differs between a lock and what would be locked."""

from __future__ import annotations

import pytest

from shipwheel.deps.lock.locking import _differences
from shipwheel.project.pylock import parse_pylock


def lock(requires: str):
    line = f'requires-python = "{requires}"\n' if requires else ""
    text = f'lock-version = "1.0"\n{line}[[packages]]\nname = "a"\nversion = "1"\n'
    return parse_pylock(text.encode(), "pylock.toml")


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        (">=3.10", []),
        ("", []),  # as pip writes it
        (">=3.9", [("python", (">=3.9",), (">=3.10",))]),
    ],
)
def test_the_pythons_of_a_lock_are_compared_where_it_names_them(old, expected):
    found = _differences(lock(old), lock(">=3.10"))
    assert [(each.package, each.before, each.after) for each in found] == expected
