from __future__ import annotations

import pytest

from shipwheel.dists.artifact import (
    ArtifactKind,
    is_distribution,
    parse_filename,
    reference,
    wheel_id,
)
from shipwheel.errors import ShipwheelError


@pytest.mark.parametrize(
    ("filename", "kind", "name", "version", "tags"),
    [
        ("MarkupSafe-3.0.4.tar.gz", ArtifactKind.SDIST, "markupsafe", "3.0.4", ()),
        ("zope_interface-8.7.tar.gz", ArtifactKind.SDIST, "zope-interface", "8.7", ()),
        (
            "bottle-0.13.4-py2.py3-none-any.whl",
            ArtifactKind.WHEEL,
            "bottle",
            "0.13.4",
            ("py2-none-any", "py3-none-any"),
        ),
        (
            "spam-1.0-1abc-cp39-abi3-linux_x86_64.whl",
            ArtifactKind.WHEEL,
            "spam",
            "1.0",
            ("cp39-abi3-linux_x86_64",),
        ),
    ],
)
def test_what_a_filename_says(filename, kind, name, version, tags):
    artifact = parse_filename(filename)
    assert (artifact.kind, artifact.name, artifact.version, artifact.tags) == (
        kind,
        name,
        version,
        tags,
    )


@pytest.mark.parametrize(
    "filename",
    ["README.md", "spam.tar.gz", "spam-1.0.whl", "spam-1.0-py3-none.whl", "spam-x.y.tar.gz", ""],
)
def test_what_is_no_distribution(filename):
    assert not is_distribution(filename)
    with pytest.raises(ShipwheelError) as caught:
        parse_filename(filename)
    assert caught.value.where == filename


@pytest.mark.parametrize(
    ("tags", "platform", "expected"),
    [
        (["py3-none-any"], "", "any"),
        (["py2-none-any", "py3-none-any"], "", "any"),
        (["cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-manylinux2014_x86_64"], "", "cp312-manylinux_x86_64"),
        (["cp312-cp312-manylinux1_i686"], "", "cp312-manylinux_i686"),
        (["cp312-cp312-musllinux_1_2_aarch64"], "", "cp312-musllinux_aarch64"),
        (["cp312-cp312-macosx_11_0_arm64"], "", "cp312-macosx_arm64"),
        (["cp312-cp312-macosx_10_13_universal2"], "", "cp312-macosx_universal2"),
        (["cp312-cp312-win_amd64"], "", "cp312-win_amd64"),
        (["cp312-cp312-win32"], "", "cp312-win32"),
        (["cp313-cp313t-win_amd64"], "", "cp313t-win_amd64"),
        (["cp36-abi3-manylinux_2_5_x86_64"], "", "cp36-manylinux_x86_64"),
        (["pp311-pypy311_pp73-manylinux_2_17_x86_64"], "", "pp311-manylinux_x86_64"),
        (["cp312-cp312-linux_x86_64"], "musllinux_x86_64", "cp312-musllinux_x86_64"),
        (["cp312-cp312-linux_x86_64"], "", "cp312-linux_x86_64"),
        # the tag knows better than the machine
        (["cp312-cp312-musllinux_1_2_x86_64"], "manylinux_x86_64", "cp312-musllinux_x86_64"),
    ],
)  # fmt: skip
def test_the_planned_file_that_a_wheel_is(tags, platform, expected):
    assert wheel_id(tags, platform) == expected


def test_a_reference_names_the_bytes(tmp_path):
    path = tmp_path / "spam-1.0.tar.gz"
    path.write_bytes(b"spam")
    found = reference(path, "sdist")
    assert (found.id, found.filename, found.size) == ("sdist", "spam-1.0.tar.gz", 4)
    assert found.sha256 == "4e388ab32b10dc8dbc7e28144f552830adc74787c1e2c0824032078a79f227fb"
