"""What can be wrong with tags, and with what a wheel holds for the tags that it bears."""

from __future__ import annotations

from bases import base
from faulty import Fault, Wheel, open_editable

from faults.binaries import Change, module, renamed


def retagged(tag: str) -> Change:
    """Give the wheel another tag, inside too."""
    return lambda wheel: wheel.retag(tag)


def _renamed(tag: str) -> Change:
    return lambda wheel: wheel.retag(tag, headers=False)


def _without_module(wheel: Wheel) -> None:
    wheel.remove(module(wheel))


def _version(number: str) -> Change:
    return lambda wheel: wheel.header("Wheel-Version", number)


def _requires(python: str) -> Change:
    return lambda wheel: wheel.metadata("Requires-Python", python)


def _purelib(wheel: Wheel) -> None:
    wheel.header("Root-Is-Purelib", "true")


def _program(wheel: Wheel) -> None:
    library = open_editable(base("markupsafe-linux"))
    folder = wheel.dist_info.replace(".dist-info", ".data")
    wheel.write(f"{folder}/scripts/itsdangerous", library.read(module(library)), mode=0o755)


def _platlib(wheel: Wheel) -> None:
    wheel.header("Root-Is-Purelib", "false")


FAULTS = (
    Fault("a format of the future", "wheel-version", "itsdangerous-wheel", _version("2.0")),
    Fault("no version", "wheel-version", "itsdangerous-wheel", _version("")),
    Fault(
        "renamed for another Python",
        "tags-agree",
        "markupsafe-linux",
        _renamed("cp313-cp313-manylinux2014_x86_64"),
    ),
    Fault(
        "renamed for another platform",
        "tags-agree",
        "markupsafe-windows",
        _renamed("cp312-cp312-win_arm64"),
        level="warning",
    ),
    Fault(
        "an ABI of another Python",
        "tags-known",
        "markupsafe-linux",
        retagged("cp312-cp311-manylinux2014_x86_64"),
    ),
    Fault(
        "a processor's other name",
        "tags-known",
        "markupsafe-linux",
        retagged("cp312-cp312-manylinux_2_17_x64"),
    ),
    Fault(
        "amd64 for Linux",
        "tags-known",
        "markupsafe-linux",
        retagged("cp312-cp312-manylinux2014_amd64"),
    ),
    Fault("win64", "tags-known", "markupsafe-windows", retagged("cp312-cp312-win64")),
    Fault(
        "a minor version of macOS 11",
        "tags-known",
        "markupsafe-macos",
        retagged("cp312-cp312-macosx_11_3_arm64"),
    ),
    Fault(
        "the stable ABI for any Python",
        "tags-known",
        "bcrypt-linux",
        retagged("py3-abi3-manylinux_2_28_x86_64"),
    ),
    Fault(
        "an unknown ABI", "tags-known", "bcrypt-linux", retagged("cp39-abi4-manylinux_2_28_x86_64")
    ),
    Fault(
        "a free-threaded Python 3.12",
        "tags-known",
        "markupsafe-linux",
        retagged("cp312-cp312t-manylinux2014_x86_64"),
    ),
    Fault(
        "arm64 before macOS 11",
        "tags-known",
        "markupsafe-macos",
        retagged("cp312-cp312-macosx_10_9_arm64"),
    ),
    Fault(
        "a pure wheel for one Python",
        "tags-narrow",
        "itsdangerous-wheel",
        retagged("cp312-none-any"),
        level="warning",
    ),
    Fault(
        "a pure wheel said to be none",
        "tags-purelib",
        "itsdangerous-wheel",
        _platlib,
        level="warning",
    ),
    Fault(
        "one platform of two is unknown",
        "tags-known",
        "markupsafe-linux",
        retagged("cp312-cp312-manylinux2014_x86_64.manylinux_x86_64"),
        level="warning",
    ),
    Fault(
        "a Python that is not required",
        "tags-requires-python",
        "markupsafe-linux",
        _requires(">=3.13"),
    ),
    Fault(
        "a Python that is excluded", "tags-requires-python", "markupsafe-linux", _requires("<3.12")
    ),
    Fault(
        "a program in a wheel for all", "tags-pure", "itsdangerous-wheel", _program, level="warning"
    ),
    Fault("a module in a wheel for all", "tags-pure", "markupsafe-linux", retagged("py3-none-any")),
    Fault(
        "no module in a wheel for one",
        "tags-platform",
        "markupsafe-linux",
        _without_module,
        level="warning",
    ),
    Fault("said to be pure", "tags-purelib", "markupsafe-linux", _purelib, level="warning"),
    Fault("a module for another Python", "tags-suffix", "markupsafe-linux", renamed("312", "311")),
    Fault("a module for musl", "tags-suffix", "markupsafe-linux", renamed("-gnu", "-musl")),
    Fault("a module for glibc", "tags-suffix", "markupsafe-musl", renamed("-musl", "-gnu")),
    Fault(
        "a module for another processor",
        "tags-suffix",
        "markupsafe-linux",
        renamed("x86_64", "aarch64"),
    ),
    Fault(
        "a module for another system",
        "tags-suffix",
        "markupsafe-linux",
        renamed("x86_64-linux-gnu", "darwin"),
    ),
    Fault("a module without the GIL", "tags-suffix", "markupsafe-linux", renamed("312", "312t")),
    Fault(
        "a module with the GIL", "tags-suffix", "markupsafe-free-threaded", renamed("314t", "314")
    ),
    Fault(
        "a module for one Python alone",
        "tags-suffix",
        "bcrypt-linux",
        renamed("abi3", "cpython-39-x86_64-linux-gnu"),
    ),
    Fault(".abi3 before .pyd", "tags-suffix", "bcrypt-windows", renamed(".pyd", ".abi3.pyd")),
    Fault(
        "a DLL of another Python", "tags-suffix", "markupsafe-windows", renamed("cp312", "cp311")
    ),
    Fault(
        "one module for a wheel of several",
        "tags-suffix",
        "markupsafe-linux",
        retagged("cp313-cp313-manylinux2014_x86_64"),
    ),
    Fault(
        "not repaired",
        "tags-linux",
        "markupsafe-linux",
        retagged("cp312-cp312-linux_x86_64"),
        level="warning",
    ),
)
