"""Where dependencies have wheels, asked of an index of our own with made-up ones, and of the real one."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.deps.cells import Cell, cells_of
from shipwheel.deps.readiness.answer import Readiness, Why
from shipwheel.deps.readiness.asking import readiness
from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.indexes.guard import Guard
from shipwheel.indexes.known import Index
from shipwheel.indexes.server import free_port, throw_away_index
from shipwheel.sessions.deps.readiness import unanswered

pytestmark = pytest.mark.integration

LINUX, WINDOWS = Cell("3.12", "manylinux_x86_64"), Cell("3.12", "win_amd64")
MUSL, THREADED = Cell("3.12", "musllinux_x86_64"), Cell("3.14t", "win_amd64")
ORDINARY = Cell("3.14", "win_amd64")
PASSWORD = "geheim-4711-pass"
MANYLINUX, WIN = "cp312-cp312-manylinux2014_x86_64", "cp312-cp312-win_amd64"


def put_wheel(folder: Path, name: str, version: str, tag: str, *requires: str) -> None:
    info = f"{name}-{version}.dist-info"
    needed = "".join(f"Requires-Dist: {each}\n" for each in requires)
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as wheel:
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}"
        )
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: x\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")


def put_sdist(folder: Path, name: str, version: str) -> None:
    """Write an sdist that cannot be built: nothing here may try."""
    with tarfile.open(folder / f"{name}-{version}.tar.gz", "w:gz") as sdist:
        for member, text in (
            ("PKG-INFO", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
            ("pyproject.toml", '[build-system]\nrequires = ["never-there"]\n'),
        ):
            data = text.encode()
            entry = tarfile.TarInfo(f"{name}-{version}/{member}")
            entry.size = len(data)
            sdist.addfile(entry, io.BytesIO(data))


def fill(folder: Path) -> None:
    put_wheel(folder, "fast", "1.0", MANYLINUX)
    put_wheel(folder, "fast", "1.0", WIN)
    put_sdist(folder, "fast", "1.0")
    put_wheel(folder, "fast", "2.0", MANYLINUX)
    put_sdist(folder, "fast", "2.0")
    put_sdist(folder, "source", "1.0")
    put_sdist(folder, "source", "1.1")
    put_wheel(folder, "closed", "3.0", WIN)
    put_wheel(folder, "glibc", "1.0", "cp312-cp312-manylinux_2_39_x86_64")
    put_wheel(folder, "pure", "1.0", "py3-none-any", "deep==1.0")
    put_wheel(folder, "deep", "0.9", WIN)
    put_wheel(folder, "deep", "1.0", MANYLINUX)
    put_wheel(folder, "threads", "1.0", "cp314-cp314-win_amd64")
    put_wheel(folder, "threads", "1.0", "cp314-cp314t-win_amd64")
    put_wheel(folder, "nothreads", "1.0", "cp312-abi3-win_amd64")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    fill(folder)
    with throw_away_index(folder) as index:
        yield index


@pytest.fixture
def only_ours(served: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let uv ask our index alone, with a cache that has never seen it."""
    told = {
        "UV_DEFAULT_INDEX": served.simple,
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_NO_CONFIG": "1",
    }
    for name in ("UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return told


def gaps(found: Readiness) -> dict[tuple[str, str, str], tuple[object, ...]]:
    return {
        (package.name, gap.python, gap.platform): (gap.state, gap.why, gap.used, gap.newest)
        for package in found.packages
        for gap in package.gaps
    }


def ask(tmp_path: Path, *requirements: str, cells: tuple[Cell, ...] = (LINUX, WINDOWS)):
    return readiness("demo", requirements, cells, root=tmp_path)


def test_each_kind_of_gap_is_found_where_it_is(only_ours, tmp_path: Path) -> None:
    found = ask(
        tmp_path, "fast", "source<1.1", "closed; sys_platform == 'win32'", "glibc; os_name=='posix'"
    )
    assert gaps(found) == {
        ("fast", "3.12", "win_amd64"): ("older", Why.SDIST, "1.0", "1.0"),
        ("source", "3.12", "manylinux_x86_64"): ("missing", Why.SDIST, None, None),
        ("source", "3.12", "win_amd64"): ("missing", Why.SDIST, None, None),
        ("glibc", "3.12", "manylinux_x86_64"): ("missing", Why.NEWER_SYSTEM, None, None),
    }, "and closed, which Linux does not need, is missing nowhere"
    versions = {package.name: package.version for package in found.packages}
    assert versions == {"fast": "2.0", "source": "1.0", "glibc": "1.0"}
    assert not found.ok


def test_a_bound_that_keeps_the_older_wheel_out(only_ours, tmp_path: Path) -> None:
    found = ask(tmp_path, "fast>=2")
    assert gaps(found) == {
        ("fast", "3.12", "win_amd64"): ("missing", Why.SDIST, None, "1.0"),
    }, "1.0 has a wheel there, and is told"
    [package] = found.packages
    assert [(each.platform, each.since) for each in package.there] == [("manylinux_x86_64", "1.0")]


def test_what_is_required_by_what_is_required(only_ours, tmp_path: Path) -> None:
    found = ask(tmp_path, "pure", "closed", cells=(LINUX, WINDOWS, MUSL))
    assert gaps(found) == {
        ("closed", "3.12", "manylinux_x86_64"): ("missing", Why.NO_WHEEL, None, None),
        ("closed", "3.12", "musllinux_x86_64"): ("missing", Why.NO_WHEEL, None, None),
        ("deep", "3.12", "win_amd64"): ("missing", Why.NO_WHEEL, None, "0.9"),
        ("deep", "3.12", "musllinux_x86_64"): ("missing", Why.NO_WHEEL, None, None),
    }
    assert [cell.packages for cell in found.cells] == [3, 3, 3]


def test_a_python_that_uv_refuses_is_judged_by_the_files(only_ours, tmp_path: Path) -> None:
    found = ask(tmp_path, "threads", "nothreads", cells=(THREADED, ORDINARY))
    assert gaps(found) == {
        ("nothreads", "3.14t", "win_amd64"): ("missing", Why.NO_WHEEL, None, None)
    }
    assert [(cell.asked, cell.state) for cell in found.cells] == [
        ("listing", "missing"),
        ("uv", "ready"),
    ]


def test_what_no_index_has_and_what_does_not_fit_together(only_ours, tmp_path: Path) -> None:
    unknown = ask(tmp_path, "pure", "acme-internal", cells=(LINUX,))
    assert gaps(unknown) == {
        ("acme-internal", "3.12", "manylinux_x86_64"): ("missing", Why.UNKNOWN, None, None)
    }
    assert unknown.cells[0].packages == 2, "the others were looked at all the same"
    conflict = ask(tmp_path, "pure", "deep<1", cells=(WINDOWS,))
    assert [cell.state for cell in conflict.cells] == ["unresolved"]
    assert "deep" in conflict.cells[0].reason


def test_an_extra_index_with_a_password(
    only_ours, served: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "internal"
    folder.mkdir()
    put_wheel(folder, "acme_internal", "1.0", WIN)
    with throw_away_index(folder) as internal:
        secret = internal.simple.replace("http://", f"http://alice:{PASSWORD}@")
        monkeypatch.setenv("UV_EXTRA_INDEX_URL", secret)
        found = ask(tmp_path, "pure", "acme-internal")
    assert ("acme-internal", "3.12", "manylinux_x86_64") in gaps(found)
    assert gaps(found)["acme-internal", "3.12", "manylinux_x86_64"][1] is Why.NO_WHEEL
    assert PASSWORD not in repr(found)


def test_an_index_out_of_reach(only_ours, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    where = f"http://alice:{PASSWORD}@127.0.0.1:{free_port()}/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", where)
    found = ask(tmp_path, "pure")
    assert [each.state for each in found.cells] == ["unknown", "unknown"]
    error = unanswered(found)
    assert error is not None
    assert "out of reach" in error.what
    assert PASSWORD not in "\n".join((*error.lines(), repr(found)))


def test_what_an_index_out_of_reach_leaves_to_the_cache(
    only_ours, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = (LINUX, WINDOWS, THREADED)
    ask(tmp_path, "fast", "closed", "pure", cells=cells)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    found = ask(tmp_path, "fast", "closed", "pure", cells=cells)
    assert found.offline
    assert found.unreached
    assert gaps(found) == {
        ("closed", "3.12", "manylinux_x86_64"): ("missing", Why.UNLISTED, None, None),
        ("deep", "3.12", "win_amd64"): ("missing", Why.UNLISTED, None, None),
    }
    assert [each.state for each in found.cells] == ["missing", "missing", "unknown"]


def test_a_password_that_is_wrong_is_not_answered_from_the_cache(
    only_ours, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "internal"
    folder.mkdir()
    put_wheel(folder, "pure", "1.0", "py3-none-any")
    guard = Guard("alice", "right", reading=True)
    with throw_away_index(folder, guard=guard) as internal:
        secret = internal.simple.replace("http://", "http://alice:right@")
        monkeypatch.setenv("UV_DEFAULT_INDEX", secret)
        assert ask(tmp_path, "pure", cells=(ORDINARY,)).ok
        monkeypatch.setenv("UV_DEFAULT_INDEX", secret.replace("right", PASSWORD))
        with pytest.raises(MachineError) as caught:
            ask(tmp_path, "pure", cells=(ORDINARY,))
    assert caught.value.reference == "index-password"
    assert PASSWORD not in "\n".join(caught.value.lines())


def test_settings_that_uv_refuses(only_ours, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("UV_NO_CONFIG")
    (tmp_path / "uv.toml").write_text('index-strategy = "nonsense"\n')
    with pytest.raises(ConfigurationError) as caught:
        ask(tmp_path, "pure")
    assert "nonsense" in (caught.value.evidence or "")


PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"
dependencies = [{dependencies}]

[tool.shipwheel]
pythons = ["3.12", "3.14t"]
allow-failure = ["3.14t"]

[tool.shipwheel.wheels]
platforms = ["manylinux_x86_64", "win_amd64"]
"""


def project(tmp_path: Path, *dependencies: str) -> Path:
    root = tmp_path / "demo"
    (root / "src" / "demo").mkdir(parents=True)
    (root / "src" / "demo" / "__init__.py").write_text("")
    text = PROJECT.replace("{dependencies}", ", ".join(f'"{each}"' for each in dependencies))
    (root / "pyproject.toml").write_text(text)
    (root / "noxfile.py").write_text("import nox, shipwheel\nshipwheel.register(nox)\n")
    return root


def test_the_command_line(only_ours, tools, tmp_path: Path) -> None:
    root = project(tmp_path, "fast>=2")
    ran = tools.shipwheel(root, "deps", "readiness", env=only_ours)
    assert ran.code == 1, ran.text
    assert "fast on 3.12 (win_amd64): an sdist alone; wheels from 1.0 to 1.0" in ran.out
    assert "3.14t may fail, and does not count" in ran.out
    told = json.loads(tools.shipwheel(root, "deps", "readiness", "--json", env=only_ours).out)
    assert (told["schema"], told["ok"]) == (1, False)
    assert [cell["state"] for cell in told["projects"][0]["cells"]] == [
        *("ready", "missing"),
        *("missing", "missing"),
    ]
    some = tools.shipwheel(root, "deps", "readiness", "3.12", "manylinux_x86_64", env=only_ours)
    assert (some.code, "all 1 cell" in some.out) == (0, True), some.text


@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [((), 0, "nothing to ask"), (("fast >>> 2",), 2, "does not parse")],
)
def test_no_dependencies_and_wrong_ones(
    only_ours, tools, tmp_path: Path, dependencies: tuple[str, ...], code: int, said: str
) -> None:
    ran = tools.shipwheel(project(tmp_path, *dependencies), "deps", "readiness", env=only_ours)
    assert (ran.code, said in ran.text) == (code, True), ran.text


def test_the_session(only_ours, tools, tmp_path: Path) -> None:
    root = project(tmp_path, "fast>=2")
    ran = tools.nox(root, "-s", "readiness", env=only_ours)
    assert ran.code == 1, ran.text
    assert "not everything is ready: fast" in ran.text
    assert not json.loads((root / ".shipwheel" / "deps" / "readiness.json").read_text())["ok"]
    ran = tools.nox(root, "-s", "readiness", "--", "3.12", "manylinux_x86_64", env=only_ours)
    assert ran.code == 0, ran.text


TEN = (
    *("numpy", "pydantic", "cryptography", "aiohttp", "pyyaml"),
    *("lxml", "pillow", "msgspec", "orjson", "psycopg[binary]"),
)


@pytest.mark.real
def test_ten_real_dependencies_in_forty_cells(tmp_path: Path) -> None:
    catalog = load_catalog()
    pythons = ["3.10", "3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t"]
    cells = cells_of(pythons, [each for each in catalog.platforms if each.default])
    assert len(cells) == 40
    readiness("warm", TEN, cells, root=tmp_path)
    found = readiness("demo", TEN, cells, root=tmp_path)
    assert found.seconds < 60
    assert found.dependencies > len(TEN)
    settled = [cell for cell in found.cells if cell.python in {"3.11", "3.12", "3.13"}]
    assert {cell.state for cell in settled} == {"ready"}
