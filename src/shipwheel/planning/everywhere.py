"""The Plan as CI sees it: every machine has the Python that its job needs."""

from __future__ import annotations

from shipwheel.data.catalog import Catalog
from shipwheel.machine.interpreter import Interpreter, Machine
from shipwheel.planning.target import parse_target


def every_python(catalog: Catalog, platform: str) -> Machine:
    """Give a machine of a platform that has every Python: a Plan made for it is the same on any laptop.

    Its interpreters name no file and are never started.
    """
    return Machine(
        platform=platform,
        interpreters=tuple(_interpreter(python.target, platform) for python in catalog.pythons),
        ci=True,
    )


def _interpreter(text: str, platform: str) -> Interpreter:
    target = parse_target(text)
    return Interpreter(
        target=text,
        executable="",
        version=f"{target.release}.0",
        implementation=target.implementation,
        platform=platform,
        build="",
        origin="CI",
        free_threaded=target.free_threaded,
    )
