"""A distribution that brings rules, really built and installed beside shipwheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from tests.conftest import ROOT

pytestmark = pytest.mark.integration

PROJECT = ROOT / "tests" / "projects" / "verify-rules"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Give a folder with the installed distribution, for PYTHONPATH."""
    folder = tmp_path_factory.mktemp("site")
    uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps"]
    subprocess.run([*uv, "--target", str(folder), str(PROJECT)], check=True)
    return folder


def shipwheel(*words, path=""):
    return subprocess.run(
        [sys.executable, "-m", "shipwheel", *words],
        env={**os.environ, "PYTHONPATH": str(path), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_installed_rules_are_listed_explained_and_run(site):
    listed = shipwheel("verify", "--list-rules", path=site)
    assert listed.returncode == 0
    assert "acme-licence" in listed.stdout
    assert "acme-rules 1.2" in listed.stdout
    explained = shipwheel("verify", "--explain", "acme-licence", path=site)
    assert "The legal department asks for it." in explained.stdout


def test_what_they_find_stands_in_the_report(site, tmp_path):
    build = [sys.executable, "-m", "uv", "build", "-q", "--wheel", "--out-dir", str(tmp_path)]
    subprocess.run([*build, str(PROJECT)], check=True)
    done = shipwheel("verify", "--static", "--json", "-", str(tmp_path), path=site)
    report = json.loads(done.stdout)
    assert [f["message"] for f in report["findings"] if f["rule"] == "acme-licence"] == [
        "acme_rules-1.2-py3-none-any.whl names no licence file"
    ]
    assert done.returncode == 1
    without = json.loads(shipwheel("verify", "--static", "--json", "-", str(tmp_path)).stdout)
    assert not any(check["id"].startswith("acme") for check in without["checks"])


def test_a_broken_one_is_named(site, tmp_path):
    own = site / "acme_rules.py"
    good = own.read_bytes()
    own.write_text("import nothing_of_that_name\n")
    try:
        done = shipwheel("verify", "--list-rules", path=site)
    finally:
        own.write_bytes(good)
    assert done.returncode == 2
    assert "the rules that acme-rules 1.2 brings cannot be taken" in done.stderr
    assert "nothing_of_that_name" in done.stderr
    assert "Traceback" not in done.stderr
