from __future__ import annotations

import zipfile

import pytest
from click.testing import CliRunner

from shipwheel.cli.index import index
from shipwheel.errors import ConfigurationError, ExitCode

NAME = "demo-1.0-py3-none-any.whl"


def call(*words):
    return CliRunner().invoke(index, [*map(str, words)], standalone_mode=False)


@pytest.fixture
def folder(tmp_path):
    with zipfile.ZipFile(tmp_path / NAME, "w") as archive:
        archive.writestr("demo-1.0.dist-info/METADATA", "Name: demo\nVersion: 1.0\n")
    return tmp_path


def test_pages_are_written_and_a_version_is_yanked_and_offered_again(folder):
    page = folder / "simple" / "demo" / "index.html"
    wrote = call("write", folder)
    assert wrote.return_value is ExitCode.DONE
    assert "wrote the pages of 1 project below" in wrote.output
    assert NAME in page.read_text()
    assert f"{NAME} is yanked" in call("yank", folder, "demo==1.0", "--reason", "it <fails>").output
    assert 'data-yanked="it &lt;fails&gt;"' in page.read_text()
    assert f"{NAME} is offered again" in call("yank", folder, NAME, "--undo").output
    assert "data-yanked" not in page.read_text()


@pytest.mark.parametrize("words", [("write",), ("yank", "demo==1.0")])
def test_a_folder_that_is_not_there(tmp_path, words):
    failed = call(words[0], tmp_path / "missing", *words[1:])
    assert isinstance(failed.exception, ConfigurationError)
    assert failed.exception.what == "there is no such folder"
    assert not (tmp_path / "missing").exists()
