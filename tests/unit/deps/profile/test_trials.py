"""Which installs are tried beside the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.deps.profile.answer import Install, Phases
from shipwheel.deps.profile.changes import after
from shipwheel.deps.profile.order import Order
from shipwheel.deps.profile.trials import bytecode
from shipwheel.machine.interpreter import Interpreter

ORDER = Order(
    project="demo",
    root=Path(),
    requirements=("attrs",),
    interpreter=Interpreter(
        target="3.13",
        executable="python",
        version="3.13.0",
        implementation="cpython",
        platform="linux-x86_64",
        build="",
        origin="PATH",
    ),
    platform="manylinux_x86_64",
)


@pytest.mark.parametrize(
    ("compiles", "name", "made"),
    [(True, "without bytecode", False), (False, "with bytecode", True)],
)
def test_bytecode_is_left_out_where_it_is_made_and_measured_where_it_is_not(
    *, compiles: bool, name: str, made: bool
) -> None:
    way = bytecode(ORDER, compiles=compiles).way
    assert (way.name, way.compiled, way.requirements) == (name, made, ("attrs",))


def test_making_bytecode_saves_nothing_however_the_machine_feels() -> None:
    cold = Install(name="cold", seconds=2.0, runs=(2.0,), phases=Phases(resolve=1.0, prepare=1.0))
    with_it = Install(name="with bytecode", seconds=1.2, runs=(1.2,))
    assert after(bytecode(ORDER, compiles=False), cold, with_it) == pytest.approx(2.0)
