"""data/stdlib.toml held to the interpreters that are here: what is gone is gone, and was there before."""

from __future__ import annotations

import json

import pytest
from packaging.version import Version

from shipwheel import process
from shipwheel.deps.readiness.stdlib import known
from shipwheel.machine.here import this_machine
from shipwheel.planning.target import parse_target

pytestmark = pytest.mark.integration

# there on some systems, or in some builds, alone
SOMEWHERE = {"msilib", "ossaudiodev", "nis", "spwd", "crypt", "tkinter.tix"}
SOMEWHERE |= {f"asyncio.Windows{each}EventLoopPolicy" for each in ("Selector", "Proactor")}
LOOK = """
import importlib, json, sys, unittest, warnings
warnings.simplefilter("ignore")
def there(name):
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            try:
                found = getattr(found, part)
            except AttributeError:
                return False
        return True
    return False
names, methods = json.loads(sys.stdin.read() if len(sys.argv) < 2 else sys.argv[1])
print(json.dumps([[e for e in names if there(e)],
                  [e for e in methods if hasattr(unittest.TestCase, e)]]))
"""
PYTHONS = {
    parse_target(each.target).release: each
    for each in this_machine().interpreters
    if parse_target(each.target).implementation == "cpython"
}


@pytest.mark.parametrize("release", sorted(PYTHONS, key=Version))
def test_what_is_gone_is_gone_and_was_there_before(release: str) -> None:
    names, methods = known().names, known().methods
    asked = json.dumps([sorted(names), sorted(methods)])
    done = process.run((PYTHONS[release].executable, "-c", LOOK, asked))
    assert done.ok, done.tail()
    there = {each for kind in json.loads(done.output.splitlines()[-1]) for each in kind}
    at = Version(release)
    every = (*names.values(), *methods.values())
    gone = {each.name for each in every if each.removed and Version(each.removed) <= at}
    assert gone & there == set()
    newest = max(map(Version, PYTHONS))
    last = {each.name for each in every if at == min(newest, _before(each.removed or "3.99"))}
    assert last - SOMEWHERE - there == set()


def _before(python: str) -> Version:
    major, minor = python.split(".")
    return Version(f"{major}.{int(minor) - 1}")


def test_each_name_has_a_source_of_pythons_documentation() -> None:
    every = (*known().names.values(), *known().methods.values())
    assert len(every) > 120
    assert {each.source.partition("/3/")[0] for each in every} == {"https://docs.python.org"}
