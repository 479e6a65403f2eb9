"""A stand-in for OSV's API: `/v1/querybatch`, `/v1/query` and `/v1/vulns/ID` as its documentation has them.

`python tests/harness/advisories.py PORT` serves the advisories of `advisories.toml` until it is stopped.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

DATA = Path(__file__).with_suffix(".toml")
_MODIFIED = "2026-01-10T00:00:00Z"
_BATCH = 1000  # queries that OSV takes at once


def told(entry: dict[str, Any]) -> dict[str, Any]:
    """Give an advisory in OSV's schema."""
    events = [
        {"introduced": start} if key == 0 else {"fixed": end}
        for start, end in (each.split() for each in entry["ranges"])
        for key in (0, 1)
    ]
    return {
        "schema_version": "1.6.0",
        "id": entry["id"],
        "modified": _MODIFIED,
        "published": entry["published"],
        "aliases": entry["aliases"],
        "summary": entry["summary"],
        "details": entry["summary"],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": entry["package"]},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
        "references": [{"type": "ADVISORY", "url": f"https://github.com/advisories/{entry['id']}"}],
    }


class Advisories:
    """The service: what it knows, and what it was asked (`METHOD path`, and how many versions at once)."""

    def __init__(self, path: Path = DATA) -> None:
        self.entries = tomllib.loads(path.read_text("utf-8"))["advisory"]
        self.calls: list[str] = []
        self.batches: list[int] = []
        self.answer: Callable[[Request], Response | None] = lambda _request: None

    def naming(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Give the advisories that name a query's version."""
        name, text = query["package"]["name"], query["version"]
        try:
            version = Version(text)
        except InvalidVersion:
            return []
        return [
            told(each)
            for each in self.entries
            if each["package"] == name and any(_within(version, spec) for spec in each["ranges"])
        ]

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        """Answer a request (WSGI)."""
        request = Request(environ)
        self.calls.append(f"{request.method} {request.path}")
        return (self.answer(request) or self._answer(request))(environ, start)

    def _answer(self, request: Request) -> Response:
        if request.method == "POST" and request.path == "/v1/querybatch":
            queries = json.loads(request.get_data())["queries"]
            self.batches.append(len(queries))
            if len(queries) > _BATCH:
                return Response("too many queries", 400)
            found = [[_short(each) for each in self.naming(query)] for query in queries]
            return _json({"results": [{"vulns": each} if each else {} for each in found]})
        if request.method == "POST" and request.path == "/v1/query":
            found_one = self.naming(json.loads(request.get_data()))
            return _json({"vulns": found_one} if found_one else {})
        known = {f"/v1/vulns/{each['id']}": told(each) for each in self.entries}
        if request.path in known:
            return _json(known[request.path])
        return Response('{"code":5,"message":"Bug not found."}', 404)


def _short(advisory: dict[str, Any]) -> dict[str, str]:
    return {"id": advisory["id"], "modified": advisory["modified"]}


def _json(data: Any) -> Response:
    return Response(json.dumps(data), mimetype="application/json")


def _within(version: Version, spec: str) -> bool:
    introduced, fixed = map(Version, spec.split())
    return introduced <= version < fixed


class _Quiet(WSGIRequestHandler):
    def log(self, *_told: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(service: Advisories, port: int = 0) -> Iterator[str]:
    """Serve on loopback for the length of the block; give the address."""
    server = make_server("127.0.0.1", port, service, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    with serving(Advisories(), int(sys.argv[1])) as url:
        print(url, flush=True)
        threading.Event().wait()
