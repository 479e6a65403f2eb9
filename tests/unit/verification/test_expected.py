"""The set after jobs that make files: what lies in `dist/` by names and records, against the Plan."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Made, Record, Status
from shipwheel.files import sha256
from shipwheel.machine.interpreter import Machine
from shipwheel.planning.job import Scope
from shipwheel.verification.expected import check_expected

CP39 = "cp39-manylinux_x86_64"
CP312 = "cp312-manylinux_x86_64"
FILES = (
    ("sdist", Scope.LOCAL, "build"),
    (CP39, Scope.RELEASE, f"wheels-{CP39}"),
    (CP312, Scope.RELEASE, f"wheels-{CP312}"),
)
SDIST = "good-1.0.tar.gz"
WHEEL39 = "good-1.0-cp39-cp39-manylinux_2_17_x86_64.whl"
WHEEL312 = "good-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
ALL = {"sdist", CP39, CP312}


@pytest.mark.parametrize(
    ("there", "wanted", "told"),
    [
        ((SDIST, WHEEL39, WHEEL312), ALL, []),
        ((SDIST, WHEEL312), {"sdist", CP312}, []),  # the other one is another shard's
        ((SDIST, WHEEL312), ALL, [("set-complete", f"made by wheels-{CP39}")]),
        ((WHEEL39, WHEEL312), ALL, [("set-complete", "sdist is missing (made by build)")]),
        ((), {"sdist"}, [("set-complete", "sdist is missing")]),
        (
            (SDIST, WHEEL39, WHEEL39.replace("2_17", "2_28")),
            {"sdist", CP39},
            [("set-complete", f"2 files are {CP39} (made by wheels-{CP39})")],
        ),
        (
            (SDIST, WHEEL39, "good-1.0-cp38-cp38-manylinux_2_17_x86_64.whl"),
            {CP39},
            [("set-foreign", "good-1.0-cp38")],
        ),
        ((SDIST, WHEEL39, "notes.txt"), {CP39}, [("set-foreign", "notes.txt")]),
        ((SDIST, WHEEL39, "bad-1.0-py3-none-any.whl"), {CP39}, [("set-foreign", "bad-1.0")]),
        (
            (SDIST, WHEEL39.replace("1.0", "0.9")),
            {CP39},
            [("set-version", f"1.0; made anew by wheels-{CP39}")],
        ),
    ],
)
def test_each_difference_is_told_with_its_job(
    tmp_path, make_plan, make_project, there, wanted, told
) -> None:
    found = check(tmp_path, make_plan, make_project, there, wanted)
    assert [each.rule for each in found] == [rule for rule, _text in told]
    for each, (_rule, text) in zip(found, told, strict=True):
        assert text in each.message
        assert each.hint


def test_a_plan_of_another_version(tmp_path, make_plan, make_project) -> None:
    there = (SDIST, WHEEL39)
    (found,) = check(tmp_path, make_plan, make_project, there, {"sdist", CP39}, version="2.0")
    assert found.message == (
        f"the Plan's version is 2.0, the files' 1.0; made anew by build, wheels-{CP39}"
    )


@pytest.mark.parametrize(("ci", "level"), [(False, "warning"), (True, "error")])
def test_what_is_foreign_counts_in_ci(tmp_path, make_plan, make_project, ci, level) -> None:
    (found,) = check(tmp_path, make_plan, make_project, (SDIST, "notes.txt"), {"sdist"}, ci=ci)
    assert (found.rule, found.level) == ("set-foreign", level)


def test_one_wheel_that_was_made_for_two_pythons_is_both_files(
    tmp_path, make_plan, make_project
) -> None:
    """As where an optional extension was left out, and `allow-pure` lets that pass."""
    pure = tmp_path / "good-1.0-py3-none-any.whl"
    pure.write_bytes(b"for both")
    made = (
        Made(id=each, filename=pure.name, sha256=sha256(pure), size=8, builder="laptop")
        for each in (CP39, CP312)
    )
    records = tuple(
        Record(job=f"wheel-{each.id}", session="wheel", status=Status.PASSED, made=(each,))
        for each in made
    )
    found = check(
        tmp_path, make_plan, make_project, (SDIST,), ALL, manifest=Manifest(records=records)
    )
    assert found == ()


def check(folder, make_plan, make_project, there, wanted, *, ci=False, version=None, manifest=None):
    for name in there:
        (folder / name).write_bytes(name.encode())  # no archive is opened
    plan = make_plan(FILES)
    project = msgspec.structs.replace(plan.project, version=version)
    return check_expected(
        folder,
        msgspec.structs.replace(plan, project=project),
        make_project(),
        wanted=wanted,
        scope=Scope.RELEASE,
        manifest=manifest or Manifest(),
        machine=Machine(platform="manylinux_x86_64", interpreters=(), ci=ci),
    )
