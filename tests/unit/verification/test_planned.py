"""Verification against a Plan and a project: the set, the promised contents, ignored rules."""

from __future__ import annotations

import pytest
from tiny_binaries import elf

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Made, Record, Status
from shipwheel.errors import ConfigurationError
from shipwheel.files import sha256
from shipwheel.planning.job import Job, JobKind, Scope
from shipwheel.project.config import Config, VerifyConfig, WheelsConfig
from shipwheel.project.facts import Kind
from shipwheel.verification.report import CheckStatus
from shipwheel.verification.run import verify

INFO = "good-1.0.dist-info"
CP312 = "good-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
ELF = elf(exports=["PyInit__c"])
TAGS = {
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: false\nTag: cp312-cp312-manylinux_2_17_x86_64\n"
}


def told(path, **known):
    report = verify([path], static=True, **known)
    return {(finding.rule, finding.level.value) for finding in report.findings}


@pytest.fixture
def dist(make_wheel, make_sdist):
    """Give a folder that holds the whole set of a pure project."""
    make_sdist()
    return make_wheel().parent


def test_the_whole_set_is_silent(dist, make_plan, make_project):
    report = verify([dist], plan=make_plan(), project=make_project(), static=True)
    assert report.findings == ()
    assert report.scope == "local"


def test_a_planned_file_is_missing(dist, make_plan):
    (dist / "good-1.0.tar.gz").unlink()
    assert told(dist, plan=make_plan()) == {("set-complete", "error")}


def test_a_file_of_the_release_scope_is_not_missing_here(dist, make_plan):
    plan = make_plan(
        (
            ("sdist", Scope.LOCAL, "build"),
            ("any", Scope.LOCAL, "build"),
            ("cp312-win_amd64", Scope.RELEASE, "w"),
        ),
    )
    assert told(dist, plan=plan) == set()
    assert told(dist, plan=plan, scope=Scope.RELEASE) == {("set-complete", "error")}


def test_a_foreign_file_is_told_here_and_fails_a_release(dist, make_plan):
    (dist / "notes.txt").write_text("x")
    assert told(dist, plan=make_plan()) == {("set-foreign", "warning")}
    assert told(dist, plan=make_plan(), scope=Scope.RELEASE) == {("set-foreign", "error")}


@pytest.mark.parametrize("name", [".gitignore", "good-1.0.tar.gz.asc", "a.whl.publish.attestation"])
def test_hidden_files_and_companions_are_not_foreign(dist, make_plan, name):
    (dist / name).write_text("x")
    assert told(dist, plan=make_plan()) == set()


def test_two_versions_are_an_error_of_a_set_and_a_warning_in_a_folder(dist, make_plan, make_sdist):
    make_sdist(
        {
            "PKG-INFO": "Metadata-Version: 2.1\nName: good\nVersion: 0.9\nDescription-Content-Type: text/plain\n\nx\n"
        },
        filename="good-0.9.tar.gz",
        root="good-0.9",
    )
    assert told(dist) == {("set-version", "warning")}
    assert ("set-version", "error") in told(dist, plan=make_plan())
    assert ("set-complete", "error") in told(dist, plan=make_plan())  # two files are the sdist


def test_files_of_another_version_than_the_plans(dist, make_plan):
    assert told(dist, plan=make_plan(version="2.0")) == {("set-version", "error")}


def test_metadata_that_differs_between_wheels(dist, make_wheel):
    base = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nDescription-Content-Type: text/plain\n"
    files = TAGS | {"good/_c.cpython-312-x86_64-linux-gnu.so": ELF}
    make_wheel(
        files | {f"{INFO}/METADATA": f"{base}Requires-Python: >=3.8\nRequires-Dist: six\n\nx\n"},
        filename=CP312,
    )
    assert told(dist) == {("set-metadata", "warning")}


def test_dynamic_fields_of_an_sdist_may_differ(make_wheel, make_sdist):
    head = "Metadata-Version: 2.2\nName: good\nVersion: 1.0\nDescription-Content-Type: text/plain\n"
    make_sdist({"PKG-INFO": f"{head}Dynamic: Requires-Dist\n\nx\n"})
    folder = make_wheel({f"{INFO}/METADATA": f"{head}Requires-Dist: six\n\nx\n"}).parent
    assert told(folder) == set()
    make_sdist({"PKG-INFO": f"{head}\nx\n"})
    assert told(folder) == {("set-metadata", "warning")}


def test_a_release_takes_the_planned_builders_wheel_alone(make_wheel, make_sdist, make_plan):
    wheel = make_wheel(TAGS | {"good/_c.cpython-312-x86_64-linux-gnu.so": ELF}, filename=CP312)
    make_sdist()
    job = Job(id="w", kind=JobKind.WHEELS, session="wheels", scope=Scope.RELEASE)
    plan = make_plan(
        (("sdist", Scope.LOCAL, "build"), ("cp312-manylinux_x86_64", Scope.LOCAL, "w")),
        kind=Kind.EXTENSION,
        jobs=(job,),
    )
    for builder, found in (("laptop", {("set-builder", "error")}), ("cibuildwheel", set())):
        made = Made(
            id="cp312-manylinux_x86_64",
            filename=wheel.name,
            sha256=sha256(wheel),
            size=1,
            builder=builder,
        )
        record = Record(job="w", session="w", status=Status.PASSED, made=(made,))
        known = {"plan": plan, "manifest": Manifest(records=(record,))}
        assert told(wheel.parent, scope=Scope.RELEASE, **known) == found
        assert told(wheel.parent, **known) == set()


def test_the_projects_packages_must_be_there(dist, make_project):
    lost = make_project(packages=("good", "lost.part"))
    assert told(dist, project=lost) == {("contents-packages", "error")}
    assert told(dist, project=make_project(packages=("other",), weak=True)) == {
        ("contents-packages", "warning")
    }


def test_an_empty_wheel_of_a_project_with_packages(make_wheel, make_project):
    text = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"
    path = make_wheel(
        {
            "good/__init__.py": None,
            f"{INFO}/METADATA": text + "Description-Content-Type: text/plain\n\nx\n",
        }
    )
    assert told(path, project=make_project()) == {("contents-empty", "error")}


def test_a_promised_extension(make_wheel, make_project):
    path = make_wheel()
    assert told(path, project=make_project(kind=Kind.EXTENSION)) == {("contents-compiled", "error")}
    allowed = Config(wheels=WheelsConfig(allow_pure=True))
    assert told(path, project=make_project(kind=Kind.EXTENSION, config=allowed)) == set()


def test_another_projects_file(dist, make_project):
    assert told(dist, project=make_project(name="better")) == {("metadata-project", "error")}
    assert told(dist, project=make_project(version="1.1")) == {("metadata-project", "error")}
    assert told(dist, project=make_project(version=None)) == set()


def test_an_ignored_rule_is_skipped_with_its_reason_and_named(make_wheel, make_project):
    path = make_wheel({"tests/a.py": "x"})
    config = Config(verify=VerifyConfig(ignore={"contents-top-level": "they belong there"}))
    report = verify([path], project=make_project(config=config), static=True)
    assert report.findings == ()
    assert report.ignored == {"contents-top-level": "they belong there"}
    check = next(c for c in report.checks if c.id == "contents-top-level")
    assert check.status is CheckStatus.SKIPPED
    assert check.reason == "ignored: they belong there"


@pytest.mark.parametrize(
    ("ignore", "said"),
    [
        ({"content-empty": "x"}, "contents-empty"),
        ({"zzz": "x"}, "--list-rules"),
        ({"contents-empty": " "}, "why"),
    ],
)
def test_a_wrong_ignore_is_an_error_of_the_configuration(make_wheel, ignore, said):
    with pytest.raises(ConfigurationError) as caught:
        verify([make_wheel()], ignore=ignore, static=True)
    assert said in str(caught.value.hint)


def test_paths_that_hold_nothing(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        verify([tmp_path / "lost"], static=True)
    with pytest.raises(ConfigurationError, match="no distribution"):
        verify([tmp_path], static=True)


def test_what_is_to_be_uploaded_holds_to_the_letter(dist, make_wheel, make_plan):
    old = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nDescription-Content-Type: text/plain\n"
    make_wheel({f"{INFO}/METADATA": f"{old}License-Expression: MIT\nRequires-Python: >=3.8\n\nx\n"})
    assert told(dist) == {("metadata-fields", "warning")}
    assert told(dist, plan=make_plan()) == {("metadata-fields", "error")}
