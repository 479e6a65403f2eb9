"""Short names of the files of a set: what tells each from the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from shipwheel.verification.report import VerifiedFile

_VERSION = re.compile(r"^((?:many|musl)linux|macosx|ios|android)(?:2014|2010|1|_\d+_\d+|_\d+)(?=_)")
_WHEEL_PARTS = 5  # name, version, Python, ABI, platform; a build number makes it six


def short_names(files: Sequence[VerifiedFile]) -> tuple[str, ...]:
    """Give each file's short name: a wheel's tags, `sdist`; the project too where there are several."""
    projects = {_project(file) for file in files}
    short = [_short(file, several=len(projects) > 1) for file in files]
    often = Counter(short)
    return tuple(
        name if often[name] == 1 else file.filename for name, file in zip(short, files, strict=True)
    )


def _short(file: VerifiedFile, *, several: bool) -> str:
    if file.kind == "sdist":
        return f"sdist {_project(file)}" if several else "sdist"
    parts = file.filename.removesuffix(".whl").split("-")
    if file.kind != "wheel" or len(parts) < _WHEEL_PARTS:
        return file.filename
    python, abi, platforms = parts[-3:]
    tags = python if python == abi else f"{python}-{abi}"
    # as cibuildwheel names what it builds: without the system's version
    platform = _VERSION.sub(r"\1", platforms.partition(".")[0])
    return f"{tags}-{platform} {_project(file)}" if several else f"{tags}-{platform}"


def _project(file: VerifiedFile) -> str:
    """Give name and version as the filename has them."""
    if file.kind == "wheel":
        return " ".join(file.filename.split("-")[:2])
    return file.filename.removesuffix(".zip").removesuffix(".tar.gz").replace("-", " ")
