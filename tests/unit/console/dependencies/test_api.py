from __future__ import annotations

import pytest

from shipwheel.console.dependencies.api import api_section, api_tables, changelog, fragments
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look
from shipwheel.deps.api.answer import Added, Api, Change, Deprecation, Numbering
from shipwheel.errors import ConfigurationError
from shipwheel.sessions.deps.api import version_among

NUMBER = Numbering(scheme="semantic", tells=False, needed="3.0.0", said="2.2.0 does not say so")
FOUND = Api(
    project="demo",
    ok=False,
    version="2.2.0",
    against="2.1.5",
    numbering=NUMBER,
    changes=(
        Change(object="demo.f", kind="removed", file="src/demo/a.py", deprecated=True),
        Change(
            object="demo.g", kind="parameter renamed", file="a.py", line=7, before="x", after="y"
        ),
        Change(object="demo.h", kind="parameter changed its default", before="1", breaks=False),
    ),
    added=(Added(object="demo.new", kind="function", file="a.py", line=3),),
    deprecated=(
        Deprecation(
            object="demo.late", file="a.py", line=1, by="warn", text="not yet", removal="9"
        ),
        Deprecation(
            object="demo.due", file="a.py", line=2, by="warn", text="gone", removal="2.2", due=True
        ),
    ),
)


def text(found: Api) -> str:
    tables = api_tables(found)
    return "\n".join(line for each in tables for line in plain_lines(each, Look()))


def test_what_breaks_stands_first_with_before_and_after_and_the_place() -> None:
    assert text(FOUND).splitlines()[:4] == [
        "public API of demo 2.2.0 against 2.1.5: what breaks",
        "  object  what                   before  after  where",
        "  demo.f  removed, as announced                 src/demo/a.py",
        "  demo.g  parameter renamed      x       y      a.py:7",
    ]


def test_what_is_due_is_told_first_among_the_deprecations() -> None:
    said = text(FOUND)
    assert "1 deprecation due: the version that was named has come" in said
    assert said.index("demo.due") < said.index("demo.late")


def test_no_release_is_fine_and_said() -> None:
    found = Api(project="demo", ok=True, version="0.1")
    assert text(found) == (
        "public API of demo\n  demo has no release: there is nothing that could break"
    )
    assert api_section(found).title == "api: no release to compare with"


def test_a_long_table_says_how_much_is_left_out() -> None:
    many = tuple(Change(object=f"demo.f{n}", kind="removed") for n in range(75))
    assert "… and 15 more; --json has all" in text(Api(
        project="demo", ok=False, version="2", against="1", numbering=NUMBER, changes=many
    ))  # fmt: skip


def test_the_fragment_for_the_changelog() -> None:
    assert changelog(FOUND) == (
        "### Breaking\n\n- `demo.f`: removed\n- `demo.g`: parameter renamed, `x` is now `y`\n\n"
        "### Added\n\n- `demo.new` (function)\n\n"
        "### Deprecated\n\n- `demo.late`, goes in 9: not yet\n- `demo.due`, goes in 2.2: gone\n"
    )
    assert fragments((FOUND, Api(project="quiet", ok=True, version="1"))).startswith(
        "## demo\n\n###"
    )


@pytest.mark.parametrize(
    ("words", "version"),
    [
        ((), ""),
        (("2.1",), "2.1"),
        (("--against", "2.1"), "2.1"),
        (("--against=2.1",), "2.1"),
    ],
)
def test_the_release_is_named_in_each_way_that_people_type(
    words: tuple[str, ...], version: str
) -> None:
    assert version_among(words) == version


@pytest.mark.parametrize("words", [("2.1", "2.2"), ("--against",)])
def test_anything_but_one_release_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError):
        version_among(words)
