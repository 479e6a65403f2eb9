"""Rules about tags and compiled files, over tiny ones: what each finds, and what it leaves alone."""

from __future__ import annotations

import pytest
from packaging.tags import Tag
from tiny_binaries import elf, macho, pe

from shipwheel.verification.catalogue import rules
from shipwheel.verification.judging.abi_tags import contradiction, loads
from shipwheel.verification.judging.system_libraries import is_there
from shipwheel.verification.reading.platforms import read_platform
from shipwheel.verification.reading.policies import policies, policy_for, watched_symbols
from shipwheel.verification.rules.stable_abi import stable_symbols
from shipwheel.verification.run import verify

OURS = {rule.id for rule in rules() if rule.family == "tags and binaries"}
INFO = "good-1.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n"
INTEL = 0x01000007
GLIBC = {"needs": ["libc.so.6"], "versions": {"libc.so.6": ["GLIBC_2.14"]}}
START = {"exports": ["PyInit__c"], "imports": ["PyList_New"]}
LINUX = "good/_c.cpython-312-x86_64-linux-gnu.so"
MAC = "good/_c.cpython-312-darwin.so"
WINDOWS = "good/_c.cp312-win_amd64.pyd"
MANY = "cp312-cp312-manylinux_2_17_x86_64"
ABI3 = "cp39-abi3-manylinux_2_17_x86_64"
ON_MAC = "cp312-cp312-macosx_10_13_x86_64"
WIN = "cp312-cp312-win_amd64"
INTEL_MAC = {
    "machine": INTEL,
    "minimum": (10, 13),
    "needs": ["/usr/lib/libSystem.B.dylib"],
    **START,
}
AMD64 = {"needs": ["python312.dll", "KERNEL32.dll", "VCRUNTIME140.dll"], **START}


def files_of(tag: str, files: dict) -> dict:
    pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
    tags = "".join(f"Tag: {p}-{a}-{f}\n" for p in pythons for a in abis for f in platforms)
    return {f"{INFO}/WHEEL": WHEEL + tags, **files}


def told(make_wheel, tag: str, files: dict) -> set[tuple[str, str]]:
    path = make_wheel(files_of(tag, files), filename=f"good-1.0-{tag}.whl")
    found = {(f.rule, f.level.value) for f in verify([path], static=True).findings}
    return {(rule, level) for rule, level in found if rule in OURS}


@pytest.mark.parametrize(
    ("tag", "files"),
    [
        (MANY, {LINUX: elf(**GLIBC, **START)}),
        (ABI3, {"good/_c.abi3.so": elf(**GLIBC, **START)}),
        (ABI3, {"good/_c.so": elf(**GLIBC, **START)}),
        # a symbol that may be absent is none that must be there
        (ABI3, {"good/_c.abi3.so": elf(**GLIBC, **START, weak=["PyUnicode_AsWideNever"])}),
        (ON_MAC, {MAC: macho(**INTEL_MAC)}),
        (WIN, {WINDOWS: pe(**AMD64)}),
        # on a phone the app's Python is a library
        (
            "cp313-cp313-android_24_x86_64",
            {"good/_c.so": elf(needs=["libc.so", "libpython3.13.so"], **START)},
        ),
        # what a Python's own build hands to every linker
        (MANY, {LINUX: elf(**GLIBC, **START, rpath="/root/.pyenv/versions/3.12.1/lib")}),
        # a debugger's helpers for another machine, which no module loads
        (WIN, {WINDOWS: pe(**AMD64), "good/inject.exe": pe(machine=0x14C, library=False)}),
        # .NET's own code is for any machine
        (WIN, {WINDOWS: pe(**AMD64), "good/x.dll": pe(machine=0x14C, managed=True)}),
        # a library in the wheel, found by the run path
        (
            MANY,
            {
                LINUX: elf(
                    needs=["libc.so.6", "libx-0a1b2c3d.so.1"], rpath="$ORIGIN/../good.libs", **START
                ),
                "good.libs/libx-0a1b2c3d.so.1": elf(needs=["libc.so.6"]),
            },
        ),
        # a library under a module's name, with which a module is linked
        (
            MANY,
            {
                LINUX: elf(
                    needs=["libc.so.6", "lib_x.cpython-312-x86_64-linux-gnu.so"],
                    rpath="$ORIGIN",
                    **START,
                ),
                "good/lib_x.cpython-312-x86_64-linux-gnu.so": elf(
                    needs=["libc.so.6"], imports=["PyList_New"]
                ),
            },
        ),
        # what ctypes loads by its path
        (ABI3, {"good/_c.abi3.so": elf(**GLIBC), "good/a.py": "import ctypes\n"}),
        # Windows' own, and what a distribution of the same family is there to bring
        (WIN, {WINDOWS: pe(**AMD64 | {"needs": ["gdiplus.dll", "icuuc.dll"]})}),
        (
            WIN,
            {
                WINDOWS: pe(**AMD64 | {"needs": ["sdl2.dll"]}),
                f"{INFO}/METADATA": METADATA + "Requires-Dist: good_deps.sdl2\n",
            },
        ),
        # a module for each of several Pythons in one wheel
        (
            "py3-none-manylinux_2_17_x86_64",
            {LINUX: elf(**GLIBC, **START), "good/_c.so": elf(**GLIBC, **START)},
        ),
    ],
)
def test_good_ones_are_silent(make_wheel, tag, files) -> None:
    assert told(make_wheel, tag, files) == set()


@pytest.mark.parametrize(
    ("tag", "files", "expected"),
    [
        (MANY, {LINUX: elf(machine=183, **GLIBC, **START)}, ("binaries-machine", "error")),
        (MANY, {LINUX: elf(**GLIBC, **START)[:-9]}, ("binaries-readable", "error")),
        (MANY, {LINUX: elf(**GLIBC, imports=["PyList_New"])}, ("binaries-init", "error")),
        (MANY, {LINUX: elf(**GLIBC)}, ("binaries-init", "warning")),
        (
            MANY,
            {LINUX: elf(**GLIBC), "good/a.py": "import ctypes\nfrom good import _c\n"},
            ("binaries-init", "warning"),
        ),
        (
            WIN,
            {
                WINDOWS: pe(**AMD64),
                "good/_c.cp311-win_amd64.pyd": pe(needs=["python311.dll"], **START),
            },
            ("tags-suffix", "warning"),
        ),
        (
            "cp310-abi3-win_amd64",
            {
                "good/_c.pyd": pe(
                    needs=["python3.dll", "base.abi3.dll"],
                    exports=["PyInit__c"],
                    imports=["PyDateTime_Get"],
                ),
                "good/base.abi3.dll": pe(),
                f"{INFO}/METADATA": METADATA + "Requires-Dist: base\n",
            },
            ("stable-abi-symbols", "warning"),
        ),
        (
            MANY,
            {LINUX: elf(**GLIBC, exports=["PyInit__c"], imports=["_Py_DecRefShared"])},
            ("binaries-python", "error"),
        ),
        (
            MANY,
            {LINUX: elf(**GLIBC, exports=["PyInit__c"], imports=["_Py_NegativeRefcount"])},
            ("binaries-python", "error"),
        ),
        (
            "cp313-cp313t-manylinux_2_17_x86_64",
            {
                "good/_c.cpython-313t-x86_64-linux-gnu.so": elf(
                    **GLIBC, exports=["PyInit__c"], imports=["_Py_Dealloc"]
                )
            },
            ("binaries-python", "error"),
        ),
        (
            MANY,
            {LINUX: elf(needs=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.18"]}, **START)},
            ("manylinux-symbols", "error"),
        ),
        (
            MANY,
            {LINUX: elf(needs=["libz.so.1"], exports=["PyInit__c"], imports=["inflate_table"])},
            ("manylinux-symbols", "error"),
        ),
        (MANY, {LINUX: elf(needs=["libssl.so.3"], **START)}, ("manylinux-libraries", "error")),
        (
            MANY,
            {LINUX: elf(**GLIBC, **START), "good/tool": elf(needs=["libssl.so.3"], kind=2)},
            ("manylinux-libraries", "warning"),
        ),
        (
            MANY,
            {LINUX: elf(needs=["libssl.so.3"], rpath="$ORIGIN/../ssl_wheel/lib", **START)},
            ("manylinux-libraries", "warning"),
        ),
        (ON_MAC, {MAC: macho(**INTEL_MAC | {"minimum": (12, 0)})}, ("macos-target", "warning")),
        (
            ON_MAC,
            {
                MAC: macho(
                    **INTEL_MAC | {"needs": ["@rpath/libx.dylib"], "rpaths": ["@loader_path"]}
                )
            },
            ("macos-libraries", "error"),
        ),
        (
            "cp312-cp312-macosx_11_0_arm64",
            {MAC: macho(**START)},
            ("macos-signature", "error"),
        ),
        (WIN, {WINDOWS: pe(**AMD64 | {"needs": ["zlib1.dll"]})}, ("windows-libraries", "error")),
        (
            WIN,
            {WINDOWS: pe(**AMD64 | {"needs": ["msvcp140.dll"]})},
            ("windows-libraries", "warning"),
        ),
        (WIN, {WINDOWS: pe(**AMD64 | {"needs": ["python312_d.dll"]})}, ("windows-python", "error")),
        (
            WIN,
            {WINDOWS: pe(**AMD64 | {"needs": ["vcruntime140d.dll"]})},
            ("windows-debug", "error"),
        ),
        (
            ABI3,
            {"good/_c.abi3.so": elf(**GLIBC, exports=["PyInit__c"], imports=["_PyLong_AsInt"])},
            ("stable-abi-symbols", "error"),
        ),
        (
            ABI3,
            {"good/_c.abi3.so": elf(**GLIBC, exports=["PyInit__c"], imports=["PyType_GetName"])},
            ("stable-abi-floor", "error"),
        ),
    ],
)
def test_each_is_found(make_wheel, tag, files, expected) -> None:
    assert told(make_wheel, tag, files) == {expected}


@pytest.mark.parametrize(
    ("tag", "os", "version", "libc", "machines"),
    [
        ("any", "any", (), "", set()),
        ("manylinux1_i686", "linux", (2, 5), "glibc", {"i686"}),
        ("manylinux2014_aarch64", "linux", (2, 17), "glibc", {"aarch64"}),
        ("manylinux_2_34_x86_64", "linux", (2, 34), "glibc", {"x86_64"}),
        ("musllinux_1_2_armv7l", "linux", (1, 2), "musl", {"armv7l"}),
        ("linux_x86_64", "linux", (), "", {"x86_64"}),
        ("macosx_10_9_universal2", "macos", (10, 9), "", {"x86_64", "arm64"}),
        ("macosx_26_0_arm64", "macos", (26, 0), "", {"arm64"}),
        ("win32", "windows", (), "", {"win32"}),
        ("win_arm64", "windows", (), "", {"arm64"}),
        ("android_24_arm64_v8a", "android", (24,), "", {"aarch64"}),
        ("ios_13_0_arm64_iphoneos", "ios", (13, 0), "", {"arm64"}),
        ("pyodide_2024_0_wasm32", "web", (), "", set()),
        ("emscripten_4_0_9_wasm32", "web", (), "", set()),
        ("freebsd_14_1_release_amd64", "other", (), "", set()),
    ],
)
def test_platforms(tag, os, version, libc, machines) -> None:
    found = read_platform(tag)
    assert found is not None
    assert (found.os, found.version, found.libc, found.machines) == (os, version, libc, machines)


@pytest.mark.parametrize(
    "tag",
    [
        "manylinux_2_17_x64",
        "manylinux_x86_64",
        "manylinux2013_x86_64",
        "linux_amd64",
        "win64",
        "macosx_11_3_arm64",
        "macosx_10_9_arm64",
        "macosx_11_0_aarch64",
        "musllinux_x86_64",
        "x86_64",
    ],
)
def test_platforms_that_nobody_knows(tag) -> None:
    assert read_platform(tag) is None


@pytest.mark.parametrize(
    ("tag", "good"),
    [
        ("cp312-cp312-win32", True),
        ("cp37-cp37m-win32", True),
        ("cp313-cp313t-win32", True),
        ("cp312-cp312d-win32", True),
        ("cp39-abi3-win32", True),
        ("cp315-abi3t-win32", True),
        ("pp311-pypy311_pp73-win32", True),
        ("graalpy312-graalpy250_312_native-win_amd64", True),
        ("py3-none-win32", True),
        ("py2-none-any", True),
        ("cp312-cp311-win32", False),
        ("cp312-cp312t-win32", False),
        ("py3-abi3-win32", False),
        ("py3-cp312-win32", False),
        ("pp311-pypy310_pp73-win32", False),
        ("cp312-abi4-win32", False),
        ("python3-none-any", False),
    ],
)
def test_tags_that_some_python_takes(tag, good) -> None:
    assert (contradiction(Tag(*tag.split("-"))) == "") is good


@pytest.mark.parametrize(
    ("suffix", "tag", "found"),
    [
        (".cpython-312-x86_64-linux-gnu", MANY, True),
        (".cpython-311-x86_64-linux-gnu", MANY, False),
        (".cpython-312t-x86_64-linux-gnu", MANY, False),
        (".cpython-312-aarch64-linux-gnu", MANY, False),
        (".cpython-312-x86_64-linux-musl", MANY, False),
        (".cpython-312-x86_64-linux-gnu", "cp312-cp312-musllinux_1_2_x86_64", False),
        (".cpython-310-x86_64-linux-gnu", "cp310-cp310-musllinux_1_2_x86_64", True),
        (".cpython-312-i386-linux-gnu", "cp312-cp312-manylinux_2_17_i686", True),
        (".cpython-312-arm-linux-gnueabihf", "cp312-cp312-manylinux_2_17_armv7l", True),
        (".cpython-312-powerpc64le-linux-gnu", "cp312-cp312-manylinux_2_17_ppc64le", True),
        (".cpython-312-darwin", ON_MAC, True),
        (".cpython-312-darwin", MANY, False),
        (".cp312-win_amd64", WIN, True),
        (".cp312-win32", WIN, False),
        (".abi3", MANY, True),
        (".abi3", ABI3, True),
        (".abi3", WIN, False),
        (".abi3", "cp313-cp313t-manylinux_2_17_x86_64", False),
        (".cpython-39-x86_64-linux-gnu", ABI3, False),
        (".cpython-312-x86_64-linux-gnu", "py3-none-manylinux_2_17_x86_64", False),
        (".pypy311-pp73-x86_64-linux-gnu", "pp311-pypy311_pp73-manylinux_2_17_x86_64", True),
    ],
)
def test_suffixes(suffix, tag, found) -> None:
    parsed = Tag(*tag.split("-"))
    assert loads(suffix, parsed, read_platform(parsed.platform)) is found


def test_policies_are_read() -> None:
    known = policies("glibc", "x86_64")
    assert [policy.version for policy in known][:3] == [(2, 5), (2, 12), (2, 17)]
    assert "libc.musl-armv7.so.1" in policies("musl", "armv7l")[0].libraries
    assert b"inflate_table" in watched_symbols()
    assert policies("glibc", "vax") == ()


@pytest.mark.parametrize(
    ("tag", "glibc"),
    [
        ("manylinux2014_x86_64", "2.17"),
        ("manylinux_2_18_x86_64", "2.18"),
        ("manylinux_2_33_x86_64", "2.33"),
    ],
)
def test_a_version_between_two_policies_has_its_own_glibc(tag, glibc) -> None:
    platform = read_platform(tag)
    assert platform is not None
    policy = policy_for(platform)
    assert policy is not None
    allowed = {tuple(map(int, n.split("."))) for n in policy.versions["GLIBC"] if n[0].isdigit()}
    assert max(allowed) == tuple(map(int, glibc.split(".")))


def test_a_tag_of_the_future_allows_every_version() -> None:
    platform = read_platform("manylinux_2_99_x86_64")
    assert platform is not None
    policy = policy_for(platform)
    assert policy is not None
    assert policy.versions == {}
    assert "libc.so.6" in policy.libraries


def test_the_stable_abi_is_known() -> None:
    assert stable_symbols()["PyType_GetName"] == (3, 11)
    assert "_PyLong_AsInt" not in stable_symbols()


@pytest.mark.parametrize(
    ("library", "machine", "tag", "there"),
    [
        ("kernel32.dll", "amd64", WIN, True),
        ("api-ms-win-crt-heap-l1-1-0.dll", "amd64", WIN, True),
        ("vcruntime140.dll", "amd64", WIN, True),
        ("vcruntime140.dll", "arm64", "cp37-abi3-win_arm64", True),
        ("vcruntime140.dll", "amd64", "py3-none-win_amd64", True),
        ("msvcp140.dll", "amd64", WIN, False),
        ("libcrypto-3.dll", "amd64", WIN, False),
    ],
)
def test_what_windows_and_python_bring(library, machine, tag, there) -> None:
    assert is_there(library, machine, Tag(*tag.split("-"))) is there
