"""What finds how many of our faults, and what verify says of good files: measured, into a page.

    python docs/verification_measured.py            # a quarter of an hour; writes verification-measured.md
    python docs/verification_measured.py -k record  # only the rules that begin so; prints

The faults are those of tests/harness/faults, the good files those of tests/harness/good_files.toml. A tool
has found a fault if it fails where it did not fail on the good distribution.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import version
from pathlib import Path

from check_wheel_contents.__main__ import main as check_wheel_contents
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from pip._internal.cli.main import main as pip
from twine.commands import check as twine_check

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
PAGE = HERE / "verification-measured.md"
sys.path[:0] = [str(TESTS / "harness"), str(TESTS)]

from bases import base  # noqa: E402
from faults import all_faults  # noqa: E402
from faulty import Fault, check_fault, fault_report  # noqa: E402
from good_files import GoodFile, fetch_all, good_files, told_of  # noqa: E402

from shipwheel.verification.catalogue import rules  # noqa: E402

TOOLS = ("twine check --strict", "check-wheel-contents", "pip install")
_TIMEOUT = 300
_MARKS = {True: "✓", False: "·", None: ""}


@dataclass(frozen=True)
class Seen:
    """A fault, and which of the tools fail because of it: None where a tool is not for such files."""

    fault: Fault
    by: Mapping[str, bool | None]
    ours: bool

    @property
    def by_any(self) -> bool:
        """Say whether any of the tools finds it."""
        return any(self.by.values())


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and write the page or print a part of it; 1 where a fault was not found by ours."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-k", dest="start", default="", help="the beginning of rules' ids")
    options = parser.parse_args(argv)
    faults = [fault for fault in all_faults() if fault.rule.startswith(options.start)]
    with ProcessPoolExecutor(2) as pool:
        looks = pool.map(look, range(len(faults)), [options.start] * len(faults))
        seen = [Seen(fault, by, ours) for fault, (by, ours) in zip(faults, looks, strict=True)]
        if options.start:
            print("\n".join(_each(seen)))
        else:
            files = good_files(everything=True)
            told = list(pool.map(told_of, fetch_all(files), chunksize=4))
            PAGE.write_text(_page(seen, files, told), encoding="utf-8")
    return int(not all(each.ours for each in seen))


def look(number: int, start: str) -> tuple[dict[str, bool | None], bool]:
    """Make a fault and let every tool look at it: what tools find it, and whether ours does.

    Faults are told apart by their places: they cannot be sent from process to process.
    """
    fault = [each for each in all_faults() if each.rule.startswith(start)][number]
    print(f"{fault.rule}: {fault.name}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        try:
            check_fault(fault, fault_report(fault, Path(folder)))
            ours = True
        except AssertionError as error:
            print(error, file=sys.stderr)
            ours = False
        files = sorted(path for path in Path(folder).iterdir() if path.is_file())
        good = [base(name) for name in fault.bases]
        by = {tool: _found(tool, files, good) for tool in TOOLS}
    return by, ours


def _found(tool: str, files: Sequence[Path], good: Iterable[Path]) -> bool | None:
    """Say whether a tool fails on the files, but not on the good ones; None where it is not for them."""
    wheels_alone = tool == "check-wheel-contents"
    looked_at = [file for file in files if file.suffix == ".whl" or not wheels_alone]
    if not looked_at:
        return None
    before = [file for file in good if file.suffix == ".whl" or not wheels_alone]
    return any(_fails(tool, file) for file in looked_at) and not any(
        _fails_before(tool, file) for file in before
    )


@cache
def _fails_before(tool: str, file: Path) -> bool:
    return _fails(tool, file)


def _fails(tool: str, file: Path) -> bool:
    """Say whether a tool fails on a file; twine and check-wheel-contents are called within this process."""
    if tool == "pip install":
        return _pip_fails(file)
    silence = io.StringIO()
    with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
        try:
            if tool == "check-wheel-contents":
                check_wheel_contents([str(file)])
            return bool(twine_check.main(["--strict", str(file)]))
        except SystemExit as left:
            return bool(left.code)
        except Exception:  # noqa: BLE001  # whatever a tool stumbles over, it does not pass
            return True


def _pip_fails(file: Path) -> bool:
    """Say whether pip fails to install a file into a folder of its own, without dependencies.

    pip runs in a copy of this process, which has loaded it already: a third of the time.
    """
    with tempfile.TemporaryDirectory() as target:
        child = os.fork()
        if not child:
            signal.alarm(_TIMEOUT)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(nowhere, stream)
            install = ["install", "--quiet", "--no-deps", "--no-cache-dir", "--target", target]
            try:
                os._exit(pip([*install, *_platform(file), str(file)]))
            finally:
                os._exit(1)
        return os.waitpid(child, 0)[1] != 0


def _platform(file: Path) -> tuple[str, ...]:
    """Give what lets pip install a wheel for another platform, as its name has it."""
    try:
        tags = parse_wheel_filename(file.name)[3] if file.suffix == ".whl" else ()
    except InvalidWheelFilename:
        tags = ()
    told: list[str] = []
    for tag in sorted((tag for tag in tags if tag.platform != "any"), key=str)[:1]:
        python = tag.interpreter[2:] if len(tag.interpreter) > len("py3") else "312"
        told = ["--platform", tag.platform, "--abi", tag.abi, "--python-version", python]
        told += [
            "--implementation",
            tag.interpreter[:2].replace("py", "cp"),
            "--only-binary",
            ":all:",
        ]
    return tuple(told)


def _page(
    seen: Sequence[Seen],
    files: Sequence[GoodFile],
    told: Sequence[tuple[str, list[tuple[str, str, str]], float]],
) -> str:
    tools = ", ".join(
        f"{tool} {version(tool)}" for tool in ("twine", "check-wheel-contents", "pip")
    )
    return "\n".join(
        [
            "# Verification, measured",
            "",
            (
                f"Written by `python docs/verification_measured.py` on {datetime.now(UTC):%Y-%m-%d}, with "
                f"{tools}."
            ),
            "",
            "## Faults",
            "",
            (
                f"{len(seen)} faulty distributions, each made by changing one thing in a good one that was "
                "built here from a starter or released by others. The tests make them anew, demand that "
                "each is found by its rule, that the good one is silent, and that no rule could be taken "
                "away unnoticed. A tool has found a fault if it fails where it did not fail before."
            ),
            "",
            *_by_family(seen),
            "",
            (
                "These tools were made for other questions: twine asks whether an index would show the "
                "description, check-wheel-contents what lies in a wheel, pip only how to install."
            ),
            "",
            "## Good files",
            "",
            *_good(files, told),
            "",
            "## Each fault",
            "",
            *_each(seen),
            "",
        ]
    )


def _by_family(seen: Sequence[Seen]) -> list[str]:
    families = {rule.id: rule.family for rule in rules()}
    order = list(dict.fromkeys(families.values()))
    heads = ("shipwheel verify", *TOOLS, "any of the three")
    rows = [f"| | faults | {' | '.join(heads)} |", f"| --- |{' --- |' * (len(heads) + 1)}"]
    for family in [*order, ""]:
        of = [each for each in seen if not family or families[each.fault.rule] == family]
        if of:
            counts = [sum(each.ours for each in of)]
            counts += [sum(bool(each.by[tool]) for each in of) for tool in TOOLS]
            counts += [sum(each.by_any for each in of)]
            cells = " | ".join(map(str, (len(of), *counts)))
            rows.append(f"| {family or '**all**'} | {cells} |")
    return rows


def _good(
    files: Sequence[GoodFile], told: Sequence[tuple[str, list[tuple[str, str, str]], float]]
) -> list[str]:
    findings = {name: found for name, found, _ in told}
    sizes = Counter[str]()
    for each in files:
        sizes[each.kind] += each.size
    rows = [
        "| kind | files | MB | errors | files with warnings |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in [*sorted(sizes), ""]:
        of = [each for each in files if not kind or each.kind == kind]
        levels = [{level for level, _, _ in findings[each.filename]} for each in of]
        size = sum(each.size for each in of) / 1e6
        errors, warned = (sum(level in each for each in levels) for level in ("error", "warning"))
        rows.append(f"| {kind or '**all**'} | {len(of)} | {size:.0f} | {errors} | {warned} |")
    projects = len({each.filename.partition("-")[0] for each in files})
    return [
        (
            f"The newest files of {projects} much-used projects, pinned by their hashes. Every warning was "
            "looked at; what is told is true of those files:"
        ),
        "",
        *rows,
        "",
        *_reviewed(findings),
    ]


def _reviewed(findings: Mapping[str, list[tuple[str, str, str]]]) -> list[str]:
    import tomllib  # noqa: PLC0415

    path = TESTS / "harness" / "good_files_reviewed.toml"
    read = tomllib.loads(path.read_text(encoding="utf-8")).get("finding", [])
    rows = ["| rule | files | why it is right |", "| --- | --- | --- |"]
    for each in read:
        matching = [
            name
            for name, found in findings.items()
            if fnmatchcase(name, each["files"])
            and any(rule == each["rule"] for _, rule, _ in found)
        ]
        rows.append(f"| {each['rule']} | `{each['files']}`: {len(matching)} | {each['reason']} |")
    return rows


def _each(seen: Sequence[Seen]) -> list[str]:
    rows = [
        f"| rule | what was changed | in | verify | {' | '.join(TOOLS)} |",
        f"| --- | --- | --- | --- |{' --- |' * len(TOOLS)}",
    ]
    for each in seen:
        fault = each.fault
        marks = " | ".join(_MARKS[each.by[tool]] for tool in TOOLS)
        where = ", ".join(fault.bases)
        rows.append(
            f"| {fault.rule} | {_plain(fault.name)} | {where} | {_MARKS[each.ours]} | {marks} |"
        )
    return rows


def _plain(text: str) -> str:
    """Keep a fault's name from being read as markup."""
    return "".join(f"\\{each}" if each in "\\`*_<>|[]" else each for each in text)


if __name__ == "__main__":
    raise SystemExit(main())
