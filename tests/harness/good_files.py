"""Good files: the newest of much-used projects, on which verification has nothing to say.

`good_files.toml` names each with its sha256 and size in bytes; `ci` says whether every run of the tests
takes it (about 300 MB in all) or only a run by hand. They are kept in `~/.cache/shipwheel-tests`.

    python tests/harness/good_files.py             # fetch those that the tests take
    python tests/harness/good_files.py --all       # fetch all
    python tests/harness/good_files.py --verify    # and verify them statically (with --all: all of them)
    python tests/harness/good_files.py --pin       # choose the newest files again, fetch and pin them
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packaging.tags import Tag
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from released import RELEASED, fetch, page

from shipwheel.indexes.page import IndexFile

PINNED = Path(__file__).with_suffix(".toml")
_SIDE_BY_SIDE = 8  # downloads
_SLOW = 4.0  # seconds that are worth a line

# what a project's newest version is looked through for; where a kind is not offered it is left out
_PURE = "pure sdist"
_SMALL = "linux arm-linux musl macos windows free-threaded pypy sdist"
_SOME = "linux musl macos windows sdist"
_BIG = "linux macos windows"
PROJECTS = {
    # pure ones
    **dict.fromkeys(
        [
            "boto3",
            "botocore",
            "s3transfer",
            "urllib3",
            "requests",
            "certifi",
            "idna",
            "typing-extensions",
            "packaging",
            "setuptools",
            "pip",
            "wheel",
            "six",
            "python-dateutil",
            "s3fs",
            "click",
            "jinja2",
            "attrs",
            "pydantic",
            "pytz",
            "tzdata",
            "pyparsing",
            "colorama",
            "importlib-metadata",
            "zipp",
            "platformdirs",
            "filelock",
            "virtualenv",
            "pluggy",
            "pytest",
            "iniconfig",
            "rich",
            "pygments",
            "tqdm",
            "flask",
            "werkzeug",
            "itsdangerous",
            "blinker",
            "django",
            "fastapi",
            "starlette",
            "httpx",
            "httpcore",
            "h11",
            "anyio",
            "sniffio",
            "google-auth",
            "google-api-core",
            "googleapis-common-protos",
            "protobuf",
            "rsa",
            "pyasn1",
            "pyjwt",
            "jmespath",
            "docutils",
            "sphinx",
            "tomli",
            "tomlkit",
            "hatchling",
            "flit-core",
            "poetry-core",
            "build",
            "decorator",
            "docker",
        ],
        _PURE,
    ),
    # compiled, small
    **dict.fromkeys(
        [
            "charset-normalizer",
            "markupsafe",
            "pyyaml",
            "cffi",
            "wrapt",
            "frozenlist",
            "multidict",
            "yarl",
            "propcache",
            "aiohttp",
            "greenlet",
            "psutil",
            "msgpack",
            "rpds-py",
            "bcrypt",
            "pynacl",
            "coverage",
            "watchfiles",
            "websockets",
            "httptools",
            "uvloop",
            "zope-interface",
            "regex",
            "orjson",
            "pydantic-core",
            "tornado",
            "sqlalchemy",
            "zstandard",
        ],
        _SMALL,
    ),
    # compiled, larger, or for fewer platforms
    **dict.fromkeys(
        [
            "cryptography",
            "lxml",
            "psycopg2-binary",
            "debugpy",
            "pillow",
            "ruff",
            "uv",
            "grpcio",
            "pywin32",
            "pyobjc-core",
            "mypy",
        ],
        _SOME,
    ),
    **dict.fromkeys(["numpy", "pandas", "scipy", "pyarrow", "opencv-python-headless"], _BIG),
}


@dataclass(frozen=True)
class GoodFile:
    """A released file: its name, sha256, size in bytes, and whether every run of the tests takes it."""

    filename: str
    sha256: str
    size: int
    ci: bool

    @property
    def path(self) -> Path:
        """Give the file, fetched where it is not here."""
        return fetch(self.filename, self.sha256)

    @property
    def kind(self) -> str:
        """Give the kind by which tables count it."""
        return kind_of(self.filename)


def good_files(*, everything: bool = False) -> tuple[GoodFile, ...]:
    """Give the pinned files: those of every run of the tests, or all."""
    read = tomllib.loads(PINNED.read_text(encoding="utf-8"))["file"]
    files = (GoodFile(**each) for each in read)
    return tuple(each for each in files if each.ci or everything)


def fetch_all(files: Iterable[GoodFile]) -> tuple[Path, ...]:
    """Give the files' paths, several fetched side by side."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        return tuple(pool.map(lambda each: each.path, files))


def kind_of(filename: str) -> str:
    """Give what sort of file it is: `pure`, `sdist`, or the platform and, where it tells, the ABI."""
    if not filename.endswith(".whl"):
        return "sdist"
    tags = parse_wheel_filename(filename)[3]
    platform = _platform(tags)
    return platform if platform == "pure" else f"{platform}, {_abi(tags)}"


def _platform(tags: Iterable[Tag]) -> str:
    names = {tag.platform for tag in tags}
    known = {
        "any": "pure",
        "manylinux": "Linux (glibc)",
        "linux": "Linux (glibc)",
        "musllinux": "Linux (musl)",
        "macosx": "macOS",
        "win": "Windows",
    }
    return next(kind for start, kind in known.items() if any(n.startswith(start) for n in names))


def _abi(tags: Iterable[Tag]) -> str:
    tag = next(iter(tags))
    if tag.abi == "abi3":
        return "abi3"
    if tag.interpreter.startswith("pp"):
        return "PyPy"
    if tag.abi == "none":
        return "any Python"
    return "free-threaded" if tag.abi.endswith("t") else "CPython"


# choosing


def _wanted(kind: str, tags: frozenset[Tag]) -> bool:
    """Say whether a wheel with those tags is of that kind, for Python 3.12 or whatever it is for."""
    platforms = {tag.platform for tag in tags}
    interpreters = {tag.interpreter for tag in tags}
    abis = {tag.abi for tag in tags}
    usual = bool(abis & {"cp312", "abi3"}) or (abis == {"none"} and "any" not in platforms)
    ft = any(abi.endswith("t") for abi in abis)
    ends = {
        "linux": ("manylinux", "x86_64"),
        "arm-linux": ("manylinux", "aarch64"),
        "musl": ("musllinux", "x86_64"),
        "macos": ("macosx", ""),
        "windows": ("win", ""),
    }
    if kind == "pure":
        return platforms == {"any"}
    if kind == "free-threaded":
        return ft and _is(platforms, "manylinux", "x86_64")
    if kind == "pypy":
        return any(i.startswith("pp") for i in interpreters) and _is(
            platforms, "manylinux", "x86_64"
        )
    if kind in ends:
        return usual and not ft and _is(platforms, *ends[kind])
    return False


def _is(platforms: set[str], start: str, end: str) -> bool:
    return any(each.startswith(start) and each.endswith(end) for each in platforms)


def _newest(project: str) -> list[IndexFile]:
    """Give the files of the newest final version."""
    by_version: dict[Version, list[IndexFile]] = {}
    for file in page(project).files:
        if file.yanked is None and file.sha256 and file.filename.endswith((".whl", ".tar.gz")):
            try:
                parsed = (
                    parse_wheel_filename if file.filename.endswith(".whl") else parse_sdist_filename
                )
                version = parsed(file.filename)[1]
            except ValueError:
                continue
            by_version.setdefault(version, []).append(file)
    final = [version for version in by_version if not version.is_prerelease]
    return by_version[max(final)]


def _chosen(project: str, kinds: str) -> Iterator[IndexFile]:
    """Give one file of each kind: of several, the last by name (the newest Python, arm64 before x86)."""
    offered = sorted(_newest(project), key=lambda file: file.filename)
    for kind in kinds.split():
        if kind == "sdist":
            found = [file for file in offered if file.filename.endswith(".tar.gz")]
        else:
            wheels = [file for file in offered if file.filename.endswith(".whl")]
            found = [f for f in wheels if _wanted(kind, parse_wheel_filename(f.filename)[3])]
        yield from found[-1:]


def choose() -> tuple[GoodFile, ...]:
    """Choose the newest files of every project, fetch them, and say which the tests take."""
    with ThreadPoolExecutor(4) as pool:
        chosen = list(pool.map(lambda item: list(_chosen(*item)), PROJECTS.items()))
    files = {file.filename: file for each in chosen for file in each}
    keep = {each.filename for each in good_files()} if PINNED.is_file() else set()

    def fetched(file: IndexFile) -> GoodFile:
        path = fetch(file.filename, file.sha256 or "")
        size = path.stat().st_size
        return GoodFile(file.filename, file.sha256 or "", size, file.filename in keep)

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        return tuple(pool.map(fetched, files.values()))


_MOST = 300_000_000  # bytes of what the tests take, in all
_MOST_EACH = 6_000_000  # of one such file, if it is not named here
_ALWAYS = ("numpy-", "cryptography-", "lxml-", "pillow-")


def for_ci(files: Iterable[GoodFile]) -> Iterator[GoodFile]:
    """Say of each file whether the tests take it: the small ones, and a few that are known for size."""
    left = _MOST
    for each in sorted(files, key=lambda file: file.size):
        linux = "manylinux" in each.filename
        ci = each.size <= _MOST_EACH or (linux and each.filename.startswith(_ALWAYS))
        ci = ci and each.size <= left
        left -= each.size if ci else 0
        yield GoodFile(each.filename, each.sha256, each.size, ci)


def write_pins(files: Iterable[GoodFile]) -> None:
    """Write the pins, in the order of the names."""
    head = "# Written by `python tests/harness/good_files.py --pin`.\n"
    tables = (
        f'\n[[file]]\nfilename = "{f.filename}"\nsha256 = "{f.sha256}"\nsize = {f.size}\nci = {str(f.ci).lower()}\n'
        for f in sorted(files, key=lambda file: file.filename.lower())
    )
    PINNED.write_text(head + "".join(tables), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Fetch, verify or pin, as the module's docstring says."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    given.add_argument("--all", action="store_true")
    given.add_argument("--pin", action="store_true")
    given.add_argument("--verify", action="store_true")
    given.add_argument("--rules", default="", help="beginnings of rule ids, with commas")
    asked = given.parse_args(arguments)
    say = partial(print, flush=True)
    if asked.pin:
        write_pins(for_ci(choose()))
    files = good_files(everything=asked.all)
    paths = fetch_all(files)
    say(f"{len(paths)} files, {sum(each.size for each in files) / 1e6:.0f} MB, in {RELEASED}")
    for kind, count in sorted(Counter(each.kind for each in files).items()):
        say(f"  {count:4} {kind}")
    if asked.verify:
        _verify(paths, tuple(asked.rules.split(",")), say)


def told_of(path: Path) -> tuple[str, list[tuple[str, str, str]], float]:
    """Verify one file statically: its name, (level, rule, message) of each finding, the seconds."""
    from shipwheel.verification.run import verify

    started = time.perf_counter()
    try:
        report = verify([path], static=True)
    except Exception as error:  # noqa: BLE001  # what must never happen is what is looked for
        found = [("crash", type(error).__name__, str(error))]
    else:
        found = [(f.level.value, f.rule, f.message) for f in report.findings]
    return path.name, found, time.perf_counter() - started


def _verify(paths: Sequence[Path], rules: tuple[str, ...], say: partial[None]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    with ProcessPoolExecutor(2) as pool:
        for name, found, seconds in pool.map(told_of, paths, chunksize=4):
            for level, rule, message in found:
                if level == "crash" or rule.startswith(rules):
                    counts[level, rule] += 1
                    say(f"{level:8}{rule}  {name}\n        {message}")
            if seconds > _SLOW:
                say(f"{seconds:.1f} s for {name}")
    for (level, rule), count in sorted(counts.items()):
        say(f"{count:5} {level:8} {rule}")


if __name__ == "__main__":
    main(sys.argv[1:])
