"""Every change of every rendered file is found, and told by its kind; a bot's bump is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.project.config import CiConfig
from shipwheel.project.facts import Kind
from shipwheel.rendering.drift import Comparison, compare, reasons
from shipwheel.rendering.generated import END, block_in, header_of, sealed, settled, with_block
from shipwheel.rendering.pins import pins_in
from shipwheel.rendering.render import rendered_files
from shipwheel.rendering.rendered import Drift, RenderedFile
from shipwheel.rendering.repository import Repository

MOVED = "d" * 40
LATER, EARLIER = "9.0.0", "0.0.1"


def repository(root: Path, member, **ci) -> Repository:
    return Repository(
        root=root,
        source="pyproject.toml",
        ci=CiConfig(**ci),
        members=(member,),
        catalog=load_catalog(),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory, member) -> dict[str, RenderedFile]:
    """Every kind of file, of an extension project on both providers, with Renovate and without."""
    found = {}
    root = tmp_path_factory.mktemp("repository")
    made = member(kind=Kind.EXTENSION)
    for renovate in (False, True):
        if renovate:
            (root / "renovate.json").write_text("{}", encoding="utf-8")
        rendered = rendered_files(repository(root, made, providers=("github", "gitlab")))
        found.update({file.path: file for file in rendered})
    return found


def drifts_of(file: RenderedFile, text: str | None, **how) -> set[Drift]:
    return set(compare(Comparison(file=file, existing=text, **how)).drifts)


def changed(line: str) -> str:
    """Change one character of a line, one that YAML gives a meaning where there is one."""
    place = next((at for at, each in enumerate(line) if each.isalnum()), None)
    if place is None:
        return line + "x"
    other = "b" if line[place] == "a" else "a"
    return line[:place] + other + line[place + 1 :]


def changed_at_the_end(line: str) -> str:
    return changed(line[::-1])[::-1]


def mended(file: RenderedFile, text: str) -> bool:
    """Say whether a text is found to differ; without the diff, which takes longer than all the rest."""
    if file.role == "block":
        return not compare(Comparison(file=file, existing=text)).ok
    return any(reasons(Comparison(file=file, existing=text), settled(text)))


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        ".gitlab/shipwheel.yml",
        ".github/dependabot.yml",
        ".github/renovate-shipwheel.json",
        ".gitattributes",
    ],
)
def test_one_changed_line_anywhere_is_found(files, path: str) -> None:
    file = files[path]
    lines = sealed(file).splitlines(keepends=True)
    assert drifts_of(file, "".join(lines)) == {Drift.NONE}
    for at, line in enumerate(lines):
        change = changed if at % 2 else changed_at_the_end
        mutants = {
            "deleted": [],
            "doubled": [line, line],
            "changed": [change(line.rstrip("\n")) + "\n"],
        }
        for how, mutant in mutants.items():
            text = "".join((*lines[:at], *mutant, *lines[at + 1 :]))
            assert mended(file, text), f"line {at + 1} {how}: {line!r}"


def test_line_ends_do_not_matter(files) -> None:
    for file in files.values():
        text = sealed(file)
        for same in (text.replace("\n", "\r\n"), text.rstrip("\n"), text + "\n\n", "\ufeff" + text):
            assert drifts_of(file, same) == {Drift.NONE}, file.path


@pytest.mark.parametrize("version", ["v99.0.0", "v99", "99.1"])
@pytest.mark.parametrize("count", [0, 1], ids=["everywhere", "at one place"])
def test_a_bots_bump_is_no_drift(files, version: str, count: int) -> None:
    for path in (".github/workflows/ci.yml", ".github/workflows/release.yml"):
        file = files[path]
        text = sealed(file)
        for action in {pin.action for pin in pins_in(text)}:
            bumped = re.sub(
                rf"{action}@[0-9a-f]{{40}} # v[\d.]+",
                f"{action}@{MOVED} # {version}",
                text,
                count=count,
            )
            assert bumped != text
            assert drifts_of(file, bumped) == {Drift.NONE}, action


def test_a_bump_beside_an_edit_is_an_edit(files) -> None:
    file = files[".github/workflows/ci.yml"]
    text = re.sub(
        r"checkout@[0-9a-f]{40} # v[\d.]+", f"checkout@{MOVED} # v99.0.0", sealed(file)
    ).replace("timeout-minutes: ", "timeout-minutes: 1", 1)

    assert drifts_of(file, text) == {Drift.EDITED}


def test_a_tag_instead_of_a_commit_is_told_in_words(files) -> None:
    file = files[".github/workflows/ci.yml"]
    text = re.sub(r"checkout@[0-9a-f]{40} # v[\d.]+", "checkout@v4", sealed(file), count=1)

    verdict = compare(Comparison(file=file, existing=text))

    assert verdict.drifts == (Drift.EDITED,)
    assert "actions/checkout is pinned to 'v4', which is no commit" in verdict.message
    assert "-        uses: actions/checkout@v4" in verdict.diff


def with_inputs(file: RenderedFile, **other) -> RenderedFile:
    return RenderedFile(
        **{
            **{name: getattr(file, name) for name in file.__struct_fields__},
            **other,
        }
    )


@pytest.fixture
def ci(files) -> RenderedFile:
    return files[".github/workflows/ci.yml"]


def test_the_project_changed(ci: RenderedFile) -> None:
    now = with_inputs(ci, body=ci.body + "# more\n", inputs="f" * 64)

    assert drifts_of(now, sealed(ci)) == {Drift.PROJECT}


def test_the_project_changed_and_the_text_did_not(ci: RenderedFile) -> None:
    assert drifts_of(with_inputs(ci, inputs="f" * 64), sealed(ci)) == {Drift.NONE}


def test_the_tool_is_newer(ci: RenderedFile) -> None:
    now = with_inputs(ci, body=ci.body + "# more\n")

    assert drifts_of(now, sealed(ci, version=EARLIER)) == {Drift.TOOL_NEWER}


def test_the_tool_is_newer_and_the_text_is_the_same(ci: RenderedFile) -> None:
    assert drifts_of(ci, sealed(ci, version=EARLIER)) == {Drift.NONE}


def test_the_tools_pins_are_newer(ci: RenderedFile) -> None:
    before = re.sub(r"checkout@[0-9a-f]{40} # v[\d.]+", f"checkout@{MOVED} # v1.0.0", ci.body)
    written = sealed(with_inputs(ci, body=before), version=EARLIER)

    assert drifts_of(ci, written) == {Drift.TOOL_NEWER}


def test_the_data_changed_under_the_same_version(ci: RenderedFile) -> None:
    now = with_inputs(ci, body=ci.body + "# more\n")

    verdict = compare(Comparison(file=now, existing=sealed(ci)))

    assert verdict.drifts == (Drift.TOOL_NEWER,)
    assert "cibuildwheel" in verdict.message


def test_the_tool_is_older(ci: RenderedFile) -> None:
    verdict = compare(Comparison(file=ci, existing=sealed(ci, version=LATER)))

    assert verdict.drifts == (Drift.TOOL_OLDER,)
    assert "upgrade shipwheel" in verdict.mend


def test_several_at_once(ci: RenderedFile) -> None:
    now = with_inputs(ci, body=ci.body + "# more\n", inputs="f" * 64)
    edited = sealed(ci, version=EARLIER).replace("contents: read", "contents: write", 1)

    assert drifts_of(now, edited) == {Drift.EDITED, Drift.PROJECT, Drift.TOOL_NEWER}
    assert drifts_of(ci, sealed(ci, version=LATER).replace("read", "write", 1)) == {
        Drift.EDITED,
        Drift.TOOL_OLDER,
    }


def test_nothing_there(ci: RenderedFile) -> None:
    verdict = compare(Comparison(file=ci, existing=None))

    assert verdict.drifts == (Drift.ABSENT,)
    assert verdict.diff.startswith("--- /dev/null\n+++ .github/workflows/ci.yml\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: CI\non: push\n", "it was not written by shipwheel"),
        ("name: [\n", "no valid YAML"),
        ("a: b\n\tc: d\n", "line 2: no valid YAML"),
        ("steps:\n  - uses: actions/checkout@v4\n", "'v4', which is no commit"),
    ],
)
def test_a_workflow_of_the_users_own_under_our_name(ci, text: str, said: str) -> None:
    verdict = compare(Comparison(file=ci, existing=text))

    assert verdict.drifts == (Drift.FOREIGN,)
    assert said in verdict.message
    assert 'workflows = { ci = "shipwheel-ci.yml" }' in verdict.mend
    assert 'unmanaged = [".github/workflows/ci.yml"]' in verdict.mend


def test_a_release_of_the_users_own_has_its_own_mend(files) -> None:
    file = files[".github/workflows/release.yml"]

    assert (
        'release = "shipwheel-release.yml"'
        in compare(Comparison(file=file, existing="on: push\n")).mend
    )


def test_invalid_yaml_in_ours_names_the_line(ci: RenderedFile) -> None:
    lines = sealed(ci).splitlines(keepends=True)
    place = next(at for at, line in enumerate(lines) if line.startswith("jobs:"))
    lines[place] = "jobs: {\n"

    verdict = compare(Comparison(file=ci, existing="".join(lines)))

    assert verdict.drifts == (Drift.EDITED,)
    assert re.search(r"line \d+: no valid YAML", verdict.message)


def test_the_header_says_what_it_says(ci: RenderedFile) -> None:
    text = sealed(ci, source="shipwheel.toml")
    top = text.split("\n\n")[0].splitlines()

    assert len(top) == 3
    assert "shipwheel.toml" in top[0]
    assert "`shipwheel render`" in top[1]
    assert header_of(text).inputs == ci.inputs[:16]


THEIRS = "*.py diff=python\n# mine\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_of_ours_in_a_file_of_theirs(files, ending: str) -> None:
    file = files[".gitattributes"]
    theirs = THEIRS.replace("\n", ending)
    once = with_block(theirs, sealed(file))

    assert drifts_of(file, theirs) == {Drift.ABSENT}
    assert once.startswith(theirs)
    assert drifts_of(file, once) == {Drift.NONE}
    assert drifts_of(file, f"{once}*.c text{ending}") == {Drift.NONE}
    again = with_block(once + f"*.c text{ending}", sealed(with_inputs(file, body="x y\n")))
    assert again.startswith(theirs)
    assert again.endswith(f"*.c text{ending}")
    assert f"x y{ending}" in again
    assert "linguist" not in again


@pytest.mark.parametrize("broken", ["begin", "end", "twice"])
def test_markers_that_are_no_pair(files, broken: str) -> None:
    file = files[".gitattributes"]
    lines = sealed(file).splitlines(keepends=True)
    text = {
        "begin": "".join(lines[1:]),
        "end": "".join(lines[:-1]),
        "twice": "".join(lines + lines),
    }[broken]

    assert drifts_of(file, text) == {Drift.EDITED}
    with pytest.raises(ValueError, match="do not come as one pair"):
        block_in(text)
    assert END in "".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        "include: .gitlab/shipwheel.yml\n",
        "include: /.gitlab/shipwheel.yml\n",
        "include:\n  - local: /.gitlab/shipwheel.yml\n  - template: X.yml\njob: {script: !reference [a]}\n",
        "include: {local: .gitlab/shipwheel.yml}\n",
        "include: [a.yml, .gitlab/shipwheel.yml]\n",
    ],
)
def test_gitlabs_root_is_theirs_once_it_includes_ours(files, text: str) -> None:
    assert drifts_of(files[".gitlab-ci.yml"], text) == {Drift.NONE}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "job: {script: [make]}\n",
        "# include: .gitlab/shipwheel.yml\n",
        "include: .gitlab/other.yml\n",
        "job:\n  script: cat .gitlab/shipwheel.yml\n",
        "include: [\n - local: .gitlab/shipwheel.yml\n",
    ],
)
def test_gitlabs_root_without_ours_is_told_the_lines(files, text: str) -> None:
    verdict = compare(Comparison(file=files[".gitlab-ci.yml"], existing=text))

    assert verdict.drifts == (Drift.FOREIGN,)
    assert "- local: .gitlab/shipwheel.yml" in verdict.mend
