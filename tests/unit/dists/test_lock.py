from __future__ import annotations

import os
import threading
import time

import pytest

from shipwheel.dists.lock import job_lock
from shipwheel.errors import MachineError
from shipwheel.events import Notice
from shipwheel.workspace import Workspace


def test_the_second_run_waits_for_the_first_and_says_so(tmp_path):
    workspace = Workspace(tmp_path)
    order, events = [], []
    held = threading.Event()

    def first():
        with job_lock(workspace, "test-3.12"):
            held.set()
            time.sleep(0.3)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert held.wait(5)
    with job_lock(workspace, "test-3.12", events.append):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert events == [Notice("waiting for another run of test-3.12 in this project")]


def test_other_jobs_do_not_wait(tmp_path):
    workspace = Workspace(tmp_path)
    events = []
    with job_lock(workspace, "member:build"), job_lock(workspace, "build", events.append):
        assert events == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_tree_that_cannot_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(MachineError), job_lock(Workspace(tmp_path), "build"):
        pass
