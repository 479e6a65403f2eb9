"""What can be wrong with an archive as such."""

from __future__ import annotations

from faulty import Fault, Sdist, Wheel


def _climbs(wheel: Wheel) -> None:
    wheel.write("../evil.py", "x = 1\n")


def _linked(sdist: Sdist) -> None:
    sdist.link(sdist.inside("passwords"), "/etc/passwd")


FAULTS = (
    Fault("a member climbs out", "archive-path", "itsdangerous-wheel", _climbs),
    Fault("a link leads out", "archive-link", "itsdangerous-sdist", _linked),
)
