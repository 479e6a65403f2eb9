"""Wheels put into real environments: what breaks there is found, and one module's crash hides no other."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import msgspec
import pytest

from shipwheel.events import StepDone
from shipwheel.files import sha256
from shipwheel.machine.here import this_machine
from shipwheel.verification.judging.judgement import judge, judge_entry
from shipwheel.verification.reading.distributions import read_distribution
from shipwheel.verification.report import CheckStatus
from shipwheel.verification.rules.imports import Imports
from shipwheel.verification.run import verify
from shipwheel.verification.trying.environment import try_wheel
from shipwheel.verification.trying.installation import Trial
from shipwheel.verification.trying.probing import Manner

pytestmark = pytest.mark.integration

WHEEL = "Wheel-Version: 1.0\nGenerator: tests (1.0)\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path, files: dict[str, str], *, more: str = "", scripts: str = "") -> Path:
    own = "good-1.0.dist-info"
    head = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\nDescription-Content-Type: text/plain\n"
    members = {**files, f"{own}/WHEEL": WHEEL, f"{own}/METADATA": f"{head}{more}\ngood\n"}
    if scripts:
        members[f"{own}/entry_points.txt"] = scripts
    lines = []
    for name, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines.append(f"{name},sha256={digest.decode()},{len(text.encode())}")
    path = folder / "good-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
        archive.writestr(f"{own}/RECORD", "\n".join([*lines, f"{own}/RECORD,,", ""]))
    return path


@pytest.fixture(scope="module")
def machine():
    return this_machine()


@pytest.fixture(scope="module")
def one(machine):
    """Give this machine with one Python: most of what is tried is the same on each."""
    return msgspec.structs.replace(machine, interpreters=machine.interpreters[-1:])


@pytest.fixture
def no_index(monkeypatch):
    """Leave the installers nothing but what the test gives them."""
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("UV_FIND_LINKS", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


SCRIPTS = "[console_scripts]\ngood = good.cli:main\n"


def test_a_good_wheel_passes_on_every_python_here(tmp_path, machine, no_index):
    folder = tmp_path / "with spaces and ä"
    folder.mkdir()
    files = {"good/__init__.py": "", "good/cli.py": "def main():\n    pass\n"}
    seen: list[object] = []
    path = write_wheel(folder, files, scripts=SCRIPTS)
    report = verify([path], machine=machine, emit=seen.append, log=tmp_path / "log.txt")
    assert report.findings == ()
    targets = {each.target for each in machine.interpreters}
    assert set(report.installed_on(path.name)) == targets
    ran = {c.id for c in report.checks if c.python and c.status is CheckStatus.PASSED}
    assert {"install", "install-proof", "install-files", "install-scripts", "import"} <= ran
    assert {"install-entry-points", "install-dependencies"} <= ran
    assert sum(isinstance(event, StepDone) for event in seen) >= len(targets)
    assert (tmp_path / "log.txt").stat().st_size


def test_pip_as_the_installer_proves_the_same(tmp_path, one, no_index):
    path = write_wheel(tmp_path, {"good/__init__.py": ""})
    report = verify([path], machine=one, installer="pip")
    assert report.findings == ()
    assert report.installed_on(path.name) == (one.interpreters[0].target,)


MODULES = {
    "good/__init__.py": "",
    "good/a_abort.py": "import os; os.abort()",
    "good/b_leaves.py": "import os; os._exit(3)",
    "good/c_exits.py": "import sys; sys.exit('bye')",
    "good/d_hangs.py": "import time; time.sleep(60)",
    "good/e_lost.py": "import good.lost",
    "good/f_optional.py": "import no_such_module_anywhere",
    "good/g_guarded.py": (
        "try:\n    import no_such_base as base\nexcept ImportError:\n    base = None\n"
        "class C(base.Base): pass\n"
    ),
    "good/g_base.py": "try:\n    import no_such_base\nexcept ImportError:\n    base = None\n",
    "good/g_heir.py": "from good.g_base import base\nclass C(base.Base): pass\n",
    "good/g_polite.py": (
        "try:\n    import no_such_base\nexcept ImportError:\n    raise RuntimeError('install it')\n"
    ),
    "good/h_wrong.py": "x = undefined",
    "good/i_syntax.py": "def (",
    "good/j_win32.py": "raise OSError('not here')",
    "good/k_broken/__init__.py": "raise RuntimeError('first')",
    "good/k_broken/child.py": "",
    "good/l_thread.py": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
    "good/m_prints.py": "print('{\"task\": 1}')",
    "good/z_last.py": "",
    "good/__main__.py": "raise SystemExit(9)",
    "good/tests/__init__.py": "import pytest_is_not_there",
}


MANNERS = {
    "forks of what is below": Manner(limit=8.0, workers=2),
    "forks of a clean one": Manner(limit=8.0, workers=2, deep=False),
    "an interpreter each": Manner(limit=8.0, forks=False),
}


@pytest.mark.parametrize("how", MANNERS)
def test_each_module_is_judged_for_itself(tmp_path, one, how):
    if os.name != "posix" and MANNERS[how].forks:
        pytest.skip("there are no forks here")
    manner = MANNERS[how]
    path = write_wheel(tmp_path, MODULES)
    trial = Trial(manner=manner, folder=tmp_path / "made" / "here")
    facts = try_wheel(read_distribution(path).wheel, one.interpreters[0], trial)
    outcomes = {each.target: judge(each, facts).outcome.value for each in facts.imports}
    expected = {
        "good": "fine",
        "good.a_abort": "broken" if os.name == "posix" else "suspect",
        "good.b_leaves": "suspect",
        "good.c_exits": "suspect",
        "good.d_hangs": "suspect",
        "good.e_lost": "broken",
        "good.f_optional": "optional",
        "good.g_base": "fine",
        "good.g_guarded": "optional",
        "good.g_heir": "optional",
        "good.g_polite": "optional",
        "good.h_wrong": "broken",
        "good.i_syntax": "broken",
        "good.j_win32": "excused" if sys.platform != "win32" else "suspect",
        "good.k_broken": "suspect",
        "good.k_broken.child": "fine",  # told with its package
        "good.l_thread": "fine",
        "good.m_prints": "fine",
        "good.z_last": "fine",
    }
    assert outcomes == expected
    assert list((tmp_path / "made" / "here").iterdir()) == []


def test_what_there_is_no_time_for_is_tried_after_others_and_told(tmp_path, one, no_index):
    slow = {f"good/slow_{at}.py": "import time; time.sleep(1.5)" for at in range(4)}
    path = write_wheel(tmp_path, {"good/__init__.py": "", **slow, "good/z.py": "x = undefined"})
    trial = Trial(manner=Manner(whole=3.0))
    facts = try_wheel(read_distribution(path).wheel, one.interpreters[0], trial)
    outcomes = [judge(each, facts).outcome.value for each in facts.imports]
    assert 0 < facts.untried < len(facts.imports)
    assert outcomes[:2] == ["fine", "fine"]
    told = Imports().note(facts)
    assert f"{facts.untried} of 6 modules" in told


def test_what_a_module_writes_into_the_answers_is_passed_over(tmp_path, one, no_index):
    forged = [
        '{"task": 1}',
        '{"task": "1", "status": 7}',
        "[1]",
        "3",
        "{",
        '{"markers": 1}',
        "\\xff",
    ]
    code = (
        "import os\n"
        "for number in range(3, 20):\n"
        f"    for text in {forged!r}:\n"
        "        try:\n"
        "            os.write(number, text.encode() + b'\\n')\n"
        "        except OSError:\n"
        "            pass\n"
    )
    path = write_wheel(tmp_path, {"good/__init__.py": code, "good/z.py": "x = undefined"})
    facts = try_wheel(read_distribution(path).wheel, one.interpreters[0], Trial())
    assert [judge(each, facts).outcome.value for each in facts.imports] == ["fine", "broken"]
    assert facts.platform == sys.platform


def test_an_sdist_is_built_as_whoever_has_no_wheel_does(tmp_path, one):
    path = write_wheel(tmp_path, {"good.py": "VALUE = 2\n"})
    backend = (
        "import zipfile, pathlib\n"
        "def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):\n"
        f"    name = {path.name!r}\n"
        "    with zipfile.ZipFile(wheel_directory + '/' + name, 'w') as made:\n"
        "        for each in pathlib.Path('made').rglob('*'):\n"
        "            if each.is_file():\n"
        "                made.write(each, each.relative_to('made').as_posix())\n"
        "    return name\n"
    )
    system = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    files = {"pyproject.toml": system, "own.py": backend, "PKG-INFO": ""}
    with zipfile.ZipFile(path) as archive:
        files |= {f"made/{name}": archive.read(name).decode() for name in archive.namelist()}
    files["PKG-INFO"] = files["made/good-1.0.dist-info/METADATA"]
    files["made/good.py"] = "VALUE = 1\n"
    with tarfile.open(tmp_path / "good-1.0.tar.gz", "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"good-1.0/{name}")
            info.size, info.mtime = len(text.encode()), 1_700_000_000
            archive.addfile(info, io.BytesIO(text.encode()))
    report = verify([tmp_path], machine=one)
    (found,) = (each for each in report.findings if each.rule.startswith("build"))
    assert (found.rule, found.level.value) == ("build-same", "error")
    assert "with other bytes: good.py" in found.message
    assert [each.name for each in report.steps if each.file.endswith(".gz")] == ["build"]
    static = verify([tmp_path], machine=one, static=True)
    left = {c.reason for c in static.checks if c.id in {"build", "build-same", "install"}}
    assert left == {"left out: --static"}


def test_what_a_user_would_meet_is_a_finding(tmp_path, one, no_index):
    path = write_wheel(
        tmp_path,
        {"good/__init__.py": "from .lost import x\n", "good/cli.py": "def main(): pass\n"},
        scripts=SCRIPTS,
    )
    report = verify([path], machine=one)
    errors = {(f.rule, f.python) for f in report.findings if f.python and f.level.value == "error"}
    target = one.interpreters[0].target
    assert errors == {("import", target)}  # the script's module lies below what failed: told once
    assert report.installed_on(path.name) == ()
    message = next(f.message for f in report.findings if f.rule == "import")
    assert "good.lost" in message
    assert "from .lost import x" in message


def test_a_dependency_without_a_wheel_is_told_by_name(tmp_path, one, no_index, monkeypatch):
    links = tmp_path / "links"
    links.mkdir()
    info = tmp_path / "PKG-INFO"
    info.write_text("Metadata-Version: 2.1\nName: onlysource\nVersion: 1.0\n")
    with tarfile.open(links / "onlysource-1.0.tar.gz", "w:gz") as archive:
        archive.add(info, "onlysource-1.0/PKG-INFO")
    monkeypatch.setenv("UV_FIND_LINKS", str(links))
    path = write_wheel(tmp_path, {"good/__init__.py": ""}, more="Requires-Dist: onlysource\n")
    report = verify([path], machine=one)
    (finding,) = report.findings
    assert finding.rule == "install"
    assert "onlysource" in finding.message
    skipped = next(c for c in report.checks if c.id == "import")
    assert (skipped.status, skipped.reason) == (CheckStatus.SKIPPED, "it does not install")


def test_a_dependency_without_a_wheel_is_an_error_and_the_rest_is_looked_at(
    tmp_path, one, monkeypatch
):
    links = tmp_path / "links"
    links.mkdir()
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "made"\nbackend-path = ["."]\n',
        "PKG-INFO": "Metadata-Version: 2.1\nName: onlysource\nVersion: 1.0\n",
        "made.py": (
            "import zipfile\n"
            "def build_wheel(folder, settings=None, metadata=None):\n"
            "    name = 'onlysource-1.0-py3-none-any.whl'\n"
            "    info = 'onlysource-1.0.dist-info/'\n"
            "    with zipfile.ZipFile(folder + '/' + name, 'w') as made:\n"
            "        made.writestr(info + 'METADATA', open('PKG-INFO').read())\n"
            "        made.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nTag: py3-none-any\\n')\n"
            "        made.writestr(info + 'RECORD', '')\n"
            "    return name\n"
        ),
    }
    with tarfile.open(links / "onlysource-1.0.tar.gz", "w:gz") as archive:
        for name, text in files.items():
            path = tmp_path / name
            path.write_text(text)
            archive.add(path, f"onlysource-1.0/{name}")
    monkeypatch.setenv("UV_FIND_LINKS", str(links))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    path = write_wheel(tmp_path, {"good/__init__.py": ""}, more="Requires-Dist: onlysource\n")
    report = verify([path], machine=one)
    (finding,) = (each for each in report.findings if each.rule == "install-wheels")
    assert (finding.level.value, "onlysource" in finding.message) == ("error", True)
    assert next(c for c in report.checks if c.id == "import").status is CheckStatus.PASSED

    excused = verify([path], machine=one, ignore={"install-wheels": "it has none"})
    assert excused.ok
    assert excused.installed_on(path.name)


def test_a_wheel_for_another_platform_is_skipped_and_says_so(tmp_path, one):
    path = write_wheel(tmp_path, {"good/__init__.py": ""})
    other = path.rename(path.with_name("good-1.0-cp312-cp312-win_arm64.whl"))
    if sys.platform == "win32":
        pytest.skip("written for a machine that is not Windows")
    report = verify([other], machine=one)
    check = next(c for c in report.checks if c.id == "install")
    assert (check.status, check.reason) == (CheckStatus.SKIPPED, "no Python here can load it")


def test_a_file_that_changed_after_it_was_read_is_not_installed(tmp_path, one, no_index):
    path = write_wheel(tmp_path, {"good/__init__.py": ""})
    read = read_distribution(path).wheel
    write_wheel(tmp_path, {"good/__init__.py": "changed = True"})
    assert sha256(path) != read.file.sha256
    facts = try_wheel(read, one.interpreters[0], Trial())
    assert "hash" in facts.failure


def test_entry_points_that_name_what_is_not_there(tmp_path, one, no_index):
    scripts = "[console_scripts]\na = good:main\nb = good:lost\n\n[pytest11]\nc = good.plugin\n"
    files = {"good/__init__.py": "def main(): pass\n", "good/plugin.py": "import no_such_host\n"}
    path = write_wheel(tmp_path, files, scripts=scripts)
    facts = try_wheel(read_distribution(path).wheel, one.interpreters[0], Trial())
    outcomes = [judge_entry(each, facts).outcome.value for each in facts.entry_points]
    assert outcomes == ["fine", "broken", "optional"]
