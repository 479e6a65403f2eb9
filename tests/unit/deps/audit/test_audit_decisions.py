"""What is ignored, kept, locked and forbidden: decisions on values."""

from __future__ import annotations

import datetime as dt

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from shipwheel.deps.audit.answer import Advisory, Ignored, Place
from shipwheel.deps.audit.ignoring import ignoring
from shipwheel.deps.audit.keeping import keep, read_kept, recalled
from shipwheel.deps.audit.mending import candidates, mend, sifted
from shipwheel.deps.audit.pins import Scope, locked_scopes
from shipwheel.deps.audit.resolving import Resolution, forbidding
from shipwheel.deps.audit.synthetic import Pin
from shipwheel.deps.listing import Listing, VersionFiles

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
SLOW = Advisory(id="GHSA-1", aliases=("CVE-2021-1", "PYSEC-1"))
PIN = Pin("urllib3", "1.26.4")
LOCK = """\
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.9"

[[packages]]
name = "Jinja2"
version = "2.11.2"

[[packages]]
name = "torch"
version = "2.5.0+cpu"

[[packages]]
name = "jinja2"
version = "3.1.6"
marker = "python_version >= '3.13'"

[[packages]]
name = "ours"
directory = { path = "." }
"""


# --- what is ignored --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["GHSA-1", "CVE-2021-1", "PYSEC-1", "cve-2021-1"])
def test_an_advisory_is_ignored_by_any_of_its_names(name):
    assert ignoring([Ignored(id=name, reason="x")], TODAY).counting([SLOW]) == ()


@pytest.mark.parametrize(
    ("until", "counts"),
    [(None, False), ("2026-11-22", False), ("2026-11-21", False), ("2026-11-20", True)],
)
def test_an_entry_ends_with_its_last_day(until, counts):
    entries = ignoring([Ignored(id="CVE-2021-1", reason="x", until=until)], TODAY)
    assert bool(entries.counting([SLOW])) is counts
    assert bool(entries.expired) is counts


def test_entries_that_fit_nothing_are_named():
    entries = [Ignored(id="CVE-2021-1", reason="x"), Ignored(id="CVE-9", reason="x")]
    assert ignoring(entries, TODAY).unmet([SLOW]) == ("CVE-9",)


# --- what is kept -----------------------------------------------------------------------------------


def test_kept_answers_come_back_with_the_time_of_the_oldest(tmp_path):
    file = tmp_path / "cache" / "kept.json"
    keep(file, read_kept(file, "a"), {PIN: (SLOW,)}, NOW - dt.timedelta(days=3))
    other = Pin("jinja2", "3.1.6")
    keep(file, read_kept(file, "a"), {other: ()}, NOW)
    found = recalled(read_kept(file, "a"), [PIN, other], NOW)
    assert found == ({PIN: (SLOW,), other: ()}, NOW - dt.timedelta(days=3))


@pytest.mark.parametrize(
    ("service", "pin", "days"), [("b", PIN, 0), ("a", Pin("x", "1"), 0), ("a", PIN, 31)]
)
def test_nothing_stands_in_for_what_was_not_asked(tmp_path, service, pin, days):
    file = tmp_path / "kept.json"
    keep(file, read_kept(file, "a"), {PIN: ()}, NOW - dt.timedelta(days=days))
    assert recalled(read_kept(file, service), [pin], NOW) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"service": 1}', "[" * 100_000])
def test_a_broken_file_holds_nothing(tmp_path, text):
    file = tmp_path / "kept.json"
    file.write_text(text, "utf-8")
    assert read_kept(file, "a").answers == {}


# --- what is locked ---------------------------------------------------------------------------------


def test_a_lock_gives_public_versions_and_their_lines(tmp_path):
    (tmp_path / "pylock.docs.toml").write_text(LOCK, "utf-8")
    (scope,) = locked_scopes(tmp_path, {"docs": ("jinja2",)}, ">=3.8")
    assert {pin: place.line for pin, place in scope.places.items()} == {
        Pin("jinja2", "2.11.2"): 6,
        Pin("torch", "2.5.0"): 10,
        Pin("jinja2", "3.1.6"): 14,
    }
    assert scope.set_aside == ("ours",)
    assert (scope.requires_python, scope.lock) == (">=3.9", "pylock.docs.toml")


# --- what is in the way -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requirement", "refusal", "said"),
    [
        ("urllib3[socks]<2; python_version < '4'", "", "the project's own urllib3<2"),
        (
            "requests==2.25.1",
            (
                "error: No solution found\n  cause: Because requests==2.25.1 depends on\n"
                "    urllib3>=1.21.1,<1.27 and urllib3>=2.6.3, we can conclude"
            ),
            "requests 2.25.1 requires urllib3>=1.21.1,<1.27",
        ),
        (
            "urllib3",
            (
                "Because the requested Python version (>=3.8) does not satisfy Python>=3.9 and"
                " urllib3==2.6.3 depends on Python>=3.9, we can conclude"
            ),
            "it is for Python>=3.9, and the lock for 3.8 too",
        ),
        ("urllib3", "error: something else", "something else"),
    ],
)
def test_whose_bound_is_in_the_way(requirement, refusal, said):
    scope = Scope(group="", requirements=(requirement,), requires_python=">=3.8")
    assert forbidding("urllib3", "2.6.3", scope, refusal) == said


# --- what mends -------------------------------------------------------------------------------------


class Uv:
    """A resolver for which the project allows versions below a bound, and above another."""

    def __init__(self, below: str, above: str = "0") -> None:
        self.below, self.above = Version(below), Version(above)
        self.asked: list[tuple[str, ...]] = []

    def resolve(self, scope, constraints=(), *, lowest=False, waived=None):
        """Give the lowest version that the constraints leave."""
        self.asked.append(tuple(constraints))
        known = ("1.26.4", "1.26.20", "2.0.0", "2.6.3")
        left = [each for each in known if self._fits(each, constraints)]
        if not left:
            return Resolution(refusal="you require less")
        return Resolution((Pin("urllib3", left[0]), Pin("idna", "3")))

    def _fits(self, text, constraints):
        version = Version(text)
        return self.above < version < self.below and all(
            Requirement(each).specifier.contains(version) for each in constraints
        )


def scope_of(group=""):
    return Scope(group=group, requirements=("urllib3",), places={PIN: Place(group=group)})


def later(*named):
    versions = [Version(each) for each in ("1.26.20", "2.0.0", "2.6.3")]
    counting = {
        Pin("urllib3", str(each)): (SLOW,) if str(each) in named else () for each in versions
    }
    return sifted("urllib3", versions, counting)


@pytest.mark.parametrize(
    ("named", "below", "state", "version"),
    [
        ((), "3", "found", "1.26.20"),
        (("1.26.20",), "3", "found", "2.0.0"),
        (("1.26.20", "2.0.0"), "3", "found", "2.6.3"),
        (("1.26.20", "2.0.0"), "2", "forbidden", "2.6.3"),
        (("1.26.20", "2.0.0", "2.6.3"), "3", "none", ""),
    ],
)
def test_the_lowest_version_that_no_advisory_names_and_uv_takes(named, below, state, version):
    found = mend(PIN, later(*named), [scope_of()], Uv(below))
    assert (found.state, found.version) == (state, version)


def test_without_a_later_release_nothing_mends():
    found = mend(PIN, sifted("urllib3", [], {}), [scope_of()], Uv("3"))
    assert (found.state, found.reason) == ("none", "there is no later release")


def test_what_moves_too_is_named():
    assert mend(PIN, later(), [scope_of()], Uv("3")).moves == ("idna 3",)


def test_a_named_version_between_is_left_out():
    uv = Uv("1.26.20")
    mend(PIN, later("2.0.0"), [scope_of()], uv)
    assert uv.asked == [("urllib3==1.26.20",), ("urllib3>=1.26.20", "urllib3!=2.0.0")]


def test_where_a_bound_forbids_the_lowest_the_next_is_found_and_the_bound_told():
    uv = Uv("3", above="1.27")
    found = mend(PIN, later("2.0.0"), [scope_of()], uv)
    assert (found.state, found.version) == ("found", "2.6.3")
    assert found.reason == "1.26.20 would do, but for this: you require less"


def test_a_lock_of_no_declared_group_is_not_guessed_about():
    stray = Scope(group="old", requirements=None, lock="pylock.old.toml", places={})
    found = mend(PIN, later(), [stray], Uv("3"))
    assert (found.state, found.version) == ("unknown", "1.26.20")


def test_candidates_are_later_finals():
    versions = ("1.0", "1.26.4", "2.0rc1", "2.0", "1.26.5")
    listing = Listing([VersionFiles(Version(each)) for each in versions])
    assert [str(each) for each in candidates(PIN, listing)] == ["1.26.5", "2.0"]
    early = candidates(Pin("urllib3", "2.0a1"), listing)
    assert [str(each) for each in early] == ["2.0rc1", "2.0"]
