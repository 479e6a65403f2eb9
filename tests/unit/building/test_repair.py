from __future__ import annotations

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from shipwheel.building.repair import repair_wheel
from shipwheel.building.repair_tool import repair_command
from shipwheel.building.retag import retag, retagged_headers, retagged_name
from shipwheel.dists.wheel import open_wheel

PLATFORMS = ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spam-1.0-cp312-cp312-linux_x86_64.whl",
         "spam-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"),
        ("spam-1.0-1-cp39-abi3-linux_x86_64.whl",
         "spam-1.0-1-cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"),
    ],
)  # fmt: skip
def test_the_filename(old, new):
    assert retagged_name(old, PLATFORMS) == new


def test_each_tag_once_for_each_platform():
    text = (
        "Wheel-Version: 1.0\nTag: cp39-abi3-linux_x86_64\nTag: cp39-abi3-linux_x86_64\nBuild: 1\n\n"
    )
    assert retagged_headers(text, PLATFORMS).splitlines() == [
        "Wheel-Version: 1.0",
        "Build: 1",
        "Tag: cp39-abi3-manylinux_2_17_x86_64",
        "Tag: cp39-abi3-manylinux2014_x86_64",
    ]


def test_a_retagged_wheel_is_the_same_but_for_its_tags(wheel, tmp_path):
    raw = wheel("spam/__init__.py", "spam/_c.abi3.so", tag="cp39-abi3-linux_x86_64")
    new = retag(raw, PLATFORMS, tmp_path / "out")
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(new) as made:
        assert made.testzip() is None
        assert [each.filename for each in made.infolist()] == [
            each.filename for each in old.infolist()
        ]
        assert {each.date_time for each in made.infolist()} == {(2020, 2, 2, 0, 0, 0)}
        assert made.read("spam/_c.abi3.so") == old.read("spam/_c.abi3.so")
        headers = made.read("spam-1.0.dist-info/WHEEL")
        record = made.read("spam-1.0.dist-info/RECORD").decode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(headers).digest()).rstrip(b"=").decode()
    assert f"spam-1.0.dist-info/WHEEL,sha256={digest},{len(headers)}\n" in record
    assert "spam/__init__.py,sha256=old,1\n" in record
    assert open_wheel(new).tags == tuple(f"cp39-abi3-{each}" for each in PLATFORMS)


@pytest.mark.parametrize(
    ("platform", "filename", "words"),
    [
        ("darwin", "spam-1.0-cp312-cp312-macosx_11_0_arm64.whl",
         ["delocate.cmd.delocate_wheel", "--require-archs", "arm64"]),
        ("darwin", "spam-1.0-cp312-cp312-macosx_10_13_x86_64.whl", ["--require-archs", "x86_64"]),
        ("darwin", "spam-1.0-cp312-cp312-macosx_10_13_universal2.whl",
         ["--require-archs", "universal2"]),
        ("win32", "spam-1.0-cp312-cp312-win_amd64.whl", ["delvewheel", "repair"]),
        ("linux", "spam-1.0-cp312-cp312-linux_x86_64.whl", ["auditwheel", "repair"]),
    ],
)  # fmt: skip
def test_the_command_of_each_platform(platform, filename, words):
    command = repair_command(platform, Path(filename), Path("out"))
    assert command[0] == sys.executable
    assert " ".join(words) in " ".join(command)
    assert command[-1] == filename


def test_a_platform_without_a_tool():
    assert repair_command("freebsd14", Path("x.whl"), Path("out")) is None


def test_a_pure_wheel_passes_as_it_is(wheel, tmp_path):
    raw = wheel("spam/__init__.py")
    assert repair_wheel(raw, tmp_path / "out").path == raw
