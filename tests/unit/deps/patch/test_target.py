"""What a patch is asked to do, held against locks and index."""

from __future__ import annotations

import pytest
from packaging.version import Version

from shipwheel.deps.listing import Listing, VersionFiles
from shipwheel.deps.lock.answer import Change
from shipwheel.deps.patch.patching import _explained
from shipwheel.deps.patch.target import Target, check_version, holders, newer, read_target
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.project.pylock import parse_pylock

LISTING = Listing(
    [VersionFiles(Version(each)) for each in ("1.0", "1.1", "2.0", "2.1a1")], [Version("1.5")]
)


def lock(*names: str):
    entries = "".join(f'[[packages]]\nname = "{name}"\nversion = "1.0"\n' for name in names)
    return parse_pylock(f'lock-version = "1.0"\n{entries}'.encode(), "pylock.toml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jinja2", Target("jinja2")),
        ("foo_bar==1.0.post1", Target("foo-bar", Version("1.0.post1"))),
        (" urllib3 == 2.0 ", Target("urllib3", Version("2.0"))),
    ],
)
def test_a_package_and_its_version_are_read(text, expected):
    assert read_target(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "a>=1", "a==1.*", "a==1,!=2", "a[x]", "a @ https://h/a.whl", "a;os_name=='nt'", "-r x"],
)
def test_what_names_no_package_is_refused(text):
    with pytest.raises(ConfigurationError, match="names no package to move"):
        read_target(text)


def test_the_locks_that_have_a_package_are_found():
    locks = {"": lock("urllib3", "idna"), "test": lock("pytest"), "docs": lock("urllib3")}
    assert holders(Target("urllib3"), locks) == ("", "docs")
    with pytest.raises(ConfigurationError) as caught:
        holders(Target("urlib3"), locks)
    assert caught.value.hint == "did you mean urllib3?"


@pytest.mark.parametrize(
    ("version", "what", "hint"),
    [
        ("1.5", "was yanked", "released after it: 2.0"),
        ("1.2", "no index has a 1.2", "released after it: 2.0"),
        ("9", "no index has a 9", "the newest is 2.0"),
    ],
)
def test_a_version_that_is_not_to_be_had_is_told(version, what, hint):
    with pytest.raises(JobError) as caught:
        check_version(Target("a", Version(version)), LISTING)
    assert what in caught.value.what
    assert caught.value.hint == hint


@pytest.mark.parametrize("target", [Target("a"), Target("a", Version("1.1"))])
def test_a_version_that_is_there_is_taken(target):
    check_version(target, LISTING)


def test_an_index_that_was_not_asked_refuses_nothing():
    check_version(Target("a", Version("7")), Listing())


@pytest.mark.parametrize(
    ("before", "expected"),
    [(("1.0",), "2.0"), (("1.0", "2.0"), None), (("2.1a1",), None)],
)
def test_a_newer_release_is_one_that_no_lock_has(before, expected):
    found = newer(LISTING, before)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change(package="jinja2", before=("1",), after=("2",)), "asked for"),
        (Change(package="markupsafe", before=("1",), after=("2",)), "required by jinja2"),
        (Change(package="six", before=("1",)), "nothing requires it any more"),
        (Change(package="flask", before=("1",), after=("2",)), "to fit jinja2"),
    ],
)
def test_each_package_that_moves_has_its_reason(change, why):
    by = {"markupsafe": ("jinja2", "other"), "flask": ("other",)}
    moved = frozenset({"jinja2", "markupsafe", "six", "flask"})
    assert _explained(change, moved, "jinja2", by).why == why
