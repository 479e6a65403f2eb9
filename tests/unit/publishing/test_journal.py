from __future__ import annotations

import pytest

from shipwheel.errors import MachineError
from shipwheel.publishing.journal import Journal, Stage

A, B = "a" * 64, "b" * 64


def journal(folder, **fields) -> Journal:
    return Journal(folder, **{"index": "https://h/", "project": "demo", "version": "1", **fields})


def test_notes_survive_the_process(tmp_path):
    first = journal(tmp_path)
    assert first.stage("d.whl", A) is None
    first.note("d.whl", A, Stage.SENDING)
    assert journal(tmp_path).stage("d.whl", A) is Stage.SENDING
    first.note("d.whl", A, Stage.TAKEN)
    assert journal(tmp_path).stage("d.whl", A) is Stage.TAKEN


@pytest.mark.parametrize("other", [{"index": "https://i/"}, {"project": "other"}, {"version": "2"}])
def test_another_release_knows_nothing_of_it(tmp_path, other):
    journal(tmp_path).note("d.whl", A, Stage.TAKEN)
    assert journal(tmp_path, **other).stage("d.whl", A) is None


def test_other_bytes_are_another_file(tmp_path):
    journal(tmp_path).note("d.whl", A, Stage.TAKEN)
    assert journal(tmp_path).stage("d.whl", B) is None


def test_a_broken_journal_is_an_empty_one(tmp_path):
    journal(tmp_path).note("d.whl", A, Stage.TAKEN)
    (path,) = tmp_path.iterdir()
    path.write_text('{"schema": 1, "ind')
    assert journal(tmp_path).stage("d.whl", A) is None


def test_what_cannot_be_written_stops_the_upload(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="journal"):
        journal(tmp_path / "file").note("d.whl", A, Stage.SENDING)
