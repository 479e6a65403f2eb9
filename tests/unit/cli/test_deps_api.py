from __future__ import annotations

from click.testing import CliRunner

from shipwheel.cli.call import Call
from shipwheel.cli.deps import api as command
from shipwheel.deps.api.answer import Added, Api
from shipwheel.errors import ExitCode, JobError
from shipwheel.sessions.deps.asked import Asked


def test_the_fragment_alone_goes_to_standard_output(monkeypatch, tmp_path):
    asked_with = []

    def ask(_opened, words, _emit):
        asked_with.append(tuple(words))
        new = Added(object="demo.f", kind="function")
        return Api(project="demo", ok=False, version="1.1", against="1.0", added=(new,))

    monkeypatch.setattr(command, "API", Asked("api", ask, None, lambda *_: JobError("x")))
    monkeypatch.setattr(command, "open_all", lambda _root, *, emit: (object(),))
    arguments = ["--changelog", "--against", "1.0"]
    ran = CliRunner().invoke(command.api, arguments, obj=Call(root=tmp_path), standalone_mode=False)
    assert ran.stdout == "### Added\n\n- `demo.f` (function)\n"
    assert ran.return_value == ExitCode.FOUND
    assert asked_with == [("1.0",)]
