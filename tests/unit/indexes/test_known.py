from __future__ import annotations

import msgspec
import pytest

from shipwheel.data.catalog import KnownIndex, load_catalog
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.indexes.known import Index, find_index, index_at, is_loopback, origin_of
from shipwheel.project.config import IndexConfig

KNOWN = {
    "pypi": KnownIndex(
        name="pypi",
        upload="https://upload.pypi.org/legacy/",
        simple="https://pypi.org/simple/",
        takes_local_versions=False,
        takes_attestations=True,
        takes_private=False,
        max_file_size=100,
        max_project_size=1000,
        completion_days=14,
    )
}
INTERNAL = {
    "internal": IndexConfig(upload="https://me@ix.example/up", simple="https://ix.example/s")
}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080/", True),
        ("http://127.9.9.9/", True),
        ("http://localhost/", True),
        ("http://LOCALHOST.:80/", True),
        ("http://[::1]:80/", True),
        ("https://user@127.0.0.1/", True),
        ("http://127.0.0.1.example.org/", False),
        ("http://127.0.0.1@example.org/", False),
        ("http://127.0.0.1\\@example.org/", False),
        ("http://localhost.example.org/", False),
        ("http://10.0.0.1/", False),
        ("http://0.0.0.0/", False),
        ("https://pypi.org/simple/", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_is_loopback(url, expected):
    assert is_loopback(url) is expected


@pytest.mark.parametrize(
    ("url", "upload", "simple"),
    [
        ("http://h:1/", "http://h:1/", "http://h:1/simple/"),
        ("http://h:1", "http://h:1/", "http://h:1/simple/"),
        ("http://h/simple", "http://h/", "http://h/simple/"),
        ("http://h/alice/dev/+simple/", "http://h/alice/dev/", "http://h/alice/dev/+simple/"),
        ("https://h/repo/simple/", "https://h/repo/", "https://h/repo/simple/"),
    ],
)
def test_a_url_gives_both_sides(url, upload, simple):
    index = index_at(url)
    assert (index.upload, index.simple) == (upload, simple)


def test_a_user_name_is_kept_and_taken_out_of_the_urls():
    index = index_at("https://me@h/up/")
    assert (index.username, index.upload, index.simple) == (
        "me",
        "https://h/up/",
        "https://h/up/simple/",
    )


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("https://me:geheim-42@h/", "an index's URL holds a password"),
        ("ftp://h/", "an index's URL starts with https:// or http:// and names a host"),
        ("https:///x", "an index's URL starts with https:// or http:// and names a host"),
        ("https://h:port/", "an index's URL cannot be read"),
        ("https://h/a b", "an index's URL holds a blank or a backslash"),
    ],
)
def test_unusable_urls(url, what):
    with pytest.raises(ConfigurationError) as caught:
        find_index(url, KNOWN, {})
    assert caught.value.what == what
    assert caught.value.exit_code is ExitCode.USAGE
    assert "geheim-42" not in "\n".join(caught.value.lines())


def test_a_known_index_comes_with_its_rules():
    assert find_index("pypi", KNOWN, INTERNAL) == Index(
        name="pypi",
        upload="https://upload.pypi.org/legacy/",
        simple="https://pypi.org/simple/",
        takes_local_versions=False,
        takes_attestations=True,
        takes_private=False,
        max_file_size=100,
        completion_days=14,
        kind="pypi",
    )


def test_a_configured_index_takes_anything():
    index = find_index("internal", KNOWN, INTERNAL)
    assert (index.upload, index.simple) == ("https://ix.example/up", "https://ix.example/s/")
    assert index.username == "me"
    assert index.takes_local_versions
    assert index.shares_origin
    assert not index.loopback


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://upload.pypi.org/legacy/", "pypi"),
        ("https://gitlab.example/api/v4/projects/42/packages/pypi", "gitlab"),
        ("https://acme.jfrog.io/artifactory/api/pypi/releases/", "artifactory"),
        ("https://packages.example/artifactory/api/pypi/releases/simple/", "artifactory"),
        ("https://d-1.d.codeartifact.eu-west-1.amazonaws.com/pypi/releases/", "codeartifact"),
        ("http://h/alice/dev/+simple/", "devpi"),
        ("https://evil.example/?https://upload.pypi.org/legacy/", "unknown"),
        ("http://127.0.0.1:8080/", "unknown"),
    ],
)
def test_the_kind_that_a_url_tells(url, kind):
    assert index_at(url).kind == kind
    assert index_at(url).capabilities.kind == kind


def test_the_configuration_names_the_kind_and_the_kind_its_limits():
    ours = IndexConfig(upload="https://ix.example/up", simple="https://ix.example/s", kind="gitlab")
    index = find_index("ours", {}, {"ours": ours})
    assert index.capabilities.refusal == (400,)
    assert index.max_file_size == 3 * 2**30
    with pytest.raises(ConfigurationError) as caught:
        find_index("ours", {}, {"ours": msgspec.structs.replace(ours, kind="artefactory")})
    assert "did you mean 'artifactory'?" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("upload", "kind"),
    [("https://upload.pypi.org/legacy/", None), ("https://packages.example/legacy/", "pypi")],
)
def test_pypi_under_another_name_has_its_rules(upload, kind):
    mine = IndexConfig(upload=upload, simple="https://pypi.org/simple/", kind=kind)
    index = find_index("by-token", load_catalog().indexes, {"by-token": mine})
    known = load_catalog().indexes["pypi"]
    assert index.name == "by-token"
    for rule in ("completion_days", "takes_local_versions", "takes_private", "max_file_size"):
        assert getattr(index, rule) == getattr(known, rule), rule


def test_a_kind_of_a_newer_shipwheel_promises_nothing():
    index = Index(name="x", upload="https://h/", simple="https://h/simple/", kind="of-tomorrow")
    assert index.capabilities.kind == "unknown"
    assert index.capabilities.parallel_uploads == 1


def test_a_known_name_cannot_be_taken_over():
    with pytest.raises(ConfigurationError, match="'pypi' is known already"):
        find_index("internal", KNOWN, {**INTERNAL, "pypi": INTERNAL["internal"]})


def test_an_unknown_name_names_the_nearest_and_all():
    with pytest.raises(ConfigurationError) as caught:
        find_index("internl", KNOWN, INTERNAL)
    assert caught.value.hint == (
        "did you mean 'internal'? known are internal, pypi, "
        "each [tool.shipwheel.index.NAME], a URL, and a folder (./index)"
    )


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://h/x", ("https", "h", 443)),
        ("https://H:443/y", ("https", "h", 443)),
        ("http://h:8080", ("http", "h", 8080)),
    ],
)
def test_origins(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("wanted", "below"),
    [("./site", "site"), ("out/site/", "out/site"), ("..", ".."), ("a b/ü#1", "a b/ü#1")],
)
def test_a_path_is_a_folders_index(wanted, below, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    index = find_index(wanted, KNOWN, INTERNAL)
    assert index.folder == tmp_path / below
    assert index.capabilities.kind == "folder"
    assert index.upload.startswith("file:///")
    assert index.simple == f"{index.upload}simple/"
    assert index.anonymous
    assert not index.loopback, "a folder is there to be hosted: the whole release is judged"


def test_an_index_that_is_a_server_has_no_folder():
    assert index_at("http://127.0.0.1:1/").folder is None
    assert index_at("http://127.0.0.1:1/").loopback


def test_a_folders_url_names_no_host():
    with pytest.raises(ConfigurationError, match="names no host"):
        find_index("file://server/share", KNOWN, {})
