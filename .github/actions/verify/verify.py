"""What the action does: shipwheel in an environment of its own, and one call of `shipwheel verify`.

The inputs come as variables (action.yml), so that nothing of them is read by a shell.
"""  # noqa: INP001 - a script, of no package

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCK = ROOT / ".github" / "shipwheel-tools.txt"
_TRUE = {"true": True, "false": False, "": False}


def main() -> int:
    """Install and verify; the exit code is that of `shipwheel verify`."""
    given = os.environ
    python = environment(given.get("VERSION", "").strip(), given.get("RUNNER_TEMP", ""))
    code = subprocess.run([python, "-m", "shipwheel", *words_for(given)], check=False).returncode
    reports = given.get("REPORTS", "").strip()
    if reports and (output := given.get("GITHUB_OUTPUT")):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"report={reports}/report.html\n")
    return code


def environment(version: str, folder: str) -> Path:
    """Make an environment with shipwheel in it, once a job; give its interpreter."""
    place = Path(folder or tempfile.mkdtemp()) / f"shipwheel-verify-{version or 'own'}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "made").exists():
        venv.create(place, with_pip=True, clear=True)
        for words in installs(version):
            subprocess.run([python, "-m", "pip", "--quiet", "install", *words], check=True)
        (place / "made").touch()
    return python


def installs(version: str) -> list[list[str]]:
    """Give the words of each `pip install`: a version of the index, or this one with its needs by hash."""
    if version:
        return [[f"shipwheel=={version}"]]
    locked = ["--require-hashes", "--only-binary=:all:", "-r", str(LOCK)]
    return [locked, ["--no-deps", "--no-index", "--no-build-isolation", str(ROOT)]]


def words_for(given: Mapping[str, str]) -> list[str]:
    """Give the words of `shipwheel verify`; raises SystemExit for an input that is neither true nor false."""
    words = ["verify"]
    for name in ("STATIC", "STRICT"):
        said = given.get(name, "").strip().lower()
        if said not in _TRUE:
            sys.exit(f'the input {name.lower()} is "true" or "false", not "{said}"')
        words += [f"--{name.lower()}"] * _TRUE[said]
    if reports := given.get("REPORTS", "").strip():
        for form, file in (("html", "report.html"), ("json", "report.json"),
                           ("sarif", "report.sarif"), ("junit", "junit.xml")):  # fmt: skip
            words += [f"--{form}", f"{reports}/{file}"]
    paths = [line.strip() for line in given.get("PATHS", "").splitlines()]
    return [*words, "--", *filter(None, paths)]


if __name__ == "__main__":
    sys.exit(main())
