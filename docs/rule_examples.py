"""An example of what each rule says, made by running: `python docs/rule_examples.py`.

Each fault of tests/harness/faults is put into a good distribution and verified; the finding goes where
`shipwheel verify --explain` and the rules' pages take it from. Needs what the faults need: the released
files that they change, and a Python or two.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shipwheel.console import rule_pages as known
from shipwheel.files import to_json, write_bytes

ROOT = Path(__file__).resolve().parent.parent
# the folders of one run
_OWN = re.compile(re.escape(tempfile.gettempdir()) + r"/(?:build|verify)-\w+/")
_WORDS = 600  # characters of a message


def main() -> int:
    """Write the examples that are lacking (with `--anew` all); say which rules have none."""
    sys.path[:0] = [str(ROOT / "tests" / "harness")]
    from faults import all_faults  # noqa: PLC0415 - of the tests

    firsts: dict[str, object] = {}
    for fault in sorted(all_faults(), key=lambda each: each.install):
        firsts.setdefault(fault.rule, fault)
    found = {} if "--anew" in sys.argv else dict(known.examples())
    with ThreadPoolExecutor(2) as pool:
        lacking = [item for item in firsts.items() if item[0] not in found]
        for rule, example in pool.map(_tried, lacking):
            if example is not None:
                found[rule] = example
                _write({each: found[each] for each in sorted(found.keys() & firsts.keys())})
    from shipwheel.verification.catalogue import rules  # noqa: PLC0415

    without = sorted({rule.id for rule in rules()} - found.keys())
    print(f"{len(found)} examples; none of: {', '.join(without) or 'nothing'}")
    return 0


def _write(found: dict[str, known.Example]) -> None:
    write_bytes(ROOT / "src" / "shipwheel" / "console" / known.EXAMPLES, to_json(found))


def _tried(item: tuple[str, object]) -> tuple[str, known.Example | None]:
    rule, fault = item
    try:
        return rule, next(_example(fault), None)
    except Exception as error:  # noqa: BLE001 - a fault that cannot be made here leaves its rule without
        print(f"{rule}: {type(error).__name__}: {error}", file=sys.stderr)
        return rule, None


def _example(fault: object) -> Iterator[known.Example]:
    from faulty import Fault, check_fault, fault_report, this_machine_with  # noqa: PLC0415

    assert isinstance(fault, Fault)
    if fault.install and this_machine_with(fault.python) is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        finding = check_fault(fault, fault_report(fault, Path(folder)))
    yield known.Example(
        fault=fault.name,
        file=finding.file or "the files together",
        level=finding.level.value,
        message=_OWN.sub("…/", finding.message.replace(folder, "dist"))[:_WORDS],
    )


if __name__ == "__main__":
    sys.exit(main())
