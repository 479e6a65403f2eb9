"""Who may use an index that is served here."""

from __future__ import annotations

import base64

import pytest
from werkzeug.test import Client

from shipwheel.errors import ConfigurationError
from shipwheel.indexes.application import Application
from shipwheel.indexes.guard import Guard, guard_for, guard_in, told_to

GUARD = Guard("alice", "geheim: 4711")
READING = Guard("alice", "geheim: 4711", reading=True)


@pytest.mark.parametrize(
    ("user", "password", "admitted"),
    [
        ("alice", "geheim: 4711", True),
        ("alice", "geheim", False),
        ("alice", "", False),
        ("bob", "geheim: 4711", False),
        ("", "alice:geheim: 4711", False),
        (None, None, False),
    ],
)
def test_who_is_admitted(user, password, admitted):
    assert GUARD.admits(user, password) is admitted


@pytest.mark.parametrize("guard", [GUARD, READING, None])
def test_the_server_is_told_by_its_environment(guard):
    around = {"PATH": "/bin", "SHIPWHEEL_INDEX_USER": "left over", "SHIPWHEEL_INDEX_PASSWORD": "x"}
    told = told_to(guard, around)
    assert guard_in(told) == guard
    assert told["PATH"] == "/bin"
    assert guard is not None or set(told) == {"PATH"}


def test_a_password_is_not_shown():
    assert "geheim" not in repr(GUARD)


def test_where_the_password_comes_from(tmp_path):
    file = tmp_path / "password"
    file.write_bytes(b"from the file\r\nanother line\n")
    environ = {"SHIPWHEEL_INDEX_PASSWORD": "from the environment"}
    assert guard_for(None, None, environ, reading=False) is None
    found = guard_for("alice", None, environ, reading=True)
    assert found == Guard("alice", "from the environment", reading=True)
    assert guard_for("alice", file, environ, reading=False) == Guard("alice", "from the file")


@pytest.mark.parametrize(
    ("user", "file", "reading", "said"),
    [
        ("alice", None, False, "no password for alice"),
        ("alice", "empty", False, "no password for alice"),
        ("alice", "missing", False, "cannot be read"),
        ("alice", "binary", False, "cannot be read"),
        ("al:ice", None, False, "cannot be a user's name"),
        ("", None, False, "cannot be a user's name"),
        (None, "empty", False, "with a name alone"),
        (None, None, True, "with a name alone"),
    ],
)
def test_calls_that_cannot_be_meant(tmp_path, user, file, reading, said):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    path = tmp_path / file if file else None
    with pytest.raises(ConfigurationError, match=said):
        guard_for(user, path, {}, reading=reading)


def basic(user, password):
    word = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


WHO = {
    "nobody": {},
    "another": basic("bob", "geheim: 4711"),
    "a wrong password": basic("alice", "geheim"),
    "no words of base64": {"Authorization": "Basic ???"},
    "a bearer's token": {"Authorization": "Bearer alice:geheim: 4711"},
    "the right one": basic("alice", "geheim: 4711"),
}
READS = ("/simple/", "/simple/demo/", "/files/demo-1.0.tar.gz")


@pytest.mark.parametrize("guard", [GUARD, READING])
@pytest.mark.parametrize("who", WHO)
def test_what_is_asked_for_a_password(tmp_path, guard, who):
    client = Client(Application(tmp_path, health="/well", guard=guard))
    right = who == "the right one"
    sent = client.post("/", data={":action": "file_upload"}, headers=WHO[who])
    assert sent.status_code == (400 if right else 401), "400: the form lacks the rest"
    assert ("WWW-Authenticate" in sent.headers) is not right
    for path in READS:
        status = client.get(path, headers=WHO[who]).status_code
        assert (status == 401) is (guard.reading and not right), path
        assert client.head(path, headers=WHO[who]).status_code == status
    assert client.put("/simple/", headers=WHO[who]).status_code == (405 if right else 401)
    assert client.get("/well").status_code == 200
    assert list(tmp_path.glob("*")) == []
