"""What can be wrong with a set of files that are each good."""

from __future__ import annotations

import shutil

from faulty import Fault, Files, base

LINUX, ARM, MUSL = "markupsafe-linux", "markupsafe-linux-aarch64", "markupsafe-musl"
SDIST = "markupsafe-sdist"
NATIVE = "markupsafe/_native.py"


def _another_version(files: Files) -> None:
    wheel = files[ARM]
    wheel.metadata("Version", "3.0.5")
    wheel.rename_dist_info("markupsafe-3.0.5.dist-info")
    wheel.filename = wheel.filename.replace("3.0.4", "3.0.5")


def _another_dependency(files: Files) -> None:
    files[ARM].add_metadata(("Requires-Dist", "six"))


def _another_python(files: Files) -> None:
    files[ARM].metadata("Requires-Python", ">=3.10")


def _another_script(files: Files) -> None:
    files[ARM].write(
        files[ARM].own("entry_points.txt"), "[console_scripts]\nescape = markupsafe:escape\n"
    )


def _no_extension(files: Files) -> None:
    files[ARM].rename(files[ARM].find(".so"), "markupsafe/_other.cpython-312-aarch64-linux-gnu.so")


def _another_commit(files: Files) -> None:
    files[ARM].edit(NATIVE, "def ", "def  ", count=1)


def _another_package(files: Files) -> None:
    files[ARM].write("moremarkup/__init__.py", "x = 1\n")


def _same_tags(files: Files) -> None:
    shutil.copy(base(LINUX), files.folder / files[LINUX].filename.replace("-3.0.4-", "-3.0.4-1-"))


def _not_in_sdist(files: Files) -> None:
    sdist = files[SDIST]
    sdist.remove(sdist.inside(f"src/{NATIVE}"))


FAULTS = (
    Fault("another version", "set-version", (LINUX, ARM), _another_version, "warning"),
    Fault("another dependency", "set-metadata", (LINUX, ARM), _another_dependency, "warning"),
    Fault("another Python", "set-metadata", (LINUX, ARM), _another_python, "warning"),
    Fault("another script", "set-metadata", (LINUX, ARM), _another_script, "warning"),
    Fault("a module less", "set-modules", (LINUX, ARM, MUSL), _no_extension, "warning"),
    Fault("another commit", "set-sources", (LINUX, ARM, MUSL), _another_commit, "warning"),
    Fault("another package", "set-packages", (LINUX, ARM), _another_package, "warning"),
    Fault("two of the same tags", "set-tags", (LINUX, ARM), _same_tags, "warning"),
    Fault("a module that the sdist lacks", "set-sdist", (SDIST, LINUX), _not_in_sdist, "warning"),
)
