"""What integration tests of several files share: a server that takes long to start is started once a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from index_servers import devpi


@pytest.fixture(scope="session")
def devpi_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a devpi with a user; `index_on_devpi` makes an empty index on it for each test."""
    with devpi(tmp_path_factory.mktemp("devpi")) as url:
        yield url
