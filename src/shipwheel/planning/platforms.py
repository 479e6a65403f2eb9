"""Which platforms wheels ship for, and on which of them CI runs the tests."""

from __future__ import annotations

import difflib

from shipwheel.data.catalog import Catalog, Platform
from shipwheel.errors import ConfigurationError
from shipwheel.planning.target import Target
from shipwheel.project.facts import Kind, Project

_WINDOWS_ON_ARM = (3, 11)
_TESTED = "[tool.shipwheel.test] platforms"


def shipped_platforms(project: Project, catalog: Catalog) -> tuple[str, ...]:
    """Give the platforms that wheels are shipped for; raises ConfigurationError for unknown ones."""
    wanted = project.config.wheels.platforms
    if wanted is None:
        return catalog.default_platforms
    for name in wanted:
        _known(name, catalog, where="[tool.shipwheel.wheels] platforms")
    return tuple(dict.fromkeys(wanted))


def tested_platforms(project: Project, catalog: Catalog) -> tuple[Platform, ...]:
    """Give the platforms on which CI runs the project's tests, the first platform first.

    `[tool.shipwheel.test] platforms` decides where it stands. Else those among the shipped ones that a
    hosted runner has by itself: elsewhere cibuildwheel tests what it has just built. A pure project is
    tested once a runner. Raises ConfigurationError for a platform that is unknown, that no runner has,
    or that an extension ships no wheel for.
    """
    shipped = shipped_platforms(project, catalog)
    named = project.config.test.platforms
    if named is not None:
        return tuple(_named(name, project, catalog, shipped) for name in dict.fromkeys(named))
    every = (each for name in shipped if (each := catalog.platform(name)) is not None)
    native = [each for each in every if is_native(each)]
    if project.kind.value is not Kind.PURE:
        return tuple(native)
    by_runner = {each.runner: each for each in reversed(native) if each.arch != "x86"}
    return tuple(each for each in native if by_runner.get(each.runner) is each)


def is_native(platform: Platform) -> bool:
    """Say whether a hosted runner has it, and Pythons for it: no musl, no QEMU, no other word size.

    Windows' 32-bit Python is the one that runs, and is to be had, beside the other.
    """
    if platform.emulated or platform.libc == "musl":
        return False
    return platform.arch not in {"i686", "universal2"}


def has_python(platform: Platform, target: Target) -> bool:
    """Say whether there is a build of a Python for a platform that a runner has.

    python.org's installers for Windows on ARM begin with 3.11 (What's New in Python 3.11); PyPy has none.
    """
    if (platform.os, platform.arch) != ("windows", "arm64"):
        return True
    return target.implementation == "cpython" and target.version >= _WINDOWS_ON_ARM


def ci_platform(project: Project, catalog: Catalog) -> str:
    """Give the project's first platform: where CI tests a change, and for which CI's Plan is made."""
    tested = tested_platforms(project, catalog)
    return tested[0].id if tested else _ci(catalog).id


def ci_runner(catalog: Catalog) -> str:
    """Give the runner of all jobs that any machine can do: that of the first ordinary Linux."""
    return _ci(catalog).runner


def _ci(catalog: Catalog) -> Platform:
    return next(each for each in catalog.platforms if each.default and each.os == "linux")


def _named(name: str, project: Project, catalog: Catalog, shipped: tuple[str, ...]) -> Platform:
    platform = _known(name, catalog, where=_TESTED)
    own = project.config.ci.runners
    if not is_native(platform) and name not in own and platform.runner not in own:
        raise ConfigurationError(
            f"no hosted runner has Pythons for {name}",
            where=_TESTED,
            hint="leave it out: cibuildwheel tests the wheels of such a platform inside its build"
            f" ([tool.cibuildwheel] test-command); or name a runner that has them:"
            f' [tool.shipwheel.ci.runners] {name} = "LABEL"',
        )
    if project.kind.value is not Kind.PURE and name not in shipped:
        raise ConfigurationError(
            f"no wheel is shipped for {name}, so that there is nothing to test on it",
            where=_TESTED,
            hint=f"add it to [tool.shipwheel.wheels] platforms ({', '.join(shipped) or 'empty'}),"
            " or take it out here",
        )
    return platform


def _known(name: str, catalog: Catalog, *, where: str) -> Platform:
    found = catalog.platform(name)
    if found is not None:
        return found
    names = [platform.id for platform in catalog.platforms]
    near = difflib.get_close_matches(name, names, n=1)
    raise ConfigurationError(
        f"cibuildwheel knows no platform {name!r}",
        where=where,
        hint=f"{f'did you mean {near[0]}? ' if near else ''}known are {', '.join(names)}",
    )
