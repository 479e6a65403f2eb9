"""Tests on an overlay, with real environments: what passes, what must fail, and what is said then."""

from __future__ import annotations

import base64
import hashlib
import stat
import sys
import textwrap
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shipwheel.errors import JobError
from shipwheel.events import Event, Notice, Warned
from shipwheel.files import sha256
from shipwheel.machine.interpreter import Interpreter
from shipwheel.machine.interpreters import find_interpreters
from shipwheel.project import facts
from shipwheel.project.config import Config
from shipwheel.project.facts import Fact, Kind, Package, Project, Runner
from shipwheel.testing.coverage import combine
from shipwheel.testing.environment import Prepared, prepare_test_environment
from shipwheel.testing.outcome import TestOutcome, TestsFailed
from shipwheel.testing.overlay import Overlay, stage_overlay
from shipwheel.testing.proof import Proofs, check_proof
from shipwheel.testing.run import run_tests
from shipwheel.workspace import Workspace

pytestmark = pytest.mark.integration

JOB = "test-3.x"
CODE = {"__init__.py": "from .core import add\n", "core.py": "def add(a, b):\n    return a + b\n"}
TEST = "from pkg import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"


def fact(value):
    return Fact(value=value, origin="the test")


def make_wheel(
    folder: Path, name: str, files: Mapping[str, str], requires: tuple[str, ...] = ()
) -> Path:
    """Write a wheel as a backend would."""
    info = f"{name}-1.0.dist-info"
    needed = "".join(f"Requires-Dist: {each}\n" for each in requires)
    members = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text.encode())}"
        for path, text in members.items()
    ]
    members[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in members.items():
            archive.writestr(path, text)
    return wheel


@dataclass
class Case:
    """A tiny project, its wheel, and what is known of it."""

    root: Path
    interpreter: Interpreter
    wheel: Path
    project: Project
    events: list[Event] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    def prepare(self, **more: object) -> Prepared:
        self.workspace.prepare()
        return prepare_test_environment(
            self.workspace,
            self.project,
            self.interpreter,
            self.wheel,
            sha256(self.wheel),
            job_id=JOB,
            emit=self.events.append,
            **more,
        )

    def test(self, *args: str, **more: object) -> tuple[TestOutcome, Proofs, Overlay]:
        prepared = self.prepare()
        overlay = stage_overlay(self.workspace, self.project, JOB, prepared.environment, self.wheel)
        outcome = run_tests(
            self.workspace,
            self.project,
            prepared.environment,
            self.wheel,
            overlay,
            job_id=JOB,
            args=args,
            emit=self.events.append,
            **more,
        )
        return outcome, check_proof(prepared.environment, self.wheel, overlay), overlay

    @property
    def told(self) -> str:
        return "\n".join(each.text for each in self.events if isinstance(each, Notice | Warned))


MakeCase = Callable[..., Case]


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    found = {each.target: each for each in find_interpreters()}
    return found.get("3.12") or found[here]


@pytest.fixture
def case(
    tmp_path: Path, interpreter: Interpreter, commit: Callable[[Path], None]
) -> Callable[..., Case]:
    def make(
        tree: Mapping[str, str],
        wheel: Mapping[str, str],
        *,
        packages: Mapping[str, str] | None = None,
        commands: tuple[tuple[str, ...], ...] = (("pytest",),),
        runner: Runner = Runner.PYTEST,
        requirements: tuple[str, ...] = ("pytest",),
        requires: tuple[str, ...] = (),
        coverage: bool = False,
        stubs: bool = False,
        git: bool = True,
        installer: str = "uv",
    ) -> Case:
        root = tmp_path / "a project ü"
        for path, text in tree.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(textwrap.dedent(text), encoding="utf-8")
        if git:
            commit(root)
        return Case(
            root,
            interpreter,
            make_wheel(root / "dist", "pkg", wheel, requires),
            project_of(
                root,
                packages,
                commands,
                runner,
                requirements,
                coverage=coverage,
                stubs=stubs,
                installer=installer,
            ),
        )

    return make


def project_of(
    root: Path,
    packages: Mapping[str, str] | None,
    commands: tuple[tuple[str, ...], ...],
    runner: Runner,
    requirements: tuple[str, ...],
    *,
    coverage: bool,
    stubs: bool,
    installer: str,
) -> Project:
    named = packages if packages is not None else {"pkg": "pkg"}
    return Project(
        root=str(root),
        name=fact("pkg"),
        version=fact("1.0"),
        backend=fact("hatchling.build"),
        build_requires=(),
        requires_python=fact(None),
        pythons=fact(()),
        kind=fact(Kind.PURE),
        dependencies=fact(()),
        extras=fact({}),
        groups=fact({}),
        entry_points=fact({}),
        packages=fact(
            tuple(Package(name=name, path=path, stubs=stubs) for name, path in named.items())
        ),
        test=facts.TestFacts(
            runner=fact(runner),
            commands=fact(commands),
            requirements=fact(requirements),
            extras=fact(()),
            paths=fact(()),
            environment=fact({}),
            coverage=fact(coverage),
        ),
        lint=fact(None),
        type=fact(None),
        docs=fact(None),
        config=Config(installer=installer),
    )


def under(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in files.items()}


def test_a_flat_project_is_tested_from_the_wheel_and_its_environment_serves_again(
    case: MakeCase,
) -> None:
    made = case(
        {
            **under("pkg", CODE),
            "pkg/data/only_in_tree.txt": "",
            "pkg/tests/__init__.py": "",
            "pkg/tests/conftest.py": "",
            "pkg/tests/data.txt": "words",
            "pkg/tests/test_core.py": "from pathlib import Path\nfrom pkg.core import add\n\n"
            "def test_it():\n    assert add(1, 1) == 2\n"
            "    assert (Path(__file__).parent / 'data.txt').read_text() == 'words'\n",
            "conftest.py": "",
            "setup.py": "",
        },
        under("pkg", {**CODE, "_version.py": "version = 1\n"}),
    )
    outcome, proofs, overlay = made.test()
    assert (outcome.passed, outcome.failed, outcome.ran) == (1, 0, 1)
    assert proofs.modules == {"pkg": "pkg/__init__.py", "pkg.core": "pkg/core.py"}
    assert "pkg.tests.test_core" in proofs.tests
    assert (overlay.root / "setup.py").is_file()
    assert (overlay.root / "pkg/_version.py").is_symlink()
    assert not (overlay.root / "pkg/data").exists()
    suite = ET.parse(outcome.junit).getroot()
    assert len(list(suite.iter("testcase"))) == 1
    assert not made.prepare(requires=("iniconfig",)).reused
    assert made.prepare(requires=("iniconfig",)).reused
    assert not made.prepare(requires=("iniconfig",), fresh=True).reused


def test_a_module_that_the_wheel_lost_is_missing(case: MakeCase) -> None:
    made = case(
        {
            **under("pkg", {**CODE, "extra.py": "x = 1\n"}),
            "tests/test_extra.py": "import pkg.extra\n",
        },
        under("pkg", CODE),
    )
    with pytest.raises(TestsFailed) as failed:
        made.test()
    assert "No module named 'pkg.extra'" in (failed.value.evidence or "")
    assert "nox -s test-3.x" in (failed.value.hint or "")
    assert failed.value.outcome.junit.is_file()


LAYOUTS = {
    "src": ({**under("src/pkg", CODE), "tests/test_a.py": TEST}, {"pkg": "src/pkg"}, "pkg"),
    "flat": ({**under("pkg", CODE), "tests/test_a.py": TEST}, {"pkg": "pkg"}, "pkg"),
    "mapped": (
        {**under("lib/source", CODE), "tests/test_a.py": TEST},
        {"pkg": "lib/source"},
        "pkg",
    ),
    "undeclared": ({**under("odd/pkg", CODE), "odd/test_a.py": TEST}, {}, "pkg"),
    "namespace": (
        {
            **under("space/pkg", CODE),
            "test_a.py": TEST.replace("from pkg", "from space.pkg"),
        },
        {"space.pkg": "space/pkg"},
        "space/pkg",
    ),
    "module": ({"pkg.py": CODE["core.py"], "test/test_a.py": TEST}, {"pkg": "pkg.py"}, ""),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_tested_from_the_wheel(case: MakeCase, layout: str) -> None:
    tree, packages, inside = LAYOUTS[layout]
    wheel = under(inside, CODE) if inside else {"pkg.py": CODE["core.py"]}
    outcome, proofs, _ = case(tree, wheel, packages=packages, git=layout != "flat").test()
    assert outcome.passed == 1
    assert set(proofs.modules.values()) == set(wheel)


def test_workers_and_subprocesses_are_proved_too(case: MakeCase) -> None:
    made = case(
        {
            **under("pkg", CODE),
            "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--color=yes -n 2'\n",
            "tests/test_a.py": """
                import subprocess, sys

                def test_child():
                    subprocess.run([sys.executable, "-c", "import pkg.lazy"], env={}, check=True)

                def test_here():
                    import pkg
                """,
        },
        under("pkg", {**CODE, "lazy.py": ""}),
        requirements=("pytest", "pytest-xdist"),
    )
    outcome, proofs, _ = made.test()
    assert outcome.passed == 2
    assert proofs.modules["pkg.lazy"] == "pkg/lazy.py"
    assert proofs.processes >= 2


def test_unittest_in_pips_environment_is_counted_and_gets_a_junit_file(case: MakeCase) -> None:
    body = """
        import unittest
        from pkg import add

        class T(unittest.TestCase):
            def test_add(self):
                self.assertEqual(add(1, 2), 3)

            @unittest.skip("not here")
            def test_skipped(self):
                pass
        """
    made = case(
        {**under("pkg", CODE), "tests/__init__.py": "", "tests/test_a.py": body},
        under("pkg", CODE),
        commands=(("python", "-m", "unittest"),),
        runner=Runner.UNITTEST,
        requirements=(),
        installer="pip",
    )
    outcome, _, _ = made.test()
    assert (outcome.passed, outcome.skipped) == (1, 1)
    assert made.prepare().reused
    assert ET.parse(outcome.junit).getroot()[0].get("tests") == "2"


def test_a_test_that_writes_into_the_wheel_fails_the_job_and_spoils_no_other_run(
    case: MakeCase,
) -> None:
    write = TEST + "    import pkg.core\n    open(pkg.core.__file__, 'a').write('# more')\n"
    made = case({**under("pkg", CODE), "tests/test_a.py": write}, under("pkg", CODE))
    with pytest.raises(JobError, match=r"changed 1 installed file") as failed:
        made.test()
    assert failed.value.evidence == "pkg/core.py"
    again = made.prepare()
    assert not again.reused
    core = again.environment.site_packages / "pkg/core.py"
    assert core.read_text(encoding="utf-8") == CODE["core.py"]
    core.write_text("# changed behind our back\n", encoding="utf-8")
    assert not made.prepare().reused
    assert "pkg/core.py" in made.told


@pytest.mark.parametrize("where", ["conftest", "subprocess"])
def test_what_comes_from_the_checkout_is_no_proof(case: MakeCase, where: str) -> None:
    tree = {**under("pkg", CODE), "tests/test_a.py": TEST}
    made = case(tree, under("pkg", CODE))
    hack = f"import sys\nsys.path.insert(0, {str(made.root)!r})\n"
    if where == "conftest":
        (made.root / "conftest.py").write_text(hack, encoding="utf-8")
    else:
        child = f"import subprocess, sys\nsubprocess.check_call([sys.executable, '-c', {hack + 'import pkg'!r}])\n"
        (made.root / "tests/test_b.py").write_text(child, encoding="utf-8")
    with pytest.raises(JobError, match="not the wheel's") as failed:
        made.test()
    assert str(made.root / "pkg" / "core.py") in (failed.value.evidence or "")
    assert "site-packages" in (failed.value.evidence or "")


NONE_RAN = {
    "nothing collected": ("def helper():\n    pass\n", "none ran"),
    "all skipped": (
        "import pytest\npytestmark = pytest.mark.skip\ndef test_a():\n    pass\n",
        "1 skipped",
    ),
}


@pytest.mark.parametrize("kind", NONE_RAN)
def test_known_tests_that_do_not_run_fail(case: MakeCase, kind: str) -> None:
    text, said = NONE_RAN[kind]
    made = case({**under("pkg", CODE), "tests/test_a.py": text}, under("pkg", CODE))
    with pytest.raises(TestsFailed, match="tests are known but none ran") as failed:
        made.test()
    assert said in failed.value.what
    assert failed.value.exit_code == 1


def test_tests_that_never_import_the_project_prove_nothing(case: MakeCase) -> None:
    made = case(
        {**under("pkg", CODE), "tests/test_a.py": "def test_a():\n    pass\n"}, under("pkg", CODE)
    )
    with pytest.raises(JobError, match="never imported the project"):
        made.test()


def test_without_tests_every_module_is_imported(case: MakeCase) -> None:
    files = {**CODE, "needs.py": "import not_declared_anywhere\n", "__main__.py": "1/0\n"}
    made = case(
        under("pkg", files), under("pkg", files), runner=Runner.NONE, commands=(), requirements=()
    )
    outcome, proofs, _ = made.test()
    assert outcome.imports == 2
    assert set(proofs.modules) == {"pkg", "pkg.core"}
    assert "no tests are known" in made.told
    assert "pkg.needs: ModuleNotFoundError" in made.told


def test_without_tests_a_broken_package_fails(case: MakeCase) -> None:
    files = {"__init__.py": "from . import gone\n"}
    made = case(
        under("pkg", files), under("pkg", files), runner=Runner.NONE, commands=(), requirements=()
    )
    with pytest.raises(TestsFailed, match="cannot be imported"):
        made.test()


def test_failing_tests_say_which_and_leave_their_counts(case: MakeCase) -> None:
    text = TEST + "\n\ndef test_wrong():\n    assert add(1, 1) == 3\n"
    made = case({**under("pkg", CODE), "tests/test_a.py": text}, under("pkg", CODE))
    with pytest.raises(TestsFailed, match="1 of 2 tests failed") as failed:
        made.test()
    assert "FAILED tests/test_a.py::test_wrong" in (failed.value.evidence or "")
    assert failed.value.where == str(made.workspace.log(JOB))
    outcome, _, _ = made.test("-k", "test_add")
    assert (outcome.passed, outcome.narrowed) == (1, True)


def test_doctests_modes_and_links_are_as_in_the_tree(case: MakeCase) -> None:
    core = 'def add(a, b):\n    """\n    >>> add(1, 2)\n    3\n    """\n    return a + b\n'
    files = {**CODE, "core.py": core}
    made = case(
        {**under("pkg", files), "data/script.sh": "#!/bin/sh\n", "README.md": ">>> 1\n1\n"},
        under("pkg", files),
        commands=(("pytest", "--doctest-modules", "--doctest-glob=*.md", "pkg", "README.md"),),
    )
    (made.root / "data/script.sh").chmod(0o555)
    (made.root / "link.md").symlink_to("README.md")
    (made.root / "absolute").symlink_to(made.root / "data")
    outcome, proofs, overlay = made.test()
    assert outcome.passed == 2
    assert "pkg.core" in proofs.modules
    assert stat.S_IMODE((overlay.root / "data/script.sh").stat().st_mode) == 0o555
    assert (overlay.root / "link.md").readlink() == Path("README.md")
    assert (overlay.root / "absolute").readlink() == Path("data")


@pytest.mark.parametrize("layout", ["src", "flat"])
def test_coverage_is_combined_over_cells_and_names_the_tree(case: MakeCase, layout: str) -> None:
    tree, packages, inside = LAYOUTS[layout]
    config = "[tool.coverage.run]\nsource = ['src']\n" if layout == "src" else ""
    addopts = "[tool.pytest.ini_options]\naddopts = '--cov=pkg --cov-fail-under=100'\n"
    made = case(
        {**tree, "pyproject.toml": config or addopts, ".gitignore": ".coverage\n"},
        under(inside, {**CODE, "unused.py": "x = 1\ny = 2\n"}),
        packages=packages,
        coverage=True,
        requirements=("pytest", "pytest-cov" if layout == "flat" else "coverage"),
    )
    outcome, proofs, _ = made.test()
    assert outcome.passed == 1
    assert proofs.modules["pkg.core"] == "pkg/core.py"
    place = packages["pkg"]
    if layout == "flat":
        # the wheel's file that the tree does not have is left out of the report
        (made.root / "pkg/unused.py").write_text("x = 1\ny = 2\n", encoding="utf-8")
        with pytest.raises(JobError, match="below the project's 100 %"):
            combine(made.workspace, made.project, [JOB], made.interpreter)
    else:
        combined = combine(made.workspace, made.project, [JOB], made.interpreter)
        assert combined.percent == 100
        assert f"{place}/core.py" in combined.text.replace("\\", "/")
    assert "core.py" in (made.workspace.state / "coverage.xml").read_text(encoding="utf-8")
    assert not list(made.root.glob(".coverage*"))


def test_tests_that_a_tracer_breaks_are_run_without_it(case: MakeCase) -> None:
    tree, packages, inside = LAYOUTS["src"]
    untraced = (
        "import sys\nimport pkg.core\ndef test_depth():\n    assert 'coverage' not in sys.modules\n"
    )
    made = case(
        {**tree, "tests/test_depth.py": untraced},
        under(inside, CODE),
        packages=packages,
        coverage=True,
        requirements=("pytest", "coverage"),
    )
    outcome, proofs, _ = made.test()
    assert (outcome.ok, outcome.passed) == (True, 2)
    assert proofs.modules["pkg.core"] == "pkg/core.py"
    assert "coverage" not in outcome.commands[-1]


def test_lowest_takes_the_declared_bounds_and_leaves_test_tools_alone(case: MakeCase) -> None:
    made = case(
        {**under("pkg", CODE), "tests/test_a.py": TEST},
        under("pkg", CODE),
        requires=("packaging>=23.0", "iniconfig", "attrs>=22.2; python_version < '3'"),
    )
    found = made.prepare(lowest=True).installed
    assert found["packaging"] == "23.0"
    assert int(found["pytest"].partition(".")[0]) >= 8
    assert "no lowest version is declared for iniconfig" in made.told


def test_stubs_need_no_import(case: MakeCase) -> None:
    made = case(
        {"pkg-stubs/__init__.pyi": "", "tests/test_a.py": "def test_a():\n    pass\n"},
        {"pkg-stubs/__init__.pyi": ""},
        packages={"pkg-stubs": "pkg-stubs"},
        stubs=True,
    )
    outcome, proofs, _ = made.test()
    assert outcome.passed == 1
    assert not proofs.modules
