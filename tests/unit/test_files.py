"""Files are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shipwheel.files import write_bytes, written_aside


@pytest.fixture
def narrow_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_what_raises_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    write_bytes(path, b"old")
    with contextlib.suppress(RuntimeError), written_aside(path) as file:
        file.write(b"half of the n")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"theirs")
    link = tmp_path / "record.json"
    link.symlink_to(elsewhere)
    write_bytes(link, b"ours")
    assert elsewhere.read_bytes() == b"theirs"
    assert link.read_bytes() == b"ours"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask to speak of")
@pytest.mark.usefixtures("narrow_umask")
def test_the_user_says_who_may_read_what_we_write(tmp_path: Path) -> None:
    write_bytes(tmp_path / "record.json", b"")
    assert (tmp_path / "record.json").stat().st_mode & 0o777 == 0o600
