"""The changes to try: what is installed otherwise in each, from what the first install brought to light."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from shipwheel.deps.pinned import pinned
from shipwheel.deps.profile.answer import Spent
from shipwheel.deps.profile.changes import Trial, dropped
from shipwheel.deps.profile.measuring import Way
from shipwheel.deps.profile.order import Order
from shipwheel.errors import ShipwheelError
from shipwheel.files import write_text
from shipwheel.project.names import normalize, requirement_name
from shipwheel.project.pylock import LockedPackage
from shipwheel.verification.dependencies import Installed


class Trials:
    """The changes that fit an order; `untried` says in sentences which cannot be measured, and why."""

    def __init__(
        self,
        order: Order,
        folder: Path,
        pins: tuple[LockedPackage, ...],
        packages: tuple[Spent, ...],
    ) -> None:
        self.untried: list[str] = []
        self._order = order
        self._folder = folder
        self._pins = pins
        self._packages = packages

    def each(
        self, installed: dict[str, Installed], cache: Path, *, compiles: bool
    ) -> Iterator[Trial]:
        """Give the installs to try; `cache` is what the cold install left, `compiles` whether it made bytecode."""
        order = self._order
        if order.installer == "pip":
            way = Way(name="pip", requirements=order.requirements, pip=True)
            how = 'installer = "uv" in [tool.shipwheel]; unlike pip it makes no bytecode unless it is asked'
            yield Trial("uv", "uv in place of pip", how, way)
        if order.lock is None:
            yield self._locked()
        yield from self._wheels(cache)
        yield bytecode(order, compiles=compiles)
        if order.lock is None:
            heavy = [each.name for each in self._packages]
            direct = {normalize(requirement_name(each) or "") for each in order.requirements}
            unused = order.unused(installed) & direct
            yield from dropped(order.requirements, unused, heavy)

    def _locked(self) -> Trial:
        """Give the install of what was resolved before: no index page is read for versions."""
        path = self._folder / "pins.txt"
        lines = (
            " ".join((f"{each.name}=={each.version}", *(f"--hash={h}" for h in each.hashes)))
            for each in self._pins
            if each.version and not each.elsewhere
        )
        write_text(path, "".join(f"{line}\n" for line in lines))
        return Trial(
            "lock",
            "a lock: nothing is resolved",
            "`shipwheel deps lock` writes pylock.toml, and installs take it",
            Way(name="from a lock", file=path, deps=False),
            ("resolve",),
        )

    def _wheels(self, cache: Path) -> Iterator[Trial]:
        """Give the installs that build nothing: of versions that have wheels, or of wheels built before."""
        built = [each.name for each in self._packages if each.made == "sdist"]
        if not built:
            return
        named = ", ".join(built)
        try:
            wheels = pinned(
                self._order.requirements,
                self._order.interpreter,
                root=self._order.root,
                folder=self._folder,
                only_binary=True,
            )
        except ShipwheelError as error:
            self.untried.append(f"wheels alone in place of {named}: {error.what}")
        else:
            versions = {each.name: each.version for each in wheels.packages}
            other = ", ".join(f"{each} {versions[each]}" for each in built if each in versions)
            way = Way(name="wheels alone", requirements=self._order.requirements, only_binary=True)
            how = f"install with `--only-binary :all:`, which takes {other or 'other versions'}"
            yield Trial("only-wheels", f"wheels alone: nothing is built of {named}", how, way)
        yield from self._prebuilt(built, cache)

    def _prebuilt(self, built: list[str], cache: Path) -> Iterator[Trial]:
        folder = self._folder / "built"
        folder.mkdir(exist_ok=True)
        for wheel in cache.glob("sdists-v*/**/*.whl"):
            if wheel.is_file():
                shutil.copy2(wheel, folder / wheel.name)
        if not any(folder.iterdir()):
            return
        way = Way(
            name="built before",
            requirements=self._order.requirements,
            file=self._order.lock,
            links=folder,
        )
        yield Trial(
            "prebuilt",
            f"{', '.join(built)} built once, not at each install",
            "build the wheel once (`pip wheel --no-deps`), and put it into an index of your own or a folder"
            " for `--find-links`",
            way,
        )


def bytecode(order: Order, *, compiles: bool) -> Trial:
    """Give the install without bytecode where the first made some; else with it, which is told and saves nothing."""
    way = Way(
        name="without bytecode" if compiles else "with bytecode",
        requirements=order.requirements,
        file=order.lock,
        compiled=not compiles,
    )
    how = (
        "leave out `--compile-bytecode` (`compile-bytecode` in uv's settings) where nothing is started many"
        " times over: each module is then compiled at its first import. In an image, compile once in the"
        " layer of the dependencies"
    )
    if not compiles:
        return Trial("bytecode", "bytecode during the install", "", way, ("compile",))
    return Trial("no-bytecode", "no bytecode during the install", how, way, ("compile",))
