from __future__ import annotations

import ast

import nox.project
import pytest

from shipwheel.cli.noxfile import (
    Noxfile,
    State,
    advice,
    clashes,
    hiding,
    judge,
    main_command,
    noxfile_text,
)

OURS = noxfile_text(None, script=True)
NAMES = ("build", "test-3.11", "test-3.12", "test", "lint", "verify")
REGISTER = "import nox, shipwheel\nshipwheel.register(nox{})\n"


def test_the_two_lines_and_the_header_that_nox_reads(tmp_path) -> None:
    path = tmp_path / "noxfile.py"
    path.write_text(OURS, encoding="utf-8")
    assert nox.project.load_toml(path) == {
        "requires-python": ">=3.11",
        "dependencies": ["nox", "shipwheel"],  # nox refuses a list without itself
    }
    assert ast.unparse(ast.parse(OURS)) == "import nox, shipwheel\nshipwheel.register(nox)"
    assert noxfile_text(None, script=False) == OURS.partition("# ///\n")[2]


@pytest.mark.parametrize(
    ("tool", "named"),
    [
        ("shipwheel==0.1.0", "shipwheel==0.1.0"),
        (" shipwheel>=1,<2 ", "shipwheel>=1,<2"),
        ("dist/shipwheel-0.1.0-py3-none-any.whl", "shipwheel"),
        ("https://index.example/simple/", "shipwheel"),
        ('shipwheel", "evil', "shipwheel"),
        ("shipwheelwright", "shipwheel"),
    ],
)
def test_the_configured_tool_stands_in_the_header_if_it_can_travel(tool: str, named: str) -> None:
    assert f'dependencies = ["nox", "{named}"]\n' in noxfile_text(tool, script=True)


@pytest.mark.parametrize(
    ("existing", "state", "writes"),
    [
        (None, State.NEW, True),
        (OURS, State.UNCHANGED, False),
        (OURS.replace("\n", "\r\n"), State.UNCHANGED, False),
        (noxfile_text(None, script=False), State.REWRITTEN, True),
        (noxfile_text("shipwheel==0.0.1", script=True), State.REWRITTEN, True),
        (OURS + "\n# mine\n", State.UNCHANGED, False),
        (REGISTER.format(", skip=('test',)"), State.UNCHANGED, False),
        ("from shipwheel import register\nimport nox\nregister(nox)\n", State.UNCHANGED, False),
        ("import nox\n", State.DIFFERS, False),
        ("", State.DIFFERS, False),
        ("def broken(:\n", State.DIFFERS, False),
        ("x = '\0'\n", State.DIFFERS, False),
        ("import atexit\natexit.register(print)\n", State.DIFFERS, False),
    ],
)
def test_only_what_we_wrote_is_written_again(
    existing: str | None, state: State, *, writes: bool
) -> None:
    found = judge(existing, OURS)
    assert found.state is state
    assert found.text == (OURS if writes else None)


def test_a_noxfile_that_is_no_python_is_named() -> None:
    assert judge("def broken(:\n", OURS).problem.startswith("it is no valid Python: ")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("@nox.session\ndef test(session): ...", ("test",)),
        ("@nox.session()\ndef test(session): ...", ("test",)),
        ("@session(name='lint')\ndef flake(session): ...", ("lint",)),
        (
            "@nox.session(python=['3.11', '3.12'])\ndef test(s): ...",
            ("test", "test-3.11", "test-3.12"),
        ),
        ("@nox.session(py='3.12')\ndef test(s): ...", ("test",)),
        ("@nox.session(['3.12'])\ndef test(s): ...", ("test", "test-3.12")),
        ("@nox.session(python=PYTHONS)\ndef test(s): ...", ("test", "test-*")),
        ("if True:\n    @nox_poetry.session\n    def docs(s): ...", ("docs",)),
        ("@nox.parametrize('x', [1])\ndef helper(s): ...\ndef test(): ...", ()),
    ],
)
def test_sessions_are_read_from_the_source(source: str, names: tuple[str, ...]) -> None:
    assert judge(source, OURS).defines == names


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        ("@nox.session\ndef test(s): ...", ("test",)),
        ("@nox.session(python=['3.9', '3.12'])\ndef test(s): ...", ("test-3.12", "test")),
        ("@nox.session(python=ALL)\ndef test(s): ...", ("test-3.11", "test-3.12", "test")),
        ("@nox.session\ndef tests(s): ...", ()),
        ("@nox.session\ndef lint(s): ...\n" + REGISTER.format(", skip=['lint']"), ()),
        ("@nox.session\ndef lint(s): ...\n" + REGISTER.format(", skip='lint'"), ()),
        ("@nox.session\ndef lint(s): ...\n" + REGISTER.format(", only=('test',)"), ()),
        ("@nox.session\ndef lint(s): ...\n" + REGISTER.format(""), ("lint",)),
    ],
)
def test_names_that_both_define(source: str, taken: tuple[str, ...]) -> None:
    assert clashes(judge(source, OURS), NAMES) == taken


@pytest.mark.parametrize(
    ("found", "taken", "lines"),
    [
        (Noxfile(State.NEW, OURS), (), ()),
        (Noxfile(State.DIFFERS), (), ("import nox, shipwheel", "shipwheel.register(nox)")),
        (
            Noxfile(State.DIFFERS),
            ("test",),
            ("import nox, shipwheel", 'shipwheel.register(nox, skip=("test",))'),
        ),
        (Noxfile(State.UNCHANGED, registers=True), (), ()),
        (
            Noxfile(State.UNCHANGED, registers=True, skipped=("docs",)),
            ("lint", "test"),
            ('shipwheel.register(nox, skip=("docs", "lint", "test"))',),
        ),
    ],
)
def test_the_lines_to_add(found: Noxfile, taken: tuple[str, ...], lines: tuple[str, ...]) -> None:
    assert advice(found, taken) == lines
    for line in lines:
        ast.parse(line)


CELLS = ("test-3.11", "test-3.12")


@pytest.mark.parametrize(
    ("defines", "taken", "command"),
    [
        ((), (), "nox"),
        (("tests", "lint"), ("lint",), "nox -s test verify"),
        (("test",), ("test",), "nox -s test-3.11 test-3.12 verify"),
        (("test", "verify"), ("test", "test-3.11", "verify"), "nox -s test-3.12"),
    ],
)
def test_the_main_job_beside_sessions_of_ones_own(defines, taken, command) -> None:
    found = Noxfile(State.DIFFERS, defines=defines)
    assert main_command(found, taken, CELLS) == command


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ('# /// script\n# dependencies = ["nox"]\n# ///\nimport nox\n', True),
        ('# /// script\n# dependencies = ["nox", "shipwheel"]\n# ///\nimport nox\n', False),
        ("import nox\n", False),
    ],
)
def test_a_header_that_brings_nox_without_us_is_told(text, alone) -> None:
    assert judge(text, OURS).alone is alone


@pytest.mark.parametrize(
    ("defines", "taken", "names"),
    [
        (("test", "test-3.11", "lint"), ("test", "test-3.11", "lint"), ("test",)),
        (("test", "test-*"), ("test", "test-3.11", "test-3.12"), ("test",)),
        (("test", "lint"), ("test", "lint"), ()),  # our cells have other names, and run
        (("lint",), ("lint",), ()),
    ],
)
def test_what_would_hide_the_tests_of_the_wheel_needs_another_name(defines, taken, names) -> None:
    assert hiding(Noxfile(State.DIFFERS, defines=defines), taken) == names
