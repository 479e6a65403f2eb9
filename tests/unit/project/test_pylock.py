"""Locks as PEP 751 defines them, by whoever wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.errors import ConfigurationError
from shipwheel.project.pylock import lock_path, locks_of, parse_pylock, read_pylock

UV = """
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.9"

[[packages]]
name = "Colorama"
version = "0.4.6"
marker = "sys_platform == 'win32'"
index = "https://pypi.org/simple"
sdist = { url = "https://files.pythonhosted.org/a/colorama-0.4.6.tar.gz", upload-time = 2022-10-25T02:36:22Z, size = 2, hashes = { sha256 = "08" } }
wheels = [{ url = "https://files.pythonhosted.org/a/colorama-0.4.6-py2.py3-none-any.whl", hashes = { sha256 = "4f", md5 = "aa" } }]

[[packages]]
name = "iniconfig"
version = "2.1.0"
marker = "python_full_version < '3.10'"

[[packages]]
name = "iniconfig"
version = "2.3.1"
marker = "python_full_version >= '3.10'"
"""
LINUX = {"sys_platform": "linux", "python_full_version": "3.12.4", "python_version": "3.12"}
HEAD = 'lock-version = "1.0"\ncreated-by = "x"\n'


def parse(text: str):
    return parse_pylock(text.encode(), "pylock.toml")


def test_a_lock_is_read():
    lock = parse(UV)
    assert (lock.created_by, lock.requires_python, lock.lock_version) == ("uv", ">=3.9", "1.0")
    assert lock.versions() == {"colorama": ("0.4.6",), "iniconfig": ("2.1.0", "2.3.1")}
    colorama = lock.packages[0]
    assert colorama.hashes == ("sha256:4f", "md5:aa", "sha256:08")
    assert [each.filename for each in colorama.files] == [
        "colorama-0.4.6-py2.py3-none-any.whl",
        "colorama-0.4.6.tar.gz",
    ]
    assert colorama.sdist is not None
    assert colorama.sdist.upload_time is not None
    assert colorama.sdist.upload_time.year == 2022
    assert len(lock.sha256) == 64


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (LINUX, ["iniconfig 2.3.1"]),
        (LINUX | {"sys_platform": "win32"}, ["colorama 0.4.6", "iniconfig 2.3.1"]),
        (LINUX | {"python_full_version": "3.9.1"}, ["iniconfig 2.1.0"]),
    ],
)
def test_an_environment_takes_the_entries_whose_markers_hold(values, expected):
    assert [f"{each.name} {each.version}" for each in parse(UV).selected(values)] == expected


def test_default_groups_are_meant_where_nobody_asks():
    text = (
        HEAD
        + 'dependency-groups = ["dev", "docs"]\ndefault-groups = ["dev"]\n'
        + "".join(
            f'[[packages]]\nname = "{name}"\nmarker = "\'{group}\' in dependency_groups"\n'
            for name, group in (("a", "dev"), ("b", "docs"))
        )
    )
    assert [each.name for each in parse(text).selected(LINUX)] == ["a"]


@pytest.mark.parametrize(
    ("python", "serves"), [("3.8.19", False), ("3.9.0", True), ("3.15.0b1", True)]
)
def test_a_lock_serves_the_pythons_that_it_was_made_for(python, serves):
    assert parse(UV).serves(python) is serves


def test_what_comes_from_elsewhere_is_told():
    lock = parse(
        HEAD
        + '[[packages]]\nname = "here"\ndirectory = { path = ".", editable = true }\n'
        + '[[packages]]\nname = "there"\nvcs = { type = "git", url = "u", commit-id = "c" }\n'
        + '[[packages]]\nname = "b"\nversion = "1"\ndependencies = [{ name = "There" }]\n'
    )
    assert [each.elsewhere for each in lock.packages] == ["directory", "vcs", ""]
    assert lock.packages[2].dependencies == ("there",)


def test_unknown_keys_of_a_newer_minor_version_are_passed_over():
    lock = parse('lock-version = "1.7"\nfuture = 1\n[[packages]]\nname = "a"\nnewer = { b = 2 }\n')
    assert [each.name for each in lock.packages] == ["a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool]\n", "does not say its lock-version"),
        ("lock-version = 1.0\n", "does not say its lock-version"),
        (
            'lock-version = "2.0"\ncreated-by = "pdm"\n',
            "written by pdm, has the lock-version '2.0'",
        ),
        ('lock-version = "2.0"\ncreated-by = "\\u001b[31m"\n', "pylock.toml has the lock-version"),
        (HEAD + "packages = 3\n", "has no list of packages"),
        (HEAD + "packages = [3]\n", "an entry cannot be read"),
        (HEAD + "[[packages]]\nversion = '1'\n", "an entry cannot be read"),
        (
            HEAD + "[[packages]]\nname = 'a'\nmarker = 'os is nice'\n",
            "its entry of a cannot be read",
        ),
        (HEAD + "[[packages]]\nname = 'a'\nwheels = [1]\n", "its entry of a cannot be read"),
        (HEAD + "[[packages]]\nname = 'a b'\n", "its entry of a b cannot be read"),
        (HEAD + "[[packages]]\nname = 'a'\nversion = '1 --pre'\n", "its entry of a cannot be read"),
        (
            HEAD + '[[packages]]\nname = "a"\nversion = "1\\n-r x"\n',
            "its entry of a cannot be read",
        ),
        (
            HEAD + "[[packages]]\nname = 'a'\nsdist = { url = 'u', hashes = { sha256 = 'x y' } }\n",
            "its",
        ),
        (HEAD + 'requires-python = "three"\n', "is not as PEP 751 says"),
        ("lock-version = [", "is not valid TOML"),
        ("a = " + "[" * 5000, "pylock.toml"),
    ],
)
def test_what_is_no_lock_is_refused(text, said):
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    assert said in caught.value.what
    assert "\x1b" not in "\n".join(caught.value.lines())


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ConfigurationError, match="no UTF-8"):
        parse_pylock(b"\xff\xfe", "pylock.toml")


def test_locks_are_found_by_their_names(tmp_path: Path):
    for name in ("pylock.toml", "pylock.test.toml", "pylock.a.b.toml", "pylock.docs.toml"):
        (tmp_path / name).write_text(HEAD)
    (tmp_path / "pylock.folder.toml").mkdir()
    assert list(locks_of(tmp_path)) == ["", "docs", "test"]
    assert locks_of(tmp_path)["docs"] == lock_path(tmp_path, "docs")
    assert read_pylock(lock_path(tmp_path, "")).packages == ()
    assert locks_of(tmp_path / "nowhere") == {}


def test_a_lock_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_pylock(tmp_path / "pylock.toml")
