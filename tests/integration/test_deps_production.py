"""A production install and the time of one, of a project with dependencies on the real index."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration

PASSWORD = "geheim-9191-pass"
PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = [{dependencies}]
[project.optional-dependencies]
fast = ["h11"]
[tool.hatch.build.targets.wheel]
packages = ["src/shop"]
"""


def write(project: Path, *dependencies: str, module: str = "") -> Path:
    package = project / "src" / "shop"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(module, "utf-8")
    quoted = ", ".join(json.dumps(each) for each in dependencies)
    (project / "pyproject.toml").write_text(PROJECT.format(dependencies=quoted), "utf-8")
    return project


def asked(tools, project: Path, *words: str, env: dict[str, str] | None = None) -> tuple[Any, Any]:
    answer = project / "answer.json"
    answer.unlink(missing_ok=True)
    ran = tools.shipwheel(project, "deps", *words, "--json", str(answer), env=env)
    assert PASSWORD not in ran.text
    assert "Traceback" not in ran.text
    found = json.loads(answer.read_bytes())["projects"][0] if answer.exists() else None
    return ran, found


@pytest.fixture(scope="module")
def shop(tmp_path_factory, commit) -> Path:
    """Give a project with a tool among its dependencies, an sdist without a wheel, and a yanked pin."""
    folder = write(
        tmp_path_factory.mktemp("shop"),
        "pytest",
        "docopt==0.6.2",
        "attrs==21.1.0",
        "idna",
        module="import idna, attr\n",
    )
    (folder / ".gitignore").write_text("answer.json\npylock*.toml\n", "utf-8")
    commit(folder)
    return folder


def test_production_tells_the_tool_the_build_and_the_yanked_pin(shop: Path, tools) -> None:
    ran, found = asked(tools, shop, "production")
    assert ran.code == 1, ran.text
    by = {each["name"]: each for each in found["packages"]}
    assert {"shop", "pytest", "pluggy", "docopt", "attrs", "idna"} <= set(by)
    assert by["pluggy"]["chain"] == ["shop", "pytest", "pluggy"]
    assert by["idna"]["wheel"] > 20_000
    assert by["idna"]["weight"]["python"] > 100_000
    assert by["docopt"]["built"]
    levels = {(each["kind"], each["level"]) for each in found["found"]}
    assert levels == {("tool", "error"), ("built", "warning"), ("yanked", "warning")}
    assert "pytest, a tool for tests, is in production" in ran.out


def test_production_takes_the_lock_and_says_where_it_is_too_old(shop: Path, tools) -> None:
    write(shop, "idna", "sniffio", module="import idna\n")
    assert tools.shipwheel(shop, "deps", "lock").code == 0
    ran, found = asked(tools, shop, "production")
    assert ran.code == 0, ran.text
    assert found["lock"] == "pylock.toml"
    assert {each["name"] for each in found["packages"]} == {"shop", "idna", "sniffio"}
    assert all(each["wheel"] for each in found["packages"])
    write(shop, "idna", "six", module="import idna\n")
    ran, found = asked(tools, shop, "production")
    assert ran.code == 1, ran.text
    assert {each["kind"] for each in found["found"]} == {"unmet", "unwanted"}
    (shop / "pylock.toml").unlink()
    ran, found = asked(tools, shop, "production", "--extra", "fast")
    assert ran.code == 0, ran.text
    assert "h11" in {each["name"] for each in found["packages"]}


def test_profile_adds_up_and_measures_what_it_offers(tmp_path: Path, tools, commit) -> None:
    project = write(tmp_path, "docopt==0.6.2", "idna", module="import idna\n")
    commit(project)
    ran, found = asked(tools, project, "profile", "--rounds", "1")
    assert ran.code == 0, ran.text
    cold, warm, *others = found["installs"]
    assert (cold["name"], warm["name"]) == ("cold", "warm")
    for install in (cold, warm, *others):
        assert sum(install["phases"].values()) == pytest.approx(install["seconds"], abs=0.01)
        assert install["seconds"] == min(install["runs"])
    assert cold["packages"] == 2
    packages = {each["name"]: each for each in found["packages"]}
    assert packages["docopt"]["made"] == "sdist"
    assert packages["docopt"]["build"] > packages["docopt"]["download"] > 0
    assert packages["idna"]["made"] == "wheel"
    assert packages["idna"]["build"] == 0
    assert packages["idna"]["compile"] > 0
    names = {each["name"] for each in others}
    assert {"from a lock", "built before", "without docopt", "with bytecode"} <= names
    ids = {each["id"] for each in found["changes"]}
    assert "no-bytecode" not in ids  # uv makes none unless it is told to
    fastest = min(each["seconds"] for each in found["installs"])
    for change in found["changes"]:
        assert change["before"] == cold["seconds"]
        assert fastest <= change["after"] < change["before"]
    assert any("wheels alone" in each for each in found["untried"])
    assert not list((project / ".shipwheel" / "cache").glob("profile-*"))


def test_an_index_out_of_reach(shop: Path, tools) -> None:
    for question in ("production", "profile"):
        env = {
            "UV_DEFAULT_INDEX": f"http://user:{PASSWORD}@127.0.0.1:9/simple/",
            "UV_HTTP_RETRIES": "0",
            "UV_CACHE_DIR": str(shop.parent / "empty-cache"),
        }
        ran, _found = asked(tools, shop, question, env=env)
        assert ran.code == 3, ran.text
        assert "out of reach" in ran.text
    assert PASSWORD not in "".join(
        path.read_text("utf-8", "replace") for path in (shop / ".shipwheel" / "logs").glob("*")
    )


def test_a_dependency_that_cannot_be_built(tmp_path: Path, tools, commit) -> None:
    links = tmp_path / "links"
    source = links / "broken-1.0"
    source.mkdir(parents=True)
    (source / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: broken-at-build\nVersion: 1.0\n")
    (source / "setup.py").write_text("raise SystemExit('no such header: frob.h')\n")
    with tarfile.open(links / "broken_at_build-1.0.tar.gz", "w:gz") as sdist:
        sdist.add(source, "broken_at_build-1.0")
    project = write(tmp_path / "project", "broken-at-build")
    commit(project)
    for question in ("production", "profile"):
        ran, _found = asked(tools, project, question, env={"UV_FIND_LINKS": str(links)})
        assert ran.code == 1, ran.text
        assert "could not be built" in ran.text
        assert "frob.h" in ran.text
