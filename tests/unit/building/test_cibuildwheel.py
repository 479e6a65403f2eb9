from __future__ import annotations

import pytest

from shipwheel.building.cibuildwheel import check_asked, check_system
from shipwheel.building.container import Engine, check_engine
from shipwheel.data.catalog import load_catalog
from shipwheel.errors import JobError, MachineError

WHEEL = "spam-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
ABI3 = "spam-1.0-cp39-abi3-macosx_11_0_arm64.whl"


@pytest.mark.parametrize(
    ("filename", "identifier"),
    [
        (WHEEL, "cp312-manylinux_x86_64"),
        (ABI3, "cp39-macosx_arm64"),
        ("spam-1.0-cp314-cp314t-win_amd64.whl", "cp314t-win_amd64"),
        ("spam-1.0-cp313-cp313-musllinux_1_2_x86_64.whl", "cp313-musllinux_x86_64"),
        ("spam-1.0-py3-none-musllinux_1_2_x86_64.whl", "cp39-musllinux_x86_64"),  # for each Python
        ("spam-1.0-py2.py3-none-win_amd64.whl", "cp39-win_amd64"),
        ("spam-1.0-cp315-abi3.abi3t-win_amd64.whl", "cp315t-win_amd64"),
        ("spam-1.0-cp315-abi3t-manylinux_2_28_x86_64.whl", "cp315t-manylinux_x86_64"),
    ],
)
def test_what_was_asked_for_passes(filename, identifier):
    check_asked([filename], identifier, "spam", "1.0")


@pytest.mark.parametrize(
    ("filenames", "identifier", "says"),
    [
        ([WHEEL], "cp313-manylinux_x86_64", "asked for cp313-manylinux_x86_64"),
        ([ABI3], "cp310-macosx_arm64", "cibuildwheel made cp39-macosx_arm64"),
        ([WHEEL.replace("1.0", "1.0.post1", 1)], "cp312-manylinux_x86_64", "made spam 1.0.post1"),
        ([WHEEL.replace("spam", "eggs")], "cp312-manylinux_x86_64", "made eggs 1.0"),
        ([WHEEL, ABI3], "cp312-manylinux_x86_64", "made 2 wheels"),
        (["spam-1.0-py3-none-any.whl"], "cp312-manylinux_x86_64", "made any"),
        (["spam-1.0-py3-none-win32.whl"], "cp312-win_amd64", "made py3-win32"),
        # setuptools' tag where py_limited_api names the floor of the other stable ABI
        (["spam-1.0-cp39-abi3.abi3t-win_amd64.whl"], "cp315t-win_amd64", "made cp39t-win_amd64"),
    ],
)
def test_anything_else_is_refused(filenames, identifier, says):
    with pytest.raises(JobError) as caught:
        check_asked(filenames, identifier, "spam", "1.0")
    assert says in caught.value.what
    assert caught.value.evidence == "\n".join(filenames)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("platform", "here", "refused"),
    [
        ("manylinux_x86_64", "linux", False),
        ("manylinux_aarch64", "darwin", False),  # in a container
        ("macosx_arm64", "darwin", False),
        ("macosx_arm64", "linux", True),
        ("win_amd64", "win32", False),
        ("win_amd64", "darwin", True),
    ],
)
def test_another_systems_wheel_is_the_runners(platform, here, refused):
    known = load_catalog().platform(platform)
    if not refused:
        check_system(known, f"cp312-{platform}", here)
        return
    with pytest.raises(MachineError, match=f"cp312-{platform} is made on") as caught:
        check_system(known, f"cp312-{platform}", here)
    assert known.runner in caught.value.hint


@pytest.fixture
def programs(tmp_path):
    def have(*names):
        for name in names:
            path = tmp_path / name
            path.write_text("#!/bin/sh\n", encoding="utf-8")
            path.chmod(0o755)
        return str(tmp_path)

    return have


def test_the_engine_that_is_named_or_the_one_that_is_here(programs):
    path = programs("podman")
    assert check_engine("podman", named=True, path=path) == Engine("podman")
    taken = check_engine("docker", named=False, path=path)
    assert taken.name == "podman"
    assert "docker is not here" in taken.notice


def test_no_engine_says_what_to_install_and_what_works_without(programs):
    with pytest.raises(MachineError, match="docker is not on this machine") as caught:
        check_engine("docker", named=False, path=programs())
    assert "podman" in caught.value.hint
    assert "nox -s wheel" in caught.value.hint


def test_an_engine_that_was_named_is_not_replaced(programs):
    with pytest.raises(MachineError) as caught:
        check_engine("docker", named=True, path=programs("podman"))
    assert "CIBW_CONTAINER_ENGINE=podman" in caught.value.hint


def test_a_stable_abi_that_claims_too_much_is_told_what_pep_803_allows():
    with pytest.raises(JobError) as caught:
        check_asked(["spam-1.0-cp39-abi3.abi3t-win_amd64.whl"], "cp315t-win_amd64", "spam", "1.0")
    assert "PEP 803" in str(caught.value.hint)
