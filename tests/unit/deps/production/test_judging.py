"""What is wrong with a production install: tools, strays, shadows, copies, what nobody wants."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.deps.production.answer import Found, Kind, is_ok
from shipwheel.deps.production.asking import read_yanked
from shipwheel.deps.production.judging import Held, judge
from shipwheel.deps.production.wanting import along_with, wants
from shipwheel.verification.dependencies import Installed
from shipwheel.verification.facts import FileFacts, InstallFacts, Member, MetadataFacts, WheelFacts
from shipwheel.verification.source import Source

MARKERS = {"python_version": "3.13", "python_full_version": "3.13.1", "sys_platform": "linux"}


def dist(name: str, *requires: str, files: tuple[str, ...] = (), version: str = "1.0") -> Installed:
    return Installed(name, version, requires, files=files or (f"{name.replace('-', '_')}.py",))


def judged(
    *installed: Installed,
    imports: tuple[str, ...] = (),
    classifiers: tuple[str, ...] = (),
    extras: tuple[str, ...] = (),
    site: Path = Path("/nowhere"),
    ignored: str = "",
    built: tuple[str, ...] = (),
    yanked: tuple[tuple[str, str], ...] = (),
) -> list[Found]:
    """Judge an install of `app`, whose one module imports `imports`."""
    known = {each.name: each for each in installed}
    file = FileFacts(Path("app-1.0-py3-none-any.whl"), "app", "wheel", "0" * 64, 1, name="app")
    wheel = WheelFacts(
        file=file,
        members=(Member(name="app.py", kind="file", size=9),),
        dist_infos=(),
        headers=None,
        metadata=MetadataFacts(classifiers=classifiers),
        record=None,
        sources={"app.py": Source(imports=imports)},
    )
    facts = InstallFacts(wheel, "3.13", installed=known, markers=MARKERS)
    held = Held(
        own="app",
        extras=extras,
        installed=known,
        markers=MARKERS,
        wants=wants("app", extras, known, MARKERS),
        site=site,
        lock="pylock.toml",
        built=built,
        yanked=yanked,
        ignored=ignored,
    )
    return list(judge(held, facts))


def test_a_small_install_is_as_it_should_be() -> None:
    assert judged(dist("app", "idna>=1"), dist("idna")) == []


@pytest.mark.parametrize(
    ("requires", "level"),
    [
        (["pytest"], "error"),
        (["ruff"], "error"),
        (["sphinx"], "error"),
        (["setuptools"], "warning"),  # a library may need it to run
        (["lib", "lib:pytest-cov"], "error"),  # through somebody else
        (["lib", "lib:mypy"], "warning"),
        (["lib", "lib:wheel"], "warning"),
    ],
    ids=str,
)
def test_tools(requires: list[str], level: str) -> None:
    """`lib:x` is what lib requires."""
    own = [each for each in requires if ":" not in each]
    behind = [each.partition(":")[2] for each in requires if ":" in each]
    others = {*own, *behind}
    installed = [dist(each, *(behind if each == "lib" else ())) for each in sorted(others)]
    found = judged(dist("app", *own), *installed)
    assert [(each.kind, each.level) for each in found] == [(Kind.TOOL, level)]
    assert is_ok(found) is (level != "error")


def test_what_a_tool_brings_is_told_with_it() -> None:
    found = judged(
        dist("app", "pytest", "idna"),
        dist("pytest", "pluggy", "idna"),
        dist("pluggy", "deep"),
        dist("deep"),
        dist("idna"),
    )
    assert [each.packages for each in found] == [("pytest", "deep", "pluggy")]
    assert found[0].message == (
        "pytest, a tool for tests, is in production: app → pytest; it brings deep, pluggy"
    )


def test_a_tool_that_is_of_use_is_none() -> None:
    pytest_ = dist("pytest", files=("pytest/__init__.py",))
    assert judged(dist("app", "pytest"), pytest_, imports=("pytest",)) == []
    developers = ("Framework :: Pytest",)
    assert judged(dist("app", "pytest"), pytest_, classifiers=developers) == []


def test_a_reasoned_exception_makes_it_a_note() -> None:
    found = judged(dist("app", "pytest"), dist("pytest"), ignored="it runs users' tests")
    assert [each.level for each in found] == ["note"]
    assert "let pass: it runs users' tests" in found[0].message


def test_extras_bring_their_own() -> None:
    own = dist("app", "web[fast]", 'pytest; extra == "dev"')
    web, loop = dist("web", 'loop; extra == "fast"', 'other; extra == "slow"'), dist("loop")
    assert judged(own, web, loop) == []
    found = judged(own, web, loop, dist("pytest"), extras=("dev",))
    assert [each.kind for each in found] == [Kind.TOOL]


@pytest.mark.parametrize(
    ("other", "kind", "said"),
    [
        (dist("left"), Kind.UNWANTED, "left is installed, and nothing requires it"),
        (
            dist("lib", files=("lib/__init__.py", "tests/__init__.py")),
            Kind.STRAY,
            "lib puts 'tests' at the top of site-packages: `import tests` finds it",
        ),
        (
            dist("enum34", files=("enum/__init__.py",)),
            Kind.SHADOW,
            "enum34 has a module 'enum', as the standard library of this Python does",
        ),
        (
            dist("twin", files=("app.py",)),
            Kind.SHARED,
            "app and twin both have app.py",
        ),
    ],
    ids=lambda each: str(each) if isinstance(each, Kind) else "",
)
def test_what_else_there_is(other: Installed, kind: Kind, said: str) -> None:
    requires = () if kind is Kind.UNWANTED else (other.name,)
    found = judged(dist("app", *requires), other)
    assert [(each.kind, each.level, each.message) for each in found] == [(kind, "warning", said)]


def test_a_lock_that_is_too_old_is_an_error() -> None:
    found = judged(dist("app", "idna>=3"), dist("idna", version="2.0"))
    assert [(each.kind, each.level) for each in found] == [(Kind.UNMET, "error")]
    assert "pylock.toml" in found[0].hint


def test_what_was_built_is_told() -> None:
    found = judged(dist("app", "docopt"), dist("docopt"), built=("docopt",))
    assert [(each.kind, each.level) for each in found] == [(Kind.BUILT, "warning")]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("", ()),
        ("Resolved 1 package in 2ms\n + attrs==21.1.0\n", ()),
        (
            'warning: `attrs==21.1.0` is yanked (reason: "Not on "3.4".")\n',
            (("attrs", 'Not on "3.4".'),),
        ),
        ("warning: `Zope.X==1` is yanked\n", (("zope-x", ""),)),
        (
            'warning: `a==1` is yanked (reason: "see https://u:geheim@host/x")\n',
            (("a", "see https://***@host/x"),),
        ),
    ],
)
def test_yanked_versions_are_read(output: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert read_yanked(output) == expected


def test_a_yanked_version_is_told() -> None:
    found = judged(dist("app", "attrs"), dist("attrs"), yanked=(("attrs", "it fails"),))
    assert [(each.level, each.message) for each in found] == [
        ("warning", "attrs 1.0 was yanked: its makers took it back (it fails)")
    ]


def test_libraries_that_are_there_more_than_once(tmp_path: Path) -> None:
    for path, text in {
        "pip/_vendor/idna/__init__.py": "",
        "pip/_vendor/idna/package_data.py": "__version__ = '3.7'\n",
        "pip/_vendor/six.py": "__version__: str = '1.16.0'\n",
        "setuptools/_vendor/six/__init__.py": "__version__ = '1.16.0'\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    one = dist(
        "one",
        files=(
            "pip/_vendor/__init__.py",
            "pip/_vendor/idna/__init__.py",
            "pip/_vendor/idna-3.7.dist-info/METADATA",
            "pip/_vendor/six.py",
            "one.libs/libgfortran-0a1b2c3d.so.5.0.0",
            "one.libs/libalone-0a1b2c3d.so",
        ),
    )
    two = dist(
        "two",
        files=(
            "setuptools/_vendor/six/__init__.py",
            "../_vendor/escape.py",
            "two.libs/libgfortran-99999999.so.5",
        ),
    )
    found = judged(
        dist("app", "one", "two", "idna"), one, two, dist("idna", version="3.20"), site=tmp_path
    )
    assert [(each.kind, each.level, each.message) for each in found] == [
        (
            Kind.VENDORED,
            "warning",
            "idna is there 2 times: 3.20 installed, 3.7 in one (pip/_vendor/idna)",
        ),
        (
            Kind.VENDORED,
            "note",
            "six is there 2 times: 1.16.0 in one (pip/_vendor/six.py), 1.16.0 in two (setuptools/_vendor/six)",
        ),
        (
            Kind.LIBRARY,
            "note",
            "libgfortran is compiled into several wheels: one (0.0 MB), two (0.0 MB)",
        ),
    ]


def test_who_wants_what() -> None:
    installed = {
        each.name: each
        for each in (
            dist("app", "a", "b[x]", "never; python_version < '3'"),
            dist("a", "shared"),
            dist("b", 'c; extra == "x"', "a"),
            dist("c", "b", "shared"),  # a cycle
            dist("shared"),
            dist("never"),
        )
    }
    found = wants("app", (), installed, MARKERS)
    assert found.chains == {
        "app": ("app",),
        "a": ("app", "a"),
        "b": ("app", "b"),
        "c": ("app", "b", "c"),
        "shared": ("app", "a", "shared"),
    }
    assert found.required_by["a"] == ("app", "b")
    assert along_with("b", "app", (), installed, MARKERS) == ("c",)
