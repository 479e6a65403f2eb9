"""Publishing over a wire that breaks, and by a process that is killed: it ends complete, or says why not."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dying import DEATHS, REQUESTS, SERVERS, TAGS, Site, die_and_resume, leaks, project_with, site
from publisher import published
from tiny_release import held
from wire_faults import FAULTS, suffer
from wire_faults import TAGS as THREE

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="processes are copied and killed as POSIX does it"),
]


@pytest.fixture(scope="module")
def places(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Site]]:
    """Give each server behind a proxy, by its name; it is started when it is first asked for."""
    started: dict[str, Site] = {}
    with contextlib.ExitStack() as stack:

        def place(name: str) -> Site:
            if name not in started:
                folder = tmp_path_factory.mktemp(name)
                server = request.getfixturevalue("devpi_server") if name == "devpi" else None
                started[name] = stack.enter_context(site(name, folder, server))
            return started[name]

        yield place


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project with a release of ten files."""
    return project_with(tmp_path_factory.mktemp("ten") / "project")


@pytest.mark.parametrize("server", SERVERS)
def test_the_places_to_die_at_are_all_requests_of_a_release(places, server, ten):
    place = places(server)
    index = place.fresh()
    told = published(place.call(ten, index))
    assert told.code == 0, told.text
    kinds = [each.kind for each in place.proxy.seen]
    files = len(TAGS) + 1
    assert kinds == ["page", *["upload"] * files, "page", *["file"] * files]
    assert len(kinds) == REQUESTS
    assert place.holds(index) == held(ten / "dist")


@pytest.mark.parametrize(("server", "death"), DEATHS, ids=str)
def test_killed_at_any_request_the_same_command_completes_the_release(places, server, ten, death):
    place = places(server)
    died = die_and_resume(place, ten, death)
    assert died.killed
    assert died.again.code == 0, died.again.text
    assert died.same, "the index ends with exactly the set, byte for byte"
    assert set(died.sent) == set(held(ten / "dist"))
    assert max(died.sent.values()) <= 2, died.sent
    assert died.resent == 0, "nothing that the index listed was sent again"
    assert leaks(place.secret, ten) == []


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project with a release of three files."""
    return project_with(tmp_path_factory.mktemp("three") / "project", THREE)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: f"{each.kind}: {each.name}")
def test_over_a_broken_wire(places, server, three, fault):
    suffered = suffer(places(server), three, fault)
    told = suffered.told
    if fault.ends:
        assert told.code in {1, 3}, told.text
        assert re.search(fault.ends, told.text), told.text
        assert "Traceback" not in told.text
        assert "next: " in told.text
    else:
        assert told.code == 0, told.text
    assert told.waits == fault.waits
    assert max(suffered.sent.values(), default=0) == fault.sends, suffered.sent
    assert suffered.again.code == 0, suffered.again.text
    assert suffered.resent == 0
    assert suffered.same
    assert suffered.leaked == []
