"""What `uv audit` is given and what it says, read."""

from __future__ import annotations

import json
import tomllib

import pytest

from shipwheel.deps.audit.answer import Advisory
from shipwheel.deps.audit.service import read_told
from shipwheel.deps.audit.synthetic import Pin, write_synthetic
from shipwheel.errors import MachineError

SERVICE = "https://alice:geheim@osv.example.org"
ROW = {
    "dependency": {"name": "urllib3", "version": "1.26.4"},
    "id": "GHSA-q2q7-5pp4-w6pg",
    "display_id": "PYSEC-2021-108",
    "aliases": ["CVE-2021-33503", "PYSEC-2021-108"],
    "summary": "Slow",
    "fix_versions": ["1.26.5"],
}


def test_the_lock_holds_every_version_of_every_project(tmp_path):
    pins = [Pin("urllib3", "2.0.0"), Pin("jinja2", "3.1.6"), Pin("urllib3", "1.26.4")]
    write_synthetic(tmp_path, [*pins, pins[0]])
    lock = tomllib.loads((tmp_path / "uv.lock").read_text("utf-8"))
    packages = [(each["name"], each["version"]) for each in lock["package"]]
    wanted = sorted((each.name, each.version) for each in pins)
    assert packages == [("audited", "0"), *wanted]
    needed = lock["package"][0]["dependencies"]
    assert [(each["name"], each["version"]) for each in needed] == wanted


def test_what_is_synthetic_names_no_index(tmp_path):
    write_synthetic(tmp_path, [Pin("urllib3", "2.0.0")])
    assert "://" not in (tmp_path / "uv.lock").read_text("utf-8")


@pytest.mark.parametrize("head", ["", "warning: `uv audit` is experimental\n"])
def test_the_answer_is_read_behind_warnings(head):
    told = read_told(head + json.dumps({"schema": {}, "vulnerabilities": [ROW]}), SERVICE)
    assert told.vulnerabilities[0].fix_versions == ("1.26.5",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "{}",
        '{"vulnerabilities": 3}',
        '{"vulnerabilities": [{"id": 7}]}',
        '{"vulnerabilities": ' + "[" * 100_000,
        json.dumps({"vulnerabilities": [{**ROW, "aliases": ["x"] * 1001}]}),
    ],
)
def test_another_answer_is_told_without_credentials(text):
    with pytest.raises(MachineError) as caught:
        read_told(text, SERVICE)
    assert caught.value.reference == "advisories"
    assert "geheim" not in "\n".join(caught.value.lines())


def test_a_cve_is_the_first_of_the_names():
    advisory = Advisory(id="GHSA-1", aliases=("PYSEC-1", "CVE-2021-33503"))
    assert advisory.names == ("CVE-2021-33503", "GHSA-1", "PYSEC-1")
