from __future__ import annotations

import pytest

from shipwheel.building.members import check_refusal, is_junk
from shipwheel.errors import MachineError


@pytest.mark.parametrize(
    ("path", "junk"),
    [
        ("src/spam/__init__.py", False),
        ("tests/data/build/x.txt", False),
        ("build/lib/spam.py", True),
        ("build/bdist.linux-x86_64/x", True),
        ("build/hooks.py", False),
        ("dist/spam-1.0.tar.gz", True),
        ("src/dist/core.py", False),
        (".shipwheel/records/build.json", True),
        (".nox/test/bin/python", True),
        ("a/__pycache__/b.cpython-312.pyc", True),
        ("a/b.pyc", True),
        (".coverage", True),
        (".coverage.host.123", True),
        (".coveragerc", False),
        ("node_modules/x/y.py", True),
        (".github/workflows/ci.yml", False),
        (".venv", False),
    ],
)
def test_what_tools_leave_behind(path, junk):
    assert is_junk(path) is junk


def test_a_tree_of_another_user_is_told_with_its_mend(tmp_path):
    said = (
        f"fatal: detected dubious ownership in repository at '{tmp_path}'\nTo add an exception…\n"
    )
    with pytest.raises(MachineError) as caught:
        check_refusal(tmp_path, said)
    assert caught.value.exit_code == 3
    assert f'safe.directory "{tmp_path.as_posix()}"' in caught.value.hint
    check_refusal(tmp_path, "fatal: not a git repository")
