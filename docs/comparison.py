"""What zizmor finds in rendered workflows: ours, and those that other generators make for a like project.

    python docs/comparison.py --others FOLDER

FOLDER holds one folder for each of `OTHERS`, made with the command that stands there. The answer goes to
`docs/comparison.json`, which the documentation shows; ours are looked at again whenever tests run.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
_SEVERITIES = ("High", "Medium", "Low", "Informational")

# name, version, folder, what it made, and how
OTHERS = (
    (
        "exasol-toolbox",
        "12.0.0",
        "exasol",
        "a pure project",
        "`nox -s workflow:generate -- all`",
    ),
    (
        "maturin generate-ci",
        "1.16.0",
        "maturin",
        "an extension",
        "`maturin generate-ci github`",
    ),
    (
        "cargo-dist",
        "7bbefa3",
        "cargo-dist",
        "its own release",
        "`release.yml` of its repository, which it generates itself",
    ),
    (
        "OpenAstronomy workflows",
        "8c8bb6c",
        "openastronomy",
        "what a project calls",
        "`publish.yml`, `publish_pure_python.yml` and `tox.yml` of its repository",
    ),
    (
        "scientific-python/cookie",
        "a930c46",
        "cookie",
        "an extension",
        "`copier copy` with the pybind11 backend",
    ),
)
OURS = ("pure", "c-extension")


def main(argv: Sequence[str] | None = None) -> None:
    """Look at everything, and write the answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--others", type=Path, required=True)
    folder = parser.parse_args(argv).others
    rows = [
        _row(f"shipwheel, `templates/{name}`", "this tree", "", "`shipwheel render`", _ours(name))
        for name in OURS
    ]
    for name, version, place, made, how in OTHERS:
        rows.append(_row(name, version, made, how, sorted((folder / place).glob("*.y*ml"))))
    answer = {
        "zizmor": _version(),
        "looked": dt.datetime.now(dt.UTC).date().isoformat(),
        "rows": rows,
    }
    text = json.dumps(answer, indent=2) + "\n"
    (HERE / "comparison.json").write_text(text, encoding="utf-8")


def _ours(name: str) -> list[Path]:
    return sorted((HERE.parent / "templates" / name / ".github" / "workflows").glob("*.yml"))


def _row(
    name: str, version: str, made: str, how: str, files: Sequence[Path]
) -> dict[str, str | int | dict[str, int]]:
    if not files:
        sys.exit(f"{name}: there are no workflows to look at")
    return {
        "name": name,
        "version": version,
        "made": made,
        "how": how,
        "files": len(files),
        "lines": sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files),
        "findings": findings(files),
    }


def findings(files: Sequence[Path]) -> dict[str, int]:
    """Count zizmor's findings by severity, in its strictest mode and without a network."""
    words = ["--offline", "--persona=auditor", "--format=json-v1", "--no-config", "--no-exit-codes"]
    command = [_zizmor(), *words, *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    counted = collections.Counter(
        each["determinations"]["severity"]
        for each in json.loads(done.stdout)
        if not each["ignored"]
    )
    return {severity: counted[severity] for severity in _SEVERITIES}


def _version() -> str:
    done = subprocess.run([_zizmor(), "--version"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()[-1]


def _zizmor() -> str:
    found = shutil.which("zizmor", path=sysconfig.get_path("scripts")) or shutil.which("zizmor")
    if found is None:
        sys.exit("there is no zizmor: pip install --group engines")
    return found


if __name__ == "__main__":
    main()
