from __future__ import annotations

import json

import msgspec
import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError, ExitCode
from shipwheel.files import sha256
from shipwheel.indexes.known import Index
from shipwheel.planning.job import Scope
from shipwheel.publishing.held import HeldFile, read_dist
from shipwheel.publishing.refusal import Refused
from shipwheel.publishing.release import (
    Commit,
    Release,
    ReleasedFile,
    Verified,
    hash_again,
    index_for,
    read_release,
    write_release,
)


def named(filename: str) -> ReleasedFile:
    return ReleasedFile(id=filename, filename=filename, sha256="0", size=1, builder="build")


def release(**fields) -> Release:
    given = {
        "project": "demo",
        "version": "1.0",
        "scope": Scope.RELEASE,
        "index": "pypi",
        "files": (named("demo-1.0.tar.gz"),),
        "verified": Verified(passed=3, skipped=1, warnings=2, ignored={"r": "why"}),
        "commit": Commit(id="c1", tags=("v1.0",)),
    }
    return Release(**{**given, **fields})


def released(folder) -> tuple[ReleasedFile, ...]:
    return tuple(
        ReleasedFile(id="x", filename=path.name, sha256=sha256(path), size=1, builder="build")
        for path in sorted(folder.iterdir())
    )


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "release.json"
    write_release(path, release())
    assert read_release(path) == release()
    assert json.loads(path.read_text())["schema"] == 1


def test_fields_of_a_later_version_are_no_fault(tmp_path):
    path = tmp_path / "release.json"
    path.write_bytes(msgspec.json.encode({**msgspec.to_builtins(release()), "new": 1}))
    assert read_release(path) == release()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "there is no release to publish"),
        (b"{", "this is no release.json of shipwheel"),
        (b'{"schema": 1}', "this is no release.json of shipwheel"),
        (
            msgspec.json.encode(release(schema=2)),
            "this release.json has schema 2, this shipwheel knows 1",
        ),
    ],
)
def test_what_is_no_release(tmp_path, content, what):
    path = tmp_path / "release.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read_release(path)
    assert caught.value.what == what
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"files": ()}, "it names no file"),
        ({"files": (named("demo-1.0.tar.gz"),) * 2}, "demo-1.0.tar.gz is named twice"),
        ({"project": "other"}, "demo-1.0.tar.gz is no file of other 1.0"),
        ({"version": "1.1"}, "demo-1.0.tar.gz is no file of demo 1.1"),
        ({"version": "newest"}, "demo-1.0.tar.gz is no file of demo newest"),
        ({"files": (named("demo"),)}, "demo is no file of demo 1.0"),
        ({"files": (named("../demo-1.0.tar.gz"),)}, "../demo-1.0.tar.gz is no file of demo 1.0"),
    ],
)
def test_what_no_gate_has_written_is_not_taken(tmp_path, fields, told):
    path = tmp_path / "release.json"
    write_release(path, release(**fields))
    with pytest.raises(ConfigurationError, match="contradicts itself") as caught:
        read_release(path)
    assert caught.value.evidence == told


@pytest.mark.parametrize("fields", [{"project": "Demo"}, {"version": "1.0.0"}])
def test_names_and_versions_have_several_spellings(tmp_path, fields):
    path = tmp_path / "release.json"
    write_release(path, release(**fields))
    assert read_release(path) == release(**fields)


def test_the_bytes_are_hashed_again(tmp_path):
    for name in ("a.whl", "b.whl", "c.tar.gz"):
        (tmp_path / name).write_text(name)
    made = release(files=released(tmp_path))
    hash_again(made, tmp_path)
    (tmp_path / "b.whl").write_text("changed")
    (tmp_path / "c.tar.gz").unlink()
    (tmp_path / "foreign.txt").write_text("is not sent")
    with pytest.raises(Refused) as caught:
        hash_again(made, tmp_path)
    assert [(reason.rule, reason.message.split()[0]) for reason in caught.value.reasons] == [
        ("changed-file", "b.whl"),
        ("missing-file", "c.tar.gz"),
    ]


CONFIGURED = Index(name="ours", upload="https://h/up/", simple="https://h/simple/")
FALSE_PYPI = Index(name="pypi", upload="https://evil/", simple="https://evil/simple/")


@pytest.mark.parametrize(
    ("target", "to", "upload"),
    [
        (CONFIGURED, None, "https://h/up/"),
        (CONFIGURED, "ours", "https://h/up/"),
        (CONFIGURED, "pypi", "https://upload.pypi.org/legacy/"),
        (FALSE_PYPI, None, "https://upload.pypi.org/legacy/"),
        (CONFIGURED, "http://127.0.0.1:1/", "http://127.0.0.1:1/"),
    ],
)
def test_the_index_of_a_job_without_a_checkout(target, to, upload):
    made = release(index=target.name, target=target)
    assert index_for(made, to, load_catalog().indexes, {}).upload == upload


def test_wheels_go_first_and_the_sdist_last():
    names = ["demo-1.tar.gz", "demo-1-py3-none-any.whl", "demo-1-cp312-cp312-win_amd64.whl"]
    files = tuple(
        ReleasedFile(id=name, filename=name, sha256="0", size=1, builder="build") for name in names
    )
    assert [each.filename for each in release(files=files).in_order] == [
        names[2],
        names[1],
        names[0],
    ]


def test_what_lies_in_dist(tmp_path):
    (tmp_path / "a.whl").write_bytes(b"abc")
    (tmp_path / ".gitignore").write_text("*")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.whl").symlink_to(tmp_path / "a.whl")
    found = read_dist(tmp_path)
    assert [each.filename.rstrip("/\\") for each in found] == ["a.whl", "folder", "link.whl"]
    assert found[0] == HeldFile(filename="a.whl", sha256=sha256(tmp_path / "a.whl"), size=3)
    assert [each.sha256 for each in found[1:]] == ["", ""]


def test_no_dist(tmp_path):
    with pytest.raises(ConfigurationError, match="no folder to publish from"):
        read_dist(tmp_path / "dist")
