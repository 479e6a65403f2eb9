"""The Catalog's files: that they are read strictly, and what must hold of their rows."""

from __future__ import annotations

import datetime as dt
import re
import tomllib

import pytest

from shipwheel.data.ageing import ended
from shipwheel.data.catalog import Image, data_text, load_catalog
from shipwheel.data.rewriting import header_of, rewrite

FILES = [
    "pythons",
    "platforms",
    "indexes",
    "index_kinds",
    "runners",
    "actions",
    "images",
    "defaults",
]


@pytest.mark.parametrize("name", FILES)
def test_the_writer_gives_the_same_bytes(name):
    assert rewrite(data_text(name)) == data_text(name)


@pytest.mark.parametrize("name", FILES)
def test_each_file_says_where_its_facts_come_from(name):
    assert "https://" in header_of(data_text(name))


def test_an_update_of_one_value_changes_one_line():
    text = data_text("platforms")
    rows = tomllib.loads(text)["platform"]
    rows[0]["runner"] = "ubuntu-26.04"
    old, new = text.splitlines(), rewrite(text, rows).splitlines()
    assert [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]] == [
        ('runner = "ubuntu-24.04"', 'runner = "ubuntu-26.04"')
    ]


@pytest.mark.parametrize(
    "text", ["[a]\nx = 1\n[b]\ny = 2\n", "[[a]]\nx = [1.5]\n", "[[a]]\nx = 1.5\n"]
)
def test_other_forms_are_refused(text):
    with pytest.raises(ValueError, match=r"array of tables|no flat value"):
        rewrite(text)


@pytest.mark.parametrize(
    ("target", "status", "maintained", "released"),
    [
        ("3.8", "end-of-life", False, True),
        ("3.10", "end-of-life", False, True),
        ("3.11", "security", True, True),
        ("3.13t", "security", True, True),
        ("3.14t", "bugfix", True, True),
        ("3.15", "bugfix", True, True),
        ("3.16", "feature", False, False),
        ("pypy3.10", "end-of-life", False, True),
        ("pypy3.11", "bugfix", True, True),
    ],
)
def test_what_is_known_of_a_python(target, status, maintained, released):
    python = load_catalog().python(target)
    assert (python.status, python.maintained, python.released) == (status, maintained, released)


def test_targets_are_what_their_parts_say_and_in_order():
    pythons = load_catalog().pythons
    for each in pythons:
        prefix = "pypy" if each.implementation == "pypy" else ""
        assert each.target == f"{prefix}{each.version}{'t' if each.free_threaded else ''}"
    order = [(each.implementation, each.release, each.free_threaded) for each in pythons]
    assert order == sorted(set(order))
    assert [each.target for each in pythons if each.experimental] == ["3.13t"]


def test_the_end_of_life_is_five_years_after_the_first_release():
    for each in load_catalog().pythons:
        if each.implementation == "cpython":
            assert isinstance(each.first_release, dt.date)
            assert each.end_of_life == f"{each.first_release.year + 5}-10"


def test_what_does_not_exist_is_none():
    assert load_catalog().python("3.99") is None
    assert load_catalog().platform("amiga") is None


def test_platform_ids_are_unique_and_name_their_parts():
    platforms = load_catalog().platforms
    assert len({each.id for each in platforms}) == len(platforms)
    for each in platforms:
        prefix = {"glibc": "manylinux", "musl": "musllinux"}.get(each.libc, "")
        if each.os == "linux":
            assert each.id == f"{prefix}_{each.arch}"
        assert (each.libc is not None) is (each.os == "linux")


def test_the_platforms_shipped_by_default():
    assert load_catalog().default_platforms == (
        "manylinux_x86_64",
        "manylinux_aarch64",
        "musllinux_x86_64",
        "macosx_arm64",
        "win_amd64",
    )


def test_public_indexes_refuse_local_versions():
    indexes = load_catalog().indexes
    assert set(indexes) == {"pypi", "testpypi"}
    for each in indexes.values():
        assert not each.takes_local_versions
        assert each.upload.startswith("https://")
        assert each.simple.endswith("/simple/")
        assert each.max_file_size == 100 * 2**20
        assert each.max_project_size == 10 * 2**30


def test_every_kind_of_index_says_what_it_answers_and_where_that_stands():
    kinds = load_catalog().index_kinds
    assert {"pypi", "pypiserver", "devpi", "folder", "artifactory", "nexus", "gitlab"} < set(kinds)
    assert {"codeartifact", "shipwheel", "unknown"} < set(kinds)
    for each in kinds.values():
        assert {status // 100 for status in each.refusal} == {4}, each.kind
        assert {url.partition("//")[0] for url in each.source} == {"https:"}, each.kind
        assert each.parallel_uploads >= 1
        assert each.quirk.endswith(".")
    refusing = {name for name, each in kinds.items() if each.other_bytes == "refused"}
    assert {"pypi", "gitlab", "codeartifact", "folder"} <= refusing


def test_the_catalog_is_read_once():
    assert load_catalog() is load_catalog()


def read_on(name):
    """Give the day of a file's facts: what changes later changes with the data, not with the clock."""
    return re.search(r"ead on (\d{4}-\d\d-\d\d)", header_of(data_text(name)))[1]


def test_every_platform_has_runners_that_are_there_to_stay():
    catalog = load_catalog()
    for platform in catalog.platforms:
        ids = {"github": platform.runner, "gitlab": platform.gitlab}
        for provider, runner_id in ids.items():
            if runner_id is None:
                continue
            runner = catalog.runner(runner_id)
            assert runner is not None, runner_id
            assert (runner.provider, runner.os) == (provider, platform.os)
            assert runner.status != "deprecated"
            assert not ended(runner, read_on("runners"))


def test_a_platform_that_is_not_emulated_runs_on_its_own_processor():
    catalog = load_catalog()
    runs = {"i686": "x86_64", "x86": "amd64", "universal2": "arm64"}
    for platform in catalog.platforms:
        if not platform.emulated:
            for runner_id in filter(None, [platform.runner, platform.gitlab]):
                assert catalog.runner(runner_id).arch == runs.get(platform.arch, platform.arch)


def test_gitlab_lends_out_no_intel_macs_and_no_windows_on_arm():
    without = [each.id for each in load_catalog().platforms if each.gitlab is None]
    assert without == ["macosx_x86_64", "win_arm64"]


def test_each_system_has_its_repair_tool():
    found = {(each.os, each.repair) for each in load_catalog().platforms}
    assert found == {("linux", "auditwheel"), ("macos", "delocate"), ("windows", "delvewheel")}


def test_runners_are_unique_and_dated_as_they_say():
    runners = load_catalog().runners
    assert len({each.id for each in runners}) == len(runners)
    for each in runners:
        assert each.labels
        assert not any("latest" in label for label in each.labels)  # what moves is not data
        if each.end is not None:
            assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])(-\d\d)?", each.end)
            # an image whose end has come is not offered as available
            assert each.status == "deprecated" or not ended(each, read_on("runners"))
        assert (each.image is not None) is (each.provider == "gitlab" and each.os == "macos")


def test_actions_are_commits_of_exact_versions():
    actions = load_catalog().actions
    for name, action in actions.items():
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", name)
        assert re.fullmatch(r"v\d+\.\d+\.\d+", action.version)
        assert re.fullmatch(r"[0-9a-f]{40}", action.commit)
        assert action.pinned == f"{name}@{action.commit}"
    assert len({each.commit for each in actions.values()}) == len(actions)


def test_images_are_tagged_and_pinned():
    for name, image in load_catalog().images.items():
        assert name == image.name
        registry, _, rest = image.reference.partition("/")
        assert "." in registry, "a reference without its registry is another one's to complete"
        assert re.fullmatch(r"[\w./-]+:[\w.-]+", rest)
        if image.digest is not None:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", image.digest)
            assert image.pinned == f"{image.reference}@{image.digest}"


def test_an_image_without_a_digest_is_taken_by_its_tag():
    assert Image(name="x", reference="docker.io/library/x:1").pinned == "docker.io/library/x:1"


def test_the_tools_own_python_is_maintained_and_its_image_has_it():
    catalog = load_catalog()
    python = catalog.python(catalog.ci_python)
    assert python is not None
    assert python.maintained
    for name in ("python", "python-slim"):
        assert f":{catalog.ci_python}-" in catalog.images[name].reference


def test_the_status_of_a_python_follows_from_its_dates():
    for each in load_catalog().pythons:
        if each.implementation == "cpython":
            assert (each.status == "end-of-life") is (each.end_of_life < read_on("pythons")[:7])
            assert each.released is (each.first_release.isoformat() <= read_on("pythons"))
