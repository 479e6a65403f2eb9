"""Who we are to the index that a release is promoted from, and what its page says against it."""

from __future__ import annotations

import pytest

from shipwheel.cli.publish import Asked, _check
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.indexes.known import Index, index_at
from shipwheel.indexes.page import IndexFile, Page
from shipwheel.planning.job import Scope
from shipwheel.publishing.promotion import _told_against, fetch_release, promote, reader_of
from shipwheel.publishing.release import Release, ReleasedFile, Verified

A, B, C = "a" * 64, "b" * 64, "c" * 64
WHEEL, SDIST = "demo-1-py3-none-any.whl", "demo-1.tar.gz"
STAGING = index_at("https://staging.example/up/")
TWINE = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": "production-secret"}
FROM = {"SHIPWHEEL_FROM_USERNAME": "me", "SHIPWHEEL_FROM_PASSWORD": "staging-secret"}
JOB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.example", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}


def released(*names: str) -> Release:
    return Release(
        project="demo",
        version="1",
        scope=Scope.RELEASE,
        index="staging",
        verified=Verified(passed=0, skipped=0, warnings=0),
        files=tuple(
            ReleasedFile(id="x", filename=name, sha256=digest, size=1, builder="build")
            for name, digest in zip(names, (A, B), strict=False)
        ),
    )


@pytest.fixture
def nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setattr("twine.auth.keyring", None)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        (TWINE, None),
        (FROM, ("me", "staging-secret")),
        ({**TWINE, **FROM}, ("me", "staging-secret")),
        ({**TWINE, **JOB}, None),
        ({"TWINE_USERNAME": "me", "SHIPWHEEL_FROM_PASSWORD": "staging-secret"}, None),
    ],
)
def test_what_is_for_production_is_not_shown_to_staging(nobody, environ, expected):
    assert reader_of(STAGING, environ).basic == expected


@pytest.mark.parametrize("name", ["pypi", "testpypi"])
def test_public_indexes_are_read_by_nobody(nobody, name):
    host = {"pypi": "pypi.org", "testpypi": "test.pypi.org"}[name]
    public = Index(
        name=name, upload=f"https://upload.{host}/legacy/", simple=f"https://{host}/simple/"
    )
    found = reader_of(public, {**TWINE, **FROM, **JOB})
    assert found.authenticator is None


def file(name: str, digest: str | None, yanked: str | None = None) -> IndexFile:
    return IndexFile(filename=name, url="http://h/", sha256=digest, yanked=yanked)


@pytest.mark.parametrize(
    ("there", "rules"),
    [
        ((file(WHEEL, A), file(SDIST, B)), []),
        ((file(WHEEL, None), file(SDIST, None)), []),
        ((file(WHEEL, A),), ["missing-file"]),
        ((), ["missing-file", "missing-file"]),
        ((file(WHEEL, C), file(SDIST, A)), ["other-bytes", "other-bytes"]),
        ((file(WHEEL, A, ""), file(SDIST, B)), ["yanked-file"]),
        ((file(WHEEL, C, "broken"),), ["yanked-file", "missing-file"]),
    ],
)
def test_what_the_page_says_against_it(there, rules):
    page = Page(url="http://h/", form="json", files=there)
    reasons = list(_told_against(released(WHEEL, SDIST), page, STAGING))
    assert [each.rule for each in reasons] == rules
    assert [bool(each.hint) for each in reasons] == [True] * len(rules)


def test_both_hashes_and_the_reason_of_a_yank_are_told():
    page = Page(url="http://h/", form="json", files=(file(WHEEL, C), file(SDIST, B, "wrong ABI")))
    first, second = _told_against(released(WHEEL, SDIST), page, STAGING)
    assert A in first.message
    assert C in first.message
    assert second.message.endswith(": wrong ABI")


@pytest.mark.parametrize("name", ["../demo-1.tar.gz", "/x/demo-1.tar.gz", "demo.txt", ".."])
def test_a_name_that_leads_elsewhere(tmp_path, name):
    with pytest.raises(ConfigurationError) as caught:
        fetch_release(released(name), STAGING, tmp_path)
    assert caught.value.evidence == name


@pytest.mark.parametrize(
    "other",
    [STAGING, index_at("https://staging.example/up/", name="prod"), index_at("https://staging.example/up/simple/")],
)  # fmt: skip
def test_one_index_is_not_two(tmp_path, other):
    with pytest.raises(ConfigurationError) as caught:
        promote(released(WHEEL), STAGING, other, state=tmp_path)
    assert "the same" in caught.value.what


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, False),
        ({"dry_run": True, "trusted": True}, False),
        ({"to": None}, True),
        ({"read_back": True}, True),
    ],
)
def test_what_goes_with_from(changes, refused):
    given = {
        "release": None,
        "to": "pypi",
        "dry_run": False,
        "read_back": False,
        "trusted": None,
        "source": "staging",
    }
    asked = Asked(**{**given, **changes})
    if not refused:
        _check(asked)
        return
    with pytest.raises(ConfigurationError) as caught:
        _check(asked)
    assert caught.value.what.startswith("--from")
    assert caught.value.exit_code is ExitCode.USAGE
