"""Deciding what to send, with values and a reader that answers from them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import msgspec
import pytest

from shipwheel.errors import ExitCode, JobError, MachineError
from shipwheel.events import silent
from shipwheel.files import to_json
from shipwheel.indexes.known import index_at
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.planning.job import Scope
from shipwheel.publishing import upload as upload_module
from shipwheel.publishing.journal import Journal, Stage
from shipwheel.publishing.publication import (
    Action,
    Publication,
    PublishedFile,
    Unfinished,
)
from shipwheel.publishing.readback import read_back, waits_for
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import Release, ReleasedFile, Verified
from shipwheel.publishing.upload import Upload, actions_of, compare, refuse_others
from shipwheel.publishing.wire import Answer, Outcome

A, B, C = "a" * 64, "b" * 64, "c" * 64
WHEEL, SDIST = "demo-1-py3-none-any.whl", "demo-1.tar.gz"


def release() -> Release:
    return Release(
        project="demo",
        version="1",
        scope=Scope.LOCAL,
        index="x",
        verified=Verified(passed=0, skipped=0, warnings=0),
        files=(
            ReleasedFile(id="any", filename=WHEEL, sha256=A, size=1, builder="build"),
            ReleasedFile(id="sdist", filename=SDIST, sha256=B, size=1, builder="build"),
        ),
    )


class Reader:
    """Answers from values: pages in turn, and the hash of each file's bytes."""

    def __init__(self, pages, true=None):
        self.index = index_at("http://127.0.0.1:1/")
        self.pages = list(pages)
        self.true = true or {}

    def page_url(self, project):
        return f"{self.index.simple}{project}/"

    def page(self, _project):
        return self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]

    def digest(self, file, *, limit=None):
        return self.true[file.filename], 1

    def sha256(self, file):
        return file.sha256 or self.digest(file)[0]


def page(**hashes) -> Page:
    names = {"wheel": WHEEL, "sdist": SDIST, "other": "demo-0.tar.gz"}
    files = tuple(
        IndexFile(filename=names[key], url="http://h/", sha256=value)
        for key, value in hashes.items()
    )
    return Page(url="http://h/", form="html", files=files)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({}, [Action.PENDING, Action.PENDING]),
        ({"other": C}, [Action.PENDING, Action.PENDING]),
        ({"wheel": A}, [Action.IDENTICAL, Action.PENDING]),
        ({"wheel": A, "sdist": B}, [Action.IDENTICAL, Action.IDENTICAL]),
        ({"wheel": C}, [Action.REFUSED, Action.PENDING]),
        ({"wheel": None, "sdist": None}, [Action.IDENTICAL, Action.REFUSED]),
    ],
)
def test_how_files_stand(there, expected):
    reader = Reader([page()], true={WHEEL: A, SDIST: C})
    standings = compare(release(), page(**there), reader)
    assert [each.action for each in standings] == expected
    assert [each.file.filename for each in standings] == [WHEEL, SDIST]


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (Stage.SENDING, Action.PENDING),
        (Stage.TAKEN, Action.UPLOADED),
        (Stage.LISTED, Action.UPLOADED),
    ],
)
def test_what_was_taken_is_not_sent_again(tmp_path, stage, expected):
    journal = Journal(tmp_path, index="x", project="demo", version="1")
    journal.note(WHEEL, A, stage)
    standings = compare(release(), page(), Reader([page()]), journal)
    assert [each.action for each in standings] == [expected, Action.PENDING]


def test_other_bytes_are_named_with_both_hashes():
    standings = compare(release(), page(wheel=C, sdist=C), Reader([page()]))
    with pytest.raises(Refused) as caught:
        refuse_others(standings, "pypi")
    assert [reason.message for reason in caught.value.reasons] == [
        f"pypi has {WHEEL} with sha256 {C}, this release's is {A}",
        f"pypi has {SDIST} with sha256 {C}, this release's is {B}",
    ]
    refuse_others(compare(release(), page(wheel=A), Reader([page()])), "pypi")


def test_actions_are_those_of_this_run_or_how_it_stood():
    standings = compare(release(), page(wheel=A), Reader([page()]))
    found = actions_of(standings, {SDIST: Action.UPLOADED})
    assert [action for _, action in found] == [Action.IDENTICAL, Action.UPLOADED]


def test_read_back_waits_for_the_page():
    whole = page(wheel=A, sdist=B)
    reader = Reader([page(), page(wheel=A), whole], true={WHEEL: A, SDIST: B})
    waits: list[float] = []
    assert read_back(release(), reader, sleep=waits.append) == whole
    assert waits == [0.1, 0.2]


@pytest.mark.parametrize(
    ("url", "least", "most"),
    [
        ("http://127.0.0.1:1/", 1, 5),
        ("https://h.example/+simple/", 30, 120),  # devpi shows a file with its upload
        ("https://acme.jfrog.io/artifactory/api/pypi/x/", 240, 600),
        ("https://h.example/", 240, 600),
    ],
)
def test_patience_is_as_the_index_needs_it(url, least, most):
    assert least <= sum(waits_for(index_at(url))) <= most


def test_read_back_gives_up():
    waits: list[float] = []
    with pytest.raises(JobError) as caught:
        read_back(release(), Reader([page(wheel=A)]), sleep=waits.append)
    assert (caught.value.reference, caught.value.evidence) == ("index-not-listed", SDIST)
    assert sum(waits) < 5


@pytest.mark.parametrize(
    ("named", "true", "what"),
    [
        (A, C, f"the index gives other bytes for {WHEEL} than were sent"),
        (None, C, f"the index gives other bytes for {WHEEL} than were sent"),
        (C, A, f"the index names another hash for {WHEEL} than its bytes have"),
    ],
)
def test_read_back_compares_bytes_and_hashes(named, true, what):
    reader = Reader([page(wheel=named, sdist=B)], true={WHEEL: true, SDIST: B})
    with pytest.raises(JobError) as caught:
        read_back(release(), reader)
    assert caught.value.what == what


def test_the_publication_as_the_contract_has_it():
    publication = Publication(
        index="pypi",
        files=(PublishedFile(filename=WHEEL, sha256=A, action=Action.UPLOADED),),
    )
    text = to_json(publication).decode()
    assert text.startswith('{\n  "schema": 1,\n  "index": "pypi",')
    assert '"action": "uploaded"' in text
    assert publication.complete


@pytest.mark.parametrize(
    ("actions", "complete"),
    [
        ([Action.UPLOADED, Action.IDENTICAL], True),
        ([Action.UPLOADED, Action.PENDING], False),
        ([Action.REFUSED], False),
    ],
)
def test_complete(actions, complete):
    files = tuple(PublishedFile(filename=WHEEL, sha256=A, action=each) for each in actions)
    assert Publication(index="x", files=files).complete is complete


def test_unfinished_carries_the_causes_code():
    publication = Publication(index="x", files=())
    cause = MachineError("gone", where="w", evidence="e", hint="h", reference="r")
    error = Unfinished(cause, publication)
    assert error.lines() == cause.lines()
    assert (error.exit_code, error.reference) == (ExitCode.MACHINE, "r")
    assert error.publication is publication


class Sender:
    """A wire that answers in turn; `sent` are the files that it was given."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def send(self, package, _on_bytes):
        self.sent.append(package)
        return self.answers.pop(0)


GONE = MachineError("the index is out of reach")
TAKEN, AGAIN = Answer(Outcome.TAKEN), Answer(Outcome.AGAIN, GONE)
THERE = Answer(Outcome.THERE, JobError("409 Conflict"))
NO = Answer(Outcome.REFUSED, JobError("400 Bad Request"))


def sending(tmp_path, answers, pages, waits):
    journal = Journal(tmp_path, index="x", project="demo", version="1")
    reader = Reader(pages, true={WHEEL: A, SDIST: B})
    wire = Sender(*answers)
    upload = Upload(release(), tmp_path, wire, reader, journal, silent, waits.append)
    return upload, wire, journal


@pytest.mark.parametrize(
    ("answers", "pages", "action", "waits", "stage"),
    [
        ([TAKEN], [page()], Action.UPLOADED, [], Stage.TAKEN),
        ([AGAIN, TAKEN], [page()], Action.UPLOADED, [1.0], Stage.TAKEN),
        ([AGAIN], [page(wheel=A)], Action.UPLOADED, [], Stage.TAKEN),
        ([Answer(Outcome.AGAIN, GONE, 7.0), TAKEN], [page()], Action.UPLOADED, [7.0], Stage.TAKEN),
        ([Answer(Outcome.AGAIN, GONE, 9e9), TAKEN], [page()], Action.UPLOADED, [60.0], Stage.TAKEN),
        ([AGAIN] * 4, [page()], GONE, [1.0, 2.0, 4.0], Stage.SENDING),
        ([NO], [page()], NO.error, [], Stage.SENDING),
        ([NO], [page(wheel=A)], Action.UPLOADED, [], Stage.TAKEN),
        ([THERE], [page(), page(), page(wheel=A)], Action.IDENTICAL, [0.1, 0.2], Stage.TAKEN),
        ([THERE], [page()], THERE.error, [0.1, 0.2, 0.5, 1.0, 2.0], Stage.SENDING),
        ([THERE], [page(), page(wheel=C)], Refused, [0.1], Stage.SENDING),
        ([AGAIN], [page(wheel=C)], Refused, [], Stage.SENDING),
    ],
)
def test_attempts(tmp_path, answers, pages, action, waits, stage):
    waited = []
    upload, wire, journal = sending(tmp_path, answers, pages, waited)
    file = release().files[0]
    if isinstance(action, Action):
        assert upload.send(file, "package") is action
    else:
        with pytest.raises((JobError, MachineError, Refused)) as caught:
            upload.send(file, "package")
        assert caught.value is action or isinstance(caught.value, Refused)
    assert waited == waits
    assert wire.sent == ["package"] * len(answers)
    assert journal.stage(WHEEL, A) is stage


class Together:
    """A wire that answers once as many files as it waits for are on their way."""

    def __init__(self, at_once, refused=()):
        self.met = threading.Barrier(at_once)
        self.refused = refused
        self.order = []

    def send(self, package, _on_bytes):
        self.order.append(package.filename)
        if len(self.order) <= self.met.parties:
            self.met.wait(10)
        return NO if package.filename in self.refused else TAKEN


@dataclass(frozen=True)
class Package:
    filename: str


def many(*names):
    files = tuple(
        ReleasedFile(id=name, filename=name, sha256=A, size=1, builder="build") for name in names
    )
    return msgspec.structs.replace(release(), files=files)


WHEELS = tuple(f"demo-1-py3{number}-none-any.whl" for number in range(10, 40))


def sending_many(tmp_path, monkeypatch, wire):
    monkeypatch.setattr(upload_module, "prepare", lambda path: Package(path.name))
    reader = Reader([page()])
    reader.index = index_at("http://127.0.0.1:1/alice/dev/+simple/")  # devpi: four at once
    journal = Journal(tmp_path, index="x", project="demo", version="1")
    judged = many(*WHEELS, SDIST)
    upload = Upload(judged, tmp_path, wire, reader, journal, silent, lambda _seconds: None)
    return upload.send_missing(compare(judged, page(), reader)), journal


def test_wheels_go_at_once_where_the_index_allows_it_and_the_sdist_after_them(
    tmp_path, monkeypatch
):
    wire = Together(4)
    sent, journal = sending_many(tmp_path, monkeypatch, wire)
    assert dict(sent) == dict.fromkeys([*WHEELS, SDIST], Action.UPLOADED)
    assert sorted(wire.order[:4]) == list(WHEELS[:4])
    assert sorted(wire.order[:-1]) == list(WHEELS)
    assert wire.order[-1] == SDIST
    assert {journal.stage(name, A) for name in (*WHEELS, SDIST)} == {Stage.TAKEN}


def test_after_a_refusal_what_is_on_its_way_ends_and_no_other_is_begun(tmp_path, monkeypatch):
    wire = Together(4, refused=(WHEELS[1],))
    sent, _ = sending_many(tmp_path, monkeypatch, wire)
    arrived = []

    def take():
        for name, _ in sent:
            arrived.append(name)

    with pytest.raises(JobError, match="400"):
        take()
    assert set(arrived) == {*wire.order} - {WHEELS[1]}
    assert {*WHEELS[:4]} <= {*wire.order} < {*WHEELS}
