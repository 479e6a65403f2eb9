"""Rounds in which each install is run once: what slows the machine down meanwhile meets all of them alike."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from shipwheel.deps.profile.answer import Change, Install
from shipwheel.deps.profile.changes import Trial, after
from shipwheel.deps.profile.measuring import Bench, Ran, Way, install_of
from shipwheel.deps.profile.order import Order
from shipwheel.errors import JobError

_ENOUGH = 40.0  # seconds after which no further round begins
_BUDGET = 3  # times the limit of one install, for all changes together

_WARM = Trial(
    "warm-cache",
    "a warm cache",
    "keep the installer's cache between runs: setup-uv's `enable-cache` or actions/cache in CI,"
    " `--mount=type=cache` in a Dockerfile",
    Way(name="warm"),
    ("resolve", "prepare", "install"),
)


class _Series(msgspec.Struct):
    """A trial and its runs so far."""

    trial: Trial
    runs: list[Ran]

    @property
    def install(self) -> Install:
        return install_of(self.trial.way, self.runs)


class Rounds:
    """All installs of a profile: `failed` says in sentences which could not be measured, and why."""

    def __init__(self, bench: Bench, whole: Way, first: Ran, cache: Path, order: Order) -> None:
        self.failed: list[str] = []
        self._bench = bench
        self._cache = cache
        self._whole = whole
        self._cold = [first]
        warm = msgspec.structs.replace(whole, name="warm")
        self._warm = _Series(msgspec.structs.replace(_WARM, way=warm), [])
        self._series: list[_Series] = []
        self._started = time.monotonic()
        self._until = self._started + order.minutes * 60 * _BUDGET
        self._rounds = order.rounds

    @property
    def cold(self) -> Install:
        """Give the install with an empty cache, which has been run."""
        return install_of(self._whole, self._cold)

    @property
    def warm(self) -> Install:
        """Give the install with everything in the cache."""
        return self._warm.install

    @property
    def others(self) -> tuple[Install, ...]:
        """Give the installs of the changes that could be measured."""
        return tuple(each.install for each in self._series)

    @property
    def compared(self) -> Iterator[tuple[Change, Install, Install]]:
        """Give each change with the two installs that were compared."""
        for each in (self._warm, *self._series):
            cold, other = self.cold, each.install
            before, seconds = cold.seconds, after(each.trial, cold, other)
            if each.trial.way.pip:  # what is in use: the change is to leave it
                before, seconds = seconds, before
            change = Change(
                id=each.trial.id,
                title=each.trial.title,
                how=each.trial.how,
                before=before,
                after=seconds,
            )
            yield change, cold, other

    def run(self, trials: Sequence[Trial]) -> None:
        """Run the rounds; a change that fails to install is told and not tried again."""
        self._series = [_Series(trial, []) for trial in trials]
        for number in range(self._rounds):
            if number and time.monotonic() > self._started + _ENOUGH:
                break
            if number:
                self._cold.append(self._once(self._whole))
            self._warm.runs.append(self._bench.once(self._warm.trial.way, self._cache))
            for each in self._series:
                self._try(each)
            self._series = [each for each in self._series if each.runs]

    def _try(self, each: _Series) -> None:
        if time.monotonic() > self._until:
            if not each.runs:
                self.failed.append(f"{each.trial.title}: the time was over")
            return
        try:
            each.runs.append(self._once(each.trial.way))
        except JobError as error:
            self.failed.append(f"{each.trial.title}: {error.what}")

    def _once(self, way: Way) -> Ran:
        ran, cache = self._bench.cold(way)
        shutil.rmtree(cache, ignore_errors=True)
        shutil.rmtree(ran.environment.path, ignore_errors=True)
        return ran
