"""The architecture, held: layers, cycles, who may start processes, who may print, how large things are."""

from __future__ import annotations

import ast
import graphlib
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import importlinter.api as importlinter
import pytest

import shipwheel

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(shipwheel.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

PROCESSES = {"process.py"}
PRINTERS = ("console/", "cli/")
# programs that other Pythons run: not of our process, and nobody's of ours imports them
GUESTS = {"building/in_backend.py", "verification/trying/probe.py"}

_STARTING_MODULES = {"subprocess", "multiprocessing", "pty", "webbrowser", "_posixsubprocess"}
_STARTING_CALLS = (
    "os.exec",
    "os.fork",
    "os.popen",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "asyncio.create_subprocess",
    "concurrent.futures.ProcessPoolExecutor",
    "session.install",
    "session.run",
)
_PRINTING_MODULES = {"click", "rich"}
_STREAMS = ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__")
_DRAWERS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "shared"}

# nox loads the noxfile once a session: what it drags in is paid for every time
_TOO_HEAVY_FOR_NOX = {
    *("auditwheel", "build", "cibuildwheel", "click", "requests"),
    *("rich", "twine", "werkzeug", "yaml"),
    *("deptry", "griffe", "grimp", "pip_audit"),
}


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"), filename=module)


def _imports(nodes: Iterator[ast.AST]) -> Iterator[tuple[str, int]]:
    """Give each imported name, dotted and with what is taken from it, and its line."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _top(module: str) -> str:
    return module.partition(".")[0]


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = _dotted(node.value)
        return f"{left}.{node.attr}" if left else None
    return None


def _names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Give each name and dotted attribute that the module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := _dotted(node)):
            yield name, node.lineno


def _uses(module: str, modules: set[str], calls: tuple[str, ...]) -> list[str]:
    """Give the places where a module imports one of `modules` or touches one of `calls`.

    A call with a dot stands for every name that begins like it (`os.exec` for `os.execv`).
    """
    tree = _tree(module)
    dotted = tuple(call for call in calls if "." in call)
    found = [
        (name, line)
        for name, line in _imports(ast.walk(tree))
        if _top(name) in modules or name.startswith(dotted)
    ]
    found += [
        (name, line) for name, line in _names(tree) if name in calls or name.startswith(dotted)
    ]
    return sorted({f"{module}:{line}: {name}" for name, line in found})


def test_imports_go_one_way(capsys: pytest.CaptureFixture[str]) -> None:
    importlinter.configuration.configure()
    kept = importlinter.use_cases.lint_imports(
        config_filename=str(ROOT / "pyproject.toml"), cache_dir=None, no_logo=True
    )
    assert kept, capsys.readouterr().out


def test_no_import_cycle() -> None:
    graph = grimp.build_graph("shipwheel", cache_dir=None)
    # the root only offers what lies below it, imported when asked for
    edges = {
        module: graph.find_modules_directly_imported_by(module)
        for module in graph.modules - {"shipwheel"}
    }
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        pytest.fail("import cycle: " + " -> ".join(error.args[1]))


@pytest.mark.parametrize("module", [each for each in MODULES if each not in PROCESSES | GUESTS])
def test_processes_start_in_one_module(module: str) -> None:
    assert not _uses(module, _STARTING_MODULES, _STARTING_CALLS), "go through shipwheel.process"


@pytest.mark.parametrize("guest", sorted(GUESTS))
def test_nobody_imports_a_program_that_runs_elsewhere(guest: str) -> None:
    name = f"shipwheel.{guest.removesuffix('.py').replace('/', '.')}"
    importing = [
        module
        for module in MODULES
        for imported, _line in _imports(ast.walk(_tree(module)))
        if imported == name or imported.startswith(f"{name}.")
    ]
    assert not importing


@pytest.mark.parametrize(
    "module", [each for each in MODULES if not each.startswith(PRINTERS) and each not in GUESTS]
)
def test_only_the_console_and_the_command_line_print(module: str) -> None:
    # sessions lie above the console and may hand it a stream; nobody else knows of one
    hands_over = module.startswith("sessions/")
    streams = tuple(f"{stream}." for stream in _STREAMS) if hands_over else _STREAMS
    assert not _uses(module, _PRINTING_MODULES, ("print", *streams)), "emit an Event"


def test_modules_are_named_by_what_they_hold() -> None:
    assert not [each for each in MODULES if _DRAWERS & set(each.removesuffix(".py").split("/"))]


def _source(module: str) -> str | None:
    """Give the file of a module of ours by its dotted name, None where it is not ours."""
    head, *rest = module.split(".")
    if head != "shipwheel":
        return None
    for path in ("/".join([*rest, "__init__.py"]), "/".join(rest) + ".py"):
        if path in MODULES:
            return path
    return None


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what importing a module executes: no function bodies, nothing for type checkers alone."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.If) and _dotted(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
        return
    for child in ast.iter_child_nodes(node):
        yield from _executed(child)


def _loaded_with(start: str) -> dict[str, str]:
    """Give what importing `start` loads: each module, and the module of ours that asks for it."""
    asked = {start: ""}
    queue = [start]
    while queue:
        module = queue.pop()
        path = _source(module)
        if path is None:
            continue
        wanted = {name for name, _ in _imports(_executed(_tree(path)))}
        parents = {module.rpartition(".")[0]} - {""}
        for name in wanted | parents:
            if name not in asked:
                asked[name] = module
                # `from package.module import name`: the name may be a module or not
                queue.append(name if _source(name) else name.rpartition(".")[0])
                asked.setdefault(queue[-1], module)
    return asked


@pytest.mark.parametrize("start", ["shipwheel", "shipwheel.sessions.register"])
def test_a_noxfile_loads_nothing_heavy(start: str) -> None:
    if _source(start) is None:
        pytest.fail(f"{start} is not there")
    loaded = _loaded_with(start)
    heavy = {
        f"{by} imports {name}" for name, by in loaded.items() if _top(name) in _TOO_HEAVY_FOR_NOX
    }
    assert not heavy


@pytest.mark.parametrize("session", ["build", "wheel", "wheels", "test", "settled"])
def test_a_session_that_builds_or_tests_waits_for_no_verification(session: str) -> None:
    """Each is a process of its own under `nox -j`, and the rules take a fifth of a second to import."""
    loaded = _loaded_with(f"shipwheel.sessions.{session}")
    verifying = {f"{by} imports {name}" for name, by in loaded.items() if ".verification" in name}
    assert not verifying


@pytest.mark.parametrize("session", ["gate", "publish", "rehearse", "promotion"])
def test_a_session_that_publishes_waits_for_no_rule_of_verify(session: str) -> None:
    """It reads a Report; the names of the rules that a reason may set aside lie apart."""
    loaded = _loaded_with(f"shipwheel.sessions.{session}")
    assert "shipwheel.verification.catalogue" not in loaded


def test_the_gate_alone_makes_a_release() -> None:
    makers = {
        module
        for module in MODULES
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Call) and (_dotted(node.func) or "").split(".")[-1] == "Release"
    }
    assert makers == {"publishing/gate.py"}


def test_an_upload_takes_a_release() -> None:
    functions = {
        node.name: node
        for node in ast.walk(_tree("publishing/publish.py"))
        if isinstance(node, ast.FunctionDef)
    }
    first = functions["publish"].args.args[0]
    assert isinstance(first.annotation, ast.Name)
    assert first.annotation.id == "Release"


def _lengths() -> dict[str, int]:
    return {
        f"{module}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in MODULES
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_functions_are_small() -> None:
    lengths = _lengths()
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:8]
    report = "\n".join(f"{length:4} {where}" for where, length in longest)
    assert statistics.median(lengths.values()) <= 12, report
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 40, report
    assert longest[0][1] <= 80, report


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_small(module: str) -> None:
    lines = (PACKAGE / module).read_text(encoding="utf-8").count("\n")
    assert lines <= 400, "about 300 lines is the aim"
