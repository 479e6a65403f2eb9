"""uv's resolver as the judge: which links can hold together, all Pythons and systems at once."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from shipwheel import process
from shipwheel.deps.conflicts.answer import Link
from shipwheel.deps.conflicts.house import is_bound, line_of
from shipwheel.deps.conflicts.smallest import OutOfTimeError
from shipwheel.deps.stand_ins import write_stand_in
from shipwheel.deps.uv_output import (
    Refusal,
    is_not_cached,
    kind_of,
    named_packages,
    pinned_versions,
    read_resolution,
    told,
    unknown_packages,
    wants_password,
)
from shipwheel.errors import ConfigurationError, MachineError
from shipwheel.files import write_text
from shipwheel.machine.environment import uv_command
from shipwheel.machine.failures import installation_failure, packages_without_wheel
from shipwheel.machine.variables import for_installer

_ROUNDS = 12  # each brings a package that uv had not named before
_SECONDS = 300  # a resolution that takes longer has met an index that does not answer
_ASKED, _RESULT, _LEFT_OUT = "asked.in", "answer.txt", "left-out.txt"

Unbuilt = Callable[[str, tuple[str, ...]], Iterable[tuple[str, str, str]]]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How uv is asked: the lowest Python, whether its caches alone may answer, whether it may build."""

    root: Path
    python: str
    offline: bool = False
    builds: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """uv's answer: the versions that it takes, or its words and the packages that these name."""

    ok: bool
    taken: Mapping[str, str] = {}
    said: str = ""
    named: frozenset[str] = frozenset()


class Judge:
    """Asks uv about links, each question once; what lies here is stood in for by an empty wheel each.

    `unbuilt` gives stand-ins (name, version, metadata) for a package that has no wheel, of the versions that uv
    names. `unknown` are the names that no index has, so far: they are left out of the next questions.
    """

    def __init__(
        self, folder: Path, terms: Terms, here: Mapping[str, str], unbuilt: Unbuilt
    ) -> None:
        self.terms = terms
        self.asked = 0
        self.seconds = 0.0
        self.unknown: dict[str, None] = {}
        self.until = float("inf")  # by time.monotonic
        self._folder = folder
        self._unbuilt = unbuilt
        self._known: dict[str, Verdict] = {}
        self._fresh: set[str] = set(here)
        self._wheels = folder / "stand-ins"
        self._stood: set[tuple[str, str]] = set()
        self._wheels.mkdir()
        self._pins = []
        for name, version in here.items():
            path = write_stand_in(self._wheels, name, version)
            self._pins.append(f"{name} @ {path.as_uri()}")

    def ask(
        self,
        links: Iterable[Link],
        *,
        relaxed: frozenset[Link] = frozenset(),
        marker: str = "",
        python: str = "",
    ) -> Verdict:
        """Ask whether links can hold together, those in `relaxed` without their bounds.

        Raises MachineError where the index is out of reach, JobError for what else stops uv, and
        OutOfTimeError past `until`, where the answer is not known yet.
        """
        lines = [line_of(each, relaxed=each in relaxed, marker=marker) for each in links]
        text = "".join(f"{line}\n" for line in dict.fromkeys((*self._pins, *lines)))
        key = f"{python}\n{text}"
        if key not in self._known:
            self._known[key] = self._answer(text, python or self.terms.python)
        return self._known[key]

    def agrees(self, links: Iterable[Link], kept: frozenset[Link]) -> bool:
        """Say whether uv finds versions with the bounds in `kept` alone."""
        every = tuple(links)
        gone = frozenset(each for each in every if each not in kept and is_bound(each))
        return self.ask(every, relaxed=gone).ok

    def _answer(self, text: str, python: str) -> Verdict:
        for _round in range(_ROUNDS):
            done, taken = self._run(text, python)
            if done.ok:
                return Verdict(ok=True, taken=taken)
            _raise_for(done, python, offline=self.terms.offline)
            absent = {*unknown_packages(done.output)} - {*self.unknown}
            if not absent and not self._stand_in(done.output):
                break
            self.unknown |= dict.fromkeys(sorted(absent))
        return Verdict(
            ok=False, said=told(done.output), named=frozenset(named_packages(done.output))
        )

    def _stand_in(self, output: str) -> bool:
        """Stand in for packages that have an sdist alone; say whether there was one."""
        pinned = pinned_versions(output)
        more = False
        for name in packages_without_wheel(output, only_binary=True):
            for own, version, metadata in self._unbuilt(name, pinned.get(name, ())):
                if (own, version) not in self._stood:
                    self._stood.add((own, version))
                    write_stand_in(self._wheels, own, version, metadata)
                    more = True
        return more

    def _run(self, text: str, python: str) -> tuple[process.Completed, dict[str, str]]:
        """Ask uv's cache first where this run has filled it: an index without cache headers is slow."""
        self.asked += 1
        started = time.perf_counter()
        write_text(self._folder / _ASKED, text)
        never = "".join(f"{name} ; python_version < '0'\n" for name in self.unknown)
        write_text(self._folder / _LEFT_OUT, never)
        for offline in (True,) if self.terms.offline else (True, False):
            done, taken = self._resolved(python, offline=offline)
            rests_on = {*taken} if done.ok else {*named_packages(done.output)}
            silent = is_not_cached(done.output)
            if offline and not silent and rests_on and self._fresh >= rests_on:
                break
            if not offline:
                self._fresh |= rests_on - {*unknown_packages(done.output)}
        self.seconds += time.perf_counter() - started
        return done, taken

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        return min(left, _SECONDS)

    def _resolved(self, python: str, *, offline: bool) -> tuple[process.Completed, dict[str, str]]:
        result = self._folder / _RESULT
        result.unlink(missing_ok=True)
        command = (
            *(uv_command(), "pip", "compile", "--quiet", "--no-header", "--annotation-style"),
            *("line", "--universal", "--python", sys.executable, "--python-version", python),
            *(() if self.terms.builds else ("--only-binary", ":all:")),
            *("--find-links", self._wheels, "--overrides", self._folder / _LEFT_OUT),
            *(("--offline",) if offline else ()),
            *("-o", result, self._folder / _ASKED),
        )
        done = process.run(
            command, cwd=self.terms.root, env=for_installer(os.environ), timeout=self._left()
        )
        if done.returncode == process.TIMED_OUT and time.monotonic() >= self.until:
            raise OutOfTimeError
        text = result.read_text("utf-8") if done.ok else ""
        return done, {name: each.version for name, each in read_resolution(text).items()}


def _raise_for(done: process.Completed, python: str, *, offline: bool) -> None:
    """Raise where uv's refusal is no word about versions that exclude each other."""
    if offline and is_not_cached(done.output):
        raise MachineError(
            "uv's cache does not hold what is needed to answer offline",
            where="shipwheel deps conflicts",
            evidence=told(done.output),
            hint="ask once with the network, or leave --offline (UV_OFFLINE) out",
            reference="index-unreachable",
        )
    if "Couldn't parse requirement" in done.output:
        raise ConfigurationError(
            "uv cannot read a requirement",
            where="shipwheel deps conflicts",
            evidence=told(done.output).rpartition("cause:")[2].strip(),
            hint="write it as in \"name>=1.2; python_version < '3.12'\" (PEP 508)",
        )
    if wants_password(done.output) or kind_of(done.output) is not Refusal.NO_SOLUTION:
        raise installation_failure(done.tail(60), python=python, only_binary=True)
