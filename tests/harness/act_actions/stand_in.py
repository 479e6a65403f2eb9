"""What three actions of GitHub's do, on this machine: run by their stand-ins under act.

The rules are theirs as documented: upload's folder is the least common one of the patterns' roots, names
that begin with a dot are left out unless asked for, an artifact is written once; download of one that is
not there fails.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

STORE = Path(os.environ.get("ACT_ARTIFACTS", "/nonexistent"))


def setup_python() -> None:
    """Put each version's folder on PATH, the last one's first: there pip installs, so it is an environment."""
    versions = os.environ["VERSIONS"].split()
    known = dict(pair.split("=", 1) for pair in os.environ["ACT_PYTHONS"].split(os.pathsep))
    lines = []
    for version in versions[:-1]:
        if version not in known:
            sys.exit(f"this machine has no Python {version}")
        lines.append(str(Path(known[version]).parent))
    tool = Path(os.environ["ACT_TOOLS"])  # kept between jobs, as on a runner of one's own
    _make_environment(tool)
    lines.append(str(tool / "bin"))
    with open(os.environ["GITHUB_PATH"], "a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _make_environment(folder: Path) -> None:
    lock = folder.with_suffix(".lock")
    try:
        lock.mkdir(parents=True)
    except FileExistsError:
        for _ in range(600):
            if (folder / "made").exists():
                return
            time.sleep(0.1)
        sys.exit("another job did not finish the environment")
    subprocess.run([os.environ["ACT_PYTHON"], "-m", "venv", str(folder)], check=True)
    (folder / "made").touch()


def upload() -> None:
    """Copy what the patterns name to the artifact's folder."""
    patterns = [line.strip() for line in os.environ["PATTERNS"].splitlines() if line.strip()]
    hidden = os.environ["HIDDEN"] == "true"
    roots = [_root(pattern) for pattern in patterns]
    found = sorted({file for pattern in patterns for file in _files(pattern, hidden=hidden)})
    if not found:
        told = f"no files were found with the provided path: {patterns}"
        sys.exit(told if os.environ["IF_NONE"] == "error" else 0)
    base = Path(os.path.commonpath([root.absolute() for root in roots]))
    base = base if base.is_dir() else base.parent
    target = STORE / os.environ["NAME"]
    if any(each in os.environ["NAME"] for each in '":<>|*?\r\n\\/'):
        sys.exit(f"the artifact's name is not valid: {os.environ['NAME']}")
    if target.exists() and os.environ["OVERWRITE"] != "true":
        sys.exit(f"an artifact with this name exists already: {os.environ['NAME']}")
    for file in found:
        place = target / file.absolute().relative_to(base)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        print(f"{os.environ['NAME']}: {place.relative_to(target)}")
    _tamper(target)


def _tamper(artifact: Path) -> None:
    """Do to the store what no job did, where the test asks for it."""
    how, _, rest = os.environ.get("ACT_TAMPER", "").partition(":")
    name, _, pattern = rest.partition(":")
    if name != artifact.name:
        return
    for file in artifact.rglob(pattern):
        if how == "remove":
            file.unlink()
        else:  # other bytes that are as valid: behind its end a wheel may have anything
            file.write_bytes(file.read_bytes() + b"\0")


def _root(pattern: str) -> Path:
    parts = []
    for part in Path(pattern).parts:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _files(pattern: str, *, hidden: bool) -> list[Path]:
    places = [Path(each) for each in glob.glob(pattern, recursive=True, include_hidden=hidden)]
    files = [each for each in places if each.is_file()]
    for folder in (each for each in places if each.is_dir()):
        if folder.name.startswith(".") and not hidden:
            continue
        for each in folder.rglob("*"):
            inner = each.relative_to(folder).parts
            if each.is_file() and (hidden or not any(part.startswith(".") for part in inner)):
                files.append(each)
    return [each for each in files if hidden or not each.name.startswith(".")]


def download() -> None:
    """Copy one artifact, or all that a pattern names."""
    name, pattern = os.environ["NAME"], os.environ["PATTERN"]
    target = Path(os.environ["TARGET"] or ".")
    if name:
        if not (STORE / name).is_dir():
            sys.exit(f"unable to find any artifacts for the associated workflow: {name}")
        shutil.copytree(STORE / name, target, dirs_exist_ok=True)
        return
    there = sorted(each.name for each in STORE.iterdir()) if STORE.is_dir() else []
    wanted = {
        name for each in _alternatives(pattern or "*") for name in fnmatch.filter(there, each)
    }
    for each in sorted(wanted):
        merged = os.environ["MERGE"] == "true"
        shutil.copytree(STORE / each, target if merged else target / each, dirs_exist_ok=True)
        print(f"{each} -> {target}")


def _alternatives(pattern: str) -> list[str]:
    """Give the patterns of `dist-{a,b}`: the action's globs have them, Python's do not."""
    before, brace, rest = pattern.partition("{")
    inner, _, after = rest.partition("}")
    return [f"{before}{each}{after}" for each in inner.split(",")] if brace else [pattern]


if __name__ == "__main__":
    {"setup-python": setup_python, "upload": upload, "download": download}[sys.argv[1]]()
