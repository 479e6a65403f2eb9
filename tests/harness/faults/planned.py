"""What is wrong with a set because a Plan, a record or a checkout says otherwise."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
from bases import checkout
from faulty import Fault, Files, Sdist, Wheel, base, open_editable

from shipwheel.dists.manifest import Manifest
from shipwheel.dists.record import Made, Record, Status
from shipwheel.planning.job import JobKind, Scope
from shipwheel.planning.plan import Plan
from shipwheel.sessions.context import open_project

PURE = ("pure-wheel", "pure-sdist")
_folders: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends
COMPILED = "cp312-manylinux_x86_64"


@cache
def _project(starter: str) -> Path:
    """Give a starter's checkout, which lasts as long as this process."""
    folder = tempfile.TemporaryDirectory(prefix="shipwheel-")
    _folders.append(folder)
    return checkout(starter, Path(folder.name))


@cache
def _known(starter: str, scope: Scope) -> Mapping[str, Any]:
    opened = open_project(_project(starter))
    return {"plan": opened.plan, "project": opened.project, "scope": scope}


def _without_wheel(files: Files) -> None:
    files.remove("pure-wheel")


def _stranger(files: Files) -> None:
    shutil.copy(base("itsdangerous-wheel"), files.folder)


def _lose_module(sdist: Sdist) -> None:
    modules = [name for name in sdist.names if "/src/" in name and name.endswith(".py")]
    sdist.remove(next(name for name in modules if not name.endswith("__init__.py")))


def _plan_of_one_wheel(plan: Plan) -> Plan:
    files = tuple(each for each in plan.files if each.id == COMPILED)
    assert any(job.id == files[0].job and job.kind is JobKind.WHEELS for job in plan.jobs)
    return msgspec.structs.replace(plan, files=files)


def _by_laptop() -> bytes:
    """Give the starter's wheel with other bytes, as another builder makes them: later by a year."""
    wheel = open_editable(base("c-extension-wheel"))
    for info, _ in wheel.entries:
        info.date_time = (info.date_time[0] + 1, *info.date_time[1:])
    return wheel.to_bytes()


def _made(data: bytes, builder: str) -> Record:
    wheel = base("c-extension-wheel").name
    made = Made(
        id=COMPILED,
        filename=wheel,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        builder=builder,
    )
    return Record(job=builder, session="wheel", status=Status.PASSED, made=(made,))


@cache
def _two_builders() -> Mapping[str, Any]:
    known = dict(_known("c-extension", Scope.RELEASE))
    shipped = _made(base("c-extension-wheel").read_bytes(), "cibuildwheel")
    manifest = Manifest(records=(shipped, _made(_by_laptop(), "laptop")))
    return {**known, "plan": _plan_of_one_wheel(known["plan"]), "manifest": manifest}


def _take_the_laptops(wheel: Wheel) -> None:
    wheel.raw(lambda _: _by_laptop())


_local = partial(_known, "pure", Scope.LOCAL)
_release = partial(_known, "pure", Scope.RELEASE)

FAULTS = (
    Fault("a planned wheel is missing", "set-complete", PURE, _without_wheel, known=_release),
    Fault("a stranger's wheel beside", "set-foreign", PURE, _stranger, known=_release),
    Fault(
        "a stranger's wheel on a laptop", "set-foreign", PURE, _stranger, "warning", known=_local
    ),
    Fault(
        "the laptop's wheel in a release",
        "set-builder",
        "c-extension-wheel",
        _take_the_laptops,
        says=("laptop",),
        known=_two_builders,
    ),
    Fault(
        "a module that git tracks lost",
        "sdist-tracked",
        "pure-sdist",
        _lose_module,
        "warning",
        known=lambda: {"project": open_project(_project("pure")).project},
    ),
)
