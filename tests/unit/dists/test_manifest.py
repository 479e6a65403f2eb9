from __future__ import annotations

import pytest

from shipwheel.dists.manifest import load_manifest
from shipwheel.dists.record import FileRef, Made, Proof, Record, Status, write_record
from shipwheel.events import Notice

SDIST = Made(id="sdist", filename="spam-1.0.tar.gz", sha256="5" * 64, size=1, builder="build")
LAPTOP = Made(id="cp312-x", filename="spam.whl", sha256="a" * 64, size=2, builder="laptop")
SHIPPED = Made(id="cp312-x", filename="spam.whl", sha256="b" * 64, size=2, builder="cibuildwheel")


def record(job, **fields):
    return Record(**{"job": job, "session": job, "status": Status.PASSED, **fields})


@pytest.fixture
def manifest(tmp_path):
    proof = Proof(what="tests", sha256=LAPTOP.sha256)
    reference = FileRef(id=LAPTOP.id, filename=LAPTOP.filename, sha256=LAPTOP.sha256, size=2)
    for each in (
        record("build", made=(SDIST,)),
        record("wheel-3.12", made=(LAPTOP,)),
        record("wheels", made=(SHIPPED,)),
        record("test-3.12", consumed=(reference,), proofs=(proof,)),
        record("test-3.13", status=Status.FAILED, consumed=(reference,), proofs=(proof,)),
        record("wheel-3.13", status=Status.FAILED, made=(LAPTOP,)),
    ):
        write_record(tmp_path / f"{each.job}.json", each)
    return load_manifest(tmp_path)


def test_who_made_a_planned_file(manifest):
    assert [each.job for each in manifest.makers("cp312-x")] == ["wheel-3.12", "wheels"]
    assert [each.job for each in manifest.makers("cp312-x", builder="cibuildwheel")] == ["wheels"]
    assert manifest.maker("5" * 64).made == SDIST
    assert manifest.maker("c" * 64) is None


def test_which_jobs_tested_these_bytes_and_passed(manifest):
    assert manifest.tested(LAPTOP.sha256) == ("test-3.12",)
    assert manifest.tested(SHIPPED.sha256) == ()
    assert manifest.consumers(LAPTOP.sha256) == ("test-3.12", "test-3.13")


def test_what_is_ours(manifest):
    assert manifest.is_ours(LAPTOP.sha256)
    assert not manifest.is_ours("c" * 64)
    assert manifest.record("build").made == (SDIST,)
    assert manifest.record("docs") is None


def test_what_is_no_record_is_left_out_with_a_notice(tmp_path):
    write_record(tmp_path / "good.json", record("build"))
    (tmp_path / "cut.json").write_text('{"schema": 1, "job": "te')
    (tmp_path / "foreign.json").write_text('{"name": "package"}')
    (tmp_path / "list.json").write_text("[]")
    write_record(tmp_path / "newer.json", record("later", schema=2))
    (tmp_path / "notes.txt").write_text("x")
    events = []
    manifest = load_manifest(tmp_path, emit=events.append)
    assert [each.job for each in manifest.records] == ["build"]
    assert len(events) == 4
    assert all(isinstance(each, Notice) for each in events)


def test_records_of_several_ci_jobs_lie_in_folders_and_the_later_one_counts(tmp_path):
    for folder, started in (("a", "2026-11-02T00:00:00"), ("b", "2026-11-01T00:00:00")):
        (tmp_path / folder).mkdir()
        write_record(tmp_path / folder / "build.json", record("build", started=started))
    (found,) = load_manifest(tmp_path).records
    assert found.started == "2026-11-02T00:00:00"


def test_no_folder_is_an_empty_manifest(tmp_path):
    assert load_manifest(tmp_path / "none").records == ()
