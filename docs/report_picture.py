"""Take the picture of the HTML report: `python docs/report_picture.py`. Needs Chromium.

What is shown is what `shipwheel verify --html` writes of the starter's wheel with a file more than it
lists, one less, and a module that needs what is not declared; of all that is found, the errors.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import transcripts

HERE = Path(__file__).resolve().parent
WIDTH = 1000


def main() -> int:
    """Build, break, verify, open, take the picture."""
    sys.path.insert(0, str(HERE.parent / "tests" / "harness"))
    from browser import browser  # noqa: PLC0415 - of the tests

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        build = [sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", str(folder)]
        subprocess.run([*build, str(HERE.parent / "templates" / "pure")], check=True)
        (wheel,) = folder.glob("*.whl")
        transcripts.change_members(wheel)
        with zipfile.ZipFile(wheel, "a") as archive:
            archive.writestr("spanwords/late.py", "import tomlkit\n")
        page = folder / "report.html"
        words = [sys.executable, "-m", "shipwheel", "verify", str(folder), "--html", str(page)]
        subprocess.run(words, check=False, stdout=subprocess.DEVNULL)
        with browser() as tab:
            tab.open(page, "#level=error", width=WIDTH)
            tab.picture(HERE / "report.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
