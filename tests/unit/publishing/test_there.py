"""What an index has of a version, and what that says against a release."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from packaging.version import Version

from shipwheel.data.catalog import load_catalog
from shipwheel.indexes.known import Index, find_index
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.planning.job import Scope
from shipwheel.publishing.index_rules import Sent, index_reasons, there_notes, there_reasons
from shipwheel.publishing.there import There, there_on

WHEEL, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"
OURS = (Sent(WHEEL, "a" * 64, 10), Sent(SDIST, "b" * 64, 20))
BOTH = {WHEEL: "a" * 64, SDIST: "b" * 64}
FIRST = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
PYPI = find_index("pypi", load_catalog().indexes, {})
OWN = Index(name="own", upload="https://own.example/", simple="https://own.example/simple/")


def offered(name: str, sha256: str | None = "a" * 64, **fields: Any) -> IndexFile:
    return IndexFile(filename=name, url=f"https://files.example/{name}", sha256=sha256, **fields)


def page(*files: IndexFile) -> Page:
    return Page(url="https://own.example/simple/demo/", form="json", files=files)


def there(*files: IndexFile) -> There:
    return there_on(page(*files), Version("1.0"), {WHEEL, SDIST}, lambda file: f"of {file.url}")


def test_only_the_version_counts() -> None:
    found = there(
        offered(WHEEL),
        offered("demo-1.0.0.zip", None),  # 1.0 and 1.0.0 are one version, and nobody asks its hash
        offered("demo-1.0.post1.tar.gz"),
        offered("demo-0.9.tar.gz"),
        offered("demo.exe"),
    )
    assert found.files == {WHEEL: "a" * 64, "demo-1.0.0.zip": None}


def test_a_hash_that_the_page_lacks_is_asked_for_our_own_files_alone() -> None:
    other = "demo-1.0-cp38-cp38-win32.whl"
    found = there(offered(WHEEL, None), offered(other, None))
    assert found.files == {WHEEL: f"of https://files.example/{WHEEL}", other: None}


def test_of_two_files_by_one_name_the_first_counts() -> None:
    assert there(offered(WHEEL, "1" * 64), offered(WHEEL, "2" * 64)).files == {WHEEL: "1" * 64}


@pytest.mark.parametrize(
    ("times", "first"),
    [
        ((), None),
        (("2026-11-03T00:00:00Z", "2026-11-01T12:00:00.000000Z"), FIRST),
        (("2026-11-01T13:00:00+01:00",), FIRST),
        (("2026-11-01T12:00:00",), FIRST),
        ((None, "yesterday", "2026-11-01T12:00:00Z"), FIRST),
        (("", "0000-00-00T00:00:00Z"), None),
    ],
)
def test_the_first_upload(times: tuple[str | None, ...], first: dt.datetime | None) -> None:
    files = [offered(f"demo-1.0-{i}-py3-none-any.whl", uploaded=t) for i, t in enumerate(times, 1)]
    # another version's upload is no reason to hurry
    old = offered("demo-0.1.tar.gz", uploaded="2020-01-01T00:00:00Z")
    assert there(*files, old).first == first


def test_sizes_are_the_whole_projects_and_unknown_where_one_is() -> None:
    files = (offered(WHEEL, size=10), offered("demo-0.1.tar.gz", size=5))
    assert there(*files).bytes == 15
    assert there(*files, offered(SDIST)).bytes is None
    assert there().bytes == 0


def test_a_version_is_yanked_when_all_of_it_is() -> None:
    gone = offered(SDIST, yanked="")
    assert there(gone).yanked
    assert not there(gone, offered(WHEEL)).yanked
    assert not there().yanked


def reasons(
    found: There, *, index: Index = PYPI, scope: Scope = Scope.RELEASE, days: float = 1
) -> list[str]:
    now = FIRST + dt.timedelta(days=days)
    return [each.rule for each in there_reasons(index, scope, OURS, found, now)]


HALF = {WHEEL: "a" * 64}


@pytest.mark.parametrize(
    ("found", "rules"),
    [
        (There(), []),
        (There(files=BOTH, first=FIRST), []),
        (There(files=HALF, first=FIRST), []),
        (There(files={**HALF, SDIST: "c" * 64}), ["other-bytes"]),
        (There(files={WHEEL: "c" * 64, SDIST: "d" * 64}), ["other-bytes", "other-bytes"]),
        (There(files={**BOTH, "demo-1.0-cp38-cp38-win32.whl": None}), ["extra-file"]),
        # the same file of another spelling: PyPI takes one sdist a version
        (There(files={**HALF, "Demo-1.0.tar.gz": "b" * 64}), ["extra-file"]),
    ],
)
def test_what_is_there_against_what_is_to_come(found: There, rules: list[str]) -> None:
    assert reasons(found) == rules


@pytest.mark.parametrize(
    ("files", "days", "index", "rules"),
    [
        (HALF, 13.9, PYPI, []),
        (HALF, 14, PYPI, ["window-closed"]),
        (HALF, 400, PYPI, ["window-closed"]),
        (BOTH, 400, PYPI, []),  # whole: there is nothing to send
        (HALF, 400, OWN, []),  # only PyPI's close
        (HALF, -3, PYPI, []),  # a clock that is behind
    ],
)
def test_the_window(files: dict[str, str], days: float, index: Index, rules: list[str]) -> None:
    found = There(files=dict(files), first=FIRST)
    assert reasons(found, index=index, days=days) == rules


def test_a_window_is_unknown_where_the_index_tells_no_times() -> None:
    assert reasons(There(files=dict(HALF)), days=400) == []


def test_a_local_release_is_not_held_against_the_rest_of_the_version() -> None:
    more = There(files={**BOTH, "demo-1.0-cp38-cp38-win32.whl": None})
    assert reasons(more, scope=Scope.LOCAL) == []


@pytest.mark.parametrize(
    ("taken", "files", "rules"),
    [
        (0, {}, []),
        (10 * 2**30 - 30, {}, []),
        (10 * 2**30 - 29, {}, ["project-full"]),
        (10 * 2**30 - 29, HALF, []),  # what is there already needs no room
        (10 * 2**30 + 1, BOTH, []),
        (None, {}, []),
    ],
)
def test_room(taken: int | None, files: dict[str, str], rules: list[str]) -> None:
    assert reasons(There(files=dict(files), bytes=taken)) == rules


def test_the_messages_name_both_sides() -> None:
    found = There(files={WHEEL: "c" * 64, "x-1.0.tar.gz": None}, first=FIRST)
    now = FIRST + dt.timedelta(days=20)
    told = {each.rule: each for each in there_reasons(PYPI, Scope.RELEASE, OURS, found, now)}
    assert told["other-bytes"].message == (
        f"pypi has {WHEEL} with sha256 {'c' * 64}, this release's is {'a' * 64}"
    )
    assert told["window-closed"].message == (
        "pypi takes files of a version for 14 days, which were over on 2026-11-15 12:00 UTC;"
        f" it lacks {SDIST}"
    )
    assert "x-1.0.tar.gz" in told["extra-file"].message
    assert '"extra-file" = "…"' in told["extra-file"].hint


def test_many_names_are_not_all_told() -> None:
    extra = {f"demo-1.0-{i}-py3-none-any.whl": None for i in range(1, 10)}
    [reason] = there_reasons(PYPI, Scope.RELEASE, OURS, There(files={**BOTH, **extra}), FIRST)
    assert "and 4 more" in reason.message


@pytest.mark.parametrize(
    ("found", "days", "told"),
    [
        (There(), 1, []),
        (
            There(files=HALF, first=FIRST),
            1,
            ["has 1 of 2 files, and takes the rest until 2026-11-15 12:00 UTC"],
        ),
        (There(files=HALF, first=FIRST), 15, []),
        (There(files=BOTH, first=FIRST), 1, []),
        (There(files=BOTH, yanked=True), 1, ["has this version yanked"]),
        (There(files=BOTH, first=FIRST), -1, ["this machine's clock says 2026-10-31 12:00 UTC"]),
        (There(files=BOTH, first=FIRST), -0.01, []),
    ],
)
def test_what_is_only_told(found: There, days: float, told: list[str]) -> None:
    notes = list(there_notes(PYPI, OURS, found, FIRST + dt.timedelta(days=days)))
    assert len(notes) == len(told)
    assert all(expected in note for expected, note in zip(told, notes, strict=True))


def test_a_release_of_too_many_files() -> None:
    aws = "https://d-1.d.codeartifact.eu-west-1.amazonaws.com/pypi/r/"
    index = find_index(aws, load_catalog().indexes, {})
    most = index.capabilities.max_files
    assert most is not None
    names = tuple((f"demo-1.0-{i}-py3-none-any.whl", 1) for i in range(1, most + 1))
    assert list(index_reasons(index, Scope.RELEASE, names, private=False)) == []
    one_more = (*names, (SDIST, 1))
    [reason] = index_reasons(index, Scope.RELEASE, one_more, private=False)
    assert (reason.rule, str(most) in reason.message) == ("too-many", True)


def test_a_size_is_the_files_own() -> None:
    index = msgspec.structs.replace(OWN, max_file_size=10)
    files = (("demo-1.0.tar.gz", 11), (WHEEL, 10))
    [reason] = index_reasons(index, Scope.RELEASE, files, private=False)
    assert reason.rule == "too-large"
    assert reason.message == "demo-1.0.tar.gz has 11 bytes, own takes 10"
