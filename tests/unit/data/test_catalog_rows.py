"""From the world's answers to rows: what changes, what stays, and which answers are not believed."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from pathlib import Path

import pytest

from shipwheel.data.catalog import data_text
from shipwheel.data.rewriting import rewrite

_SCRIPTS = Path(__file__).resolve().parents[3] / ".ci"


def script(name):
    """Load a module of the maintainers' scripts, which are no package."""
    spec = importlib.util.spec_from_file_location(name, _SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pythons_of = script("catalog_pythons")
rows_of = script("catalog_rows")

HEAD = ["| Image | Architecture | YAML Label | Included Software |", "| --- | --- | --- | --- |"]
A, B, C = "a" * 40, "b" * 40, "c" * 40


def ours(name):
    return tomllib.loads(data_text(name))[name.removesuffix("s")]


def cpython(target, status, first, pep, **more):
    version = target.removesuffix("t")
    kind = {"target": target, "implementation": "cpython", "version": version, **more}
    end = f"{int(first[:4]) + 5}-10"
    return {**kind, "status": status, "first_release": first, "end_of_life": end, "pep": pep}


def pypy_row(version, status, first):
    kind = {"target": f"pypy{version}", "implementation": "pypy", "version": version}
    return {**kind, "status": status, "first_release": first}


def runner(name, provider, system, status="available", **more):
    kind = {"id": name, "provider": provider, "os": system, "arch": "x86_64"}
    return {**kind, "status": status, **more, "labels": [name]}


# a small world of its own: what the data files say tomorrow changes no test here
PYTHONS = [
    cpython("3.10", "end-of-life", "2021-10-04", 619),
    cpython("3.11", "security", "2022-10-24", 664),
    cpython("3.13", "security", "2024-10-07", 719),
    cpython("3.13t", "security", "2024-10-07", 719, free_threaded=True, experimental=True),
    cpython("3.14", "bugfix", "2025-10-07", 745),
    cpython("3.16", "feature", "2027-10-05", 826),
    cpython("3.16t", "feature", "2027-10-05", 826, free_threaded=True),
    pypy_row("3.10", "end-of-life", "2023-06-16"),
    pypy_row("3.11", "bugfix", "2025-02-06"),
    pypy_row("3.12", "bugfix", "2026-05-01"),
]
RUNNERS = [
    runner("ubuntu-24.04", "github", "linux"),
    runner("ubuntu-slim", "github", "linux"),
    runner("macos-26-intel", "github", "macos"),
    runner("macos-14", "github", "macos", end="2026-11-02"),
    runner("windows-2022", "github", "windows"),
    runner("windows-11-arm", "github", "windows"),
    runner("saas-linux", "gitlab", "linux"),
]


def branches(rows=PYTHONS, /, **changes):
    """Give what peps.python.org would answer if it knew what `rows` know, with changes by version."""
    said = {
        row["version"]: {
            "branch": row["version"],
            "pep": row["pep"],
            "status": row["status"],
            "first_release": row["first_release"],
            "end_of_life": row["end_of_life"],
            "release_manager": "Somebody",
        }
        for row in rows
        if row["implementation"] == "cpython"
    }
    for version, change in changes.items():
        said[version.replace("v", "").replace("_", ".")] = change
    return said


def branch(status, first, end, pep=999):
    return {"pep": pep, "status": status, "first_release": first, "end_of_life": end}


def pypy(version, python, date, *, stable=True):
    return {
        "pypy_version": version,
        "python_version": python,
        "stable": stable,
        "latest_pypy": True,
        "date": date,
        "files": [{"arch": "x64", "platform": "linux"}],
    }


def pypys():
    """Give what PyPy's list would say: the maintained ones came out last, and together."""
    old = [pypy("7.3.30", "2.7.18", "2026-05-01")]
    for row in PYTHONS:
        if row["implementation"] == "pypy":
            release = "7.3.30" if row["status"] == "bugfix" else "7.3.8"
            old.append(pypy(release, f"{row['version']}.12", row["first_release"]))
    return old


def readme(*images):
    return "\n".join(
        ["# Images", "", *HEAD, *images, "", "| Tool | Strategy |", "| - | - |", "| `x` | y |"]
    )


def image(name, arch, labels, badge=""):
    return (
        f"| {name} {badge}<br>![Endpoint Badge](https://img.example/x) | {arch} | {labels} | [x] |"
    )


def test_what_is_known_already_changes_nothing():
    pythons = ours("pythons")
    assert pythons_of.cpython_rows(json.dumps(branches(pythons)), pythons) == pythons
    assert pythons_of.pypy_rows(json.dumps(pypys()), PYTHONS) == PYTHONS
    assert rewrite(data_text("pythons"), pythons) == data_text("pythons")


def test_a_release_and_an_end_are_taken_for_both_builds():
    answer = branches(
        v3_16=branch("bugfix", "2027-10-06", "2032-10-31", 826),
        v3_11=branch("end-of-life", "2022-10-24", "2027-10-31", 664),
    )
    new = {row["target"]: row for row in pythons_of.cpython_rows(json.dumps(answer), PYTHONS)}
    for target in ("3.16", "3.16t"):
        assert (new[target]["status"], new[target]["first_release"]) == ("bugfix", "2027-10-06")
        assert new[target]["end_of_life"] == "2032-10"
    assert new["3.11"]["status"] == "end-of-life"
    assert new["3.13t"]["experimental"] is True


def test_a_new_branch_gets_its_rows_before_pypy_and_old_ones_stay_away():
    answer = branches(
        v3_17=branch("feature", "2028-10", "2033-10", 900),
        v2_7=branch("end-of-life", "2010-07-03", "2020-01-01"),
    )
    new = pythons_of.cpython_rows(json.dumps(answer), PYTHONS)
    targets = [row["target"] for row in new]
    assert targets[targets.index("3.16t") + 1 :][:3] == ["3.17", "3.17t", "pypy3.10"]
    assert "2.7" not in targets
    row = new[targets.index("3.17t")]
    assert row["free_threaded"] is True
    assert "first_release" not in row  # a month is not a day


def without(version):
    said = branches()
    del said[version]
    return said


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("<html>", "not what it should be"),
        ("{}", "nothing is said of Python 3.11, 3.13"),
        (json.dumps(without("3.14")), "nothing is said of Python 3.14"),
        (
            json.dumps({**branches(), "next": branch("feature", "2030-01-01", "2035-10")}),
            "is not a Python",
        ),
    ],
)
def test_a_release_cycle_that_is_none_is_refused(answer, why):
    with pytest.raises(ValueError, match=why):
        pythons_of.cpython_rows(answer, PYTHONS)


def test_what_pypy_releases_no_more_is_at_its_end_and_the_new_one_is_added():
    answer = [
        *pypys(),
        pypy("7.4.0", "3.12.9", "2027-01-05"),
        pypy("7.4.0", "3.13.1", "2027-01-05"),
        pypy("nightly", "3.14", "2027-02-01", stable=False),
    ]
    new = pythons_of.pypy_rows(json.dumps(answer), PYTHONS)
    status = {row["target"]: row["status"] for row in new if row["implementation"] == "pypy"}
    assert status["pypy3.11"] == "end-of-life"
    assert status["pypy3.12"] == status["pypy3.13"] == "bugfix"
    assert new[-1]["first_release"] == "2027-01-05"
    assert "pypy3.14" not in status


def test_a_first_release_is_written_down_once():
    unknown = {key: value for key, value in PYTHONS[-1].items() if key != "first_release"}
    answer = json.dumps([*pypys(), pypy("7.3.7", "3.11.0", "2019-01-01")])
    new = pythons_of.pypy_rows(answer, [*PYTHONS[:-1], unknown])
    assert [row["first_release"] for row in new[-2:]] == ["2025-02-06", "2026-05-01"]


@pytest.mark.parametrize("answer", ["[]", "{}", json.dumps([pypy("new", "3.11.1", "2026-01-01")])])
def test_a_list_of_pypys_that_is_none_is_refused(answer):
    with pytest.raises(ValueError, match=r"not what it should be|no release of PyPy"):
        pythons_of.pypy_rows(answer, PYTHONS)


def test_the_table_of_images_is_read():
    text = readme(
        image("Ubuntu 24.04", "x64", "`ubuntu-latest` or `ubuntu-24.04`"),
        image(
            "Ubuntu 28.04 Arm64", "arm64", "`ubuntu-28.04-arm`", "![preview](https://img.example/p)"
        ),
        image(
            "macOS 14 Arm64",
            "arm64",
            "`macos-14` or `macos-14-xlarge`",
            "[![deprecated](d)](https://x)",
        ),
        image("macOS 26", "x64", "`macos-latest-large`, `macos-26-intel`, `macos-26-large`"),
        image("Windows 11 Arm64 <sup>beta</sup>", "arm64", "`windows-11-arm`"),
    )
    new = {row["id"]: row for row in rows_of.runner_rows(text, RUNNERS)}
    assert new["ubuntu-28.04-arm"] == {
        "id": "ubuntu-28.04-arm",
        "provider": "github",
        "os": "linux",
        "arch": "aarch64",
        "status": "preview",
        "labels": ["ubuntu-28.04-arm"],
    }
    assert new["ubuntu-24.04"]["status"] == "available"
    assert (new["macos-14"]["status"], new["macos-14"]["end"]) == ("deprecated", "2026-11-02")
    assert new["macos-26-intel"]["status"] == "available"
    assert new["windows-11-arm"]["status"] == "preview"
    # what left the table, and what GitHub knows nothing of
    assert new["windows-2022"]["status"] == "deprecated"
    assert new["saas-linux"] == RUNNERS[-1]
    ids = list(new)
    assert ids[ids.index("ubuntu-slim") + 1] == "ubuntu-28.04-arm"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("# nothing", "no table"),
        ("| Image | YAML Label |\n| --- | --- |\n| Ubuntu | `ubuntu-24.04` |", "columns are"),
        (readme(), "none of the runners"),
        (readme(image("Plan9 4", "x64", "`plan9-4`")), "plan9-4: what"),
        (readme(image("Ubuntu 24.04", "riscv64", "`ubuntu-24.04`")), "ubuntu-24.04: what"),
    ],
)
def test_a_readme_of_another_form_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        rows_of.runner_rows(text, RUNNERS)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([f"{A}\trefs/tags/v1.2.3"], ("v1.2.3", A)),
        # annotated: the object of the tag, then the commit behind it
        ([f"{A}\trefs/tags/v1.2.3", f"{B}\trefs/tags/v1.2.3^{{}}"], ("v1.2.3", B)),
        ([f"{B}\trefs/tags/v1.2.3^{{}}", f"{A}\trefs/tags/v1.2.3"], ("v1.2.3", B)),
        # as numbers, not as text
        ([f"{A}\trefs/tags/v9.0.0", f"{B}\trefs/tags/v10.0.0"], ("v10.0.0", B)),
        # what moves, what is not final, what is no version
        (
            [
                f"{A}\trefs/tags/v1.0.0",
                f"{B}\trefs/tags/v2",
                f"{B}\trefs/tags/v2.0",
                f"{B}\trefs/tags/v2.0.0-beta.1",
                f"{C}\trefs/tags/latest",
                "warning: redirecting to elsewhere",
                "xyz\trefs/tags/v3.0.0",
            ],
            ("v1.0.0", A),
        ),
    ],
)
def test_the_newest_exact_version_and_its_commit(lines, expected):
    assert rows_of.newest_tag("\n".join(lines)) == expected


@pytest.mark.parametrize("answer", ["", f"{A}\trefs/tags/v2\n", f"{A}\trefs/heads/v1.0.0x\n"])
def test_without_an_exact_version_there_is_none(answer):
    with pytest.raises(ValueError, match=r"no tag of the form vX\.Y\.Z"):
        rows_of.newest_tag(answer)


def action(version, commit):
    return {"name": "o/r", "version": version, "commit": commit}


def test_an_action_goes_forward_and_the_others_stay():
    rows = [action("v1.0.0", A), {**action("v5.0.0", C), "name": "o/other"}]
    new = rows_of.action_rows({"o/r": f"{B}\trefs/tags/v2.0.0"}, rows)
    assert new == [action("v2.0.0", B), rows[1]]
    said = rows_of.to_look_at("actions", rows, new)
    assert [("o/r v2.0.0" in line, "major" in line) for line in said] == [(True, True)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (f"{B}\trefs/tags/v1.0.0", "v1.0.0 was moved"),
        (f"{A}\trefs/tags/v0.9.0", "ours is newer"),
    ],
)
def test_an_action_is_neither_moved_nor_taken_back(answer, why):
    with pytest.raises(ValueError, match=why):
        rows_of.action_rows({"o/r": answer}, [action("v1.0.0", A)])


def test_images_take_digests_and_nothing_else():
    rows = [
        {"name": "a", "reference": "r/a:1"},
        {"name": "b", "reference": "r/b:1", "digest": "old"},
    ]
    digest = f"sha256:{'0' * 64}"
    assert rows_of.image_rows({"a": digest}, rows) == [{**rows[0], "digest": digest}, rows[1]]
    for wrong in ("", "sha256:", "sha512:" + "0" * 64, digest.upper()):
        with pytest.raises(ValueError, match="is no digest"):
            rows_of.image_rows({"a": wrong}, rows)


def test_the_day_in_the_header_is_the_only_one_that_moves():
    text = "# Read on 2026-11-21 what came out on 2026-10-01, read on 2026-01-01.\n"
    assert rows_of.stamped(text, "2027-01-02") == text.replace("2026-11-21", "2027-01-02")


@pytest.mark.parametrize("name", ["pythons", "runners", "actions", "images"])
def test_each_file_that_is_refreshed_says_when(name):
    assert rows_of.stamped(data_text(name), "2099-01-01") != data_text(name)


def test_a_deprecation_without_a_day_is_to_be_looked_at():
    row = {"id": "old-1", "provider": "github", "status": "deprecated"}
    assert rows_of.to_look_at("runners", [], [row]) != []
    assert rows_of.to_look_at("runners", [], [{**row, "end": "2026-11"}]) == []
    assert rows_of.to_look_at("runners", [], [{**row, "status": "available"}]) == []
