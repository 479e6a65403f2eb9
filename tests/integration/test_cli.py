"""The command line as a person and a script meet it: real processes, real terminals."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import struct
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "small"
version = "1.0"
requires-python = ">=3.11"
"""
OWN_NOXFILE = """\
import nox

@nox.session
def test(session):
    session.install(".", "pytest")

@nox.session
def spelling(session): ...
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a small project in a folder whose name has a blank and letters of elsewhere."""
    root = tmp_path / "mój projekt"
    (root / "src" / "small").mkdir(parents=True)
    (root / "src" / "small" / "__init__.py").write_text("", encoding="utf-8")
    (root / "tests").mkdir()
    (root / "tests" / "test_it.py").write_text("import small\n\ndef test_it(): ...\n", "utf-8")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return root


def state_of(root: Path) -> dict[str, bytes]:
    """Give every file that is not ours to make at will."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".shipwheel" not in path.parts
    }


@pytest.mark.parametrize(
    ("pyproject", "what", "next_step"),
    [
        (None, "error: ", "  next: "),
        ("[project\nname = 1\n", r"line 1, column \d+", "  next: "),
        (PYPROJECT + "[tool.shipwheel]\npythn = ['3.12']\n", "pythn", "did you mean 'pythons'?"),
        (PYPROJECT + "[tool.shipwheel.test]\ncomand = []\n", "comand", "did you mean 'command'?"),
        (PYPROJECT + "[tool.shipwheel]\npythons = ['3.99']\n", r"3\.99", "  next: "),
        (PYPROJECT + "[tool.shipwheel]\npythons = ['three']\n", "three", "  next: "),
    ],
    ids=["no project", "broken", "key", "deep key", "no such Python", "no Python"],
)
@pytest.mark.parametrize("command", ["plan", "init", "doctor"])
def test_what_is_wrong_with_a_project_is_said_once_and_clearly(
    tools, tmp_path: Path, command: str, pyproject: str | None, what: str, next_step: str
) -> None:
    if pyproject is not None:
        (tmp_path / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    ran = tools.shipwheel(tmp_path, command)
    assert ran.code == 2, ran.text
    assert re.search(what, ran.err)
    assert next_step in ran.err
    assert "Traceback" not in ran.text
    assert not (tmp_path / "noxfile.py").exists()


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["plam"], "did you mean 'plan'?"),
        (["plan", "--jsn"], "--json"),
        (["-C", "nowhere", "plan"], "there is no folder 'nowhere'"),
        (["verify", "nowhere.whl"], "nowhere.whl"),
        (["verify", "--json", "a-1.0-py3-none-any.whl"], "is a distribution"),
        (["publish", "--release", "nowhere.json"], "nowhere.json"),
        (["index", "serve", ".", "--port", "0"], "--port"),
    ],
)
def test_a_wrong_call(tools, project: Path, argv: list[str], says: str) -> None:
    ran = tools.shipwheel(project, *argv)
    assert ran.code == 2, ran.text
    assert says in ran.err
    assert ran.out == ""


def test_the_plan_as_json_and_nothing_else(tools, project: Path) -> None:
    ran = tools.shipwheel(project, "plan", "--json")
    assert ran.code == 0, ran.err
    plan = json.loads(ran.out)
    assert plan["schema"] == 1
    assert plan["project"]["name"] == "small"
    assert plan["project"]["kind"] == "pure"
    assert {"name", "version", "kind", "requires_python", "backend", "pythons"} <= set(
        plan["project"]
    )
    for job in plan["jobs"]:
        assert {
            "id",
            "kind",
            "session",
            "args",
            "python",
            "platform",
            "runner",
            "needs",
            "scope",
        } <= set(job)
    assert {file["id"] for file in plan["files"]} == {"sdist", "any"}
    assert all({"id", "kind", "job", "scope"} <= set(file) for file in plan["files"])


def test_the_plan_to_a_file_leaves_the_tables(tools, project: Path) -> None:
    ran = tools.shipwheel(project, "plan", "--json", "plan.json")
    assert ran.code == 0, ran.err
    assert json.loads((project / "plan.json").read_text("utf-8"))["schema"] == 1
    assert "planned files" in ran.out


def test_each_fact_says_where_it_came_from(tools, project: Path) -> None:
    ran = tools.shipwheel(project, "plan", "--explain")
    assert ran.code == 0, ran.err
    assert "pyproject.toml [project]" in ran.out
    facts = json.loads(tools.shipwheel(project, "plan", "--explain", "--json").out)["facts"]
    assert {"name", "value", "origin", "weak"} <= set(facts[0])


def test_what_cibuildwheel_is_told_is_explained(tools, template) -> None:
    project = template("c-extension")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.cibuildwheel]\nskip = "*-musllinux_*"\nbuild-verbosity = 1\n')
    ran = tools.shipwheel(project, "plan", "--explain")
    assert "tested by jobs of the Plan" in ran.out, ran.text
    told = json.loads(tools.shipwheel(project, "plan", "--explain", "--json").out)["cibuildwheel"]
    settings = {each["option"]: each for each in told[0]["settings"]}
    assert settings["build-verbosity"]["value"] == "1"
    assert not settings["build-verbosity"]["ours"]
    assert settings["SOURCE_DATE_EPOCH"]["ours"]


def test_the_project_may_be_elsewhere(tools, project: Path, tmp_path: Path) -> None:
    ran = tools.run("shipwheel", "-C", os.fspath(project), "plan", "--json", cwd=tmp_path)
    assert json.loads(ran.out)["project"]["name"] == "small", ran.err


def test_init_writes_once_and_nox_lists_the_sessions(tools, project: Path) -> None:
    before = state_of(project)
    dry = tools.shipwheel(project, "init", "--dry-run")
    assert dry.code == 0, dry.err
    assert "would be new" in dry.out
    assert state_of(project) == before

    first = tools.shipwheel(project, "init")
    assert first.code == 0, first.err
    assert "noxfile.py: new" in first.out
    after = state_of(project)
    assert set(after) - set(before) == {"noxfile.py"}

    second = tools.shipwheel(project, "init")
    assert second.code == 0, second.err
    assert "noxfile.py: unchanged" in second.out
    assert state_of(project) == after

    listed = tools.nox(project, "-l")
    assert listed.code == 0, listed.text
    assert "* test-3.11" in listed.text or "test-3.11" in listed.text
    assert "verify" in listed.text


def test_init_leaves_a_noxfile_alone_and_says_what_to_add(tools, project: Path) -> None:
    (project / "noxfile.py").write_text(OWN_NOXFILE, encoding="utf-8")
    before = state_of(project)
    ran = tools.shipwheel(project, "init")
    assert ran.code == 1, ran.text
    assert state_of(project) == before
    assert "noxfile.py: differs" in ran.out
    [call] = re.findall(r"^ +(shipwheel\.register\(.*\))$", ran.out, re.MULTILINE)

    # what it says is what works
    (project / "noxfile.py").write_text(f"{OWN_NOXFILE}\nimport nox, shipwheel\n{call}\n", "utf-8")
    assert tools.shipwheel(project, "init").code == 0
    listed = tools.nox(project, "-l")
    assert listed.code == 0, listed.text
    names = re.findall(r"^[*-] (\S+)", listed.text, re.MULTILINE)
    assert len(names) == len(set(names))
    assert {"test-3.11", "spelling", "build", "verify"} <= set(names)


def test_init_asks_for_another_name_where_skipping_would_lose_the_cells(
    tools, project: Path
) -> None:
    """With Pythons of its own a session called `test` is test-3.11 and so on, as ours are."""
    cells = OWN_NOXFILE.replace("@nox.session\ndef test", '@nox.session(python=["3.11"])\ndef test')
    (project / "noxfile.py").write_text(cells, encoding="utf-8")
    ran = tools.shipwheel(project, "init", "--json")
    outcome = json.loads(ran.out)
    assert (ran.code, outcome["rename"], outcome["clashes"]) == (1, ["test"], [])


def test_init_as_json(tools, project: Path) -> None:
    (project / "noxfile.py").write_text(OWN_NOXFILE, encoding="utf-8")
    ran = tools.shipwheel(project, "init", "--json")
    outcome = json.loads(ran.out)
    assert ran.code == 1
    assert outcome["schema"] == 1
    assert outcome["files"][0] == {"path": "noxfile.py", "state": "differs", "text": None}
    assert "test" in outcome["clashes"]
    assert outcome["add"][0] == "import nox, shipwheel"


def test_the_doctor_names_what_is_missing(tools, project: Path) -> None:
    ran = tools.shipwheel(project, "doctor")
    assert ran.code == 0, ran.text
    told = json.loads(tools.shipwheel(project, "doctor", "--json").out)
    assert told["schema"] == 1
    assert told["ok"] is True


def test_a_project_for_no_python_here_needs_the_doctor(tools, project: Path) -> None:
    text = PYPROJECT.replace(">=3.11", "==3.4.*")
    (project / "pyproject.toml").write_text(text, encoding="utf-8")
    ran = tools.shipwheel(project, "doctor")
    assert ran.code == 3, ran.text
    assert "requires-python" in ran.text


def wheel(folder: Path) -> Path:
    """Write a tiny wheel that is in order but for its description."""
    import base64
    import hashlib
    import zipfile

    path = folder / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    files = {
        "tiny.py": "x = 1\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines.append(f"{name},sha256={digest.decode()},{len(text)}")
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), text)
    return path


def test_files_of_strangers_are_verified(tools, tmp_path: Path) -> None:
    wheel(tmp_path)
    reports = ["--junit", "out/report.xml", "--sarif", "out/report.sarif", "--html", "out/r.html"]
    ran = tools.shipwheel(tmp_path, "verify", ".", "--static", "--json", "-", *reports)
    report = json.loads(ran.out)
    assert ran.code == (0 if report["ok"] else 1), ran.text
    assert [file["filename"] for file in report["files"]] == ["tiny-1.0-py3-none-any.whl"]
    assert {"id", "file", "python", "status"} <= set(report["checks"][0])
    assert (tmp_path / "out" / "report.xml").read_text("utf-8").startswith("<?xml")
    assert json.loads((tmp_path / "out" / "report.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert "<html" in (tmp_path / "out" / "r.html").read_text("utf-8").lower()


def test_a_damaged_wheel_is_a_finding(tools, tmp_path: Path) -> None:
    path = wheel(tmp_path)
    path.write_bytes(path.read_bytes()[:200])
    ran = tools.shipwheel(tmp_path, "verify", path.name, "--static")
    assert ran.code == 1, ran.text
    assert "1 error" in ran.out
    assert "Traceback" not in ran.text


def test_warnings_fail_when_strict(tools, tmp_path: Path) -> None:
    wheel(tmp_path)
    lax = tools.shipwheel(tmp_path, "verify", ".", "--static", "--json")
    report = json.loads(lax.out)
    assert [finding["level"] for finding in report["findings"]], "the wheel has no description"
    assert lax.code == 0
    assert tools.shipwheel(tmp_path, "verify", ".", "--static", "--strict").code == 1


def test_publishing_lists_what_is_missing(tools, project: Path) -> None:
    ran = tools.shipwheel(project, "publish", "--to", "http://127.0.0.1:9/")
    assert ran.code == 1, ran.text
    assert "next: " in ran.err


@contextlib.contextmanager
def started(tools, cwd: Path, *argv: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [os.fspath(tools.python), "-m", "shipwheel", *argv],
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.skipif(os.name != "posix", reason="a process gets Ctrl-C by itself on POSIX only")
def test_an_index_is_served_until_ctrl_c(tools, tmp_path: Path) -> None:
    wheel(tmp_path)
    with started(tools, tmp_path, "index", "serve", ".") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        [url] = re.findall(r"http://\S+/simple/", line)
        with urllib.request.urlopen(f"{url}tiny/", timeout=20) as answer:
            assert b"tiny-1.0-py3-none-any.whl" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.skipif(os.name != "posix", reason="pipes close otherwise on Windows")
def test_a_reader_that_stops_reading_is_no_error(tools, project: Path) -> None:
    tools.shipwheel(project, "plan")
    with started(tools, project, "plan", "--json") as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        assert process.wait(60) in {0, 1}
    ran = subprocess.run(
        ["sh", "-c", f'"{tools.python}" -m shipwheel plan --json | head -c 1'],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "{"
    assert "Broken" not in ran.stderr
    assert "Traceback" not in ran.stderr


def in_terminal(
    tools, cwd: Path, *argv: str, columns: int = 100, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run the command line in a terminal and give its exit code and what stood there."""
    import fcntl
    import pty
    import termios

    from tests.conftest import clean_environment

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [os.fspath(tools.python), "-m", "shipwheel", *argv],
        cwd=cwd,
        env=clean_environment({"TERM": "xterm-256color", **(env or {})}),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = io.BytesIO()
    with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:
        while data := terminal.read(4096):
            seen.write(data)
    return process.wait(60), seen.getvalue().decode("utf-8")


needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")


@needs_terminal
@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_gets_colours_and_rules(tools, project: Path, columns: int) -> None:
    code, text = in_terminal(tools, project, "plan", columns=columns)
    assert code == 0, text
    assert "\x1b[" in text
    assert "──" in text
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    assert max(len(line) for line in plain.replace("\r", "\n").splitlines()) <= columns


@needs_terminal
@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CI": "true"}])
def test_plain_lines_where_somebody_asks_for_them(
    tools, project: Path, env: dict[str, str]
) -> None:
    code, text = in_terminal(tools, project, "plan", env=env)
    assert code == 0, text
    assert "\x1b" not in text


def test_a_pipe_gets_plain_lines(tools, project: Path) -> None:
    ran = tools.shipwheel(project, "plan")
    assert "\x1b" not in ran.text
    assert re.search(r"^  build +3\.\d+ .*local$", ran.out, re.MULTILINE)


def test_ascii_where_there_is_no_more(tools, project: Path) -> None:
    ran = tools.shipwheel(project, "plan", "--explain", env={"PYTHONIOENCODING": "ascii"})
    assert ran.code == 0, ran.text
    assert ran.out.isascii()
