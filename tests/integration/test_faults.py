"""Each fault is found by its rule, each good file is silent, and no rule could be taken away unnoticed.

The tables stand in tests/harness/faults; how they are made, in tests/harness/faulty.py.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from faults import all_faults
from faulty import Fault, base_report, check_fault, fault_report, this_machine_with

from shipwheel.verification import catalogue

pytestmark = [pytest.mark.integration, pytest.mark.real]

FAULTS = all_faults()
AT_LEAST = 80


def _id(fault: Fault) -> str:
    return f"{fault.rule}: {fault.name}"


def _first_of_each_rule() -> list[Fault]:
    """Give a fault for each rule, one that needs no install where there is one."""
    ordered = sorted(FAULTS, key=lambda fault: fault.install)
    return list({fault.rule: fault for fault in reversed(ordered)}.values())


def _each_base() -> list[Fault]:
    """Give a fault for each different way in which good files are verified."""
    kinds = {(fault.base, fault.install, fault.known, fault.python): fault for fault in FAULTS}
    return list(kinds.values())


def _skip_without_python(fault: Fault) -> None:
    if fault.install and this_machine_with(fault.python) is None:
        pytest.skip(f"Python {fault.python} is not on this machine")


def test_faults_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(FAULTS) >= AT_LEAST
    assert [name for name, times in Counter(map(_id, FAULTS)).items() if times > 1] == []


def test_every_rule_has_a_fault_and_every_fault_a_rule() -> None:
    assert {fault.rule for fault in FAULTS} == {rule.id for rule in catalogue.rules()}


@pytest.mark.parametrize("fault", FAULTS, ids=_id)
def test_is_found(fault: Fault, tmp_path: Path) -> None:
    _skip_without_python(fault)
    check_fault(fault, fault_report(fault, tmp_path))


@pytest.mark.parametrize("fault", _each_base(), ids=lambda f: f"{', '.join(f.bases)}: {f.name}")
def test_is_silent_before(fault: Fault) -> None:
    _skip_without_python(fault)
    report = base_report(fault)
    assert [(f.level.value, f.rule, f.file, f.message) for f in report.findings] == []


@pytest.mark.parametrize("fault", _first_of_each_rule(), ids=lambda fault: fault.rule)
def test_is_not_found_without_the_rule(fault: Fault, tmp_path: Path, monkeypatch) -> None:
    """The mutation: a rule that is gone, or that no longer finds anything, fails `test_is_found`."""
    _skip_without_python(fault)
    without = tuple(check for check in catalogue.CHECKS if check.id != fault.rule)
    assert len(without) < len(catalogue.CHECKS), f"there is no rule {fault.rule}"
    monkeypatch.setattr(catalogue, "CHECKS", without)
    report = fault_report(fault, tmp_path)
    with pytest.raises(AssertionError, match=fault.rule):
        check_fault(fault, report)
