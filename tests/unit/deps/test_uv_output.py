"""uv's answers read: every text here was written by uv 0.13.9."""

from __future__ import annotations

import pytest

from shipwheel.deps.uv_output import (
    Refusal,
    Resolved,
    is_not_cached,
    kind_of,
    named_packages,
    pinned_versions,
    read_resolution,
    told,
    unknown_packages,
    wants_password,
)

NO_WHEELS = """\
error: No solution found when resolving dependencies
  cause: Because all of:
             pyyaml<=5.1b5
             pyyaml>=5.1
          have no usable wheels and only the following versions of pyyaml are available:
             pyyaml<=5.1b5
             pyyaml==5.1b7
             pyyaml>=5.1
         we can conclude that all of:
             pyyaml<5.1b7
             pyyaml>5.1b7
          cannot be used.
         And because pyyaml==5.1b7 has no wheels with a matching Python implementation tag (e.g., `cp315`) and you require pyyaml, we can conclude that your requirements are unsatisfiable.

hint: Wheels are required for `pyyaml` because building from source is disabled for all packages (i.e., with `--no-build`)

hint: You require CPython 3.15 (`cp315`), but we only found wheels for `pyyaml` (v5.1b7) with the following Python implementation tag: `cp27`
"""
OLD_NUMPY = """\
error: No solution found when resolving dependencies
  cause: Because all of:
             numpy<=1.9.3
             numpy>=1.10.0.post2,<=1.10.2
             numpy>=1.10.4
          have no usable wheels and only the following versions of numpy are available:
             numpy<=1.9.3
             numpy==1.10.0
             numpy>=1.10.0.post2,<=1.10.2
             numpy==1.10.3
             numpy>=1.10.4
         we can conclude that all of:
             numpy<1.10.0
             numpy>1.10.0,<1.10.3
             numpy>1.10.3
          cannot be used.
         And because all of:
             numpy==1.10.0
             numpy==1.10.3
          have no wheels with a matching Python ABI tag (e.g., `cp310`) and you require numpy, we can conclude that your requirements are unsatisfiable.
"""
ALL_VERSIONS = """\
error: No solution found when resolving dependencies
  cause: Because all versions of msgspec have no usable wheels and you require msgspec, we can conclude that your requirements are unsatisfiable.

hint: Wheels are required for `msgspec` because building from source is disabled for all packages (i.e., with `--no-build`)
"""
# requires-python excludes 3.10: uv says the same as of a missing wheel
EXCLUDED = """\
error: No solution found when resolving dependencies
  cause: Because numpy>=2.3.0 has no usable wheels and you require numpy>=2.3, we can conclude that your requirements are unsatisfiable.
"""
CONFLICT = """\
error: No solution found when resolving dependencies
  cause: Because pydantic>=2.14.3 depends on pydantic-core==2.50.4 and you require pydantic==2.14.3, we can conclude that you require pydantic-core==2.50.4.
         And because you require pydantic-core==2.0, we can conclude that your requirements are unsatisfiable.
"""
UNKNOWN = """\
error: No solution found when resolving dependencies
  cause: Because shipwheel-nonexistent-xyz was not found in the package registry and you require shipwheel-nonexistent-xyz, we can conclude that your requirements are unsatisfiable.
"""
THREADED = """\
error: invalid value '3.15t' for '--python-version <PYTHON_VERSION>': Python version `3.15t` could not be parsed: after parsing `3.15`, found `t`, which is not part of a valid version

For more information, try '--help'.
"""
PLATFORM = """\
error: invalid value 'i686-unknown-linux-gnu' for '--python-platform <PYTHON_PLATFORM>'
  [possible values: windows, linux, macos]

  tip: a similar value exists: 'x86_64-unknown-linux-gnu'
"""
UNREACHABLE = """\
warning: The requested Python version 3.12.99 is not available; 3.11.7 will be used to build dependencies instead.
error: Request failed after 3 retries in 8.1s
  cause: Failed to fetch: https://nowhere.invalid/simple/attrs/
  cause: error sending request for url (https://nowhere.invalid/simple/attrs/)
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (NO_WHEELS, Refusal.NO_SOLUTION),
        (EXCLUDED, Refusal.NO_SOLUTION),
        (UNKNOWN, Refusal.NO_SOLUTION),
        (THREADED, Refusal.REFUSED),
        (PLATFORM, Refusal.REFUSED),
        (UNREACHABLE, Refusal.FAILED),
        ("", Refusal.FAILED),
    ],
)
def test_the_kinds_of_refusals(text: str, kind: Refusal) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (NO_WHEELS, ("pyyaml",)),
        (OLD_NUMPY, ("numpy",)),  # and no version, though `1.10.0,<1.10.3` stands there
        (ALL_VERSIONS, ("msgspec",)),
        (EXCLUDED, ("numpy",)),
        (CONFLICT, ("pydantic", "pydantic-core")),
        (UNKNOWN, ("shipwheel-nonexistent-xyz",)),
        ("nothing of the kind", ()),
    ],
)
def test_the_packages_that_a_refusal_names(text: str, names: tuple[str, ...]) -> None:
    assert sorted(named_packages(text)) == sorted(names)


def test_what_no_index_has() -> None:
    assert unknown_packages(UNKNOWN) == ("shipwheel-nonexistent-xyz",)
    assert unknown_packages(NO_WHEELS) == ()


def test_the_exact_versions_that_a_refusal_names() -> None:
    assert pinned_versions(CONFLICT) == {
        "pydantic": ("2.14.3",),
        "pydantic-core": ("2.50.4", "2.0"),
    }


def test_a_resolution() -> None:
    text = (
        "# a comment\n"
        "PyYAML==6.0.3+shipwheel   # via -r asked.in\n"
        "psycopg[binary]==3.3.9    # via -r asked.in\n"
        "typing-extensions==4.16.0  # via pydantic, pydantic_core\n"
        "torch==2.9.0+cpu\n"
        "--index-url https://example.org\n"
    )
    assert read_resolution(text) == {
        "pyyaml": Resolved("pyyaml", "6.0.3", (), missing=True),
        "psycopg": Resolved("psycopg", "3.3.9"),
        "typing-extensions": Resolved("typing-extensions", "4.16.0", ("pydantic", "pydantic-core")),
        "torch": Resolved("torch", "2.9.0+cpu"),
    }


def test_what_a_person_is_told_is_bounded_and_without_warnings() -> None:
    assert told(UNREACHABLE).startswith("error: Request failed after 3 retries")
    long = "error: x\n" + "y" * 9000
    assert len(told(long)) == 2000


def test_a_password_in_a_url_is_blanked_even_where_the_text_is_cut_within_it() -> None:
    cut = "error: x\n" + "y" * 1960 + " https://bob:secret-" + "s" * 300 + "@index.example/simple/"
    for text in (cut, "error: https://bob:secret-s@index.example/simple/ does not answer"):
        assert "secret" not in told(text)
        assert "https" in told(text)


@pytest.mark.parametrize(
    ("output", "silent"),
    [
        ("Because x was not found in the\n   cache and you require x", True),
        ("hint: Packages were unavailable because the network\n was disabled.", True),
        ("Because x was not found in the package registry", False),
        ("Because you require x<2 and x>=2", False),
    ],
)
def test_what_the_cache_does_not_know_is_no_word_about_versions(output: str, silent) -> None:
    assert is_not_cached(output) is silent


def test_an_index_that_lets_nobody_in_is_told_from_one_that_has_nothing() -> None:
    said = "error: No solution found when resolving dependencies\n"
    said += "hint: An index URL (http://h/simple) could not be queried due to a lack of valid\n"
    assert wants_password(f"{said}authentication credentials (401 Unauthorized)")
    assert not wants_password("Because x was not found in the package registry")
