"""The container starter, built by podman: what is in the image, and which layers a change makes again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests" / "containers" / "python"
IMAGE = "localhost/pagewords-tested"
PASSWORD = "geheim-8181-pass"
LIMITS = ("--network=host", "--ulimit=nofile=20000:20000", "--ulimit=nproc=1000:1000")

# run by the image's own Python: every file by its path, and those that hold the password
LOOK = """
import json, os, sys
names, leaks = [], []
for folder, folders, files in os.walk("/"):
    folders[:] = [each for each in folders if os.path.join(folder, each) not in ("/proc", "/sys", "/dev")]
    for each in files:
        path = os.path.join(folder, each)
        names.append(path)
        try:
            with open(path, "rb") as file:
                if sys.argv[1].encode() in file.read():
                    leaks.append(path)
        except OSError:
            pass
writable = [each for each in names if each.startswith("/app/") and os.access(each, os.W_OK)]
said = {"uid": os.getuid(), "names": names, "leaks": leaks, "writable": writable}
print(json.dumps(said))
"""


def podman(*words: str | os.PathLike[str], fails: bool = False) -> str:
    done = subprocess.run(
        ["bash", SCRIPT, "podman", *words], capture_output=True, text=True, check=False
    )
    assert fails or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr if fails or words[0] == "build" else done.stdout


def build(project: Path, tag: str, *options: str) -> str:
    """Build as the starter's README says, with the settings of this machine's pip and uv as secrets."""
    settings = project.parent
    (settings / "uv.toml").write_text(f"# {PASSWORD}\nsystem-certs = true\n")
    certificates = "/etc/ssl/certs/ca-certificates.crt"
    (settings / "pip.conf").write_text(f"# {PASSWORD}\n[global]\ncert = {certificates}\n")
    secrets = [f"--secret=id={each},src={settings / each}" for each in ("uv.toml", "pip.conf")]
    base = "--build-arg=BASE=localhost/python-local:latest"
    return podman(
        "build", "--pull=never", *LIMITS, *secrets, base, "--timestamp=0", *options, "-t", tag, project
    )  # fmt: skip


def layers(tag: str) -> list[str]:
    return json.loads(podman("image", "inspect", "--format", "{{json .RootFS.Layers}}", tag))


@pytest.fixture(scope="module")
def project(tools, commit, tmp_path_factory) -> Iterator[Path]:
    """Give the starter with its wheel, and the image built from it."""
    made = subprocess.run(["bash", SCRIPT, "image"], capture_output=True, text=True, check=False)
    if made.returncode == 69:
        print(made.stderr)
        pytest.skip(made.stderr.strip())
    assert made.returncode == 0, made.stderr
    folder = tmp_path_factory.mktemp("container") / "pagewords"
    left_out = shutil.ignore_patterns(".shipwheel", "dist", ".nox", "__pycache__")
    shutil.copytree(ROOT / "templates" / "container", folder, ignore=left_out)
    commit(folder)
    assert tools.nox(folder, "-s", "build").code == 0
    build(folder, f"{IMAGE}:first")
    yield folder
    podman(
        "image", "rm", "--force", f"{IMAGE}:first", f"{IMAGE}:second", f"{IMAGE}:again", fails=True
    )


def run(*words: str) -> str:
    return podman("run", "--rm", "--pull=never", *LIMITS, *words)


def test_the_command_runs(project: Path) -> None:
    said = run(f"{IMAGE}:first", "to be or not to be")
    assert said.split() == ["2", "be", "2", "to", "1", "not", "1", "or"]


def test_the_service_answers(project: Path) -> None:
    program = (
        "import threading, urllib.request, pagewords, waitress.server as s;"
        "server = s.create_server(pagewords.application, host='127.0.0.1', port=0);"
        "threading.Thread(target=server.run, daemon=True).start();"
        "print(urllib.request.urlopen(f'http://127.0.0.1:{server.effective_port}/?text=a+b').read())"
    )
    assert "<p>a b</p>" in run("--entrypoint=python", f"{IMAGE}:first", "-c", program)


def test_nothing_is_in_it_that_production_has_no_use_for(project: Path) -> None:
    found = json.loads(run("--entrypoint=python", f"{IMAGE}:first", "-c", LOOK, PASSWORD))
    assert found["uid"] != 0
    assert found["leaks"] == []
    assert found["writable"] == []
    files = [Path(each) for each in found["names"]]
    programs = {each.name for each in files if "bin" in each.parts}
    assert not programs & {"pip", "pip3", "uv", "uvx", "pytest", "gcc", "cc", "make"}
    tools = {"pip", "uv", "pytest", "setuptools", "ensurepip", "wheel"}
    assert not [each for each in files if tools & set(each.parts)]
    assert not [each for each in files if each.suffix == ".whl" or ".cache" in each.parts]
    packages = {
        each.name.partition("-")[0]
        for path in files
        for each in [path.parent]
        if path.name == "RECORD"
    }
    assert packages == {"markupsafe", "waitress", "pagewords"}
    compiled = [each for each in files if each.suffix == ".pyc" and "pagewords" in each.parts]
    assert len(compiled) == 2
    assert not [
        each for each in files if each.name.startswith("test_") and "app" in each.parts[1:2]
    ]
    assert PASSWORD not in podman("image", "history", "--no-trunc", f"{IMAGE}:first")


def test_a_change_of_the_code_makes_the_last_layer_alone(project: Path, tools) -> None:
    before = layers(f"{IMAGE}:first")
    module = project / "src" / "pagewords" / "__init__.py"
    change = f"\nADDED = {os.urandom(8).hex()!r}\n"  # of no earlier run's cache
    module.write_text(module.read_text("utf-8") + change, "utf-8")
    assert tools.nox(project, "-s", "build").code == 0
    said = build(project, f"{IMAGE}:second")
    assert "pagewords==1.0.0" in said
    assert "markupsafe==" not in said, "the dependencies were installed again"
    after = layers(f"{IMAGE}:second")
    assert after[:-1] == before[:-1]
    assert after[-1] != before[-1]


def test_built_again_from_nothing_it_is_the_same(project: Path) -> None:
    newest = f"{IMAGE}:second" if "second" in podman("images", IMAGE) else f"{IMAGE}:first"
    build(project, f"{IMAGE}:again", "--no-cache")
    assert layers(f"{IMAGE}:again") == layers(newest)
