from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.testing.listing import drives_only_us, git_entries, is_junk


@pytest.mark.parametrize(
    ("path", "junk"),
    [
        ("src/pkg/a.py", False),
        ("build.py", False),
        ("build/notes.txt", False),
        ("build/lib/pkg/a.py", True),
        ("build/lib.linux-x86_64-3.12/pkg/a.so", True),
        (".nox/test/bin/python", True),
        ("a/__pycache__/b.pyc", True),
        ("dist/pkg-1.0.tar.gz", True),
        ("dist/pkg.py", False),
        (".coverage", True),
        (".coverage.host.1.2", True),
        (".coveragerc", False),
    ],
)
def test_is_junk(path: str, junk: bool) -> None:  # noqa: FBT001
    assert is_junk(path) is junk


def test_git_entries_keep_what_is_tracked_whatever_its_name() -> None:
    output = "warning: something\nH a.py\0H tests/data/__pycache__/x.pyc\0? .nox/y\0? new ü.py\0"
    assert list(git_entries(output)) == ["a.py", "tests/data/__pycache__/x.pyc", "new ü.py"]


def test_paths_are_relative() -> None:
    assert not any(Path(path).is_absolute() for path in git_entries("H a\0"))


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("import nox, shipwheel\n\nshipwheel.register(nox)\n", True),
        (
            "# /// script\n# ///\nimport nox\nimport shipwheel\nshipwheel.register(nox, skip=('lint',))\n",
            True,
        ),
        (
            "import nox, shipwheel\nshipwheel.register(nox)\n@nox.session\ndef mine(session): ...\n",
            False,
        ),
        ("import nox\n@nox.session\ndef mine(session): ...\n", False),
        ("", False),
    ],
)
def test_a_noxfile_that_only_starts_the_tests_is_none_of_their_inputs(text, only):
    assert drives_only_us(text) is only
