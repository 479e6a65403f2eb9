"""The bill of materials, from values; that it is CycloneDX is held to the schema in tests/integration."""

from __future__ import annotations

import json
import zipfile

import pytest
from tiny_release import make_sdist, make_wheel, release_of

from shipwheel.dists.headers import Headers
from shipwheel.files import to_json
from shipwheel.publishing.parts import Library, Parts, Told, read_parts
from shipwheel.publishing.release import Commit
from shipwheel.publishing.sbom import SBOM, bill_of, write_sbom

WHEEL, SDIST = "tiny_demo-1.0-py3-none-any.whl", "tiny_demo-1.0.tar.gz"
ROOT = "pkg:pypi/tiny-demo@1.0"


@pytest.fixture
def release(tmp_path):
    dist = tmp_path / "dist"
    dist.mkdir()
    make_wheel(dist)
    make_sdist(dist)
    return release_of(dist, made="2026-01-02T03:04:05+00:00", tools={"hatchling": "1.27"})


def bom(release, *fields: tuple[str, str], **parts):
    contents = {WHEEL: Parts(metadata=Headers(fields), **parts)}
    return json.loads(to_json(bill_of(release, contents)))


def needed(*requirements: str):
    return [("Requires-Dist", each) for each in requirements]


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ([], []),
        (["Click >=8"], [("click", None, "required", ["Click>=8"])]),
        (["click==8.1.2"], [("click", "8.1.2", "required", ["click==8.1.2"])]),
        (["click==8.*"], [("click", None, "required", ["click==8.*"])]),
        (["click==8,!=9"], [("click", None, "required", ["click!=9,==8"])]),
        (["rich; extra == 'x'"], [("rich", None, "optional", ['rich; extra == "x"'])]),
        (
            ["tomli; python_version < '3.11'"],
            [("tomli", None, "required", ['tomli; python_version < "3.11"'])],
        ),
        (
            ["b-c", "B_c==2; extra == 'x'", "a"],
            [
                ("a", None, "required", ["a"]),
                ("b-c", None, "required", ['B_c==2; extra == "x"', "b-c"]),
            ],
        ),
        (["tiny.demo[x]; extra == 'all'"], []),  # itself, by another spelling
        (["not a requirement"], []),
    ],
)
def test_what_is_declared(release, requirements, expected):
    found = bom(release, *needed(*requirements))
    libraries = [each for each in found["components"] if each["type"] == "library"]
    told = [
        (each["name"], each.get("version"), each["scope"], [p["value"] for p in each["properties"]])
        for each in libraries
    ]
    assert told == expected
    refs = [
        f"pkg:pypi/{name}" + (f"@{version}" if version else "") for name, version, *_ in expected
    ]
    assert [each["bom-ref"] for each in libraries] == refs
    assert found["dependencies"][0] == {"ref": ROOT, **({"dependsOn": refs} if refs else {})}
    assert [each["ref"] for each in found["dependencies"][1:]] == refs


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], None),
        ([("License-Expression", "MIT OR Apache-2.0")], [{"expression": "MIT OR Apache-2.0"}]),
        ([("License", "BSD")], [{"license": {"name": "BSD"}}]),
        (
            [("License", "A long\ntext"), ("Classifier", "License :: OSI Approved :: MIT License")],
            [{"license": {"name": "MIT License"}}],
        ),
        ([("License-Expression", "MIT"), ("License", "BSD")], [{"expression": "MIT"}]),
    ],
)
def test_the_license(release, fields, expected):
    assert bom(release, *fields)["metadata"]["component"].get("licenses") == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (("Home-page", "https://x.example"), ("website", "https://x.example")),
        (("Project-URL", "Source Code, https://x.example/r"), ("vcs", "https://x.example/r")),
        (("Project-URL", "What's new, https://x.example"), ("release-notes", "https://x.example")),
        (("Project-URL", "Chat, https://m.to/#/#r:m.org"), ("other", "https://m.to/#/%23r:m.org")),
        (("Project-URL", "Docs, https://x.example/é{v}"), ("documentation", "https://x.example/%C3%A9%7Bv%7D")),
        (("Project-URL", "Docs, https://x.example/%41?a=1&b=2"), ("documentation", "https://x.example/%41?a=1&b=2")),
        (("Project-URL", "Docs, https://x.example/100%"), None),
        (("Project-URL", "Docs, https://x.example/ a"), None),
        (("Project-URL", "Docs, ftp://x.example"), None),
        (("Project-URL", "Docs, https://"), None),
        (("Project-URL", "Docs, https://[::1"), None),
        (("Project-URL", "Docs"), None),
        (("Home-page", "UNKNOWN"), None),
    ],
)  # fmt: skip
def test_links(release, field, expected):
    found = bom(release, field)["metadata"]["component"].get("externalReferences", [])
    assert [(each["type"], each["url"]) for each in found] == ([expected] if expected else [])


def test_each_file_with_its_hash_and_what_made_the_release(release):
    found = bom(release, ("Summary", "tiny"))
    files = [each for each in found["components"] if each["type"] == "file"]
    assert [each["name"] for each in files] == [WHEEL, SDIST]
    for told, file in zip(files, release.in_order, strict=True):
        assert told["hashes"] == [{"alg": "SHA-256", "content": file.sha256}]
        assert told["purl"] == f"{ROOT}?file_name={file.filename}"
    about = found["metadata"]
    assert about["timestamp"] == release.made
    assert about["component"]["bom-ref"] == ROOT
    assert about["component"]["description"] == "tiny"
    assert "pedigree" not in about["component"]
    assert {each["name"] for each in about["tools"]["components"]} == {"hatchling", "shipwheel"}


def test_the_commit_is_its_pedigree(release, tmp_path):
    of_commit = release_of(tmp_path / "dist", commit=Commit(id="c" * 40))
    about = bom(of_commit)["metadata"]
    assert about["component"]["pedigree"] == {"commits": [{"uid": "c" * 40}]}
    assert "timestamp" not in about, "this one does not say when it was made"


def test_the_same_files_have_the_same_number(release, tmp_path):
    first = bom(release)
    assert bom(release) == first
    make_wheel(tmp_path / "dist", body="VALUE = 2\n")
    assert bom(release_of(tmp_path / "dist"))["serialNumber"] != first["serialNumber"]


def test_a_local_version_in_a_package_url(release, tmp_path):
    told = bom(release_of(tmp_path / "dist", version="1.0+cu12"))
    assert told["metadata"]["component"]["purl"] == "pkg:pypi/tiny-demo@1.0%2Bcu12"


def test_what_a_wheel_brings_along_is_its_part(release):
    libraries = (
        Library("demo.libs/libz-1a2b.so.1", "d" * 64),
        Library("demo/.dylibs/x.dylib", None),
    )
    told = (Told(name="zlib", version="1.3", purl="pkg:rpm/zlib@1.3", source="d/sboms/a.json"),)
    file = bom(release, libraries=libraries, told=told)["components"][0]
    first, second, third = file["components"]
    assert (first["name"], first["hashes"][0]["content"]) == ("libz-1a2b.so.1", "d" * 64)
    assert (second["name"], "hashes" in second) == ("x.dylib", False)
    assert (third["name"], third["version"], third["purl"]) == ("zlib", "1.3", "pkg:rpm/zlib@1.3")
    refs = {each["bom-ref"] for each in file["components"]}
    assert len(refs) == 3


LIST = {
    "bomFormat": "CycloneDX",
    "metadata": {"component": {"name": "demo", "version": "1"}},
    "components": [{"name": "demo", "version": "1"}, {"name": "zlib", "version": "1.3", "x": 1}],
}


@pytest.mark.parametrize(
    ("member", "content", "expected"),
    [
        ("sboms/auditwheel.cdx.json", json.dumps(LIST), ["zlib"]),
        ("sboms/spdx.json", '{"spdxVersion": "SPDX-2.3", "packages": []}', []),
        ("sboms/broken.json", '{"components": [', []),
        ("sboms/odd.json", '{"components": [{"name": 3}]}', []),
        ("sboms/large.json", '{"components": []}' + " " * (5 << 20), []),
        ("other.json", json.dumps(LIST), []),
    ],
)
def test_the_lists_in_a_wheel(tmp_path, member, content, expected):
    path = make_wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"tiny_demo-1.0.dist-info/{member}", content)
    assert [each.name for each in read_parts(path).told] == expected


@pytest.mark.parametrize(
    ("member", "brought"),
    [
        ("tiny_demo.libs/libz-1a2b.so.1.2", True),
        ("tiny_demo.libs/zlib1-abc.dll", True),
        ("tiny_demo/.dylibs/libz.1.dylib", True),
        ("tiny_demo.libs/.load-order-tiny_demo-1.0", False),
        ("tiny_demo/_native.so", False),
        ("tiny_demo/libs/libz.so", False),
    ],
)
def test_which_libraries_are_foreign(tmp_path, member, brought):
    path = make_wheel(tmp_path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    info = "tiny_demo-1.0.dist-info/RECORD"
    members[info] = f"{member},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n".encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert read_parts(path).libraries == ((Library(member, empty),) if brought else ())


def test_it_is_written_from_the_files(release, tmp_path):
    path = write_sbom(tmp_path / "state", release, tmp_path / "dist")
    assert path == tmp_path / "state" / SBOM
    found = json.loads(path.read_bytes())
    names = [each["name"] for each in found["components"]]
    assert names == [WHEEL, SDIST, "not-there-at-all"]


def test_an_sdist_alone_speaks_for_itself(tmp_path):
    dist = tmp_path / "dist"
    dist.mkdir()
    make_sdist(dist)
    found = json.loads(write_sbom(tmp_path, release_of(dist), dist).read_bytes())
    assert [each["name"] for each in found["components"]] == [SDIST, "not-there-at-all"]
