"""Bad input, as a person meets it: one clear error, its exit code, what to do next, and nothing lost."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SECRET = "sekrit-7f3a"
TARGET = f"{sys.version_info[0]}.{sys.version_info[1]}"
TWO_LINES = "import nox, shipwheel\n\nshipwheel.register(nox)\n"
SETTINGS = f'\n[tool.shipwheel]\npythons = ["{TARGET}"]\n'
on_posix = pytest.mark.skipif(os.name != "posix", reason="signals and rights as POSIX has them")


@pytest.fixture
def pure(template: Callable[..., Path]) -> Path:
    """Give the pure starter for this Python alone, in a folder with blanks and letters of elsewhere."""
    project = template("pure", "mój проект & co")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    return project


@pytest.fixture(scope="module")
def built(tools, tmp_path_factory) -> Path:
    """Give a project that went through its whole main job, rehearsal included."""
    project = tmp_path_factory.mktemp("bad") / "budowa ü"
    shutil.copytree(
        Path(__file__).parents[2] / "templates" / "pure",
        project,
        ignore=shutil.ignore_patterns(".nox", ".shipwheel", "dist", "__pycache__"),
    )
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    ran = tools.nox(project, "-s", "rehearse")
    assert ran.code == 0, ran.text
    return project


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """Give a copy of what was built and rehearsed, to spoil; its environments stay behind."""
    project = tmp_path / built.name
    shutil.copytree(built, project, symlinks=True, ignore=shutil.ignore_patterns("envs", "overlay"))
    return project


def is_clear(text: str) -> bool:
    """Say whether a text tells an error with its next step, once, and no traceback."""
    errors = [line for line in text.splitlines() if line.startswith("error: ")]
    return len(errors) == 1 and "  next: " in text and "Traceback" not in text


@pytest.mark.parametrize(
    ("noxfile", "what", "next_step"),
    [
        (
            "import nox, shipwheel\n@nox.session\ndef test(session): ...\nshipwheel.register(nox)\n",
            "'test', which is shipwheel's too",
            'skip=("test",)',
        ),
        (
            f"{TWO_LINES}@nox.session\ndef test(session): ...\n",
            "noxfile.py, line 4",
            'skip=("test",)',
        ),
        (TWO_LINES.replace("(nox)", '(nox, skip="test")'), "not a string", 'write skip=["test"]'),
        (TWO_LINES.replace("(nox)", '(nox, skip=["tset"])'), "'tset'", "did you mean 'test'?"),
    ],
    ids=["above", "below", "a string", "unknown"],
)
def test_a_name_that_is_taken(tools, pure: Path, noxfile: str, what: str, next_step: str) -> None:
    (pure / "noxfile.py").write_text(noxfile, encoding="utf-8")
    ran = tools.nox(pure, "--list")
    assert ran.code == 2, ran.text
    assert is_clear(ran.text)
    assert what in ran.err
    assert next_step in ran.err


def test_a_session_of_ones_own_takes_the_place_of_ours(tools, pure: Path) -> None:
    own = "@nox.session\ndef test(session): print('my own')\n"
    skip = TWO_LINES.replace("(nox)", '(nox, skip=["test"])')
    (pure / "noxfile.py").write_text(f"{skip}{own}", encoding="utf-8")
    ran = tools.nox(pure, "-s", "test")
    assert ran.code == 0, ran.text
    assert "my own" in ran.text


@pytest.mark.parametrize(
    ("setting", "what", "next_step"),
    [
        ('pythons = "3.12"', "a list is needed", 'write pythons = ["3.12"]'),
        ("[tool.shipwheel.test]\ncommand = []", "no command", 'command = ["pytest"]'),
        ('[tool.shipwheel.test]\ngroups = ["tset"]', "no dependency group 'tset'", "'test'"),
    ],
)
def test_a_wrong_setting_stops_nox_and_the_command_line_alike(
    tools, pure: Path, setting: str, what: str, next_step: str
) -> None:
    text = (pure / "pyproject.toml").read_text("utf-8").removesuffix(SETTINGS)
    (pure / "pyproject.toml").write_text(f"{text}\n[tool.shipwheel]\n{setting}\n", "utf-8")
    for ran in (tools.nox(pure, "-j2"), tools.shipwheel(pure, "plan")):
        assert ran.code == 2, ran.text
        assert is_clear(ran.text)
        assert what in ran.err
        assert next_step in ran.err


def test_rules_are_ignored_by_their_names(tools, copy: Path) -> None:
    """Those of the gate stand in the same table as those of `verify`."""
    text = (copy / "pyproject.toml").read_text("utf-8")
    ignore = '\n[tool.shipwheel.verify.ignore]\nno-commit = "an exercise"\n'
    (copy / "pyproject.toml").write_text(f"{text}{ignore}", "utf-8")
    assert tools.shipwheel(copy, "verify", "--static").code == 0
    (copy / "pyproject.toml").write_text(f'{text}{ignore}no-comit = "x"\n', "utf-8")
    ran = tools.shipwheel(copy, "verify", "--static")
    assert ran.code == 2, ran.text
    assert is_clear(ran.err)
    assert "did you mean 'no-commit'?" in ran.err


def test_no_python_of_the_project_is_here(tools, pure: Path) -> None:
    text = (pure / "pyproject.toml").read_text("utf-8").removesuffix(SETTINGS)
    (pure / "pyproject.toml").write_text(text.replace(">=3.9", ">=3.40"), "utf-8")
    doctor = tools.shipwheel(pure, "doctor")
    assert doctor.code == 3, doctor.text
    ran = tools.nox(pure, "-j2")
    assert ran.code == 1
    assert is_clear(ran.text)
    assert "no Python that shipwheel knows satisfies requires-python '>=3.40'" in ran.text
    assert "widen requires-python" in ran.text


def test_a_python_that_is_not_here_is_left_out_at_home_and_missed_in_ci(
    tools, pure: Path, interpreters: dict[str, Path]
) -> None:
    absent = next(name for name in ("3.15", "3.14", "3.9") if name not in interpreters)
    settings = (pure / "pyproject.toml").read_text("utf-8")
    wanted = settings.replace(f'["{TARGET}"]', f'["{TARGET}", "{absent}"]')
    (pure / "pyproject.toml").write_text(wanted, "utf-8")
    home = tools.nox(pure, "-s", "test")
    assert home.code == 0, home.text
    assert f"Python {absent} is not on this machine" in home.text
    ci = tools.nox(pure, "--no-dependencies", "-s", "test", env={"CI": "true"})
    assert ci.code == 1, ci.text
    assert f"error: not on this machine: Python {absent}" in ci.err


def test_tests_that_do_not_run_and_options_that_are_none(tools, copy: Path) -> None:
    session = f"test-{TARGET}"
    wrong = tools.nox(copy, "-s", session, "--", "--bad-option")
    assert wrong.code == 1
    assert is_clear(wrong.text)
    assert "--bad-option" in wrong.err
    none = tools.nox(copy, "-s", session, "--", "-k", "nothing_like_this")
    assert none.code == 1
    assert "no test ran with '-k nothing_like_this'" in none.err
    for test in (copy / "tests").glob("test_*.py"):
        test.write_text("def helper(): ...\n", "utf-8")
    lost = tools.nox(copy, "-s", session)
    assert lost.code == 1
    assert "tests are known but none ran" in lost.err
    shutil.rmtree(copy / "tests")
    text = (copy / "pyproject.toml").read_text("utf-8")
    start, end = text.index("[tool.pytest.ini_options]"), text.index("[tool.shipwheel]")
    (copy / "pyproject.toml").write_text(text[:start] + text[end:], "utf-8")
    unknown = tools.nox(copy, "-s", session)
    assert unknown.code == 0, unknown.text
    assert "warning: no tests are known" in unknown.text


@on_posix
def test_without_a_compiler(tools, template, tmp_path: Path) -> None:
    project = template("c-extension")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    tools_alone = tmp_path / "bin"
    tools_alone.mkdir()
    (tools_alone / "git").symlink_to(shutil.which("git"))
    path = {"PATH": f"{tools_alone}{os.pathsep}{tools.python.parent}"}
    ran = tools.nox(project, "-s", f"wheel-{TARGET}", env=path)
    assert ran.code == 1
    assert is_clear(ran.text)
    assert "error: a C compiler is missing" in ran.err
    assert f"wheel-{TARGET}.log" in ran.err
    doctor = tools.shipwheel(project, "doctor", env=path)
    assert doctor.code == 3, doctor.text
    assert "apt-get install build-essential" in doctor.text or "xcode-select" in doctor.text
    (project / "setup.py").write_text("raise RuntimeError('this is why')\n", "utf-8")
    broken = tools.nox(project, "-s", "build")
    assert broken.code == 1
    assert is_clear(broken.text)
    assert "RuntimeError: this is why" in broken.err
    assert str(project / ".shipwheel" / "logs" / "build.log") in broken.err


def test_what_lies_in_dist_and_is_not_ours(tools, copy: Path) -> None:
    foreign, wheel = copy / "dist" / "notes.txt", next((copy / "dist").glob("*.whl"))
    foreign.write_text("mine", "utf-8")
    release = copy / ".shipwheel" / "release.json"
    judged = release.read_bytes()
    refused = tools.shipwheel(copy, "publish", "--to", "http://127.0.0.1:9/")
    assert refused.code == 1
    assert not release.exists(), "what was refused leaves no release behind"
    assert "foreign-file: notes.txt" in refused.err
    assert foreign.read_text("utf-8") == "mine"
    foreign.unlink()
    wheel.write_bytes(b"somebody else's")
    ran = tools.nox(copy, "-s", "build")
    assert ran.code == 1
    assert is_clear(ran.text)
    assert "was not made by shipwheel" in ran.err
    assert wheel.read_bytes() == b"somebody else's"
    release.write_bytes(judged)
    tampered = tools.shipwheel(
        copy, "publish", "--release", ".shipwheel/release.json", "--to", "http://127.0.0.1:9/"
    )
    assert tampered.code == 1
    assert "changed-file" in tampered.err
    wheel.unlink()
    assert tools.nox(copy, "-s", "build").code == 0
    assert wheel.stat().st_size > 100


class _Index(http.server.BaseHTTPRequestHandler):
    """An index that is empty, and answers uploads with the status that the path begins with."""

    def do_GET(self) -> None:
        self._answer(401 if self.path.startswith("/401") else 404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(int(self.path[1:4]))

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"the index says so")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    """Give the address of an index that takes nothing."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Index)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("where", "code", "what"),
    [
        ("http://127.0.0.1:9/", 3, "the index is out of reach"),
        ("{index}/400/", 1, "400 Bad Request: the index says so"),
        ("{index}/401/", 3, "the index asks for a password that is not there"),
        (f"http://me:{SECRET}@127.0.0.1:9/", 2, "an index's URL holds a password"),
    ],
)
def test_an_index_that_takes_nothing(
    tools, built: Path, index: str, where: str, code: int, what: str
) -> None:
    to = where.format(index=index)
    args = ("publish", "--release", ".shipwheel/release.json", "--to", to)
    ran = tools.shipwheel(built, *args)
    assert ran.code == code, ran.text
    assert is_clear(ran.err)
    assert what in ran.err
    assert SECRET not in ran.text


def test_a_password_stays_out_of_what_is_said_and_kept(tools, copy: Path) -> None:
    nowhere = {
        "UV_DEFAULT_INDEX": f"http://me:{SECRET}@127.0.0.1:9/simple/",
        "UV_HTTP_RETRIES": "0",
    }
    ran = tools.nox(copy, "-s", f"test-{TARGET}", env={**nowhere, "UV_NO_CACHE": "1"})
    assert ran.code == 1
    assert is_clear(ran.text)
    assert "error: an index is out of reach" in ran.err
    kept = [
        path for path in copy.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert (SECRET in ran.text, kept) == (False, [])


def test_odd_trees(tools, pure: Path) -> None:
    """Root modules that shadow the standard library, links to nowhere, no commit, no git at all."""
    for name in ("dataclasses", "types", "json", "typing"):
        (pure / f"{name}.py").write_text("raise RuntimeError('shadowed')\n", "utf-8")
    with contextlib.suppress(OSError):  # Windows asks for a privilege
        (pure / "broken").symlink_to("/nowhere/at/all")
        (pure / "loop").symlink_to("loop")
    shutil.rmtree(pure / ".git", ignore_errors=True)
    subprocess.run(["git", "init", "--quiet"], cwd=pure, check=True)
    no_git = {"PATH": str(tools.python.parent)}
    # -P as the script `nox` has it; the processes that nox starts itself do not inherit it
    nox = [tools.python, "-P", "-m", "nox", "--script-mode", "none", "-j2", "-s", "verify"]
    for env in ({}, no_git):
        ran = subprocess.run(
            nox,
            cwd=pure,
            env={**os.environ, **env},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stdout + ran.stderr
    plan = [tools.python, "-P", "-m", "shipwheel", "init", "--dry-run"]
    assert subprocess.run(plan, cwd=pure, env={**os.environ, **no_git}, check=False).returncode == 0


def test_a_project_below_its_repositorys_top(tools, tmp_path: Path, template, commit) -> None:
    top = tmp_path / "repository"
    project = top / "libs" / "spanwords"
    project.parent.mkdir(parents=True)
    template("pure", "elsewhere").rename(project)
    shutil.rmtree(project / ".git")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    (top / "README").write_text("all of it", "utf-8")
    commit(top)
    for _ in range(2):  # the second time there are environments that a backend could take in
        ran = tools.nox(project, "-s", "verify")
        assert ran.code == 0, ran.text
        (project / "src" / "spanwords" / "more.py").write_text("", "utf-8")


@on_posix
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="util-linux takes root's rights away")
def test_a_tree_that_cannot_be_written_to(tools, pure: Path) -> None:
    (pure / "noxfile.py").unlink()
    without = "-dac_override,-dac_read_search"
    drop = (
        ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}"] if not os.getuid() else []
    )

    def run(module: str, *args: str) -> subprocess.CompletedProcess[str]:
        command = [*drop, os.fspath(tools.python), "-m", module, *args]
        return subprocess.run(
            command, cwd=pure, capture_output=True, text=True, check=False, timeout=120
        )

    pure.chmod(0o555)
    try:
        assert run("shipwheel", "plan").returncode == 0
        init = run("shipwheel", "init")
        assert init.returncode == 3
        assert is_clear(init.stderr)
        pure.chmod(0o755)
        (pure / "noxfile.py").write_text(TWO_LINES, "utf-8")
        pure.chmod(0o555)
        ran = run("nox", "--script-mode", "none", "-s", "build")
        assert ran.returncode == 1
        assert is_clear(ran.stdout + ran.stderr)
        assert "shipwheel cannot write to the project" in ran.stderr
    finally:
        pure.chmod(0o755)
    assert not (pure / ".shipwheel").exists()


def test_two_runs_at_once_end_well(tools, pure: Path) -> None:
    ends: list[int] = []
    runs = [
        threading.Thread(
            target=lambda: ends.append(tools.nox(pure, "-j2", "-s", "test", "verify").code)
        )
        for _ in range(2)
    ]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert ends == [0, 0]


@on_posix
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_leaves_nothing_at_work(
    tools, copy: Path, ending: signal.Signals
) -> None:
    (copy / "tests" / "test_long.py").write_text(
        "import os, time, pathlib\n\ndef test_long():\n"
        f"    pathlib.Path({str(copy / 'pid')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(120)\n",
        encoding="utf-8",
    )
    (copy / ".gitignore").write_text("pid\n", "utf-8")
    run = subprocess.Popen(
        [tools.python, "-m", "nox", "--script-mode", "none", "-j2", "-s", "test"],
        cwd=copy,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: (copy / "pid").is_file() and (copy / "pid").read_text() != "")
    test = int((copy / "pid").read_text())
    run.send_signal(ending)
    run.wait(20)
    wait_for(lambda: not is_running(test), seconds=10)
    parts = [*(copy / ".shipwheel").rglob("*.part"), *(copy / "dist").glob(".*")]
    assert parts == []
    (copy / "tests" / "test_long.py").unlink()
    again = tools.nox(copy, "-j2", "-s", "test", "verify")
    assert again.code == 0, again.text


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until something is so; fails where it does not become so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    """Say whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
