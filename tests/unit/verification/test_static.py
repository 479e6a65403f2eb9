"""Static verification: a good file is silent, and each thing that is changed in it is found by its rule."""

from __future__ import annotations

import warnings
import zipfile

import pytest
from tiny_binaries import elf

from shipwheel.verification.evidence import writable
from shipwheel.verification.report import CheckStatus, Level
from shipwheel.verification.run import verify

INFO = "good-1.0.dist-info"
ELF = elf(exports=["PyInit__c"])
METADATA = (
    "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nDescription-Content-Type: text/markdown\n"
)
LINUX = "good-1.0-cp312-cp312-linux_x86_64.whl"
MANYLINUX = "good-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
WHEEL = "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: false\nTag: cp312-cp312-{}\n"
EXTENSION = "good/_c.cpython-312-x86_64-linux-gnu.so"


def told(path):
    """Give (rule, level) of each finding of a static verification."""
    report = verify([path], static=True)
    return [(finding.rule, finding.level.value) for finding in report.findings]


def metadata(more: str, body: str = "# good\n") -> dict[str, str]:
    return {f"{INFO}/METADATA": f"{METADATA}{more}\n{body}"}


def tagged(tag: str, **files) -> dict:
    return {f"{INFO}/WHEEL": WHEEL.format(tag), **files}


def test_a_good_wheel_is_silent(make_wheel):
    report = verify([make_wheel()], static=True)
    assert report.ok
    assert report.findings == ()
    assert report.files[0].kind == "wheel"


def test_a_good_sdist_is_silent(make_sdist):
    report = verify([make_sdist()], static=True)
    assert report.ok
    assert report.findings == ()
    assert report.files[0].kind == "sdist"


def test_a_static_report_says_so_and_skips_every_install_check(make_wheel):
    report = verify([make_wheel()], static=True)
    assert report.static
    skipped = {c.id for c in report.checks if c.reason == "left out: --static"}
    assert {"install", "import", "install-proof"} <= skipped
    assert report.installed_on("good-1.0-py3-none-any.whl") == ()


BARE = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nSummary: one\n"
WHEEL_FAULTS = [
    # what is changed, the rule that tells it, its level
    ({"files": {"../evil.py": "x"}}, "archive-path", "error"),
    ({"files": {"/etc/evil.py": "x"}}, "archive-path", "error"),
    ({"files": {"good\\evil.py": "x"}}, "archive-path", "error"),
    ({"files": {"C:evil.py": "x"}}, "archive-path", "error"),
    ({"files": {"good/A.py": "x", "good/a.py": "y"}}, "archive-case", "warning"),
    ({"files": {f"{INFO}/METADATA": None}}, "metadata-present", "error"),
    ({"files": {f"{INFO}/WHEEL": None}}, "metadata-present", "error"),
    ({"files": {"other-2.0.dist-info/METADATA": METADATA}}, "metadata-present", "error"),
    ({"dist_info": "bad-1.0.dist-info"}, "metadata-agrees", "error"),
    ({"filename": "bad-1.0-py3-none-any.whl"}, "metadata-agrees", "error"),
    ({"filename": "good-1.1-py3-none-any.whl"}, "metadata-agrees", "error"),
    ({"filename": "good-1.0-any.whl"}, "filename-valid", "error"),
    ({"files": metadata("Requires-Dist: not a requirement\n")}, "metadata-fields", "error"),
    ({"files": metadata("Requires-Python: three\n")}, "metadata-fields", "error"),
    ({"files": metadata("Unknown-Field: x\n")}, "metadata-fields", "error"),
    ({"files": metadata("License-Expression: MIT\n")}, "metadata-fields", "warning"),
    ({"files": {f"{INFO}/METADATA": METADATA.replace("2.1", "2.0")}}, "metadata-fields", "warning"),
    ({"files": {f"{INFO}/METADATA": METADATA.replace("2.1", "9.0")}}, "metadata-fields", "error"),
    ({"files": metadata("", body="")}, "description-present", "warning"),
    (
        {
            "files": {
                f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n\n# A\n[b](http://c.test)\n"
            }
        },
        "description-present",
        "warning",
    ),
    (
        {
            "files": {
                f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"
                "Description-Content-Type: text/x-rst\n\nTitle\n==\n\n`a <b\n"
            }
        },
        "description-renders",
        "error",
    ),
    ({"files": metadata("Requires-Dist: a @ https://x.test/a.zip\n")}, "dependency-url", "warning"),
    (
        {"files": metadata("Classifier: Private :: Do Not Upload\n")},
        "classifier-private",
        "warning",
    ),
    ({"files": {f"{INFO}/entry_points.txt": "[console_scripts\n"}}, "entry-points", "error"),
    (
        {"files": {f"{INFO}/entry_points.txt": "[console_scripts]\ngood = good.cli:main\n"}},
        "entry-points",
        "error",
    ),
    (
        {"files": {f"{INFO}/entry_points.txt": "[pytest11]\ngood = good.cli:main\n"}},
        "entry-points",
        "warning",
    ),
    (
        {"files": {f"{INFO}/entry_points.txt": "[console-scripts]\ngood = good:VALUE\n"}},
        "entry-points",
        "warning",
    ),
    ({"files": {"good/\u202etxt.py": ""}}, "archive-path", "error"),
    (
        {"files": metadata("Summary: Add your description here\n")},
        "metadata-placeholder",
        "warning",
    ),
    (
        {"files": {f"{INFO}/WHEEL": WHEEL.format("any").replace("1.0", "1.9")}},
        "wheel-version",
        "warning",
    ),
    (
        {"record": f"good/__init__.py,sha512={'a' * 43},10\n{INFO}/RECORD,,\n"},
        "record-form",
        "error",
    ),
    ({"record": ""}, "record-present", "error"),
    ({"record": "good/__init__.py\n"}, "record-present", "error"),
    ({"record": f"{INFO}/RECORD,,\n"}, "record-unlisted", "error"),
    (
        {"files": {f"{INFO}/WHEEL": WHEEL.format("any").replace("1.0", "2.0")}},
        "wheel-version",
        "error",
    ),
    ({"files": {f"{INFO}/WHEEL": WHEEL.format("any")}}, "tags-agree", "error"),
    (
        {
            "files": {f"{INFO}/WHEEL": WHEEL.format("any").replace("cp312-cp312", "py3-none")},
            "filename": "good-1.0-py2.py3-none-any.whl",
        },
        "tags-agree",
        "warning",
    ),
    ({"files": {EXTENSION: ELF}}, "tags-pure", "error"),
    ({"files": {"good/libx.so": elf()}}, "tags-pure", "warning"),
    ({"filename": MANYLINUX, "files": tagged("manylinux_2_17_x86_64")}, "tags-platform", "warning"),
    (
        {"filename": LINUX, "files": tagged("linux_x86_64", **{EXTENSION: ELF})},
        "tags-linux",
        "warning",
    ),
    ({"files": {"good/__init__.py": None}}, "contents-empty", "error"),
    (
        {"files": {"good/__init__.py": None, **metadata("Requires-Dist: six\n")}},
        "contents-empty",
        "warning",
    ),
    ({"files": {"tests/__init__.py": "x"}}, "contents-top-level", "warning"),
    ({"files": {"good/__pycache__/a.cpython-312.pyc": "x"}}, "contents-leftovers", "warning"),
    ({"files": {"good/.env": "x"}}, "contents-leftovers", "warning"),
    ({"files": {"good-1.0.data/odd/x": "x"}}, "contents-data", "error"),
    ({"files": {"bad-1.0.data/scripts/x": "x"}}, "contents-data", "error"),
]


@pytest.mark.parametrize(("change", "rule", "level"), WHEEL_FAULTS)
def test_one_change_in_a_good_wheel_is_found_by_its_rule(make_wheel, change, rule, level):
    assert (rule, level) in told(make_wheel(**change))


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("good/__init__.py,sha256=AAAA,10", "record-hash"),
        ("good/__init__.py,sha256=Xl4Zc3o8ZzS1gPjQ2cXQv7h1i8b3j1d6z1o0q3w5x7y,10", "record-hash"),
        ("good/__init__.py,md5=AAAA,10", "record-hash"),
        ("good/__init__.py,,", "record-hash"),
        ("good/lost.py,sha256=AAAA,3", "record-absent"),
    ],
)
def test_a_wrong_line_of_record(make_wheel, line, rule):
    assert (rule, "error") in told(make_wheel(record=f"{line}\n{INFO}/RECORD,,\n"))


def test_a_local_version_is_a_warning(make_wheel):
    path = make_wheel(
        {"good-1.0+g1.dist-info/METADATA": METADATA.replace("1.0\n", "1.0+g1\n", 1) + "\nx\n"},
        filename="good-1.0+g1-py3-none-any.whl",
        dist_info="good-1.0+g1.dist-info",
    )
    assert told(path) == [("version-local", "warning")]


def test_links_duplicates_and_encryption_in_a_wheel(make_wheel):
    link = zipfile.ZipInfo("good/link.py")
    link.external_attr = 0o120777 << 16
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the duplicate
        path = make_wheel(after=[(link, "__init__.py"), ("good/__init__.py", "again")])
    rules = {rule for rule, level in told(path) if level == "error"}
    assert {"archive-link", "archive-duplicate", "record-unlisted"} <= rules


SDIST_FAULTS = [
    ({"files": {"../evil": "x"}}, "archive-path"),
    ({"root": "other-1.0"}, "sdist-root"),
    ({"root": "good-1.1"}, "sdist-root"),
    ({"files": {"PKG-INFO": None}}, "sdist-pkg-info"),
    ({"files": {"pyproject.toml": None}}, "sdist-build-file"),
    ({"filename": "good-1.1.tar.gz"}, "metadata-agrees"),
    ({"links": [("out", "/etc/passwd")]}, "archive-link"),
    ({"links": [("out", "../../x")]}, "archive-link"),
]


@pytest.mark.parametrize(("change", "rule"), SDIST_FAULTS)
def test_one_change_in_a_good_sdist_is_found_by_its_rule(make_sdist, change, rule):
    assert (rule, "error") in told(make_sdist(**change))


def named(text: str, backend: str = "setuptools.build_meta") -> dict[str, str]:
    built = f"[build-system]\nrequires = []\nbuild-backend = '{backend}'\n"
    return {"pyproject.toml": f"{built}{text}"}


NAMED = [
    (named("[project]\nreadme = 'README'\n"), "error"),
    # setuptools goes on without it, as it did when the sdist was made
    (named("[project]\nreadme = 'README'\n") | {"PKG-INFO": BARE}, "warning"),
    (named("[project]\nreadme = 'README'\n", "hatchling.build") | {"PKG-INFO": BARE}, "error"),
    (named("[tool.setuptools.dynamic]\nversion = {file = 'V'}\n"), "error"),
    (named("[tool.setuptools.dynamic]\nversion = {file = 'V'}\n", "hatchling.build"), None),
    (named("", "maturin"), "error"),
    (named("", "maturin") | {"rust/Cargo.toml": ""}, None),
]


@pytest.mark.parametrize(("files", "level"), NAMED)
def test_files_that_pyproject_names(make_sdist, files, level):
    found = [lev for rule, lev in told(make_sdist(files)) if rule == "sdist-named-files"]
    assert found == ([level] if level else [])


RELIABLE = "Metadata-Version: 2.4\nName: good\nVersion: 1.0\nRequires-Dist: Six >=1,<2\n\ntext\n"
PROJECT = "[project]\ndependencies = [{}]\n"
STATED = [
    (PROJECT.format("'six<2,>=1'"), "hatchling.build", 0),
    (PROJECT.format("'six>=1'"), "hatchling.build", 2),
    (PROJECT.format("'six>=1'"), "maturin", 0),  # writes them in a form of its own
    (PROJECT.format("'seven'"), "maturin", 2),
    ("[project]\ndynamic = ['dependencies']\n", "hatchling.build", 0),
]


@pytest.mark.parametrize(("text", "backend", "count"), STATED)
def test_dependencies_that_pyproject_and_pkg_info_state(make_sdist, text, backend, count):
    files = named(text, backend) | {"PKG-INFO": RELIABLE}
    found = [rule for rule, _ in told(make_sdist(files)) if rule == "sdist-metadata"]
    assert len(found) == count


BACKENDS = [
    ("requires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'", 0),
    ("requires = ['flit_core']\nbuild-backend = 'flit_core.build'", 1),
    ("requires = []\nbuild-backend = 'flit_core.buildapi'", 1),
    ("requires = ['hatchling']\nbuild-backend = 'flit_core.buildapi'", 1),
    ("requires = ['hatch-vcs']\nbuild-backend = 'hatchling.build'", 0),  # brings it
    ("requires = []\nbackend-path = ['.']\nbuild-backend = 'setuptools.mine'", 0),
    ("requires = []\nbuild-backend = 'mine'", 0),
]


@pytest.mark.parametrize(("table", "count"), BACKENDS)
def test_backends(make_sdist, table, count):
    files = {"pyproject.toml": f"[build-system]\n{table}\n"}
    found = [rule for rule, _ in told(make_sdist(files)) if rule == "sdist-pyproject"]
    assert len(found) == count


def test_a_link_within_an_sdist_is_nothing_wrong(make_sdist):
    assert told(make_sdist(links=[("docs/in.md", "../good/__init__.py")])) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("good-1.0-py3-none-any.whl", b""),
        ("good-1.0-py3-none-any.whl", b"PK\x05\x06" + bytes(18)[:-2]),
        ("good-1.0-py3-none-any.whl", b"\x00" * 5000),
        ("good-1.0.tar.gz", b""),
        ("good-1.0.tar.gz", b"\x1f\x8b\x08" + b"\x00" * 40),
        ("good-1.0.zip", b"PK"),
    ],
)
def test_what_is_no_archive_is_one_finding_and_no_more(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    report = verify([path], static=True)
    assert [f.rule for f in report.findings] == ["archive-readable"]
    statuses = {c.id: c.status for c in report.checks if c.file == name}
    assert statuses["archive-path"] is CheckStatus.SKIPPED


@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_cut_archive_is_found(make_wheel, make_sdist, part):
    for path in (make_wheel(), make_sdist()):
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * part)])
        assert ("archive-readable", "error") in told(path)


def test_a_flipped_bit_is_found(make_wheel):
    path = make_wheel({"good/data.bin": bytes(range(256)) * 8})
    data = bytearray(path.read_bytes())
    data[data.index(b"good/data.bin") + 20] ^= 1
    path.write_bytes(bytes(data))
    assert ("archive-readable", "error") in told(path)


def test_a_bomb_is_not_read(tmp_path):
    path = tmp_path / "good-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good/zeros", bytes(100 << 20))
    findings = verify([path], static=True).findings
    assert [f.rule for f in findings] == ["archive-readable"]
    assert "bomb" in findings[0].message


def test_warnings_do_not_fail_and_errors_do(make_wheel):
    warned = verify([make_wheel({"tests/__init__.py": ""})], static=True)
    assert warned.ok
    assert [f.level for f in warned.findings] == [Level.WARNING]
    assert not verify([make_wheel({"good/__init__.py": None})], static=True).ok


def test_a_check_that_warns_has_passed_and_says_so(make_wheel):
    report = verify([make_wheel({"tests/__init__.py": ""})], static=True)
    check = next(c for c in report.checks if c.id == "contents-top-level")
    assert (check.status, check.reason) == (CheckStatus.PASSED, "1 warning")


def test_a_strangers_text_is_written_without_what_a_terminal_obeys(make_wheel):
    path = make_wheel({"../\x1b[31mred\u202e.py": "x"})
    report = verify([path], static=True)
    message = next(f.message for f in report.findings if f.rule == "archive-path")
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert "red" in message


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\nb", "a\nb"), ("\x1b[0m", "\\x1b[0m"), ("\ud800", "\\ud800"), ("ä✓", "ä✓")],
)
def test_writable(text, written):
    assert writable(text) == written


@pytest.mark.parametrize(
    "files",
    [
        {
            "good/script/tool.py": "def main(): ...",
            f"{INFO}/entry_points.txt": "[console_scripts]\na = good.script.tool:main\n",
        },
        {"good/data/x.txt": "", f"{INFO}/entry_points.txt": "[pkg_config]\na = good.data\n"},
        {f"{INFO}/entry_points.txt": "[fsspec.specs]\na = good.FileSystem\n"},
        {f"{INFO}/entry_points.txt": "[pytest11]\na = other.plugin:Class [extra]\n"},
        {f"{INFO}/entry_points.txt": "[x]\na name = other\nb = good:VALUE.b.c\n"},
    ],
)
def test_entry_points_that_are_right(make_wheel, files):
    assert told(make_wheel(files)) == []
