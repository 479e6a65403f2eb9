"""What can go wrong on the wire between a publisher and an index, and what a publisher has to make of it.

Every fault is tried on a release of three files; the table is one of tests and of the documentation.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from dying import Site, leaks
from fault_proxy import (
    Answer,
    Exchange,
    Spoil,
    answering,
    changed,
    cut_answer,
    cut_request,
    doubled,
    late,
    lost_answer,
    lost_request,
    no_http,
    refusing_early,
    swallowed,
)
from publisher import Told, published
from tiny_release import held

TAGS = ("py2.py3", "py3")  # and an sdist: the second of three files is what most faults befall
_JSON = "application/vnd.pypi.simple.v1+json"
_DATE = "Sat, 21 Nov 1998 12:00:00 GMT"  # a server whose clock is wrong, as ours may be
_SIGN_IN = b'<html><form><input type="password"></form></html>'


@dataclass(frozen=True)
class WireFault:
    """A fault: `name` says what happens to the `nth` request of a kind, or to `all` from that one on.

    `ends` is what the error says, empty where the release is completed nevertheless; `sends` how often
    the file is sent that is sent most; `waits` the seconds that are waited; `hears` seconds for an answer.
    """

    name: str
    kind: str
    nth: int
    spoil: Spoil
    ends: str = ""
    sends: int = 1
    waits: tuple[float, ...] = ()
    always: bool = False
    hears: float = 20.0


@dataclass(frozen=True)
class Suffered:
    """What came of a fault: the publisher, how often each file was sent, and the same command after it."""

    told: Told
    sent: Counter[str]
    again: Told
    resent: int  # files that were sent again although the index listed them
    same: bool
    leaked: list[str]


def suffer(place: Site, project: Path, fault: WireFault) -> Suffered:
    """Publish over the broken wire, and once more over a whole one."""
    index = place.fresh()
    shutil.rmtree(project / ".shipwheel", ignore_errors=True)
    place.proxy.spoils = {
        (fault.kind, nth): fault.spoil
        for nth in range(fault.nth, fault.nth + (99 if fault.always else 1))
    }
    call = replace(place.call(project, index), patience=(5.0, fault.hears))
    told = published(call)
    sent = place.proxy.sent()
    leaked = leaks(place.secret, project)
    arrived = set(place.holds(index))
    place.proxy.forget()
    again = published(call)
    return Suffered(
        told=told,
        sent=sent,
        again=again,
        resent=sum(place.proxy.sent()[name] for name in arrived),
        same=place.holds(index) == held(project / "dist"),
        leaked=[*leaked, *leaks(place.secret, project)],
    )


# --- answers that are changed ----------------------------------------------------------------------


def _as_json(answer: Answer) -> Answer:
    """Promise JSON and give HTML."""
    links = "".join(
        f"<a href='{each}'>x</a>" for each in re.findall(r'"url": ?"([^"]+)"', answer.body.decode())
    )
    body = answer.body if b"<" in answer.body else f"<html>{links}</html>".encode()
    return Answer(answer.status, body, {"Content-Type": _JSON})


def _lying(answer: Answer) -> Answer:
    """Name hashes that are not the files'."""
    body = re.sub(rb"[0-9a-f]{64}", b"0" * 64, answer.body)
    return Answer(answer.status, body, answer.headers)


def _without_files(answer: Answer) -> Answer:
    """Give a page as it was before any file came."""
    return Answer(200, b"<html></html>", {"Content-Type": "text/html"})


def _other_bytes(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body[:-1] + b"!", answer.headers)


def _more_bytes(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body + b"!" * 100_000, answer.headers)


def _taken_and(status: int) -> Spoil:
    """Let the index take the file and answer as a gateway that lost patience."""

    def spoil(exchange: Exchange) -> None:
        exchange.forward()
        exchange.give(Answer(status))

    return spoil


def _echo(exchange: Exchange) -> None:
    """Refuse, and be careless with what was sent."""
    token = exchange.headers["Authorization"]
    password = base64.b64decode(token.rpartition(" ")[2]).decode().partition(":")[2]
    told = f"not for {token} alias {password} alias {quote(password)}"
    exchange.give(Answer(403, json.dumps({"message": told}).encode()))


def _refused(status: int, *, ends: str = "the index refuses the file") -> WireFault:
    spoil = answering(status, b"not so")
    return WireFault(f"the answer is {status}", "upload", 2, spoil, rf"(?s){ends}.*{status}")


FAULTS = (
    WireFault("the request is lost", "upload", 2, lost_request, sends=2, waits=(1.0,)),
    WireFault(
        "the request is lost, each time",
        "upload",
        2,
        lost_request,
        "out of reach",
        4,
        (1.0, 2.0, 4.0),
        always=True,
    ),
    WireFault("half of the request arrives", "upload", 2, cut_request, sends=2, waits=(1.0,)),
    WireFault("the request arrives twice", "upload", 2, doubled),
    WireFault("the answer is lost", "upload", 2, lost_answer),
    WireFault("half of the answer arrives", "upload", 2, cut_answer),
    WireFault("the answer comes too late", "upload", 2, late(2.5), hears=0.5),
    WireFault("the answer is no HTTP", "upload", 2, no_http, sends=2, waits=(1.0,)),
    WireFault("taken, and the answer is 504", "upload", 2, _taken_and(504)),
    WireFault("the answer is 500", "upload", 2, answering(500), sends=2, waits=(1.0,)),
    WireFault("the answer is 503", "upload", 2, answering(503), sends=2, waits=(1.0,)),
    WireFault("the answer is 520", "upload", 2, answering(520), sends=2, waits=(1.0,)),
    WireFault(
        "the answer is 503, each time",
        "upload",
        2,
        answering(503, b"not now"),
        "503 .*not now",
        4,
        (1.0, 2.0, 4.0),
        always=True,
    ),
    WireFault(
        "429, again after 7 s", "upload", 2, answering(429, Retry_After="7"), sends=2, waits=(7.0,)
    ),
    WireFault(
        "429, again at a time",
        "upload",
        2,
        answering(429, Retry_After="Sat, 21 Nov 1998 12:00:09 GMT", Date=_DATE),
        sends=2,
        waits=(9.0,),
    ),
    WireFault(
        "429, again after a day",
        "upload",
        2,
        answering(429, Retry_After="86400"),
        sends=2,
        waits=(60.0,),
    ),
    WireFault(
        "429, again “soon”", "upload", 2, answering(429, Retry_After="soon"), sends=2, waits=(1.0,)
    ),
    *(_refused(status) for status in (400, 404, 408, 413, 422)),
    _refused(401),
    _refused(403),
    WireFault(
        "403, and the password in its words",
        "upload",
        2,
        _echo,
        r"403 Forbidden: not for Basic \*\*\* alias \*\*\* alias \*\*\*",
    ),
    WireFault(
        "413, before the file is read",
        "upload",
        2,
        refusing_early(413),
        "(?s)refuses the file.*413",
    ),
    WireFault(
        "409, and it is not there",
        "upload",
        2,
        answering(409),
        "409",
        waits=(0.1, 0.2, 0.5, 1.0, 2.0),
    ),
    WireFault(
        "a redirect",
        "upload",
        2,
        answering(302, Location="https://elsewhere.example/"),
        "sends uploads elsewhere",
    ),
    WireFault(
        "“taken”, and nothing is kept",
        "upload",
        2,
        swallowed,
        "took 1 file and does not list it",
        waits=(0.1, 0.2, 0.5, 1.0, 2.0),
    ),
    WireFault(
        "a refusal of a megabyte",
        "upload",
        2,
        answering(400, b"no " * 350_000),
        "400 Bad Request: no no",
    ),
    WireFault("the first request is lost", "page", 1, lost_request, waits=(1.0,)),
    WireFault(
        "each answer is 500",
        "page",
        1,
        answering(500),
        "the index is out of order",
        0,
        (1.0, 2.0, 4.0),
        always=True,
    ),
    WireFault(
        "a sign-in page",
        "page",
        1,
        answering(200, _SIGN_IN, Content_Type="text/html"),
        "sign-in page",
        0,
    ),
    WireFault(
        "neither a page nor JSON",
        "page",
        1,
        answering(200, b"hello", Content_Type="text/plain"),
        "neither a JSON nor an HTML",
        0,
    ),
    WireFault("half of the page arrives", "page", 2, cut_answer, waits=(1.0,)),
    WireFault("the answer is 503", "page", 2, answering(503), waits=(1.0,)),
    WireFault("429, again after 7 s", "page", 2, answering(429, Retry_After="7"), waits=(7.0,)),
    WireFault("HTML where JSON was promised", "page", 2, changed(_as_json)),
    WireFault("a page from before the upload", "page", 2, changed(_without_files), waits=(0.1,)),
    WireFault("the page names other hashes", "page", 2, changed(_lying), "names another hash"),
    WireFault("the answer is lost", "file", 2, lost_answer, waits=(1.0,)),
    WireFault("half of the file arrives", "file", 2, cut_answer, waits=(1.0,)),
    WireFault("the answer is 502", "file", 2, answering(502), waits=(1.0,)),
    WireFault("listed, and not there yet", "file", 2, answering(404), waits=(0.1,)),
    WireFault("other bytes", "file", 2, changed(_other_bytes), "gives other bytes"),
    WireFault("more bytes than were sent", "file", 2, changed(_more_bytes), "sends more than"),
)
