from __future__ import annotations

from typing import Any

from shipwheel.console.layout import plain_lines
from shipwheel.console.reproduced import reproduced_tables
from shipwheel.console.terminal import Look
from shipwheel.dists.byte_ranges import ByteRange
from shipwheel.dists.comparison import ComparedFile, Difference

SAME = ComparedFile(
    filename="a-1.0.tar.gz",
    identical=True,
    sha256=("1" * 64, "1" * 64),
    size=(9, 9),
    here="same",
)


def lines(*files: ComparedFile) -> list[str]:
    return [line for table in reproduced_tables(files) for line in plain_lines(table, Look())]


def different(**changes: Any) -> ComparedFile:
    return ComparedFile(
        filename="a-1.0.whl",
        identical=False,
        sha256=("2" * 64, "3" * 64),
        size=(9, 9),
        here="other",
        **changes,
    )


def test_identical_files_have_one_hash_each() -> None:
    assert lines(SAME) == [
        "  file          sha256            built twice  in dist/",
        "  a-1.0.tar.gz  1111111111111111  identical    these bytes",
    ]


def test_a_difference_is_told_by_member_and_range_or_line() -> None:
    binary = Difference(
        member="a/_c.so",
        what="content",
        first="9 bytes",
        second="9 bytes",
        ranges=(ByteRange(4096, 2, "61 62", "63 64"),),
    )
    text = Difference(
        member="a/x.py", what="content", first="5 bytes", second="5 bytes", lines=("-1", "+2")
    )
    mode = Difference(member="", what="order", first="a", second="b")
    said = "\n".join(lines(SAME, different(differences=(binary, text, mode))))
    assert "DIFFERENT" in said
    for told in ("at 4,096, 2 bytes", "61 62", "63 64", "-1", "+2", "the archive itself"):
        assert told in said
    assert said.count("2" * 16) == said.count("3" * 16) == 1


def test_what_is_too_much_to_show_is_counted() -> None:
    ranges = tuple(ByteRange(place * 100, 1, "61", "62") for place in range(9))
    many = tuple(
        Difference(member=f"m{number}", what="content", first="", second="", ranges=ranges)
        for number in range(20)
    )
    said = "\n".join(lines(different(differences=many)))
    assert "and 5 more ranges" in said
    assert "and 8 more differences" in said
    assert "m12" not in said


def test_a_file_that_was_made_once_alone() -> None:
    lone = ComparedFile(filename="a.whl", identical=False, sha256=("4" * 64, None), size=(1, None))
    said = "\n".join(lines(lone))
    assert "not made" in said
    assert "one of the two builds did not make it" in said
