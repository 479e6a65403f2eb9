"""What becomes of a release whose publisher is killed or whose wire breaks: measured, into a page.

    python docs/publishing_measured.py     # a few minutes; writes publishing-measured.md

The places to die at and the faults are those of tests/harness/dying.py and tests/harness/wire_faults.py, which
the tests try too. Exit code 1 where a release was not completed by the same command.
"""

from __future__ import annotations

import contextlib
import re
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "publishing-measured.md"
sys.path[:0] = [str(HERE.parent / "tests" / "harness")]

from dying import DEATHS, SERVERS, Died, Site, die_and_resume, project_with, site  # noqa: E402
from wire_faults import FAULTS, TAGS, Suffered, WireFault, suffer  # noqa: E402

_WHERE = {"page": "asking for the page", "upload": "sending a file", "file": "reading a file back"}


def main() -> int:
    """Measure, and write the page."""
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        folder = Path(scratch)
        places = {name: stack.enter_context(site(name, folder / name)) for name in SERVERS}
        ten, three = project_with(folder / "ten"), project_with(folder / "three", TAGS)
        died = [die_and_resume(places[name], ten, death) for name, death in DEATHS]
        suffered = [[suffer(place, three, fault) for place in places.values()] for fault in FAULTS]
        transcript = _transcript(places["pypiserver"], ten)
    PAGE.write_text(_page(died, suffered, transcript), encoding="utf-8")
    whole = all(each.same for each in died) and all(e.same for row in suffered for e in row)
    return int(not whole)


def _page(died: Sequence[Died], suffered: Sequence[Sequence[Suffered]], transcript: str) -> str:
    servers = f"pypiserver {version('pypiserver')} and devpi-server {version('devpi-server')}"
    deaths = (
        f"A release of ten files, published through a proxy that counts the requests: the project's page, "
        f"ten uploads, the page again, and each file read back. At a request the publishing process gets "
        f"`kill -9`, before the index has seen that request or after the index has answered it. Then the "
        f"same command runs again: {len(died)} deaths over both servers. devpi is sent four wheels at once."
    )
    faults = (
        f"A release of three files, and one thing that goes wrong on the wire: {len(FAULTS)} faults, each on "
        "both servers. Where publishing stops, the same command completes the release once the wire is "
        "whole, and sends nothing that the index lists."
    )
    return "\n".join(
        [
            "# Publishing, killed and over broken wires",
            "",
            f"Written by `python docs/publishing_measured.py` on {datetime.now(UTC):%Y-%m-%d}, with {servers}.",
            "",
            "## Killed",
            "",
            deaths,
            "",
            *_deaths(died),
            "",
            "## Resumed",
            "",
            "Killed after the index had taken the sixth file, and run again:",
            "",
            "```text",
            transcript,
            "```",
            "",
            "## Faults",
            "",
            faults,
            "",
            *_faults(suffered),
            "",
        ]
    )


def _deaths(died: Sequence[Died]) -> list[str]:
    rows = [
        "| server | killed at | before the index saw it | after | files sent twice | sent though listed | complete |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for server in SERVERS:
        of = [each for each in died if each.site == server]
        for at in dict.fromkeys(each.at for each in of):
            here = {each.death.unseen: each for each in of if each.at == at}
            arrived = [f"{here[unseen].arrived} had arrived" for unseen in (True, False)]
            twice = sum(count > 1 for each in here.values() for count in each.sent.values())
            resent = sum(each.resent for each in here.values())
            whole = "both" if all(each.same for each in here.values()) else "**no**"
            rows.append(
                f"| {server} | {at} | {' | '.join(arrived)} | {twice} | {resent} | {whole} |"
            )
    return rows


def _faults(suffered: Sequence[Sequence[Suffered]]) -> list[str]:
    rows = [
        "| while | what goes wrong | what becomes of it | sent | waited, s | the same command again |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for fault, each in zip(FAULTS, suffered, strict=True):
        told = list(dict.fromkeys(_outcome(one) for one in each))
        again = "completes it" if all(one.same for one in each) else "**does not complete it**"
        waits = ", ".join(f"{seconds:g}" for seconds in each[0].told.waits)
        name = f"{fault.name}, each time" if _repeats(fault) else fault.name
        rows.append(
            f"| {_WHERE[fault.kind]} | {name} | {'; '.join(told)} | {fault.sends} | {waits} | {again} |"
        )
    return rows


def _repeats(fault: WireFault) -> bool:
    return fault.always and "each" not in fault.name


def _outcome(suffered: Suffered) -> str:
    """Give the first sentence of the error, or that there was none."""
    if suffered.told.code == 0:
        return "complete"
    error = re.search(r"^error: (.*)$", suffered.told.text, re.MULTILINE)
    evidence = re.search(r"^  \| (\d{3} .*)$", suffered.told.text, re.MULTILINE)
    said = error[1] if error else "?"
    more = f": {evidence[1][:60]}" if evidence else ""
    return f"stops: {said}{more}".replace("|", "\\|").replace("*", "\\*")


def _transcript(place: Site, project: Path) -> str:
    """Give what a publisher says that dies in the middle, and what the next one says."""
    death = next(each for name, each in DEATHS if name == place.name and str(each) == "after 7")
    died = die_and_resume(place, project, death)
    return "\n".join(
        [
            "$ shipwheel publish --release release.json",
            *_said(died.first.text),
            "Killed",
            "$ shipwheel publish --release release.json",
            *_said(died.again.text),
            *(f"{name}: {action}" for name, action in sorted(died.again.actions.items())),
        ]
    )


def _said(text: str) -> list[str]:
    """Give the events of a publisher as a person is told them."""
    said = []
    for line in text.splitlines():
        step = re.match(r"StepDone\(name='([^']+)', .*detail='([^']*)'", line)
        notice = re.match(r"Notice\(text=['\"](.*)['\"]\)", line)
        if step:
            said.append(f"  {step[1]}: {step[2]}")
        elif notice:
            said.append(f"  {notice[1]}")
    return said


if __name__ == "__main__":
    raise SystemExit(main())
