from __future__ import annotations

import msgspec
import pytest

from shipwheel.console.layout import plain_lines
from shipwheel.console.published import publication_line, publication_tables
from shipwheel.console.terminal import Look, Tone
from shipwheel.publishing.publication import Action, Installed, Intent, Publication, PublishedFile


def published(*actions: Action, **more: object) -> Publication:
    files = tuple(
        PublishedFile(filename=f"a-1.{number}.whl", sha256="0" * 64, action=action)
        for number, action in enumerate(actions)
    )
    return Publication(index="pypi", project="a", version="1.0", files=files, **more)


def test_files_installs_and_the_sum() -> None:
    publication = published(Action.UPLOADED, Action.IDENTICAL)
    read_back = tuple(msgspec.structs.replace(each, read_back=True) for each in publication.files)
    installs = (
        Installed(python="3.12", ok=True, detail="a-1.0.whl", seconds=0.4),
        Installed(python="3.13", ok=False, detail="no matching distribution"),
    )
    publication = msgspec.structs.replace(publication, files=read_back, installs=installs)
    tables = publication_tables(publication)
    assert [line for table in tables for line in plain_lines(table, Look())] == [
        "to pypi",
        "  file       sha256        action     read back",
        "  a-1.0.whl  000000000000  uploaded   same bytes",
        "  a-1.1.whl  000000000000  identical  same bytes",
        "installed from the index",
        "  Python  install  got                        time",
        "  3.12    passed   a-1.0.whl                 0.4 s",
        "  3.13    FAILED   no matching distribution  0.0 s",
        "  pypi has a 1.0, whole: 2 files, 1 uploaded, 1 identical",
    ]


@pytest.mark.parametrize(
    ("publication", "text", "tone"),
    [
        (
            published(Action.UPLOADED, Action.PENDING),
            "pypi has not all of a 1.0: 1 uploaded, 1 pending",
            Tone.BAD,
        ),
        (
            published(Action.UPLOADED, Action.UPLOADED),
            "pypi took a 1.0, not read back: 2 files, 2 uploaded",
            Tone.WARN,
        ),
        (
            published(Action.PENDING, Action.PENDING, dry_run=True),
            "dry run: nothing was sent of a 1.0: 2 files, 2 to be uploaded",
            Tone.PLAIN,
        ),
        (
            published(Action.REFUSED, dry_run=True),
            "dry run: nothing was sent of a 1.0: 1 file, 1 refused",
            Tone.BAD,
        ),
    ],
)
def test_the_sum(publication: Publication, text: str, tone: Tone) -> None:
    assert publication_line(publication) == (text, tone)


def test_a_dry_run_tells_what_would_happen_file_by_file() -> None:
    publication = published(
        Action.PENDING, Action.IDENTICAL, Action.REFUSED, Action.UPLOADED, dry_run=True
    )
    there = {2: "f" * 64}
    files = tuple(
        msgspec.structs.replace(each, size=2048, found=there.get(number))
        for number, each in enumerate(publication.files)
    )
    intent = Intent(
        upload="https://pypi.example/",
        credentials="~/.netrc",
        attestations="none",
        reasons=("other-bytes: not the same",),
    )
    publication = msgspec.structs.replace(publication, files=files, intent=intent)
    tables = publication_tables(publication)
    assert [line.rstrip() for table in tables for line in plain_lines(table, Look())] == [
        "would go to pypi",
        "     file       size  sha256        would be",
        "  1  a-1.0.whl  2 kB  000000000000  uploaded",
        "  2  a-1.1.whl  2 kB  000000000000  left, same bytes",
        "  3  a-1.2.whl  2 kB  000000000000  refused, there is ffffffffffff",
        "  4  a-1.3.whl  2 kB  000000000000  left, it is on its way",
        "how",
        "  uploads go to  https://pypi.example/",
        "  credentials    ~/.netrc",
        "  attestations   none",
        "  order          as listed; wheels first, so that nobody compiles the sdist meanwhile",
        "  REFUSED other-bytes: not the same",
        "  dry run: nothing was sent of a 1.0: 4 files, 1 uploaded, 1 identical, 1 refused, 1 to be uploaded",
    ]
    assert publication_line(publication).tone is Tone.BAD
    assert not publication.passes


def test_a_dry_run_with_reasons_is_red_though_every_file_could_go() -> None:
    intent = Intent(upload="u", credentials="c", attestations="a", reasons=("window-closed: over",))
    publication = published(Action.PENDING, dry_run=True, intent=intent)
    assert publication_line(publication).tone is Tone.BAD
    assert published(Action.PENDING, dry_run=True).passes
