"""The tools' lock: what is one, whose it is, and what may stand in it."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel import __version__
from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError, JobError
from shipwheel.project.config import CiConfig, Config, PublishConfig
from shipwheel.project.facts import Fact
from shipwheel.rendering.lock import judge_lock
from shipwheel.rendering.locked import cleaned, inputs_of_lock, lock_text, read_locked
from shipwheel.rendering.pipeline import Tool
from shipwheel.rendering.rendered import Drift
from shipwheel.rendering.resolve import wanted_of
from shipwheel.rendering.tool import extras_for, tool_of

A, B = "a" * 64, "b" * 64
BODY = f"""\
click==8.3.0 ; sys_platform == 'win32' \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
shipwheel==0.1.0 \\
    --hash=sha256:{A}
"""
TOOL = Tool(
    kind="index", value="shipwheel==0.1.0", lock=".github/shipwheel-tools.txt", python="3.14"
)


def write(root, tool: Tool, body: str, requirements=(), text=None) -> None:
    path = root / tool.lock
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or lock_text(tool, body, inputs_of_lock(tool, requirements)), "utf-8")


def said(root, tool: Tool, project) -> str:
    verdict = judge_lock(root, tool, project)
    assert verdict.drifts == (Drift.LOCK,)
    assert "`shipwheel render --lock`" in verdict.mend
    return verdict.message


@pytest.fixture
def project(member):
    return member().project


def test_a_lock_is_good(tmp_path, project) -> None:
    write(tmp_path, TOOL, BODY)

    assert judge_lock(tmp_path, TOOL, project).ok


def test_a_lock_with_windows_line_ends_is_good(tmp_path, project) -> None:
    write(tmp_path, TOOL, BODY)
    path = tmp_path / TOOL.lock
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert judge_lock(tmp_path, TOOL, project).ok


def test_no_lock(tmp_path, project) -> None:
    assert said(tmp_path, TOOL, project).startswith("it is not there")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            BODY.replace("==8.3.0", ">=8.3.0"),
            "click>=8.3.0 ; sys_platform == 'win32'",
        ),
        (
            BODY.replace("shipwheel==0.1.0 \\\n", "shipwheel==0.1.0\n"),
            "'shipwheel==0.1.0' has no hash",
        ),
        (BODY.replace("shipwheel==", "nox=="), "it does not name shipwheel"),
        ("--index-url https://user:secret@host/simple\n" + BODY, "is not pinned"),
        (BODY + "git+https://host/x\n", "is not pinned"),
        ("", "it does not name shipwheel"),
    ],
)
def test_what_is_no_lock_is_told(tmp_path, project, body: str, message: str) -> None:
    write(tmp_path, TOOL, body)

    told = said(tmp_path, TOOL, project)
    assert message in told
    assert "secret" not in told


def test_one_changed_line_of_a_lock_is_found(tmp_path, project) -> None:
    lines = lock_text(TOOL, BODY, inputs_of_lock(TOOL, ())).splitlines(keepends=True)
    for at, line in enumerate(lines):
        for mutant in ([], [line, line], [line.replace("a", "b", 1)]):
            if mutant == [line]:
                continue
            write(tmp_path, TOOL, "", text="".join((*lines[:at], *mutant, *lines[at + 1 :])))
            assert said(tmp_path, TOOL, project), line


def test_a_lock_for_another_tool(tmp_path, project) -> None:
    write(tmp_path, TOOL, BODY)
    other = Tool(kind="index", value="shipwheel==9", lock=TOOL.lock, python="3.14")

    assert "resolved for another tool than 'shipwheel==9'" in said(tmp_path, other, project)


def test_a_lock_somebody_else_wrote(tmp_path, project) -> None:
    write(tmp_path, TOOL, "", text=BODY)

    assert said(tmp_path, TOOL, project) == "it was not written by `shipwheel render --lock`"


WHEEL = Tool(
    kind="wheel", value="tools/shipwheel-1-py3-none-any.whl", lock=TOOL.lock, python="3.14"
)


def test_a_wheel_in_the_repository_is_the_one_that_was_locked(tmp_path, project) -> None:
    import hashlib

    path = tmp_path / WHEEL.value
    path.parent.mkdir()
    path.write_bytes(b"a wheel")
    digest = hashlib.sha256(b"a wheel").hexdigest()
    write(tmp_path, WHEEL, f"./{WHEEL.value} \\\n    --hash=sha256:{digest}\n")
    assert judge_lock(tmp_path, WHEEL, project).ok

    path.write_bytes(b"another")
    assert "is not the file that it names" in said(tmp_path, WHEEL, project)
    path.unlink()
    assert "is not there" in said(tmp_path, WHEEL, project)


def test_a_tree_brings_itself(tmp_path, member) -> None:
    tree = Tool(kind="tree", value=".", lock=TOOL.lock, python="3.14")
    project = member().project
    write(tmp_path, tree, BODY, ("hatchling",))
    assert "it names shipwheel, which CI takes from its own source" in said(tmp_path, tree, project)

    write(tmp_path, tree, BODY.replace("shipwheel==", "nox=="), ("hatchling",))
    assert judge_lock(tmp_path, tree, project).ok
    write(tmp_path, tree, BODY.replace("shipwheel==", "nox=="), ("hatchling", "more"))
    assert "another tool" in said(tmp_path, tree, project)


def test_nothing_of_where_it_came_from_reaches_a_lock() -> None:
    told = "# --index-url https://user:secret@host/simple\n" + BODY + "    # via nox\n"
    with pytest.raises(JobError, match="cannot be locked by hash"):
        cleaned(told)
    assert cleaned("# from https://user:secret@host\n" + BODY) == BODY
    with pytest.raises(JobError):
        cleaned(BODY + "--extra-index-url https://user:secret@host/simple\n")


def test_locked_requirements() -> None:
    found = [(each.name, each.version, len(each.hashes)) for each in read_locked(BODY)]

    assert found == [("click", "8.3.0", 2), ("shipwheel", "0.1.0", 1)]


ATTESTED = Config(publish=PublishConfig(index="pypi"))
OWN = Config(publish=PublishConfig(index="internal"))


@pytest.mark.parametrize(
    ("configs", "extras"),
    [
        ([Config()], ("attestations",)),
        ([Config(publish=PublishConfig(index="testpypi"))], ("attestations",)),
        ([OWN], ()),
        ([OWN, ATTESTED], ("attestations",)),
    ],
)
def test_the_tool_brings_what_attests_where_files_will_be_attested(member, configs, extras) -> None:
    members = [member(config=config) for config in configs]

    assert extras_for(members, load_catalog()) == extras


@pytest.mark.parametrize(
    ("text", "named", "extras"),
    [
        (None, f"shipwheel[b,more]=={__version__}", ("b", "more")),
        ("shipwheel>=1,<2", "shipwheel[b,more]>=1,<2", ("b", "more")),
        ("shipwheel[b]==1", "shipwheel[more,b]==1", ("more",)),
        ("shipwheel[b, more]==1", "shipwheel[b, more]==1", ()),
        ("t/shipwheel-1-py3-none-any.whl", "t/shipwheel-1-py3-none-any.whl[b,more]", ("b", "more")),
        (".", ".[b,more]", ("b", "more")),
    ],
)
def test_the_tool_with_extras(member, text, named, extras) -> None:
    project = member("shipwheel", config=Config(ci=CiConfig(tool=text))).project
    made = tool_of(project, load_catalog(), "github", ("more", "b"))

    assert (made.named, made.extras) == (named, extras)


def test_a_lock_that_lacks_what_attests_is_another_tools(tmp_path, project) -> None:
    write(tmp_path, TOOL, BODY)
    wanted = msgspec.structs.replace(TOOL, extras=("attestations",))

    assert "than 'shipwheel[attestations]==0.1.0'" in said(tmp_path, wanted, project)
    write(tmp_path, wanted, BODY)
    assert judge_lock(tmp_path, wanted, project).ok
    assert "shipwheel[attestations]==0.1.0 and what" in (tmp_path / TOOL.lock).read_text()


def test_what_only_a_release_needs_is_asked_for_where_it_ends(tmp_path, member) -> None:
    extras = Fact(value={"more": ("a>=1", "b; python_version > '3'"), "other": ("c",)}, origin="")
    project = msgspec.structs.replace(member().project, extras=extras)
    tree = Tool(kind="tree", value=".", extras=("more",), lock=TOOL.lock, python="3.14")

    assert wanted_of(tmp_path, tree, project)[-2:] == (
        "a>=1 ; sys_platform == 'linux'",
        "b ; (python_version > \"3\") and sys_platform == 'linux'",
    )
    pinned = msgspec.structs.replace(TOOL, extras=("more",))
    assert wanted_of(tmp_path, pinned, project) == (
        "shipwheel==0.1.0",
        "shipwheel[more]==0.1.0 ; sys_platform == 'linux'",
    )


def tool(member, text: str | None, name: str | None = None, providers=("github",)) -> Tool:
    config = Config(ci=CiConfig(tool=text, providers=providers))
    return tool_of(member(name, config=config).project, load_catalog(), providers[0])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (None, "index"),
        ("shipwheel==1.2", "index"),
        ("shipwheel[extra] >= 1", "index"),
        ("tools/shipwheel-1.2-py3-none-any.whl", "wheel"),
        ("./tools/shipwheel-1.2-py3-none-any.whl", "wheel"),
    ],
)
def test_where_the_tool_comes_from(member, text, kind: str) -> None:
    found = tool(member, text)

    assert found.kind == kind
    assert found.lock == ".github/shipwheel-tools.txt"
    assert not found.value.startswith("./")


def test_the_lock_lies_with_the_first_provider(member) -> None:
    found = tool(member, None, providers=("gitlab", "github"))

    assert found.lock == ".gitlab/shipwheel-tools.txt"


def test_shipwheels_own_source(member) -> None:
    assert tool(member, ".", name="shipwheel").kind == "tree"


@pytest.mark.parametrize(
    "text",
    [
        ".",
        "..",
        "nox==1",
        "shipwheel @ https://host/x.whl",
        "git+https://host/shipwheel",
        "/tmp/shipwheel-1-py3-none-any.whl",
        "../shipwheel-1-py3-none-any.whl",
        "a\\shipwheel-1-py3-none-any.whl",
        "https://host/shipwheel-1-py3-none-any.whl",
        "tools/nox-1-py3-none-any.whl",
        "shipwheel==1; python_version > '3'",
        "",
    ],
)
def test_what_is_no_tool(member, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        tool(member, text)
    assert caught.value.where == "[tool.shipwheel.ci] tool"
    assert caught.value.hint
