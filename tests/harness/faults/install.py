"""Faults that show once a wheel is installed: dependencies, scripts, files, extras, what stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from bases import TEMPLATES
from faulty import Fault, Wheel

from shipwheel.project.read import read_project

PURE = "itsdangerous-wheel"


def _requires(*lines: str, wheel: Wheel) -> None:
    wheel.add_metadata(*(("Requires-Dist", line) for line in lines))


def _extras(wheel: Wheel, **extras: str) -> None:
    for name, line in extras.items():
        wheel.add_metadata(
            ("Provides-Extra", name), ("Requires-Dist", f'{line}; extra == "{name}"')
        )


def _script(name: str, text: str, wheel: Wheel) -> None:
    wheel.write(f"itsdangerous-2.2.0.data/scripts/{name}", text, mode=0o755)


def _another_origin(wheel: Wheel) -> None:
    """Let the wheel change what the environment says of its origin, once it is run."""
    code = """
import json, pathlib
for path in pathlib.Path(__file__).parent.parent.glob("itsdangerous-*.dist-info/direct_url.json"):
    path.write_text(json.dumps({"url": "file:///a.whl", "archive_info": {"hash": "sha256=00"}}))
"""
    wheel.write("itsdangerous/exc.py", wheel.text("itsdangerous/exc.py") + code)


def _installed_twice(wheel: Wheel) -> None:
    wheel.write("itsdangerous-2.2.0.data/purelib/itsdangerous/exc.py", "changed = True\n")


def _brings_six(wheel: Wheel) -> None:
    _requires("six", wheel=wheel)
    wheel.write("six.py", "PY3 = True\n")


def _entry_point(text: str, wheel: Wheel) -> None:
    wheel.write(wheel.own("entry_points.txt"), text)


def _dynamic_entry_point(wheel: Wheel) -> None:
    """Name what the module makes while it runs, so that only running it shows that it is not there."""
    wheel.write("itsdangerous/cli.py", "def __getattr__(name):\n    raise AttributeError(name)\n")
    _entry_point("[console_scripts]\nsign = itsdangerous.cli:main\n", wheel)


def _writes_beside_itself(wheel: Wheel) -> None:
    wheel.write(
        "itsdangerous/exc.py",
        wheel.text("itsdangerous/exc.py") + "\nopen(__file__ + '.seen', 'w').close()\n",
    )


def _smoke() -> Mapping[str, Any]:
    project = read_project(TEMPLATES / "pure")
    command = "python -c \"import spanwords; spanwords.parse('2 hours')\""
    verify = msgspec.structs.replace(project.config.verify, smoke=command)
    config = msgspec.structs.replace(project.config, verify=verify)
    return {"project": msgspec.structs.replace(project, config=config)}


FAULTS = (
    Fault(
        "a dependency that nobody has",
        "install",
        PURE,
        lambda w: _requires("no-such-thing-anywhere", wheel=w),
        install=True,
        says=("no-such-thing-anywhere",),
    ),
    Fault(
        "dependencies that exclude each other",
        "install",
        PURE,
        lambda w: _requires("click==8.1.0", "flask==3.1.0", wheel=w),
        install=True,
        says=("click",),
    ),
    Fault(
        "a dependency of which there is only an sdist",
        "install-wheels",
        PURE,
        lambda w: _requires("docopt==0.6.2", wheel=w),
        install=True,
        says=("docopt", "3.12"),
    ),
    Fault("an origin of its own", "install-proof", PURE, _another_origin, install=True),
    Fault(
        "a file that is there twice, for one place",
        "install-files",
        PURE,
        _installed_twice,
        install=True,
        says=("itsdangerous/exc.py",),
    ),
    Fault(
        "a dependency's module with other bytes",
        "install-shared-files",
        PURE,
        _brings_six,
        install=True,
        says=("six.py", "six 1."),
    ),
    Fault(
        "a script for a Python of somebody else's",
        "install-scripts",
        PURE,
        lambda w: _script("sign", "#!/opt/somewhere/bin/python3\nprint()\n", w),
        install=True,
        says=("/opt/somewhere/bin/python3",),
    ),
    Fault(
        "a script with line ends of Windows",
        "install-scripts",
        PURE,
        lambda w: _script("sign", "#!/usr/bin/env python3\r\nprint()\r\n", w),
        install=True,
        says=("sign",),
    ),
    Fault(
        "a requirement that only some installers understand",
        "install-dependencies",
        PURE,
        lambda w: _requires("six>=1.9.*", wheel=w),
        install=True,
        says=("six>=1.9.*",),
    ),
    Fault(
        "an extra that the dependency has not",
        "install-dependency-extras",
        PURE,
        lambda w: _requires("six[nothing]", wheel=w),
        level="warning",
        install=True,
        says=("six", "nothing"),
    ),
    Fault(
        "pytest among the dependencies",
        "install-development-tools",
        PURE,
        lambda w: _requires("pytest", wheel=w),
        install=True,
        says=("itsdangerous → pytest",),
    ),
    Fault(
        "a linter among the dependencies",
        "install-development-tools",
        PURE,
        lambda w: _requires("ruff", wheel=w),
        install=True,
        says=("ruff", "linting"),
    ),
    Fault(
        "a build backend among the dependencies",
        "install-development-tools",
        PURE,
        lambda w: _requires("wheel", wheel=w),
        level="warning",
        install=True,
        says=("wheel", "builds"),
    ),
    Fault(
        "a script of a name that the module refuses",
        "install-entry-points",
        PURE,
        _dynamic_entry_point,
        install=True,
        says=("itsdangerous.cli:main",),
    ),
    Fault(
        "it parses nothing any more",
        "install-smoke",
        "pure-wheel",
        lambda w: w.edit("spanwords/__init__.py", "def parse(", "def reparse("),
        install=True,
        known=_smoke,
    ),
    Fault(
        "a module that writes a file beside itself",
        "install-leftovers",
        PURE,
        _writes_beside_itself,
        level="warning",
        install=True,
        says=("itsdangerous/exc.py.seen",),
    ),
    Fault(
        "an extra that cannot be met",
        "extras-install",
        PURE,
        lambda w: _extras(w, fast="no-such-thing-anywhere"),
        install=True,
        says=("fast", "no-such-thing-anywhere"),
    ),
    Fault(
        "an extra of developers that cannot be met",
        "extras-install",
        PURE,
        lambda w: _extras(w, docs="no-such-thing-anywhere"),
        level="warning",
        install=True,
        says=("docs",),
    ),
    Fault(
        "an extra of which there is only an sdist",
        "extras-install",
        PURE,
        lambda w: _extras(w, cli="docopt==0.6.2"),
        level="warning",
        install=True,
        says=("cli", "docopt"),
    ),
    Fault(
        "an extra that asks for an extra that there is not",
        "extras-known",
        PURE,
        lambda w: _extras(w, fast="six[nothing]"),
        level="warning",
        install=True,
        says=("fast", "nothing"),
    ),
    Fault(
        "two extras that exclude each other",
        "extras-together",
        PURE,
        lambda w: _extras(w, old="six<1.16", new="six>=1.16"),
        level="warning",
        install=True,
        says=("six",),
    ),
)
