from __future__ import annotations

import struct
import zipfile

import pytest

from shipwheel.dists.bounds import ArchiveError
from shipwheel.dists.headers import parse_headers
from shipwheel.dists.wheel import (
    RecordEntry,
    open_wheel,
    parse_entry_points,
    parse_record,
    read_member,
)


def test_reads_what_a_wheel_is(tmp_path, archives):
    path = archives.write_wheel(
        tmp_path,
        {
            "spam/__init__.py": "",
            "spam/_c.cpython-312-x86_64-linux-gnu.so": b"\x7fELF",
            "spam-1.0.data/scripts/run": "#!python\n",
            "spam-1.0.data/purelib/egg.py": "",
            "spam-1.0.data/data/share/man/man1/spam.1": "",
        },
        tag="cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64",
        info={"entry_points.txt": "[console_scripts]\nspam = spam:main\n"},
    )
    wheel = open_wheel(path)
    assert wheel.import_names == ("egg", "spam")
    assert wheel.modules == ("egg", "spam", "spam._c")
    assert wheel.compiled == ("spam/_c.cpython-312-x86_64-linux-gnu.so",)
    assert wheel.scripts == ("spam", "run")
    assert wheel.tags == (
        "cp312-cp312-manylinux2014_x86_64",
        "cp312-cp312-manylinux_2_17_x86_64",
    )
    assert wheel.metadata.get("name") == "spam"
    assert not wheel.is_pure
    assert wheel.dist_info == "spam-1.0.dist-info"


def test_namespaces_that_hold_an_init_are_known_by_their_code(tmp_path, archives):
    code = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    path = archives.write_wheel(tmp_path, {"ns/__init__.py": code, "ns/spam/__init__.py": ""})
    assert open_wheel(path).import_names == ("ns.spam",)


def test_namespaces_that_setuptools_lists(tmp_path, archives):
    path = archives.write_wheel(
        tmp_path,
        {"ns/__init__.py": "", "ns/spam/__init__.py": ""},
        info={"namespace_packages.txt": "ns\n"},
    )
    assert open_wheel(path).import_names == ("ns.spam",)


def test_an_empty_wheel_has_no_names(tmp_path, archives):
    wheel = open_wheel(archives.write_wheel(tmp_path, {}))
    assert (wheel.installed, wheel.import_names, wheel.scripts) == ((), (), ())


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py", "C:evil.py"])
def test_refuses_names_that_lead_elsewhere(tmp_path, name, archives):
    with pytest.raises(ArchiveError, match="leads out"):
        open_wheel(archives.write_wheel(tmp_path, {name: ""}))


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip" * 100])
def test_refuses_what_is_no_archive(tmp_path, content):
    path = tmp_path / "spam-1.0-py3-none-any.whl"
    path.write_bytes(content)
    with pytest.raises(ArchiveError):
        open_wheel(path)


def test_refuses_a_bomb_by_what_it_declares(tmp_path, archives):
    path = archives.write_wheel(tmp_path, {"spam/zeros": bytes(80 << 20)})
    with pytest.raises(ArchiveError, match="bomb"):
        open_wheel(path)


def test_refuses_a_list_of_members_that_would_fill_the_memory(tmp_path, archives):
    path = archives.write_wheel(tmp_path, {"spam.py": ""})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    struct.pack_into("<L", data, at + 12, 1 << 31)
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="too long to read"):
        open_wheel(path)


def test_refuses_text_that_is_too_large(tmp_path, archives):
    path = archives.write_wheel(tmp_path, {"spam.py": "x" * 2000})
    with pytest.raises(ArchiveError, match="larger than"):
        read_member(path, "spam.py", limit=1000)
    assert read_member(path, "spam.py") == b"x" * 2000
    with pytest.raises(ArchiveError):
        read_member(path, "missing.py")


def test_refuses_two_dist_infos(tmp_path, archives):
    path = archives.write_wheel(tmp_path, {"other-2.0.dist-info/METADATA": ""})
    with pytest.raises(ArchiveError, match=r"exactly one \.dist-info"):
        open_wheel(path)


def test_refuses_an_encrypted_or_damaged_member(tmp_path, archives):
    path = archives.write_wheel(tmp_path, {"spam.py": "x = 1\n"})
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("spam-1.0.dist-info/METADATA").header_offset
    data = bytearray(path.read_bytes())
    data[at + 60 : at + 80] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="cannot be read"):
        open_wheel(path)


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0",
         RecordEntry("a.py", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0)),
        ("a.py,md5=xx,1", RecordEntry("a.py", None, 1)),
        ("RECORD,,", RecordEntry("RECORD", None, None)),
        ('"a,b.py",,7', RecordEntry("a,b.py", None, 7)),
        ("a.py", RecordEntry("a.py", None, None)),
        ("a.py,sha256=\u00e4,x", RecordEntry("a.py", None, None)),
    ],
)  # fmt: skip
def test_lines_of_record(line, entry):
    assert parse_record(f"{line}\n\n") == (entry,)


def test_entry_points_keep_their_case_and_a_broken_file_has_none():
    assert parse_entry_points("[a]\nX = b:c\n[a]\ny=d\n") == {"a": {"X": "b:c", "y": "d"}}
    assert parse_entry_points("no section\n") == {}


def test_headers():
    headers = parse_headers("Name: x\nTag: a\nTag: b\nLong: one\n  two\n\nbody: no field\n")
    assert headers.get("name") == "x"
    assert headers.all("tag") == ("a", "b")
    assert headers.get("long") == "one\ntwo"
    assert headers.get("body") is None
    assert headers.body == "body: no field\n"
