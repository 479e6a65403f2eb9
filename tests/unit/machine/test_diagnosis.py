"""What `doctor` says of a machine."""

from __future__ import annotations

import pytest

from shipwheel.machine.diagnosis import Tools, diagnose
from shipwheel.machine.interpreter import Interpreter, Machine

ALL = Tools(
    uv="uv 0.13", git="git 2", compiler="/usr/bin/cc", auditwheel="6", patchelf="0.19",
    container_engine="podman 5",
)  # fmt: skip


def python(target, **changes):
    return Interpreter(
        **{
            "target": target,
            "executable": f"/opt/{target}/bin/python",
            "version": f"{target}.1",
            "implementation": "cpython",
            "platform": "linux-x86_64",
            "build": "b",
            "origin": "uv",
        }
        | changes
    )


def machine(*interpreters, ci=False):
    return Machine(platform="manylinux_x86_64", interpreters=interpreters, ci=ci)


def states(rows):
    return {row.what: row.state for row in rows}


def test_a_pure_project_needs_no_compiler():
    rows = diagnose(machine(python("3.12")), Tools(uv="uv", git="git"), pythons=["3.12"])
    assert states(rows) == {"uv": "ok", "git": "ok", "Python 3.12": "ok"}
    assert rows[-1].detail == "3.12.1, /opt/3.12/bin/python (uv)"


@pytest.mark.parametrize(
    ("tools", "what", "state"),
    [
        (ALL, "C compiler", "ok"),
        (Tools(), "uv", "missing"),
        (Tools(), "git", "notice"),
        (Tools(), "C compiler", "missing"),
        (Tools(), "auditwheel", "missing"),
        (Tools(), "patchelf", "missing"),
        (Tools(), "container engine", "notice"),
        (Tools(container_engine="docker", container_trouble="no"), "container engine", "notice"),
        (ALL, "container engine", "ok"),
    ],
)
def test_each_tool_of_an_extension(tools, what, state):
    rows = diagnose(machine(), tools, pythons=[], compiled=True, containers=True, system="linux")
    row = next(row for row in rows if row.what == what)
    assert row.state == state
    assert bool(row.mend) is (state != "ok")


def test_elsewhere_nothing_of_linux_is_asked_for():
    rows = diagnose(machine(), ALL, pythons=[], compiled=True, system="darwin")
    assert set(states(rows)) == {"uv", "git", "C compiler"}


@pytest.mark.parametrize(("ci", "state"), [(False, "notice"), (True, "missing")])
def test_a_missing_python_is_an_error_in_ci(ci, state):
    rows = diagnose(machine(python("3.12"), ci=ci), ALL, pythons=["3.12", "3.14t"])
    row = rows[-1]
    assert (row.what, row.state) == ("Python 3.14t", state)
    assert "python install 3.14t" in row.mend


def test_a_python_without_headers_matters_to_extensions_alone():
    here = machine(python("3.12", has_headers=False))
    assert diagnose(here, ALL, pythons=["3.12"])[-1].state == "ok"
    assert diagnose(here, ALL, pythons=["3.12"], compiled=True)[-1].state == "notice"
