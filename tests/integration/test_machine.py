"""Interpreters, environments and installs as they really are on this machine."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from pathlib import Path

import pytest

from shipwheel import process
from shipwheel.errors import ConfigurationError, ExitCode, JobError, MachineError
from shipwheel.files import sha256
from shipwheel.machine.environment import (
    MARKER,
    Environment,
    begin_environment,
    create_environment,
    detach,
    environment_variables,
    finish_environment,
    ready_environment,
    remove_environment,
)
from shipwheel.machine.here import this_machine
from shipwheel.machine.installer import Installation, direct_reference, install, installed
from shipwheel.machine.interpreters import find_interpreters
from shipwheel.machine.toolchain import find_compiler, has_compiler

pytestmark = pytest.mark.integration
posix = pytest.mark.skipif(os.name != "posix", reason="written with POSIX scripts and links")
INSTALLERS = ["uv", "pip"]


@pytest.fixture(scope="session")
def interpreters(tmp_path_factory):
    """Give the interpreters of this machine, remembered for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIPWHEEL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return find_interpreters()


@pytest.fixture
def interpreter(interpreters):
    """Give one that both uv and virtualenv serve, not the one that runs this where there are more."""
    serving = [
        each
        for each in interpreters
        if each.implementation == "cpython"
        and not each.free_threaded
        and int(each.target.partition(".")[2]) >= 9
    ]
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    return next((each for each in serving if each.target != ours), serving[0])


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Give a home without any interpreter: whatever a test puts there is all that there is."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("PYENV_ROOT", "ASDF_DATA_DIR", "UV_PYTHON_INSTALL_DIR", "RYE_PY_ROOT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("MISE_DATA_DIR", "XDG_DATA_HOME", "CONDA_EXE", "MAMBA_ROOT_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SHIPWHEEL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return home


def pretend(path: Path, version: str, **said) -> Path:
    """Write a file that answers as an interpreter would, and count how often it is asked."""
    major, minor, patch = (int(part) for part in version.split("."))
    answer = {
        "implementation": "cpython",
        "release": [major, minor, patch],
        "level": "final",
        "serial": 0,
        "hexversion": (major << 24) | (minor << 16) | (patch << 8) | 0xF0,
        "executable": os.path.realpath(path.parent) + f"/{path.name}",
        "prefix": str(path.parent.parent),
        "platform": "linux-x86_64",
        "bits": 64,
        "machine": os.uname().machine,
        "soabi": f"cpython-{major}{minor}",
        "free_threaded": False,
        "debug": False,
        "headers": [],
        "makefile": None,
        "build": [version],
    } | said
    path.parent.mkdir(parents=True, exist_ok=True)
    asked = path.with_name(f"{path.name}-asked")
    path.write_text(f"#!/bin/sh\necho x >> {asked}\n/bin/cat <<'END'\n{json.dumps(answer)}\nEND\n")
    path.chmod(0o755)
    return path


def asked(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return len(path.with_name(f"{path.name}-asked").read_text().splitlines())
    return 0


def targets() -> dict[str, tuple[str, str]]:
    """Give what is found in a pretended home, without the Python that runs this."""
    own = os.path.realpath(sys.executable)
    return {
        each.target: (each.version, each.origin)
        for each in find_interpreters()
        if each.executable != own
    }


# interpreters


def test_each_interpreter_is_what_it_says(interpreters):
    assert interpreters
    for each in interpreters:
        code = "import sys, sysconfig; print('%d.%d.%d' % sys.version_info[:3], sys.prefix == sys.base_prefix, sysconfig.get_platform())"
        said = subprocess.run(
            [each.executable, "-Ic", code], check=True, capture_output=True, text=True
        )
        assert said.stdout.split() == [each.version, "True", each.platform]
        assert Path(each.executable).resolve() == Path(each.executable)
        assert "shims" not in each.executable


@pytest.mark.skipif(not (Path.home() / ".pyenv/versions").is_dir(), reason="no pyenv here")
def test_versions_of_pyenv_that_are_not_active_are_found(interpreters):
    there = {
        path.name
        for path in (Path.home() / ".pyenv/versions").iterdir()
        if (path / "bin/python3").exists() and int(path.name.split(".")[1]) >= 8
    }
    assert there <= {each.version for each in interpreters if each.origin in {"pyenv", "PATH"}}


def test_asking_again_starts_nothing_and_takes_no_time(interpreters, tmp_path, monkeypatch):
    monkeypatch.setenv("SHIPWHEEL_CACHE_DIR", str(tmp_path))
    first = find_interpreters()

    def refuse(*_args, **_kwargs):
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    started = time.perf_counter()
    assert find_interpreters() == first
    assert time.perf_counter() - started < 0.05  # a millisecond; the rest is for a busy machine


@posix
def test_a_version_installed_later_is_noticed_and_only_it_is_asked(machine):
    versions = machine / ".pyenv/versions"
    old = pretend(versions / "3.12.1/bin/python3.12", "3.12.1")
    assert targets() == {"3.12": ("3.12.1", "pyenv")}
    # an installer makes the folder first, and the interpreter minutes later
    (versions / "3.13.0").mkdir()
    assert set(targets()) == {"3.12"}
    pretend(versions / "3.13.0/bin/python3.13", "3.13.0")
    assert set(targets()) == {"3.12", "3.13"}
    shutil.rmtree(versions / "3.13.0")
    assert set(targets()) == {"3.12"}
    assert asked(old) == 1


@posix
def test_a_rebuilt_interpreter_is_asked_anew(machine):
    path = pretend(machine / ".local/share/uv/python/x/bin/python3", "3.12.1")
    (before,) = (each for each in find_interpreters() if each.origin == "uv")
    pretend(path, "3.12.1", build=["3.12.1", "another day"])
    (after,) = (each for each in find_interpreters() if each.origin == "uv")
    assert before.build != after.build
    assert before.version == after.version


@posix
def test_headers_that_arrive_later_are_noticed(machine):
    header = machine / "Python.h"
    pretend(machine / ".pyenv/versions/3.12.1/bin/python3.12", "3.12.1", headers=[str(header)])
    assert [e.has_headers for e in find_interpreters() if e.origin == "pyenv"] == [False]
    header.touch()
    assert [e.has_headers for e in find_interpreters() if e.origin == "pyenv"] == [True]


@posix
@pytest.mark.parametrize(
    ("place", "origin"),
    [
        (".asdf/installs/python/3.12.1/bin", "asdf"),
        (".local/share/mise/installs/python/3.12.1/bin", "mise"),
        (".local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu/bin", "uv"),
        (".rye/py/cpython@3.12.1/bin", "rye"),
        ("miniforge3/envs/work/bin", "conda"),
        (".pyenv/versions/3.12.1/bin", "pyenv"),
        ("../bin", "PATH"),
    ],
)
def test_each_tools_place_is_known(machine, place, origin):
    pretend((machine / place).resolve() / "python3.12", "3.12.1")
    assert targets() == {"3.12": ("3.12.1", origin)}


@posix
def test_shims_environments_scripts_and_broken_files_are_no_interpreters(
    machine, tmp_path, monkeypatch
):
    shim = pretend(machine / ".pyenv/shims/python3.12", "3.12.1")
    venv = pretend(machine / "venv/bin/python3.11", "3.11.1")
    (machine / "venv/pyvenv.cfg").write_text("home = /nowhere\n")
    folder = tmp_path / "bin"
    config = pretend(folder / "python3.12-config", "3.12.1")
    (folder / "python3.10").write_text("#!/bin/sh\nexit 1\n")
    (folder / "python3.10").chmod(0o755)
    (folder / "python3.9").write_bytes(b"\x7fELF no executable")
    (folder / "python3.9").chmod(0o755)
    (folder / "python3.8").write_text("not executable")
    (folder / "python3.7").symlink_to("nowhere")
    pretend(folder / "python3.13", "3.13.0", debug=True)
    path = os.pathsep.join(str(each) for each in (shim.parent, venv.parent, folder, "relative"))
    monkeypatch.setenv("PATH", path)
    assert targets() == {}
    assert [asked(shim), asked(venv), asked(config)] == [0, 0, 0]


@posix
def test_an_active_environment_stands_for_the_python_below_it(machine, monkeypatch):
    base = pretend(machine / "opt/bin/python3.12", "3.12.1")
    (machine / "venv/bin").mkdir(parents=True)
    (machine / "venv/bin/python").symlink_to(base)
    (machine / "venv/pyvenv.cfg").write_text(f"home = {base.parent}\n")
    monkeypatch.setenv("PATH", str(machine / "venv/bin"))
    assert targets() == {"3.12": ("3.12.1", "PATH")}


@posix
def test_a_wrapper_leads_to_the_interpreter_itself(machine, tmp_path):
    real = pretend(machine / "opt/bin/python3.12", "3.12.1")
    wrapper = tmp_path / "bin/python3.12"
    wrapper.write_text(f'#!/bin/sh\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    assert [e.executable for e in find_interpreters() if e.target == "3.12"] == [str(real)]


@posix
def test_one_that_never_answers_is_left_out_and_asked_again(machine, tmp_path, monkeypatch):
    monkeypatch.setattr("shipwheel.machine.question.SECONDS", 0.3)
    slow = tmp_path / "bin/python3.12"
    slow.write_text("#!/bin/sh\n/bin/sleep 60\n")
    slow.chmod(0o755)
    notices = []
    find_interpreters(emit=notices.append)
    assert any("did not answer" in getattr(event, "text", "") for event in notices)
    assert targets() == {}
    pretend(slow, "3.12.1")
    assert targets() == {"3.12": ("3.12.1", "PATH")}


@posix
@pytest.mark.parametrize("text", ["", "{", '{"schema": 1, "scans": 3}', '{"schema": 99}', "\x00"])
def test_a_spoilt_memory_is_made_anew(machine, tmp_path, text):
    pretend(tmp_path / "bin/python3.12", "3.12.1")
    targets()
    (tmp_path / "cache/interpreters.json").write_text(text)
    assert targets() == {"3.12": ("3.12.1", "PATH")}


@posix
def test_where_nothing_can_be_remembered_it_works_all_the_same(machine, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SHIPWHEEL_CACHE_DIR", str(tmp_path / "file/below"))
    pretend(tmp_path / "bin/python3.12", "3.12.1")
    assert targets() == {"3.12": ("3.12.1", "PATH")}


def test_this_machine(interpreters, monkeypatch, tmp_path):
    monkeypatch.setenv("SHIPWHEEL_CACHE_DIR", str(tmp_path))
    machine = this_machine()
    assert machine.interpreters == interpreters
    assert machine.interpreter("2.7") is None


# environments


@pytest.mark.parametrize("installer", INSTALLERS)
def test_an_environment_is_where_it_says_without_a_process(tmp_path, interpreter, installer):
    environment = create_environment(tmp_path / "é env", interpreter, installer=installer)
    code = (
        "import sysconfig, sys; print(sysconfig.get_path('purelib')); print(sys.version.split()[0])"
    )
    said = process.run([environment.python, "-c", code]).output.splitlines()
    assert said == [str(environment.site_packages), interpreter.version]
    assert ("pip" in installed(environment)) is (installer == "pip")
    assert ready_environment(environment.path, interpreter, installer=installer) == environment


def test_every_interpreter_gets_an_environment_with_uv(tmp_path, interpreters):
    for each in interpreters:
        environment = create_environment(tmp_path / each.version, each)
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        said = process.run([environment.python, "-c", code]).output.strip()
        assert said == str(environment.site_packages)


def test_a_python_that_virtualenv_no_longer_serves(tmp_path, interpreters):
    old = [each for each in interpreters if each.target == "3.8"]
    if not old:
        pytest.skip("no Python 3.8 here")
    with pytest.raises(ConfigurationError, match=r"with pip for Python 3\.8") as caught:
        create_environment(tmp_path / "env", old[0], installer="pip")
    assert 'installer = "uv"' in caught.value.hint
    assert ready_environment(tmp_path / "env", old[0], installer="pip") is None


def test_an_interpreter_that_is_gone_is_the_machines_fault(tmp_path, interpreter):
    import msgspec

    gone = msgspec.structs.replace(interpreter, executable=str(tmp_path / "python3.12"))
    with pytest.raises(MachineError, match="no environment could be made"):
        create_environment(tmp_path / "env", gone)
    assert ready_environment(tmp_path / "env", gone) is None


def test_virtualenv_leaves_no_redirect_beside_a_pyproject(tmp_path, interpreter):
    (tmp_path / "pyproject.toml").touch()
    create_environment(tmp_path / "env", interpreter, installer="pip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["env", "pyproject.toml"]


def test_an_environment_is_ready_only_for_what_it_was_filled_with(tmp_path, interpreter):
    environment = create_environment(tmp_path / "env", interpreter)
    finish_environment(environment, "abc")
    assert ready_environment(environment.path, interpreter, key="abc")
    assert ready_environment(environment.path, interpreter, key="abd") is None
    assert ready_environment(environment.path, interpreter, installer="pip", key="abc") is None
    begin_environment(environment)
    assert ready_environment(environment.path, interpreter, key="abc") is None
    finish_environment(environment, "abc")
    environment.python.unlink()
    assert ready_environment(environment.path, interpreter, key="abc") is None


def test_an_interrupted_creation_is_begun_anew(tmp_path, interpreter):
    environment = create_environment(tmp_path / "env", interpreter)
    begin_environment(environment)
    (environment.site_packages / "half.py").touch()
    (environment.path / "pyvenv.cfg").unlink()
    environment = create_environment(tmp_path / "env", interpreter)
    assert not (environment.site_packages / "half.py").exists()
    assert process.run([environment.python, "-c", ""]).ok


@posix
def test_a_kill_in_the_middle_leaves_nothing_that_is_trusted(tmp_path, interpreter, monkeypatch):
    def die(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(process, "run", die)
        with pytest.raises(KeyboardInterrupt):
            create_environment(tmp_path / "env", interpreter)
    assert (tmp_path / "env" / MARKER).exists()
    assert ready_environment(tmp_path / "env", interpreter) is None
    create_environment(tmp_path / "env", interpreter)


def test_a_folder_of_somebody_else_is_never_emptied(tmp_path, interpreter):
    theirs = tmp_path / "env"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years of work")
    for call in (
        lambda: create_environment(theirs, interpreter),
        lambda: remove_environment(theirs),
    ):
        with pytest.raises(MachineError, match="did not make"):
            call()
    assert (theirs / "thesis.txt").read_text() == "years of work"


def test_our_own_place_is_emptied_whatever_is_there(tmp_path, interpreter):
    place = tmp_path / ".shipwheel/envs/test-3.12"
    (place / "lib").mkdir(parents=True)
    (place / "lib/half").touch()
    create_environment(place, interpreter)
    assert not (place / "lib/half").exists()
    remove_environment(place)
    assert not place.exists()


@posix
def test_a_link_to_somewhere_else_is_not_followed(tmp_path, interpreter):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "env").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MachineError, match="did not make"):
        create_environment(tmp_path / "env", interpreter)


def test_the_users_variables_do_not_bend_an_environment(tmp_path, interpreter, monkeypatch):
    monkeypatch.setenv("UV_VENV_SEED", "1")
    monkeypatch.setenv("UV_PYTHON", "2.7")
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", str(tmp_path / "other"))
    monkeypatch.setenv("UV_SYSTEM_PYTHON", "1")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    environment = create_environment(tmp_path / "env", interpreter)
    assert installed(environment) == {}
    assert not (tmp_path / "other").exists()


def test_a_clean_terminal(tmp_path, interpreter):
    environment = create_environment(tmp_path / "env", interpreter)
    base = dict(os.environ) | {"PYTHONPATH": "/x", "NO_COLOR": "1", "VIRTUAL_ENV": "/y"}
    variables = environment_variables(environment, base, {"PYTHONUTF8": "1"})
    code = "import os, sys; print(sys.prefix, os.environ['VIRTUAL_ENV'], sys.flags.utf8_mode, 'NO_COLOR' in os.environ)"
    said = process.run(["python", "-c", code], env=variables).output.split()
    assert said == [str(environment.path), str(environment.path), "1", "False"]


# installs


def wheel_of(
    folder: Path, name: str = "tiny", text: str = "value = 1\n", requires: str = ""
) -> Path:
    """Write a wheel by hand: installs need nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}\n"
    tag = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{each},,\n" for each in (f"{name}.py", f"{info}/METADATA", f"{info}/WHEEL"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", text)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", tag)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return path


@pytest.fixture
def environment(tmp_path, interpreter, request) -> Environment:
    installer = getattr(request, "param", "uv")
    return create_environment(tmp_path / "env", interpreter, installer=installer)


both = pytest.mark.parametrize(
    ("environment", "installer"), [("uv", "uv"), ("pip", "pip")], indirect=["environment"]
)


@both
def test_exactly_these_bytes_are_installed(tmp_path, environment, installer):
    wheel = wheel_of(tmp_path / "a folder é#1")
    reference = direct_reference("tiny", wheel, sha256(wheel))
    done = install(
        environment,
        Installation(requirements=(reference,)),
        installer=installer,
        log=tmp_path / "l",
    )
    assert done.ok
    assert installed(environment)["tiny"] == "1.0"
    assert str(done.command[0]) in (tmp_path / "l").read_text()
    other = Installation(requirements=(direct_reference("tiny", wheel, "0" * 64),), reinstall=True)
    with pytest.raises(JobError, match="another hash"):
        install(environment, other, installer=installer)


def test_a_write_into_a_detached_file_stays_in_its_environment(tmp_path, interpreter):
    wheel = wheel_of(tmp_path / "w")
    wanted = Installation(requirements=(direct_reference("tiny", wheel, sha256(wheel)),))
    first = create_environment(tmp_path / "first", interpreter)
    install(first, wanted)
    detach(first, ["tiny.py", "not-there.py"])
    assert (first.site_packages / "tiny.py").stat().st_nlink == 1
    (first.site_packages / "tiny.py").write_text("value = 2\n")
    second = create_environment(tmp_path / "second", interpreter)
    install(second, wanted)
    assert (second.site_packages / "tiny.py").read_text() == "value = 1\n"


@both
def test_files_of_requirements_and_constraints_relative_to_the_folder(
    tmp_path, environment, installer, monkeypatch
):
    wheel_of(tmp_path / "links", "tiny")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "links"))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    (tmp_path / "in.txt").write_text("tiny\n")
    (tmp_path / "limits.txt").write_text("tiny<2\n")
    wanted = Installation(requirement_files=("in.txt",), constraint_files=("limits.txt",))
    install(environment, wanted, installer=installer, cwd=tmp_path)
    assert installed(environment)["tiny"] == "1.0"


@both
def test_requirements_that_cannot_be_met(tmp_path, environment, installer, monkeypatch):
    wheel_of(tmp_path / "links")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "links"))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(JobError, match="could not be resolved") as caught:
        install(environment, Installation(requirements=("tiny==2",)), installer=installer)
    assert "tiny==2" in caught.value.evidence
    assert caught.value.exit_code is ExitCode.FOUND


@both
def test_a_dependency_without_a_wheel_is_named(tmp_path, environment, installer, monkeypatch):
    wheel = wheel_of(tmp_path / "w", requires="Requires-Dist: sourceonly\n")
    links = tmp_path / "links"
    links.mkdir()
    (links / "sourceonly-1.0.tar.gz").write_bytes(b"")
    monkeypatch.setenv("UV_FIND_LINKS", str(links))
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wanted = Installation(
        requirements=(direct_reference("tiny", wheel, sha256(wheel)),), only_binary=True
    )
    with pytest.raises(JobError, match="no wheel that fits is there of sourceonly"):
        install(environment, wanted, installer=installer)


@contextlib.contextmanager
def answering(code: int):
    """Serve nothing but one status code on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(code)
            if code == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}/simple"
        finally:
            server.shutdown()


@both
@pytest.mark.parametrize("code", [401, 403])
def test_a_password_that_is_missing_or_wrong(tmp_path, environment, installer, code):
    with answering(code) as place:
        for user in ("", "me:hunter22@"):
            wanted = Installation(requirements=("tiny",), index=f"http://{user}{place}")
            with pytest.raises(MachineError, match="password that is missing or wrong") as caught:
                install(environment, wanted, installer=installer, log=tmp_path / "log")
            assert caught.value.exit_code is ExitCode.MACHINE
            assert "hunter22" not in "\n".join(caught.value.lines())
            assert "hunter22" not in (tmp_path / "log").read_text()


@both
def test_an_index_out_of_reach(environment, installer, monkeypatch):
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_RETRIES", "0")
    # nothing listens on the discard port
    wanted = Installation(requirements=("tiny",), index="http://127.0.0.1:9/simple")
    with pytest.raises(MachineError, match="out of reach") as caught:
        install(environment, wanted, installer=installer)
    assert caught.value.exit_code is ExitCode.MACHINE
    assert "127.0.0.1" in caught.value.evidence


def test_pip_cannot_take_the_lowest(environment):
    wanted = Installation(requirements=("tiny",), resolution="lowest-direct")
    with pytest.raises(ConfigurationError, match="lowest"):
        install(environment, wanted, installer="pip")


def test_a_build_without_a_compiler_is_the_machines_fault(tmp_path, interpreter, monkeypatch):
    environment = create_environment(tmp_path / "env", interpreter)
    project = tmp_path / "project"
    project.mkdir()
    (project / "setup.py").write_text(
        textwrap.dedent("""
            from setuptools import Extension, setup
            setup(name="ext", version="1", ext_modules=[Extension("ext", ["ext.c"])])
        """)
    )
    (project / "ext.c").write_text("int x;\n")
    (project / "pyproject.toml").write_text('[build-system]\nrequires = ["setuptools"]\n')
    monkeypatch.setenv("CC", "no-such-gcc")
    assert not has_compiler()
    with pytest.raises(MachineError, match="C compiler is missing") as caught:
        install(environment, Installation(requirements=(str(project),)))
    assert "no-such-gcc" in caught.value.evidence


@pytest.mark.skipif(not shutil.which("cc"), reason="no compiler here")
def test_the_compiler_of_this_machine():
    assert Path(find_compiler()).is_file()


def test_it_is_no_slower_than_uv_by_hand(tmp_path, interpreter):
    """Compare in one run, alternating; generous, for a busy machine."""
    wheel = wheel_of(tmp_path / "w")
    wanted = Installation(requirements=(direct_reference("tiny", wheel, sha256(wheel)),))
    ours, by_hand = [], []
    for turn in range(5):
        started = time.perf_counter()
        install(create_environment(tmp_path / f"a{turn}", interpreter), wanted)
        ours.append(time.perf_counter() - started)
        place = str(tmp_path / f"b{turn}")
        commands = [
            ["uv", "venv", "-q", "--no-project", "-p", interpreter.executable, place],
            [
                "uv",
                "pip",
                "install",
                "-q",
                "-p",
                place,
                "--link-mode",
                "copy",
                *wanted.requirements,
            ],
        ]
        started = time.perf_counter()
        for command in commands:
            uv = str(Path(sys.executable).with_name("uv"))
            subprocess.run([uv, *command[1:]], check=True, capture_output=True)
        by_hand.append(time.perf_counter() - started)
    print(f"ours {min(ours) * 1000:.0f} ms, by hand {min(by_hand) * 1000:.0f} ms")
    assert min(ours) < min(by_hand) + 0.1


def test_the_record_of_an_environment_is_frozen(environment):
    with pytest.raises(AttributeError):
        environment.path = Path()
