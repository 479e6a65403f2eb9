"""What our reader of compiled files says of released wheels is what auditwheel and abi3audit say of them."""

from __future__ import annotations

import logging
import sys
from functools import cache
from pathlib import Path

import pytest
from good_files import good_files

from shipwheel.dists.binaries.read import BinaryExaminer, binaries_in
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.judging.compiled import compiled_files
from shipwheel.verification.judging.linking import best_policy
from shipwheel.verification.reading.archives import read_zip
from shipwheel.verification.reading.distributions import describe
from shipwheel.verification.reading.policies import watched_symbols
from shipwheel.verification.rules.stable_abi import floor_of, judged, python_symbols, stable_symbols

pytestmark = [pytest.mark.integration, pytest.mark.real]

WHEELS = {each.filename: each for each in good_files() if each.filename.endswith(".whl")}
LINUX = sorted(name for name in WHEELS if "manylinux" in name or "musllinux" in name)
STABLE = sorted(name for name in WHEELS if "-abi3-" in name)


@cache
def _facts(filename: str) -> WheelFacts:
    """Give a wheel's compiled files and tags, which is what is compared."""
    examiner = BinaryExaminer(watched_symbols())
    path = WHEELS[filename].path
    contents = read_zip(path, wanted=lambda _name, _size: False, examiners=[examiner])
    return WheelFacts(
        file=describe(path),
        members=contents.members,
        dist_infos=(),
        headers=None,
        metadata=None,
        record=None,
        binaries=binaries_in(contents.seen),
    )


def test_there_is_something_to_compare() -> None:
    assert len(LINUX) >= 40
    assert len(STABLE) >= 8


@pytest.mark.skipif(sys.platform != "linux", reason="auditwheel looks for libraries of this system")
@pytest.mark.parametrize("filename", LINUX)
def test_the_policy_is_auditwheels(filename: str) -> None:
    tag = compiled_files(_facts(filename)).on("linux")[0]
    (machine,) = tag.machines
    ours = best_policy(compiled_files(_facts(filename)), tag.libc, machine)
    assert ours == _auditwheels(WHEELS[filename].path, tag.libc, machine)


def _auditwheels(path: Path, libc: str, machine: str) -> str:
    """Give the policy that `auditwheel show` tells."""
    from auditwheel.architecture import Architecture
    from auditwheel.libc import Libc
    from auditwheel.wheel_abi import analyze_wheel_abi
    from elftools.common.exceptions import ELFError

    logging.getLogger("auditwheel").setLevel(logging.ERROR)
    try:
        found = analyze_wheel_abi(
            Libc(libc),
            Architecture(machine),
            path,
            frozenset(),
            disable_isa_ext_check=False,
            allow_graft=False,
        )
    except ELFError as error:
        # it reads this machine's libc.so, a text for the linker, as the library that musl calls so
        pytest.skip(f"auditwheel cannot read it here: {error}")
    return str(found.overall_policy.name)


@pytest.mark.parametrize("filename", STABLE)
def test_the_stable_abi_is_abi3audits(filename: str) -> None:
    pytest.importorskip("abi3audit", reason="abi3audit is not installed")
    from abi3audit._audit import audit
    from abi3audit._extract import WheelExtractor

    facts, floor = _facts(filename), floor_of(_facts(filename))
    assert floor is not None
    ours, theirs = {}, {}
    for file in judged(facts):
        known = {name: stable_symbols().get(name) for name in python_symbols(file)}
        strange = {name for name in known if known[name] is None}
        ours[file.name.rpartition("/")[2]] = (
            strange,
            max([floor, *(version for version in known.values() if version)]),
        )
    for each in WheelExtractor(WHEELS[filename].path):
        if each.path.name in ours:
            result = audit(each)
            version = (result.computed.major, result.computed.minor)
            theirs[each.path.name] = ({symbol.name for symbol in result.non_abi3_symbols}, version)
    assert ours == theirs
    assert ours
