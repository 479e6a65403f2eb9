"""WHEEL: it says what it must, and what the filename says."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.report import Level


class Headers(WheelCheck):
    """WHEEL has each of its fields, with a value that installers know (PEP 427)."""

    id = "wheel-headers"
    hint = "build the wheel again with a current backend"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "no WHEEL" if facts.headers is None else ""

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str | Problem]:
        """See Check."""
        del context
        headers = facts.headers or {}
        for name in ("root-is-purelib", "tag"):
            if not headers.get(name):
                yield f"WHEEL has no {name.title()}"
        if not headers.get("generator"):
            yield Problem("WHEEL has no Generator", level=Level.WARNING)
        for name in ("wheel-version", "root-is-purelib", "build"):
            if len(headers.get(name, ())) > 1:
                yield f"{name.title()} is in WHEEL {len(headers[name])} times"
        for value in headers.get("root-is-purelib", ()):
            if value.lower() not in {"true", "false"}:
                yield f"Root-Is-Purelib is {value!r}, neither true nor false"


class Build(WheelCheck):
    """WHEEL's build number is the filename's.

    It decides between two wheels of one version.
    """

    id = "wheel-build"
    hint = "set it with `wheel tags --build`, which changes both; never rename a wheel"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.headers is None:
            return "no WHEEL"
        return "the filename does not parse" if facts.file.filename_fault else ""

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        told = "".join((facts.headers or {}).get("build", ())[:1])
        if told == facts.file.build:
            return
        # conda and others number files by renaming them; installers read the filename alone
        level = Level.WARNING if not told else None
        inside, outside = told or "nothing", facts.file.build or "nothing"
        yield Problem(f"WHEEL's Build is {inside}, the filename's build tag {outside}", level=level)


CHECKS = (Headers, Build)
