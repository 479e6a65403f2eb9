"""Real backends, real git, a real compiler: sdists and wheels of projects that each test writes."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shipwheel.building.built import Built
from shipwheel.building.keep import all_kept, kept_path, write_entry
from shipwheel.building.members import list_members
from shipwheel.building.sdist import build_sdist
from shipwheel.building.wheel import build_wheel
from shipwheel.dists.wheel import open_wheel
from shipwheel.errors import JobError, MachineError
from shipwheel.events import Notice
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project import facts
from shipwheel.project.config import Config, WheelsConfig
from shipwheel.project.facts import Fact, Kind, Package, Project, Runner
from shipwheel.workspace import Workspace

pytestmark = pytest.mark.integration

linux_alone = pytest.mark.skipif(sys.platform != "linux", reason="auditwheel is for Linux")

SETUPTOOLS = (
    '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
)
FLIT = '[build-system]\nrequires = ["flit_core>=3.9"]\nbuild-backend = "flit_core.buildapi"\n'
MESON = '[build-system]\nrequires = ["meson-python"]\nbuild-backend = "mesonpy"\n'
HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
NAMED = '[project]\nname = "spam"\nversion = "1.0"\ndescription = "d"\n'

C_CODE = """
#include <Python.h>
EXTRA
static PyObject *one(PyObject *self, PyObject *args) { return PyLong_FromLong(CALL); }
static PyMethodDef methods[] = {{"one", one, METH_NOARGS, ""}, {NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_c", "", -1, methods};
PyMODINIT_FUNC PyInit__c(void) { return PyModule_Create(&module); }
"""
PLAIN_C = C_CODE.replace("EXTRA", "").replace("CALL", "1")

# as MarkupSafe's: whatever goes wrong with the extension, there is a wheel
OPTIONAL_SETUP = """
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

class Optional(build_ext):
    def build_extension(self, ext):
        try:
            super().build_extension(ext)
        except Exception as error:
            raise RuntimeError("optional") from error

def run(**more):
    setup(package_dir={"": "src"}, packages=["spam"], **more)

try:
    run(ext_modules=[Extension("spam._c", ["src/spam/_c.c"])], cmdclass={"build_ext": Optional})
except RuntimeError as error:
    print(f"WARNING: The C extension could not be compiled: {error.__cause__}")
    run()
"""
SETUP = """
from setuptools import Extension, setup
setup(package_dir={"": "src"}, packages=["spam"], ext_modules=[Extension("spam._c", ["src/spam/_c.c"] MORE)])
"""


def fact(value: Any) -> Fact[Any]:
    return Fact(value=value, origin="pyproject.toml")


def make_project(root: Path, kind: Kind = Kind.PURE, **changes: Any) -> Project:
    none = {name: fact(()) for name in ("commands", "requirements", "extras", "paths")}
    tests = facts.TestFacts(
        runner=fact(Runner.NONE), environment=fact({}), coverage=fact(False), **none
    )
    made = Project(
        root=str(root),
        name=fact("spam"),
        version=fact(None),
        backend=fact("setuptools.build_meta"),
        build_requires=(),
        requires_python=fact(None),
        pythons=fact(()),
        kind=fact(kind),
        dependencies=fact(()),
        extras=fact({}),
        groups=fact({}),
        entry_points=fact({}),
        packages=fact((Package(name="spam", path="src/spam"),)),
        test=tests,
        lint=fact(None),
        type=fact(None),
        docs=fact(None),
        config=Config(),
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    version = platform.python_version()
    return Interpreter(
        target=".".join(version.split(".")[:2]),
        executable=os.path.realpath(sys.executable)
        if sys.prefix == sys.base_prefix
        else getattr(sys, "_base_executable", sys.executable),
        version=version,
        implementation="cpython",
        platform=sysconfig.get_platform(),
        build=f"{version} {platform.python_build()}",
        origin="PATH",
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    # every build here has a space and letters beyond ASCII in its path
    folder = tmp_path / "my pröject"
    folder.mkdir()
    return folder


@pytest.fixture
def write(root: Path, commit: Callable[[Path], None]) -> Callable[..., Project]:
    def written(
        files: dict[str, str], kind: Kind = Kind.PURE, *, git: bool = True, **changes: Any
    ) -> Project:
        for name, text in {
            "src/spam/__init__.py": '"""d"""\n__version__ = "1.0"\n',
            **files,
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        if git:
            commit(root)
        return make_project(root, kind, **changes)

    return written


@pytest.fixture
def pure(write: Callable[..., Project]) -> Project:
    return write({"pyproject.toml": FLIT + NAMED})


@pytest.fixture
def extension(write: Callable[..., Project]) -> Project:
    files = {
        "pyproject.toml": SETUPTOOLS + NAMED,
        "setup.py": SETUP.replace("MORE", ""),
        "src/spam/_c.c": PLAIN_C,
    }
    return write(files, Kind.EXTENSION)


@pytest.fixture
def build(root: Path, interpreter: Interpreter) -> Callable[..., tuple[Built, Built]]:
    def both(project: Project, **more: Any) -> tuple[Built, Built]:
        workspace = Workspace(Path(project.root))
        sdist = build_sdist(workspace, project, interpreter, **more)
        compiled = project.kind.value is not Kind.PURE
        wheel = build_wheel(workspace, project, sdist.path, interpreter, compiled=compiled, **more)
        return sdist, wheel

    return both


def git(root: Path, *words: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", *identity, *words]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def sdist_names(path: Path) -> list[str]:
    with tarfile.open(path) as archive:
        return [member.name.partition("/")[2] for member in archive if member.isfile()]


@linux_alone
def test_an_extension_from_tree_to_repaired_wheel_and_the_tree_stays_as_it_is(
    extension, build, root, interpreter
):
    events: list[Any] = []
    sdist, wheel = build(extension, emit=events.append, log=root.parent / "log")
    assert sdist.path == root / "dist" / "spam-1.0.tar.gz"
    assert wheel.id == f"{interpreter.tag}-manylinux_{platform.machine()}"
    assert "manylinux" in wheel.path.name
    assert open_wheel(wheel.path).compiled
    assert (wheel.builder, sdist.builder) == ("laptop", "build")
    assert wheel.tools["setuptools"]
    assert wheel.tools["auditwheel"]
    assert git(root, "status", "--porcelain", "--ignored").split() == [
        "??",
        "dist/",
        "!!",
        ".shipwheel/",
    ]
    assert "building 'spam._c' extension" in (root.parent / "log").read_text(encoding="utf-8")

    again = build(extension)
    assert [each.reused for each in again] == [True, True]
    assert [each.sha256 for each in again] == [sdist.sha256, wheel.sha256]


def test_a_wheel_that_was_tampered_with_is_built_again(pure, build, root):
    _sdist, wheel = build(pure)
    (kept,) = [each for each in all_kept(Workspace(root)) if each.id == "any"]
    kept_path(Workspace(root), kept).write_bytes(b"not a wheel")
    _sdist, again = build(pure)
    assert not again.reused
    assert again.sha256 == wheel.sha256


def test_the_same_commit_gives_the_same_sdist_anywhere(write, build, root, tmp_path):
    project = write(
        {"pyproject.toml": SETUPTOOLS + NAMED, "MANIFEST.in": "include *.txt\n", "a.txt": ""}
    )
    sdist, _wheel = build(project)
    other = tmp_path / "elsewhere"
    git(tmp_path, "clone", "--quiet", str(root), str(other))
    elsewhere, _wheel = build(msgspec.structs.replace(project, root=str(other)))
    assert elsewhere.sha256 == sdist.sha256
    assert "a.txt" in sdist_names(sdist.path)


def test_a_change_gives_another_sdist_and_the_old_one_moves_away(pure, build, root):
    first, _wheel = build(pure)
    (root / "src" / "spam" / "__init__.py").write_text('"""d"""\n__version__ = "1.1"\n')
    (root / "pyproject.toml").write_text(FLIT + NAMED.replace("1.0", "1.1"))
    second, wheel = build(pure)
    assert not second.reused
    assert sorted(path.name for path in (root / "dist").iterdir()) == [
        wheel.path.name,
        "spam-1.1.tar.gz",
    ]
    assert (root / ".shipwheel" / "old" / first.path.name).is_file()
    git(root, "checkout", "--quiet", ".")
    third, _wheel = build(pure)
    assert third.reused
    assert third.sha256 == first.sha256


@pytest.mark.parametrize("backend", [HATCH, FLIT, SETUPTOOLS])
@pytest.mark.parametrize("in_git", [True, False])
def test_nothing_of_ours_and_nothing_in_the_root_gets_in_the_way(
    write, build, root, backend, in_git
):
    files = {
        "pyproject.toml": backend + NAMED,
        # a root module that shadows the standard library kills whoever starts with it on the path
        "dataclasses.py": "raise SystemExit('the project has shadowed the standard library')\n",
        "json.py": "raise SystemExit('and again')\n",
    }
    if backend == SETUPTOOLS:
        files["pyproject.toml"] += (
            '[tool.setuptools]\npackages = ["spam"]\npackage-dir = {"" = "src"}\n'
        )
    project = write(files, git=in_git)
    (root / "dist").mkdir()
    (root / "dist" / "foreign.py").write_text("")
    (root / ".shipwheel" / "envs" / "test").mkdir(parents=True)
    (root / ".shipwheel" / "envs" / "test" / "x.py").write_text("")
    sdist, wheel = build(project)
    names = sdist_names(sdist.path)
    assert not [name for name in names if name.startswith((".shipwheel", "dist"))]
    assert "src/spam/__init__.py" in names
    assert open_wheel(wheel.path).import_names == ("spam",)


def test_an_ignored_file_inside_a_package_is_an_input(write, build, root):
    project = write(
        {
            "pyproject.toml": HATCH + NAMED + '[tool.hatch.build]\nartifacts = ["*.mo"]\n',
            ".gitignore": "*.mo\n*.so\n",
        }
    )
    first, _wheel = build(project)
    (root / "src" / "spam" / "de.mo").write_bytes(b"compiled")
    (root / "src" / "spam" / "_c.so").write_bytes(b"built in place")
    second, _wheel = build(project)
    assert "src/spam/de.mo" not in sdist_names(
        first.path.parent.parent / ".shipwheel/old/spam-1.0.tar.gz"
    )
    assert "src/spam/de.mo" in sdist_names(second.path)
    assert "src/spam/_c.so" not in list_members(root, ["src/spam"])


@linux_alone
@pytest.mark.parametrize("allowed", [False, True])
def test_an_extension_that_a_broken_compiler_left_out(write, build, root, monkeypatch, allowed):
    project = write(
        {
            "pyproject.toml": SETUPTOOLS + NAMED,
            "setup.py": OPTIONAL_SETUP,
            "src/spam/_c.c": PLAIN_C,
        },
        Kind.EXTENSION,
        config=Config(wheels=WheelsConfig(allow_pure=allowed)),
    )
    monkeypatch.setenv("CC", "false")
    if allowed:
        _sdist, wheel = build(project)
        assert wheel.id == "any"
        assert "the extension is missing" in wheel.warnings[0]
        monkeypatch.delenv("CC")
        _sdist, wheel = build(project)
        assert "manylinux" in wheel.id, "another compiler is another input"
        return
    with pytest.raises(JobError, match="the extension is missing") as caught:
        build(project)
    assert "could not be compiled" in caught.value.evidence
    assert [path.name for path in (root / "dist").iterdir()] == ["spam-1.0.tar.gz"]


def test_a_failing_backend_is_told_with_its_last_lines_and_the_log(write, build, root):
    project = write(
        {
            "pyproject.toml": SETUPTOOLS + NAMED,
            "setup.py": "print('hello')\nraise OSError('no luck')\n",
        }
    )
    log = root.parent / "build.log"
    with pytest.raises(JobError, match="the sdist could not be built") as caught:
        build(project, log=log)
    assert "OSError: no luck" in caught.value.evidence
    assert str(log) in caught.value.where
    assert "hello" in log.read_text(encoding="utf-8")
    assert not (root / "dist").exists()


def test_a_file_that_the_sdist_lacks_is_named(write, build):
    # as PySnooper: the wheel from the tree would be fine
    setup = "from setuptools import setup\nopen('needed.in').read()\nsetup(packages=['spam'], package_dir={'': 'src'})\n"
    project = write({"pyproject.toml": SETUPTOOLS + NAMED, "setup.py": setup, "needed.in": ""})
    with pytest.raises(JobError, match=r"the sdist lacks 'needed\.in'"):
        build(project)


def test_an_empty_wheel_is_refused(write, build):
    # as inflection: a module is named that is a package
    cfg = "[options]\npy_modules = spam\n"
    (files := {"pyproject.toml": SETUPTOOLS + NAMED, "setup.cfg": cfg})["spam/__init__.py"] = ""
    project = write(files, packages=fact((Package(name="spam", path="spam"),)))
    with pytest.raises(JobError, match="the wheel is empty"):
        build(project)


def test_a_platform_wheel_of_a_pure_project_is_refused(extension, build):
    pure = msgspec.structs.replace(extension, kind=fact(Kind.PURE))
    with pytest.raises(JobError, match="its wheel is for one platform"):
        build(pure)


def test_a_version_from_git_follows_commits_and_tags(write, build, root):
    scm = '[build-system]\nrequires = ["setuptools>=77", "setuptools-scm>=8"]\nbuild-backend = "setuptools.build_meta"\n'
    text = scm + '[project]\nname = "spam"\ndynamic = ["version"]\n[tool.setuptools_scm]\n'
    project = write({"pyproject.toml": text}, scm_version=True)
    first, _wheel = build(project)
    assert first.version.startswith("0.1.dev1+g")
    git(root, "tag", "v1.2.3")
    tagged, _wheel = build(project)
    assert tagged.version == "1.2.3"
    assert build(project)[0].reused
    (root / "src" / "spam" / "__init__.py").write_text("changed = 1\n")
    assert ".dev0+g" in build(project)[0].version or ".dev1+g" in build(project)[0].version
    assert git(root, "status", "--porcelain") == " M src/spam/__init__.py\n?? dist/\n"

    shutil.rmtree(root / ".git")
    with pytest.raises(JobError, match="the version comes from git") as caught:
        build(project)
    assert "git tag" in caught.value.hint


@pytest.mark.parametrize("in_git", [True, False], ids=["a dirty checkout", "no checkout"])
def test_meson_packs_what_lies_there(write, root, interpreter, in_git):
    """`meson dist` packs what git has committed: a change would be tested in its old form, and kept as the new."""
    files = {
        "pyproject.toml": MESON + NAMED,
        "meson.build": "project('spam')\nimport('python').find_installation()"
        ".install_sources('src/spam/__init__.py', subdir: 'spam')\n",
    }
    project = write(files, git=in_git, backend=fact("mesonpy"))
    (root / "src" / "spam" / "__init__.py").write_text("CHANGED = 1\n", encoding="utf-8")
    (root / "NEW").write_text("new\n", encoding="utf-8")
    head = git(root, "rev-parse", "HEAD") if in_git else ""

    changed = build_sdist(Workspace(root), project, interpreter)
    with tarfile.open(changed.path) as archive:
        module = archive.extractfile("spam-1.0/src/spam/__init__.py")
        assert module is not None
        assert module.read() == b"CHANGED = 1\n"
    assert "NEW" in sdist_names(changed.path)
    if in_git:
        assert git(root, "rev-parse", "HEAD") == head
        assert "M src/spam/__init__.py\n" in git(root, "status", "--porcelain")


def test_an_in_tree_backend_that_asks_for_more(write, build):
    backend = (
        "from flit_core.buildapi import *\n"
        "import flit_core.buildapi as real\n"
        "def get_requires_for_build_wheel(config_settings=None):\n    return ['iniconfig>=2']\n"
        "def build_wheel(*args, **more):\n    import iniconfig\n    return real.build_wheel(*args, **more)\n"
    )
    table = FLIT.replace("flit_core.buildapi", "backend") + 'backend-path = ["packaging"]\n'
    project = write(
        {
            "pyproject.toml": table + NAMED + '[tool.flit.sdist]\ninclude = ["packaging/"]\n',
            "packaging/backend.py": backend,
        }
    )
    sdist, wheel = build(project)
    assert "iniconfig" in wheel.tools
    assert "iniconfig" not in sdist.tools


def test_pip_makes_the_same_sdist(pure, build, root, tmp_path):
    sdist, _wheel = build(pure)
    shutil.rmtree(root / ".shipwheel")
    shutil.rmtree(root / "dist")
    with_pip = msgspec.structs.replace(pure, config=Config(installer="pip"))
    assert build(with_pip)[0].sha256 == sdist.sha256


def test_other_versions_of_what_built_it_build_it_again_after_a_day(pure, build, root):
    workspace = Workspace(root)
    _sdist, wheel = build(pure)
    (kept,) = [each for each in all_kept(workspace) if each.id == "any"]
    write_entry(workspace, msgspec.structs.replace(kept, resolved_at=0.0))
    assert build(pure)[1].reused
    (renewed,) = [each for each in all_kept(workspace) if each.id == "any"]
    assert renewed.resolved_at > 0

    old = msgspec.structs.replace(kept, resolved={"flit-core": "3.0"}, resolved_at=0.0)
    write_entry(workspace, old)
    again = build(pure)[1]
    assert not again.reused
    assert again.sha256 == wheel.sha256


def test_two_runs_at_once_build_once(pure, build):
    events: list[Any] = []
    results: list[tuple[Built, Built]] = []

    def run():
        results.append(build(pure, emit=events.append))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.sha256 for each, _wheel in results}) == 1
    assert sorted(each.reused for each, _wheel in results) == [False, True]
    assert any(isinstance(each, Notice) and "waiting for" in each.text for each in events)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_a_run_that_was_killed_leaves_nothing_that_is_trusted(write, build, root, interpreter):
    marker = root.parent / "building"
    setup = (
        "import os, time, pathlib\nfrom setuptools import setup\nsetup(packages=['spam'], package_dir={'': 'src'})\n"
        f"if os.environ.get('SLOW') and 'sdist' in __import__('sys').argv:\n"
        f"    pathlib.Path({str(marker)!r}).touch()\n    time.sleep(60)\n"
    )
    project = write({"pyproject.toml": SETUPTOOLS + NAMED, "setup.py": setup})
    code = (
        "import sys, msgspec\nfrom pathlib import Path\n"
        "from shipwheel.building.sdist import build_sdist\nfrom shipwheel.workspace import Workspace\n"
        "from shipwheel.project.facts import Project\nfrom shipwheel.machine.interpreter import Interpreter\n"
        "project = msgspec.json.decode(sys.argv[1], type=Project)\n"
        "build_sdist(Workspace(Path(project.root)), project, msgspec.json.decode(sys.argv[2], type=Interpreter))\n"
    )
    arguments = [msgspec.json.encode(each).decode() for each in (project, interpreter)]
    run = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "SLOW": "1"},
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not marker.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert not (root / "dist").exists()
    sdist, wheel = build(project)
    assert (sdist.reused, wheel.reused) == (False, False)
    assert sdist_names(sdist.path)


@linux_alone
def test_a_library_that_others_lack_is_grafted_and_one_that_is_nowhere_is_named(
    write, build, root, monkeypatch
):
    library = root.parent / "libs"
    library.mkdir()
    (library / "ham.c").write_text("int ham(void) { return 7; }\n")
    compile_ = ["cc", "-shared", "-fPIC", "-Wl,-soname,libham.so.1", "ham.c", "-o", "libham.so.1"]
    subprocess.run(compile_, cwd=library, check=True)
    (library / "libham.so").symlink_to("libham.so.1")
    code = C_CODE.replace("EXTRA", "int ham(void);").replace("CALL", "ham()")
    project = write(
        {
            "pyproject.toml": SETUPTOOLS + NAMED,
            "setup.py": SETUP.replace("MORE", ", libraries=['ham']"),
            "src/spam/_c.c": code,
        },
        Kind.EXTENSION,
    )
    monkeypatch.setenv("LIBRARY_PATH", str(library))
    with pytest.raises(JobError, match=r"needs libham\.so\.1"):
        build(project)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(library))
    _sdist, wheel = build(project)
    with zipfile.ZipFile(wheel.path) as archive:
        assert [name for name in archive.namelist() if name.startswith("spam.libs/libham-")]
    assert "manylinux" in wheel.id


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_tree_that_git_refuses_is_told(pure, build, root, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    os.chown(root, 12345, 12345)
    os.chown(root / ".git", 12345, 12345)
    with pytest.raises(MachineError, match="belongs to another user") as caught:
        build(pure)
    assert "safe.directory" in caught.value.hint


def test_a_project_below_the_top_of_its_repository(write, build, root, interpreter):
    member = {
        f"packages/eggs/{name}": text
        for name, text in {
            "pyproject.toml": SETUPTOOLS + NAMED,
            "src/spam/__init__.py": '"""d"""\n',
        }.items()
    }
    write({**member, "README.md": "top\n"})
    project = make_project(root / "packages" / "eggs")
    sdist, wheel = build(project)
    assert [each.reused for each in build(project)] == [True, True]
    assert sdist.path == root / "packages" / "eggs" / "dist" / "spam-1.0.tar.gz"
    assert open_wheel(wheel.path).import_names == ("spam",)
