"""Short names of files: what tells each from the others of its set."""

from __future__ import annotations

import pytest

from shipwheel.console.reports.file_labels import short_names
from shipwheel.verification.report import VerifiedFile


def named(*names: str) -> tuple[str, ...]:
    kinds = {".whl": "wheel", ".gz": "sdist", ".zip": "sdist"}
    return short_names(
        [
            VerifiedFile(
                filename=name,
                kind=kinds.get(name[name.rfind(".") :], "other"),
                sha256="0" * 64,
                size=1,
            )
            for name in names
        ]
    )


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("a-1.0.tar.gz", "sdist"),
        ("a-1.0-py3-none-any.whl", "py3-none-any"),
        ("a-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "cp312-manylinux_x86_64"),
        ("a-1.0-cp312-cp312-manylinux1_i686.whl", "cp312-manylinux_i686"),
        ("a-1.0-1-cp39-abi3-musllinux_1_2_aarch64.whl", "cp39-abi3-musllinux_aarch64"),
        ("a-1.0-cp313-cp313t-macosx_11_0_arm64.whl", "cp313-cp313t-macosx_arm64"),
        ("a-1.0-cp313-cp313-win_amd64.whl", "cp313-win_amd64"),
        ("a.whl", "a.whl"),
        ("notes.txt", "notes.txt"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_tags_are(name: str, short: str) -> None:
    assert named(name) == (short,)


def test_several_projects_are_named() -> None:
    assert named("a-1.0.tar.gz", "b_c-2-py3-none-any.whl") == ("sdist a 1.0", "py3-none-any b_c 2")


def test_what_would_be_the_same_is_named_whole() -> None:
    pair = (
        "a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
        "a-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
    )
    assert named(*pair, "a-1.0.tar.gz") == (*pair, "sdist")
