from __future__ import annotations

from pathlib import Path

import pytest

from shipwheel.machine.environment import Environment
from shipwheel.machine.interpreter import Interpreter
from shipwheel.planning.job import Scope
from shipwheel.publishing.installs import dependencies_in, pinned, smoke_command
from shipwheel.publishing.release import Release, ReleasedFile, Verified


def test_the_requirement_admits_these_bytes_alone():
    files = [
        ReleasedFile(id="x", filename=f"{name}.whl", sha256=name * 64, size=1, builder="b")
        for name in "ab"
    ]
    release = Release(
        project="Tiny.Demo",
        version="1.0+g1",
        scope=Scope.LOCAL,
        index="x",
        files=tuple(files),
        verified=Verified(passed=0, skipped=0, warnings=0),
    )
    assert pinned(release, files) == (
        f"tiny-demo==1.0+g1 --hash=sha256:{'a' * 64} --hash=sha256:{'b' * 64}\n"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Requires-Dist: idna", ("idna",)),
        ("Requires-Dist: idna>=2; python_version < '3.9'", ("idna>=2; python_version < '3.9'",)),
        ("Requires-Dist: idna; extra == 'x'", ()),
        ("Requires-Dist: idna; python_version < '4' and extra == 'x'", ()),
        ("Requires-Dist: not a requirement !", ()),
        ("Name: x", ()),
    ],
)
def test_dependencies(line, expected):
    assert (
        dependencies_in(f"Metadata-Version: 2.1\n{line}\n\nRequires-Dist: in-the-body\n")
        == expected
    )


def test_the_smoke_command_runs_in_the_environment(tmp_path: Path):
    interpreter = Interpreter(
        target="3.12",
        executable="/x",
        version="3.12.1",
        implementation="cpython",
        platform="linux-x86_64",
        build="b",
        origin="PATH",
    )
    environment = Environment(tmp_path, interpreter)
    environment.bin.mkdir()
    environment.command("demo").touch()
    assert smoke_command("demo --flag 'a b'", environment) == [
        str(environment.command("demo")),
        "--flag",
        "a b",
    ]
    assert smoke_command("python -c pass", environment)[0] == str(environment.python)
    assert smoke_command("git --version", environment)[0] == "git"
